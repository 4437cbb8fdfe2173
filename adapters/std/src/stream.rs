use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream;
use replywire_embedded::Chunks;

/// A stream of bytes as the chunks of a body.
///
/// ```
/// use bytes::Bytes;
/// use futures_core::Stream;
/// use replywire_std::FromStream;
///
/// fn chunks<S: Stream<Item = std::io::Result<Bytes>> + Unpin>(stream: S) -> FromStream<S, Bytes> {
///     FromStream::new(stream)
/// }
/// ```
#[derive(Debug)]
pub struct FromStream<S, B> {
    stream: S,
    chunk: Option<B>,
}

impl<S, B, E> FromStream<S, B>
where
    S: Stream<Item = Result<B, E>>,
{
    /// The chunks of a stream.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            chunk: None,
        }
    }
}

impl<S, B, E> Chunks for FromStream<S, B>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]> + 'static,
{
    type Chunk<'c>
        = &'c [u8]
    where
        Self: 'c;
    type Error = E;

    async fn next(&mut self) -> Result<Option<&[u8]>, E> {
        let next = poll_fn(|cx| Pin::new(&mut self.stream).poll_next(cx)).await;
        self.chunk = next.transpose()?;
        Ok(self.chunk.as_ref().map(AsRef::as_ref))
    }
}
