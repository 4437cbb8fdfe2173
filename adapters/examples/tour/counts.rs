//! The counters of the server, as events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use replywire::body::Event;
use replywire_embedded::{Chunks, KeepAlive};
use replywire_std::Counters;

use super::Sleep;

/// Tells the counters at once, and then whenever they have changed.
pub(super) struct Counts {
    counters: Arc<Counters>,
    sleep: Sleep,
    told: String,
}

impl Counts {
    pub(super) fn new(counters: Arc<Counters>, sleep: Sleep) -> Self {
        let told = String::new();
        Self {
            counters,
            sleep,
            told,
        }
    }

    fn read(&self) -> String {
        let counters = &self.counters;
        let accepted = counters.connections_accepted();
        format!(
            "{{\"open\":{},\"accepted\":{accepted},\"replies\":{},\"bytes\":{},\"failures\":{}}}",
            accepted.saturating_sub(counters.connections_ended()),
            counters.replies(),
            counters.bytes(),
            counters.failures(),
        )
    }
}

impl Chunks for Counts {
    type Chunk<'c> = Event<'c>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
        loop {
            let now = self.read();
            if now != self.told {
                self.told = now;
                return Ok(Some(Event::new().data(&self.told).retry(500)));
            }
            (self.sleep)(Duration::from_millis(100)).await;
        }
    }

    fn keep_alive(&self) -> Option<KeepAlive> {
        Some(KeepAlive::PING)
    }
}
