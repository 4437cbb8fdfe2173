use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream;
use replywire::body::IntoChunk;
use replywire_embedded::Chunks;

use crate::Unfailing;

/// A stream of items as the chunks of a body: of bytes, text, events, all that is [`IntoChunk`].
/// An event of texts that are made for it is an [`OwnedEvent`](crate::OwnedEvent).
///
/// An `Unpin` stream is asked for; any other is one in `Box::pin`.
///
/// ```
/// use bytes::Bytes;
/// use futures_core::Stream;
/// use replywire_std::{FromStream, Unfailing};
///
/// fn chunks<S: Stream<Item = std::io::Result<Bytes>> + Unpin>(stream: S) -> FromStream<S> {
///     FromStream::new(stream)
/// }
///
/// fn lines<S: Stream<Item = String> + Unpin>(stream: S) -> FromStream<Unfailing<S>> {
///     FromStream::plain(stream)
/// }
/// ```
#[derive(Debug)]
pub struct FromStream<S>(S);

impl<S, I, E> FromStream<S>
where
    S: Stream<Item = Result<I, E>> + Unpin,
    I: IntoChunk,
{
    /// The chunks of a stream of results, of which the first error breaks the body off.
    pub const fn new(stream: S) -> Self {
        Self(stream)
    }
}

impl<S> FromStream<Unfailing<S>>
where
    S: Stream<Item: IntoChunk> + Unpin,
{
    /// The chunks of a stream whose items cannot fail, such as that of a channel.
    pub const fn plain(stream: S) -> Self {
        Self(Unfailing(stream))
    }
}

impl<S, I, E> Chunks for FromStream<S>
where
    S: Stream<Item = Result<I, E>> + Unpin,
    I: IntoChunk,
    E: Error + Send + Sync + 'static,
{
    type Chunk<'c> = I::Chunk;
    type Error = E;

    async fn next(&mut self) -> Result<Option<I::Chunk>, E> {
        let next = poll_fn(|cx| Pin::new(&mut self.0).poll_next(cx)).await;
        Ok(next.transpose()?.map(IntoChunk::into_chunk))
    }
}
