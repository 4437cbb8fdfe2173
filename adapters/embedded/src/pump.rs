//! Chunks of a source on their way to the connection, through a buffer.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;

use replywire::body::{Chunk, Stream};

use crate::chunks::{Chunks, KeepAlive};
use crate::error::SendError;
use crate::feed::Feed;
use crate::io::ConnectionIo;
use crate::transport::{Idle, Transport};

/// The terms of a stream, which its source tells once, and the content that it may wait for.
pub(crate) struct Terms<F> {
    keep_alive: Option<KeepAlive>,
    /// It ends when the server shuts down.
    pub(crate) ends: bool,
    feed: F,
}

impl<F: Feed> Terms<F> {
    pub(crate) fn of<C: Chunks>(source: &C, feed: F) -> Self {
        Self {
            keep_alive: source.keep_alive().filter(|kept| !kept.bytes.is_empty()),
            ends: source.ends_at_shutdown(),
            feed,
        }
    }
}

/// The pace of both sides, as far as it is known.
pub(crate) trait Pace {
    /// A full buffer leaves.
    fn leave<F: Future>(&mut self, sent: F) -> impl Future<Output = F::Output>;

    /// The source has to wait.
    fn waits(&mut self) {}

    /// The stream has a use for more room.
    fn is_busy(&self) -> bool {
        false
    }
}

/// The reason why no more chunks are taken for now.
pub(crate) enum Pumped {
    /// More room is of use.
    Busy,
    /// There are no more, or none is sent.
    Ended,
}

/// Sends the chunks of a source, up to its end, or until the stream is busy.
pub(crate) async fn pump<T: Transport, C: Chunks, F: Feed>(
    stream: &mut Stream<'_>,
    source: &mut C,
    io: &mut ConnectionIo<'_, T>,
    terms: &Terms<F>,
    pace: &mut impl Pace,
) -> Result<Pumped, SendError<C::Error, T::Error>> {
    while stream.is_open() && !(terms.ends && io.transport.is_closing()) {
        let mut next = pin!(source.next());
        let mut ready = Ready::Written;
        poll_fn(|cx| ready.write(next.as_mut().poll(cx), stream)).await;
        let rest = match ready {
            Ready::Written => continue,
            Ready::End => break,
            Ready::Failed(error) => return Err(error),
            Ready::Rest(chunk) => chunk,
            Ready::Nothing => {
                pace.waits();
                leave_now(stream, io).await?;
                match wait(next, terms, stream, io).await? {
                    Some(chunk) => chunk,
                    None => break,
                }
            }
        };
        put(rest, stream, io, pace).await?;
        if pace.is_busy() {
            return Ok(Pumped::Busy);
        }
    }
    Ok(Pumped::Ended)
}

/// Sends a chunk, but for what waits for more.
pub(crate) async fn put<R, T: Transport>(
    mut chunk: impl Chunk,
    stream: &mut Stream<'_>,
    io: &mut ConnectionIo<'_, T>,
    pace: &mut impl Pace,
) -> Result<(), SendError<R, T::Error>> {
    while !stream.write(&mut chunk)? {
        pace.leave(io.send(stream, SendError::from)).await?;
    }
    Ok(())
}

/// Sends all that has gathered.
pub(crate) async fn leave_now<R, T: Transport>(
    stream: &mut Stream<'_>,
    io: &mut ConnectionIo<'_, T>,
) -> Result<(), SendError<R, T::Error>> {
    stream.flush()?;
    io.send(stream, SendError::from).await?;
    io.flush_written().await
}

/// Sends what has gathered, and the end.
pub(crate) async fn end<'s, T: Transport, C: Chunks>(
    mut stream: Stream<'s>,
    source: &'s mut C,
    io: &mut ConnectionIo<'_, T>,
) -> Result<(), SendError<C::Error, T::Error>> {
    stream.end_with(source.trailers())?;
    io.send(&mut stream, SendError::from).await?;
    #[cfg(feature = "hosted")]
    if let Some(lines) = stream.trailer_lines() {
        io.transport.trailers(lines);
    }
    Ok(())
}

/// The next chunk, as far as it was there without a wait.
pub(crate) enum Ready<C, R, W> {
    /// No next one: it was the last.
    End,
    /// None, or it could not be written.
    Failed(SendError<R, W>),
    /// Nothing yet.
    Nothing,
    /// More than there is room for.
    Rest(C),
    /// All of it, which was written.
    Written,
}

impl<C: Chunk, R, W> Ready<C, R, W> {
    /// Writes a chunk that is there, where it is, and never waits. Where all of it is written,
    /// nothing moves: a move takes longer than to write a short one.
    #[inline(always)]
    pub(crate) fn write(
        &mut self,
        next: Poll<Result<Option<C>, R>>,
        stream: &mut Stream<'_>,
    ) -> Poll<()> {
        *self = match next {
            Poll::Pending => Self::Nothing,
            Poll::Ready(Err(error)) => Self::Failed(SendError::Source(error)),
            Poll::Ready(Ok(None)) => Self::End,
            Poll::Ready(Ok(Some(mut chunk))) => match stream.write(&mut chunk) {
                Ok(true) => return Poll::Ready(()),
                Ok(false) => Self::Rest(chunk),
                Err(error) => Self::Failed(error.into()),
            },
        };
        Poll::Ready(())
    }
}

/// Waits for the next chunk, and keeps the stream alive meanwhile; `None` where there is none, or
/// the stream ends because the server shuts down.
pub(crate) async fn wait<N, K, R, F: Feed, T: Transport>(
    mut next: Pin<&mut N>,
    terms: &Terms<F>,
    stream: &mut Stream<'_>,
    io: &mut ConnectionIo<'_, T>,
) -> Result<Option<K>, SendError<R, T::Error>>
where
    N: Future<Output = Result<Option<K>, R>>,
{
    let keep_alive = terms.keep_alive;
    let length = keep_alive.map(|keep_alive| keep_alive.after);
    // The shutdown may have begun while something was sent.
    while !(terms.ends && io.transport.is_closing()) {
        let work = pin!(poll_fn(|cx| match next.as_mut().poll(cx) {
            Poll::Ready(chunk) => Poll::Ready(Some(chunk)),
            Poll::Pending => terms.feed.poll_wanted(cx).map(|()| None),
        }));
        match io.idle_during(work, length).await {
            Ok(Some(chunk)) => return chunk.map_err(SendError::Source),
            Ok(None) => {
                if let Some(chunk) = io.feed(&terms.feed, next.as_mut()).await {
                    return chunk.map_err(SendError::Source);
                }
            }
            Err(Idle::Closed | Idle::TimedOut) => return Err(SendError::Closed),
            Err(Idle::Closing | Idle::Received(_)) => {}
            Err(Idle::Over) => {
                let mut bytes = keep_alive.map_or(&b""[..], |keep_alive| keep_alive.bytes);
                while !stream.write(&mut bytes)? {
                    io.send(stream, SendError::from).await?;
                }
                leave_now(stream, io).await?;
            }
        }
    }
    Ok(None)
}
