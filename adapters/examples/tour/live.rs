//! A page whose counter moves by server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use replywire::body::Event;
use replywire_embedded::{Chunks, KeepAlive, Request};

use super::Sleep;

/// The page; it says when it is connected.
pub(super) const PAGE: &str = "<!doctype html>
<meta charset=utf-8>
<title>Replywire, live</title>
<p>Counter: <b id=counter>-</b>, <span id=state>connecting</span></p>
<script>
const events = new EventSource('/events');
const show = (id, text) => document.getElementById(id).textContent = text;
events.onopen = () => show('state', 'connected');
events.onerror = () => show('state', 'reconnecting');
events.onmessage = event => show('counter', JSON.parse(event.data).counter);
</script>
";

/// A count that goes on where the client has seen it last.
pub(super) struct Counter {
    id: String,
    next: u64,
    data: String,
    sleep: Sleep,
}

impl Counter {
    /// The count for a client that may be coming back.
    pub(super) fn new(request: &Request<'_>, sleep: Sleep) -> Self {
        let last = request.header("last-event-id");
        let last = last.and_then(|id| std::str::from_utf8(id).ok()?.parse::<u64>().ok());
        Self {
            id: String::new(),
            next: last.map_or(1, |last| last.saturating_add(1)),
            data: String::new(),
            sleep,
        }
    }
}

impl Chunks for Counter {
    type Chunk<'c> = Event<'c>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
        // The first one comes at once.
        if !self.id.is_empty() {
            (self.sleep)(Duration::from_millis(200)).await;
        }
        self.id = self.next.to_string();
        self.data = format!("{{\"counter\":{}}}", self.next);
        self.next = self.next.saturating_add(1);
        Ok(Some(Event::new().data(&self.data).id(&self.id).retry(500)))
    }

    fn keep_alive(&self) -> Option<KeepAlive> {
        Some(KeepAlive::PING)
    }
}
