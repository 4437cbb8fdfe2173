//! Bodies that come in chunks: what is there together leaves together.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;

use replywire::Error;
use replywire::body::{Chunk, Stream, Transfer};
use replywire::request::Exchange;

use crate::begin::Beginning;
use crate::chunks::{Chunks, KeepAlive};
use crate::error::SendError;
use crate::feed::Feed;
use crate::handler::Answered;
use crate::io::ConnectionIo;
use crate::responder::Responder;
use crate::transport::{Idle, Transport};

impl<T: Transport> Responder<'_, T> {
    /// Sends a reply whose body comes in chunks, by way of the transfer that `write` makes. `write`
    /// may run more than once, and writes the same each time.
    ///
    /// Chunks that are there together leave together; as soon as the source has to wait, what is
    /// there leaves. When the peer closes the connection during a wait, the source is stopped, if
    /// the transport can tell. Events end in order when the server shuts down, unless the source
    /// says otherwise ([`Chunks::ends_at_shutdown`]).
    ///
    /// Dropping the future part-way breaks the connection, and so does every error after the first
    /// byte has left.
    ///
    /// ```
    /// # use replywire::{Response, Status};
    /// # use replywire_embedded::{Chunks, Responder, SendError, Answered, Transport};
    /// # async fn events<T: Transport, C: Chunks>(
    /// #     responder: Responder<'_, T>,
    /// #     ticks: C,
    /// # ) -> Result<Answered, SendError<C::Error, T::Error>> {
    /// responder
    ///     .stream(|exchange, buf| Response::to(exchange, buf, Status::OK).events(), ticks)
    ///     .await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, or of [`Transfer::check`];
    /// [`SendError::Closed`] when the peer has gone; the others by the side that failed.
    pub async fn stream<F, C>(
        self,
        write: F,
        source: C,
    ) -> Result<Answered, SendError<C::Error, T::Error>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Transfer<'b>, Error>,
        C: Chunks,
    {
        send_chunks(self.begin(write), source, ()).await
    }
}

/// Begins a reply, and sends the chunks of `source`, which may wait for content of `feed`.
pub(crate) async fn send_chunks<'c, T: Transport + 'c, C: Chunks, F: Feed>(
    beginning: impl Beginning<'c, T, Transfer<'c>, C::Error>,
    mut source: C,
    feed: F,
) -> Result<Answered, SendError<C::Error, T::Error>> {
    let (begun, transfer) = beginning.await?;
    let mut taken = begun.take();
    let io = taken.io()?;
    let mut stream = Stream::new(transfer);
    let keep_alive = source.keep_alive().filter(|kept| !kept.bytes.is_empty());
    let ends = source.ends_at_shutdown();
    while stream.is_open() && !(ends && io.transport.is_closing()) {
        let mut next = pin!(source.next());
        // A chunk that is ready is written where it is: moving it first takes longer than
        // writing a short one.
        let ready = poll_fn(|cx| Poll::Ready(write_ready(next.as_mut().poll(cx), &mut stream)));
        let mut rest = match ready.await? {
            Ready::Written => continue,
            Ready::End => break,
            Ready::Rest(chunk) => chunk,
            Ready::Nothing => {
                stream.flush()?;
                io.send(&mut stream, SendError::from).await?;
                io.flush_written().await?;
                let chunk = wait(next, &feed, keep_alive, ends, &mut stream, io).await?;
                match chunk.transpose().map_err(SendError::Source)?.flatten() {
                    Some(chunk) => chunk,
                    None => break,
                }
            }
        };
        while !stream.write(&mut rest)? {
            io.send(&mut stream, SendError::from).await?;
        }
    }
    stream.end_with(source.trailers())?;
    io.send(&mut stream, SendError::from).await?;
    #[cfg(feature = "hosted")]
    if let Some(lines) = stream.trailer_lines() {
        io.transport.trailers(lines);
    }
    drop(taken);
    begun.finish().await
}

/// The next chunk, as far as it was there without a wait.
enum Ready<C> {
    /// No next one: it was the last.
    End,
    /// Nothing yet.
    Nothing,
    /// More than there is room for.
    Rest(C),
    /// All of it, which was written.
    Written,
}

#[inline(always)]
fn write_ready<C: Chunk, E, W>(
    next: Poll<Result<Option<C>, E>>,
    stream: &mut Stream<'_>,
) -> Result<Ready<C>, SendError<E, W>> {
    match next {
        Poll::Pending => Ok(Ready::Nothing),
        Poll::Ready(Err(error)) => Err(SendError::Source(error)),
        Poll::Ready(Ok(None)) => Ok(Ready::End),
        Poll::Ready(Ok(Some(mut chunk))) => Ok(match stream.write(&mut chunk)? {
            true => Ready::Written,
            false => Ready::Rest(chunk),
        }),
    }
}

/// Waits for the next chunk, and keeps the stream alive meanwhile; `None` where it `ends` because
/// the server shuts down.
async fn wait<R, N: Future, F: Feed, T: Transport>(
    mut next: Pin<&mut N>,
    feed: &F,
    keep_alive: Option<KeepAlive>,
    ends: bool,
    stream: &mut Stream<'_>,
    io: &mut ConnectionIo<'_, T>,
) -> Result<Option<N::Output>, SendError<R, T::Error>> {
    let length = keep_alive.map(|keep_alive| keep_alive.after);
    // The shutdown may have begun while something was sent.
    while !(ends && io.transport.is_closing()) {
        let work = pin!(poll_fn(|cx| match next.as_mut().poll(cx) {
            Poll::Ready(chunk) => Poll::Ready(Some(chunk)),
            Poll::Pending => feed.poll_wanted(cx).map(|()| None),
        }));
        match io.idle_during(work, length).await {
            Ok(Some(chunk)) => return Ok(Some(chunk)),
            Ok(None) => {
                if let Some(chunk) = io.feed(feed, next.as_mut()).await {
                    return Ok(Some(chunk));
                }
            }
            Err(Idle::Closed | Idle::TimedOut) => return Err(SendError::Closed),
            Err(Idle::Closing | Idle::Received(_)) => {}
            Err(Idle::Over) => {
                let mut bytes = keep_alive.map_or(&b""[..], |keep_alive| keep_alive.bytes);
                while !stream.write(&mut bytes)? {
                    io.send(stream, SendError::from).await?;
                }
                stream.flush()?;
                io.send(stream, SendError::from).await?;
                io.flush_written().await?;
            }
        }
    }
    Ok(None)
}
