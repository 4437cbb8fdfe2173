use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// A timer of a runtime. It goes off once, and can be set anew before and after.
pub trait Timer: Debug + Send + Sized + Unpin {
    /// A time of the runtime's clock.
    type Instant: Copy + Debug + Ord + Send;

    /// The time that is `length` from now, if the clock can say it.
    fn after(length: Duration) -> Option<Self::Instant>;

    /// The length of time since `instant`, which has passed; zero where it has not.
    fn since(instant: Self::Instant) -> Duration;

    /// A timer that goes off at `instant`.
    fn at(instant: Self::Instant) -> Self;

    /// Has the timer go off at `instant` instead. By default a new one takes its place.
    fn set(&mut self, instant: Self::Instant) {
        *self = Self::at(instant);
    }

    /// Tells whether it has gone off since it was set; after that it is not polled until it is set
    /// anew.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// Does `work`, unless it takes longer than `length`.
pub(crate) async fn timeout<T: Timer, R>(
    length: Duration,
    work: impl Future<Output = R>,
) -> Option<R> {
    let mut work = pin!(work);
    let mut timer = None;
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        // Beyond what the clock can say, there is no limit.
        Poll::Pending => match timer.get_or_insert_with(|| T::after(length).map(T::at)) {
            Some(timer) => timer.poll(cx).map(|()| None),
            None => Poll::Pending,
        },
    })
    .await
}
