use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A timer of the reactor of async-std.
#[derive(Debug)]
pub struct Timer(async_io::Timer);

impl replywire_std::Timer for Timer {
    type Instant = Instant;

    fn after(length: Duration) -> Option<Instant> {
        Instant::now().checked_add(length)
    }

    fn since(instant: Instant) -> Duration {
        instant.elapsed()
    }

    fn at(instant: Instant) -> Self {
        Self(async_io::Timer::at(instant))
    }

    fn set(&mut self, instant: Instant) {
        self.0.set_at(instant);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}
