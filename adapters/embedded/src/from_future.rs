//! Chunks that a future sends while it goes on.

use core::convert::Infallible;
use core::fmt;
use core::future::{Future, poll_fn};
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll};

use replywire::body::IntoChunk;

use crate::chunks::Chunks;
use crate::handover::{Place, Receiver};

/// A future as the source of a body: it sends the chunks one by one, by a
/// [`Sender`](crate::Sender), and the body ends when it does.
///
/// The future is polled within the reply, when the next chunk is wanted: it goes on when the last
/// one was taken. It is dropped with the reply, and so when the peer has gone. Nothing is
/// allocated: the place that chunks pass through and the future are the caller's.
///
/// ```
/// use core::pin::pin;
/// use replywire::{Response, Status};
/// use replywire::body::Event;
/// use replywire_embedded::{FromFuture, Handover};
/// # use replywire_embedded::{Answered, Responder, Transport, Unanswered};
/// # async fn handle<T: Transport>(responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
/// let mut place = Handover::new();
/// let (mut sender, receiver) = place.split();
/// let ticks = pin!(async {
///     for id in ["1", "2", "3"] {
///         // Await a timer or a sensor here.
///         sender.send(Event::new().data("tick").id(id)).await;
///     }
/// });
/// let sent = responder.stream(
///     |exchange, buf| Response::to(exchange, buf, Status::OK).events(),
///     FromFuture::new(receiver, ticks),
/// );
/// Ok(sent.await?)
/// # }
/// ```
pub struct FromFuture<C: Place, P> {
    receiver: Receiver<C>,
    /// Dropped when it is done.
    future: Option<Pin<P>>,
}

impl<C: Place, P> fmt::Debug for FromFuture<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFuture").finish_non_exhaustive()
    }
}

impl<C, P> FromFuture<C, P>
where
    C: Place<Item: IntoChunk>,
    P: DerefMut<Target: Future<Output: Outcome>>,
{
    /// The chunks that `future` sends to `receiver`, until it ends.
    pub const fn new(receiver: Receiver<C>, future: Pin<P>) -> Self {
        Self {
            receiver,
            future: Some(future),
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<C::Item>, ErrorOf<P>>> {
        let Some(future) = &mut self.future else {
            return Poll::Ready(Ok(None));
        };
        // Another task may have sent it.
        if let Some(item) = self.receiver.take() {
            return Poll::Ready(Ok(Some(item)));
        }
        self.receiver.look();
        match future.as_mut().poll(cx) {
            Poll::Pending => self.receiver.poll_take(cx).map(|item| Ok(Some(item))),
            Poll::Ready(outcome) => {
                self.future = None;
                Poll::Ready(outcome.into_result().map(|()| None))
            }
        }
    }
}

/// The error of the future that `P` points to.
type ErrorOf<P> = <<<P as Deref>::Target as Future>::Output as Outcome>::Error;

impl<C, P> Chunks for FromFuture<C, P>
where
    C: Place<Item: IntoChunk>,
    P: DerefMut<Target: Future<Output: Outcome>>,
{
    type Chunk<'c> = <C::Item as IntoChunk>::Chunk;
    type Error = ErrorOf<P>;

    async fn next(&mut self) -> Result<Option<Self::Chunk<'_>>, Self::Error> {
        let next = poll_fn(|cx| self.poll_next(cx)).await?;
        Ok(next.map(IntoChunk::into_chunk))
    }
}

/// The outcome of a future that sends chunks: `()`, or `Result<(), E>` where the body may break
/// off.
///
/// There is no other.
pub trait Outcome: sealed::Sealed {
    /// The reason that the body breaks off.
    type Error: core::error::Error + Send + Sync + 'static;

    /// The same as a result.
    ///
    /// # Errors
    ///
    /// That of the future.
    fn into_result(self) -> Result<(), Self::Error>;
}

impl Outcome for () {
    type Error = Infallible;

    fn into_result(self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl<E: core::error::Error + Send + Sync + 'static> Outcome for Result<(), E> {
    type Error = E;

    fn into_result(self) -> Self {
        self
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for () {}
    impl<E> Sealed for Result<(), E> {}
}
