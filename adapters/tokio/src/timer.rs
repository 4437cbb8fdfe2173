use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer by tokio's clock.
#[derive(Debug)]
pub struct Timer(Pin<Box<Sleep>>);

impl replywire_std::Timer for Timer {
    type Instant = Instant;

    fn after(length: Duration) -> Option<Instant> {
        Instant::now().checked_add(length)
    }

    fn since(instant: Instant) -> Duration {
        instant.elapsed()
    }

    fn at(instant: Instant) -> Self {
        Self(Box::pin(sleep_until(instant)))
    }

    fn set(&mut self, instant: Instant) {
        self.0.as_mut().reset(instant);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}
