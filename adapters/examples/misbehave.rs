//! Routes that keep their client waiting, or fail, or need much room: what a server has to bear.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::hint::black_box;
use std::ops::Range;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use replywire::body::Event;
use replywire_embedded::Chunks;

use super::parameters::{Parameters, Refusal};

/// Waits by the timer of a runtime.
pub(crate) type Sleep = fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// The longest time that is waited, in milliseconds, and the time if nothing is said.
const LONGEST: u32 = 600_000;
const SHORT: u32 = 100;

/// The time that is asked for.
pub(super) fn time(parameters: &Parameters) -> Result<Duration, Refusal> {
    match parameters.number("ms")?.unwrap_or(SHORT) {
        millis if millis > LONGEST => Err(Refusal::Time),
        millis => Ok(Duration::from_millis(millis.into())),
    }
}

/// Lets other tasks have their turn, so whatever waits to be sent leaves.
pub(super) async fn give_way() {
    let mut is_ready = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut is_ready, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Keeps 4 KiB over a wait, so the future of the handler is as large.
pub(super) async fn keep_4k() {
    let mut room = black_box([0; 4096]);
    give_way().await;
    black_box(&mut room);
}

/// Fails before anything has left.
#[allow(clippy::panic)] // It is what the route is for.
pub(super) fn fail() -> ! {
    panic!("as asked for");
}

/// Events that never come, without pings.
pub(super) struct Silent;

impl Chunks for Silent {
    type Chunk<'c> = Event<'c>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
        pending().await
    }
}

/// Numbered lines, a time apart; with no time between them they gather.
pub(super) struct Drip {
    numbers: Range<u32>,
    text: String,
    every: Duration,
    sleep: Sleep,
}

impl Drip {
    pub(super) fn new(count: u32, every: Duration, sleep: Sleep) -> Self {
        Self {
            numbers: 0..count,
            text: String::new(),
            every,
            sleep,
        }
    }
}

impl Chunks for Drip {
    type Chunk<'c> = &'c [u8];
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<&[u8]>, Infallible> {
        let Some(number) = self.numbers.next() else {
            return Ok(None);
        };
        if number > 0 && !self.every.is_zero() {
            // A short time may be over before it is waited for.
            give_way().await;
            (self.sleep)(self.every).await;
        }
        self.text = format!("chunk {number}\n");
        Ok(Some(self.text.as_bytes()))
    }
}
