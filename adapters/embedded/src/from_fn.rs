//! Chunks that an async closure gives, one a call.

use core::convert::Infallible;
use core::fmt;
use core::future::Future;

use replywire::body::IntoChunk;

use crate::chunks::Chunks;

/// Makes the chunks of a body of an async closure that gives the next item, or `None` at the end: a
/// channel's `recv`, for one. A closure that may fail gives a `Result` of that.
///
/// Items are bytes, text, events, all that is [`IntoChunk`]. The closure is called again for each;
/// what it returns is dropped when the peer closes the connection meanwhile. In a handler whose
/// future is `Send`, the closure has to own what it uses: one that borrows from the handler or the
/// request is refused by the compiler as E0477, `the type … does not fulfill the required
/// lifetime`, or as `implementation of FnOnce is not general enough`. Let a
/// [`FromFuture`](crate::FromFuture) borrow, on operating systems by `chunks`.
///
/// ```
/// use replywire::{Response, Status};
/// # use replywire_embedded::{Answered, Responder, Transport, Unanswered, chunks_from_fn};
/// # async fn handle<T: Transport>(responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
/// let mut left = 3;
/// let countdown = chunks_from_fn(async move || {
///     // Await a timer or a channel here.
///     left -= 1;
///     (left >= 0).then_some("tick\n")
/// });
/// let sent = responder
///     .stream(|exchange, buf| Response::to(exchange, buf, Status::OK).stream(), countdown);
/// Ok(sent.await?)
/// # }
/// ```
pub const fn chunks_from_fn<F, O>(next: F) -> FromFn<F>
where
    F: AsyncFnMut() -> O,
    O: NextItem,
{
    FromFn(next)
}

/// An async closure as the source of a body, made by [`chunks_from_fn`].
pub struct FromFn<F>(pub(crate) F);

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFn").finish_non_exhaustive()
    }
}

impl<F: NextFn> Chunks for FromFn<F> {
    type Chunk<'c> = <<F::Outcome as NextItem>::Item as IntoChunk>::Chunk;
    type Error = <F::Outcome as NextItem>::Error;

    async fn next(&mut self) -> Result<Option<Self::Chunk<'_>>, Self::Error> {
        let next = self.0.call().await.into_result()?;
        Ok(next.map(IntoChunk::into_chunk))
    }
}

/// An async closure that gives the next item of a source.
///
/// There is no other.
pub trait NextFn: sealed::Next {
    /// The type of what it gives.
    type Outcome: NextItem;

    /// Calls it.
    fn call(&mut self) -> impl Future<Output = Self::Outcome>;
}

impl<F, O> NextFn for F
where
    F: AsyncFnMut() -> O,
    O: NextItem,
{
    type Outcome = O;

    async fn call(&mut self) -> O {
        self().await
    }
}

/// The next item of a source, as a closure returns it: `Option<I>` or `Result<Option<I>, E>`.
///
/// There is no other.
pub trait NextItem: sealed::Item {
    /// The type of the items.
    type Item: IntoChunk;
    /// The reason that there is no next item.
    type Error: core::error::Error + Send + Sync + 'static;

    /// The same as a result.
    ///
    /// # Errors
    ///
    /// That of the source.
    fn into_result(self) -> Result<Option<Self::Item>, Self::Error>;
}

impl<I: IntoChunk> NextItem for Option<I> {
    type Item = I;
    type Error = Infallible;

    fn into_result(self) -> Result<Self, Infallible> {
        Ok(self)
    }
}

impl<I, E> NextItem for Result<Option<I>, E>
where
    I: IntoChunk,
    E: core::error::Error + Send + Sync + 'static,
{
    type Item = I;
    type Error = E;

    fn into_result(self) -> Self {
        self
    }
}

mod sealed {
    pub trait Next {}

    impl<F, O> Next for F where F: AsyncFnMut() -> O {}

    pub trait Item {}

    impl<I> Item for Option<I> {}
    impl<I, E> Item for Result<Option<I>, E> {}
}
