use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;
use core::time::Duration;

use replywire::Error;
use replywire::body::{Chunk, Stream, StreamError, Trailers, Transfer};
use replywire::request::Exchange;

use crate::connection::Answer;
use crate::driver::{SendError, write_some};
use crate::responder::finish;
use crate::{Idle, Phase, Responder, Sent, Transport};

/// What gives the chunks of a body one by one: bytes, [`Event`](replywire::body::Event)s,
/// [`JsonLine`](replywire::body::JsonLine)s.
///
/// ```
/// use core::convert::Infallible;
/// use replywire::body::Event;
/// use replywire_embedded::{Chunks, KeepAlive};
///
/// struct Ticks {
///     left: u8,
/// }
///
/// impl Chunks for Ticks {
///     type Chunk<'c> = Event<'c>;
///     type Error = Infallible;
///
///     async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
///         // Await a timer or a channel here.
///         self.left = match self.left.checked_sub(1) {
///             None => return Ok(None),
///             Some(left) => left,
///         };
///         Ok(Some(Event::new().data("tick")))
///     }
///
///     fn keep_alive(&self) -> Option<KeepAlive> {
///         Some(KeepAlive::PING)
///     }
/// }
/// ```
pub trait Chunks {
    /// What is sent.
    type Chunk<'c>: Chunk
    where
        Self: 'c;
    /// Why there is no next one.
    type Error;

    /// Waits for the next chunk; `None` is the end.
    ///
    /// The future is dropped when the peer closes the connection meanwhile.
    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Chunk<'_>>, Self::Error>>;

    /// What is sent while there is none for a while; asked once, at the start. It counts as content,
    /// so it is not for a body of known length.
    fn keep_alive(&self) -> Option<KeepAlive> {
        None
    }

    /// What is known only now that the last chunk was given; it is sent where the request and the
    /// framing allow it. Asked once, at the end, even where no chunk was asked for.
    fn trailers(&mut self) -> Trailers<'_> {
        Trailers::none()
    }
}

/// Bytes that tell a client, and what is between, that a stream goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct KeepAlive {
    /// How long there must be nothing else to send. A transport without a timer sends nothing.
    pub after: Duration,
    /// What is sent.
    pub bytes: &'static [u8],
}

impl KeepAlive {
    /// A comment among server-sent events, after 15 seconds.
    pub const PING: Self = Self {
        after: Duration::from_secs(15),
        bytes: b": ping\n\n",
    };
}

impl<T: Transport> Responder<'_, T> {
    /// Sends a reply whose body comes in chunks, by way of the transfer that `write` makes.
    ///
    /// Chunks that are there together leave together; as soon as the source has to wait, what is
    /// there leaves. When the peer closes the connection during a wait, the source is stopped, if
    /// the transport can tell.
    ///
    /// Dropping the future part-way breaks the connection, and so does every error after the first
    /// byte has left.
    ///
    /// ```
    /// # use replywire::{Response, Status};
    /// # use replywire_embedded::{Chunks, Responder, SendError, Sent, Transport};
    /// # async fn events<T: Transport, C: Chunks>(
    /// #     responder: Responder<'_, T>,
    /// #     ticks: C,
    /// # ) -> Result<Sent, SendError<C::Error, T::Error>> {
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
        mut self,
        write: F,
        mut source: C,
    ) -> Result<Sent, SendError<C::Error, T::Error>>
    where
        F: for<'b> FnOnce(&Exchange, &'b mut [u8]) -> Result<Transfer<'b>, Error>,
        C: Chunks,
    {
        let exchange = self.final_exchange();
        self.parts.flush().await?;
        let (transport, output, state) = self.parts.split();
        let transfer = write(&exchange, output).map_err(SendError::Reply)?;
        transfer.check(&exchange).map_err(SendError::Reply)?;
        let closes = transfer.closes();
        transport.phase(Phase::Reply);
        let mut stream = Stream::new(transfer);
        let mut starts = || state.answer = Answer::Broken;
        let keep_alive = source.keep_alive().filter(|kept| !kept.bytes.is_empty());
        while stream.is_open() {
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
                    send_pending(&mut stream, transport, &mut starts).await?;
                    transport.flush().await.map_err(SendError::Conn)?;
                    let chunk = wait(next, keep_alive, &mut stream, transport, &mut starts).await?;
                    match chunk.map_err(SendError::Source)? {
                        Some(chunk) => chunk,
                        None => break,
                    }
                }
            };
            while !stream.write(&mut rest)? {
                send_pending(&mut stream, transport, &mut starts).await?;
            }
        }
        stream.end_with(source.trailers())?;
        send_pending(&mut stream, transport, &mut starts).await?;
        finish(transport, state, closes).await
    }
}

/// What there was of the next chunk, without a wait.
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

/// Waits for the next chunk, and keeps the stream alive meanwhile.
async fn wait<R, N: Future, T: Transport>(
    mut next: Pin<&mut N>,
    keep_alive: Option<KeepAlive>,
    stream: &mut Stream<'_>,
    transport: &mut T,
    starts: &mut impl FnMut(),
) -> Result<N::Output, SendError<R, T::Error>> {
    loop {
        let idle = {
            let mut idle = pin!(transport.idle(keep_alive.map(|keep_alive| keep_alive.after)));
            poll_fn(|cx| match next.as_mut().poll(cx) {
                Poll::Ready(chunk) => Poll::Ready(Ok(chunk)),
                Poll::Pending => idle.as_mut().poll(cx).map(Err),
            })
            .await
        };
        match idle {
            Ok(chunk) => return Ok(chunk),
            Err(Idle::Closed) => return Err(SendError::Closed),
            Err(Idle::Over) => {
                let mut bytes = keep_alive.map_or(&b""[..], |keep_alive| keep_alive.bytes);
                while !stream.write(&mut bytes)? {
                    send_pending(stream, transport, starts).await?;
                }
                stream.flush()?;
                send_pending(stream, transport, starts).await?;
                transport.flush().await.map_err(SendError::Conn)?;
            }
        }
    }
}

/// Sends what is to be sent before the next chunk is written.
async fn send_pending<R, T: Transport>(
    stream: &mut Stream<'_>,
    transport: &mut T,
    starts: &mut impl FnMut(),
) -> Result<(), SendError<R, T::Error>> {
    while let Some(bytes) = stream.pending()? {
        starts();
        let n = write_some(transport, bytes).await?;
        stream.sent(n);
    }
    Ok(())
}

impl<R, W> From<StreamError> for SendError<R, W> {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Body(error) => Self::Body(error),
            StreamError::Chunk(error) => Self::Chunk(error),
        }
    }
}
