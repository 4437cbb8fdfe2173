use core::convert::Infallible;
use core::fmt;
use core::ops::Range;

use embedded_io_async::Read;
use replywire::body::Transfer;
use replywire::request::{Exchange, Version};
use replywire::{Error, Reply, Status};

use crate::connection::{Answer, ServeError, State, move_down};
use crate::content::{Decoded, Malformed};
use crate::driver::{SendError, drive};
use crate::{Phase, Sent, Transport};

/// Answers one request: it reads the request's content and sends the reply.
///
/// Sending takes the responder, so a request is answered once. Its lifetime is one of its own: a
/// function that takes a [`Request`](crate::Request) too cannot have both under one name.
pub struct Responder<'c, T> {
    pub(crate) parts: &'c mut Parts<'c, T>,
    pub(crate) exchange: Exchange,
}

impl<T> fmt::Debug for Responder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder")
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}

/// Why a request's content could not be read. The connection closes after the reply, if it can
/// still be sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ContentError<E> {
    /// Reading or writing failed.
    Conn(E),
    /// The chunked coding was wrong, RFC 9112 § 7.1.
    Malformed,
    /// The peer closed before the end.
    Truncated,
    /// The connection took no bytes.
    WriteZero,
}

impl<E: fmt::Display> fmt::Display for ContentError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conn(error) => write!(f, "connection: {error}"),
            Self::Malformed => f.write_str("malformed chunked coding"),
            Self::Truncated => f.write_str("content ended early"),
            Self::WriteZero => f.write_str("connection took no bytes"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for ContentError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Conn(error) => Some(error),
            _ => None,
        }
    }
}

impl<E> From<ServeError<E>> for ContentError<E> {
    fn from(error: ServeError<E>) -> Self {
        match error {
            ServeError::Conn(error) => Self::Conn(error),
            ServeError::WriteZero => Self::WriteZero,
        }
    }
}

impl<E> From<Malformed> for ContentError<E> {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl<R, E> From<ServeError<E>> for SendError<R, E> {
    fn from(error: ServeError<E>) -> Self {
        match error {
            ServeError::Conn(error) => Self::Conn(error),
            ServeError::WriteZero => Self::WriteZero,
        }
    }
}

impl<T: Transport> Responder<'_, T> {
    /// What a reply has to know of the request.
    pub const fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// How much of the request's content is to be read, or `None` while it comes in chunks.
    pub const fn remaining(&self) -> Option<u64> {
        self.parts.state.content.remaining()
    }

    /// Reads some of the request's content; zero bytes are its end.
    ///
    /// A client that waits for `100 Continue` is sent it. Nothing is lost when the future is
    /// dropped. After an error the connection closes behind the reply; a handler that gives up then
    /// is answered for with `400 Bad Request`, if the content was at fault.
    ///
    /// # Errors
    ///
    /// [`ContentError`]
    pub async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ContentError<T::Error>> {
        let result = self.parts.read(buf, Phase::Content).await;
        if let Err(error) = &result {
            self.exchange = self.exchange.closing();
            if matches!(error, ContentError::Malformed | ContentError::Truncated) {
                self.parts.state.fault = Status::BAD_REQUEST;
            }
        }
        result
    }

    /// Sends the replies to earlier requests that wait for this one, before an answer that takes its
    /// time.
    ///
    /// # Errors
    ///
    /// [`ServeError`], after which the connection is closed.
    pub async fn flush(&mut self) -> Result<(), ServeError<T::Error>> {
        self.parts.flush().await
    }

    /// Sends a reply that `write` writes into the buffer it is given.
    ///
    /// The reply leaves with those to other requests that arrived with this one. Where these leave
    /// it too little room, they leave first, and `write` runs again.
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, or of [`Reply::check`] for a reply that was
    /// not made for the exchange, or with [`Error::OtherBuffer`] for one that is not in the buffer;
    /// the others when the connection fails.
    pub async fn send<F>(mut self, write: F) -> Result<Sent, SendError<Infallible, T::Error>>
    where
        F: for<'b> FnMut(&Exchange, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        self.gather(write).await
    }

    /// [`send`](Self::send)s a reply that leaves at once, before work that goes on behind it; see
    /// [`background`](crate::background).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn send_now<F>(mut self, write: F) -> Result<Sent, SendError<Infallible, T::Error>>
    where
        F: for<'b> FnMut(&Exchange, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        let sent = self.gather(write).await?;
        self.flush().await?;
        Ok(sent)
    }

    /// Sends an interim reply at once, such as `103 Early Hints` with `link`s (RFC 8297); a final one
    /// follows. An HTTP/1.0 client is sent none (RFC 9110 § 15.2). When the future is dropped
    /// part-way, the rest leaves before the final reply.
    ///
    /// ```
    /// # use replywire::{HeaderName, Response, Status};
    /// # use replywire_embedded::{Responder, Sent, Transport, Unsent};
    /// # async fn handle<T: Transport>(mut responder: Responder<'_, T>) -> Result<Sent, Unsent> {
    /// responder
    ///     .inform(|exchange, buf| {
    ///         Response::to(exchange, buf, Status::EARLY_HINTS)
    ///             .header(HeaderName::LINK, "</style.css>; rel=preload; as=style")
    ///             .empty()
    ///     })
    ///     .await?;
    /// // Work that takes its time.
    /// # Ok(responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).empty()).await?)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, with [`Error::InterimStatus`] for a status that
    /// is none of 100 and 102 to 199, or with [`Error::OtherBuffer`]; the others when the connection
    /// fails.
    pub async fn inform<F>(&mut self, write: F) -> Result<(), SendError<Infallible, T::Error>>
    where
        F: for<'b> FnOnce(&Exchange, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        if self.exchange.version() == Version::Http10 {
            return Ok(());
        }
        self.flush().await?;
        let (_, output, state) = self.parts.split();
        let place = place_of(output);
        let reply = write(&self.exchange, output).map_err(SendError::Reply)?;
        let code = reply.status().code();
        if !matches!(code, 100 | 102..=199) {
            return Err(SendError::Reply(Error::InterimStatus));
        }
        let start = offset_in(&place, &reply).map_err(SendError::Reply)?;
        // It is pending from here on, whatever becomes of this future.
        state.pending = start..start + reply.len();
        if code == Status::CONTINUE.code() {
            state.expects_continue = false;
        }
        self.flush().await?;
        Ok(())
    }

    /// Puts a reply behind those that wait.
    async fn gather<F>(&mut self, mut write: F) -> Result<Sent, SendError<Infallible, T::Error>>
    where
        F: for<'b> FnMut(&Exchange, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        let exchange = self.final_exchange();
        if self.parts.state.answer == Answer::Broken {
            return Err(SendError::WriteZero);
        }
        loop {
            let (_, output, state) = self.parts.split();
            match state.put(output, &exchange, &mut write) {
                Ok(()) => return Ok(Sent(())),
                Err(Error::Overflow { .. }) if !state.pending.is_empty() => {
                    self.parts.flush().await?;
                }
                Err(error) => return Err(SendError::Reply(error)),
            }
        }
    }

    /// Sends a reply whose body is read from `source`, by way of the transfer that `write` makes.
    ///
    /// Dropping the future part-way breaks the connection, and so does every error after the first
    /// byte has left.
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, or of [`Transfer::check`]; the others by the
    /// side that failed.
    pub async fn transfer<F, R>(
        mut self,
        write: F,
        source: R,
    ) -> Result<Sent, SendError<R::Error, T::Error>>
    where
        F: for<'b> FnOnce(&Exchange, &'b mut [u8]) -> Result<Transfer<'b>, Error>,
        R: Read,
    {
        let exchange = self.final_exchange();
        self.parts.flush().await?;
        let (transport, output, state) = self.parts.split();
        let transfer = write(&exchange, output).map_err(SendError::Reply)?;
        transfer.check(&exchange).map_err(SendError::Reply)?;
        let closes = transfer.closes();
        transport.phase(Phase::Reply);
        drive(transfer, source, transport, || {
            state.answer = Answer::Broken
        })
        .await?;
        finish(transport, state, closes).await
    }

    /// The exchange for the reply, which closes where too much content is left to drain, or the
    /// server is shutting down.
    pub(crate) fn final_exchange(&mut self) -> Exchange {
        match self.parts.can_drain() && !self.parts.transport.is_closing() {
            true => self.exchange,
            false => self.exchange.closing(),
        }
    }
}

/// Flushes behind a reply that was written whole.
pub(crate) async fn finish<R, T: Transport>(
    transport: &mut T,
    state: &mut State,
    closes: bool,
) -> Result<Sent, SendError<R, T::Error>> {
    transport.flush().await.map_err(SendError::Conn)?;
    state.answer = Answer::Whole { closes };
    Ok(Sent(()))
}

/// Where `bytes` are, as numbers: a future that holds pointers could not be sent to another thread.
fn place_of(bytes: &[u8]) -> Range<usize> {
    let Range { start, end } = bytes.as_ptr_range();
    start.addr()..end.addr()
}

/// Where in the buffer at `place` a reply stands: in a part of it, but nowhere else.
fn offset_in(place: &Range<usize>, reply: &[u8]) -> Result<usize, Error> {
    let bytes = place_of(reply);
    match bytes.start < place.start || bytes.end > place.end {
        true => Err(Error::OtherBuffer),
        false => Ok(bytes.start - place.start),
    }
}

/// What `write` writes: in a function of its own, as the compiler moves a reply from place to place
/// where much is around it.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn written<'b, F>(write: &mut F, exchange: &Exchange, buf: &'b mut [u8]) -> Result<Reply<'b>, Error>
where
    F: for<'c> FnMut(&Exchange, &'c mut [u8]) -> Result<Reply<'c>, Error>,
{
    write(exchange, buf)
}

impl State {
    /// Puts a reply behind those that wait in `output`.
    fn put<F>(&mut self, output: &mut [u8], exchange: &Exchange, write: &mut F) -> Result<(), Error>
    where
        F: for<'b> FnMut(&Exchange, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        let start = self.pending.end;
        let free = output.get_mut(start..).unwrap_or_default();
        let place = place_of(free);
        let reply = written(write, exchange, free)?;
        reply.check(exchange)?;
        let closes = reply.closes();
        let bytes = reply.as_bytes();
        let from = start + offset_in(&place, bytes)?;
        let range = from..from + bytes.len();
        if self.pending.is_empty() {
            self.pending = range;
        } else {
            self.pending.end += range.len();
            if from != start && range.end <= output.len() {
                move_down(output, range, start);
            }
        }
        self.answer = Answer::Whole { closes };
        Ok(())
    }
}

/// What a connection is served with: while a head is read, lent to the answer of its request, and at
/// its end.
pub(crate) struct Parts<'c, T> {
    pub(crate) transport: &'c mut T,
    pub(crate) output: &'c mut [u8],
    /// The request buffer, or what of it is behind the head at hand.
    pub(crate) input: &'c mut [u8],
    pub(crate) state: &'c mut State,
    pub(crate) drain: u64,
}

impl<T: Transport> Parts<'_, T> {
    /// What a reply is sent with.
    pub(crate) fn split(&mut self) -> (&mut T, &mut [u8], &mut State) {
        (self.transport, self.output, self.state)
    }

    /// Writes the replies that have not left. Behind a failure no more bytes are taken.
    pub(crate) async fn flush(&mut self) -> Result<(), ServeError<T::Error>> {
        if self.state.answer == Answer::Broken {
            return Err(ServeError::WriteZero);
        }
        if self.state.pending.is_empty() {
            return Ok(());
        }
        self.transport.phase(Phase::Reply);
        while let Some(bytes) = self
            .output
            .get(self.state.pending.clone())
            .filter(|bytes| !bytes.is_empty())
        {
            match self.transport.write(bytes).await {
                Ok(0) => return Err(self.state.broken(ServeError::WriteZero)),
                Ok(n) => self.state.pending.start += n,
                Err(error) => return Err(self.state.broken(ServeError::Conn(error))),
            }
        }
        self.state.pending = 0..0;
        let flushed = self.transport.flush().await;
        flushed.map_err(|error| self.state.broken(ServeError::Conn(error)))
    }

    async fn read(
        &mut self,
        buf: &mut [u8],
        phase: Phase,
    ) -> Result<usize, ContentError<T::Error>> {
        loop {
            let Decoded { taken, written } = self.decode(buf)?;
            if written > 0 || buf.is_empty() || self.state.content.is_ended() {
                return Ok(written);
            }
            if taken > 0 {
                continue;
            }
            self.ask_for_content().await?;
            self.transport.phase(phase);
            // Nothing is left of what was read, so content goes where it is wanted at once, and only
            // the coding around it through the request buffer.
            let plain = usize::try_from(self.state.content.plain()).unwrap_or(usize::MAX);
            let direct = plain.min(buf.len());
            let room = match direct {
                0 => &mut *self.input,
                len => buf.get_mut(..len).unwrap_or_default(),
            };
            let most = room.len();
            let n = self
                .transport
                .read(room)
                .await
                .map_err(ContentError::Conn)?
                .min(most);
            match (n, direct) {
                (0, _) => return Err(ContentError::Truncated),
                (_, 0) => self.state.rest = 0..n,
                _ => {
                    self.state.content.take(n as u64);
                    return Ok(n);
                }
            }
        }
    }

    /// Sends what the client waits for before it sends content: earlier replies, `100 Continue`.
    async fn ask_for_content(&mut self) -> Result<(), ContentError<T::Error>> {
        const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

        loop {
            self.flush().await?;
            if !self.state.expects_continue {
                return Ok(());
            }
            // It is pending from here on, whatever becomes of this future.
            let to = self
                .output
                .get_mut(..CONTINUE.len())
                .ok_or(ContentError::WriteZero)?;
            for (to, from) in to.iter_mut().zip(CONTINUE) {
                *to = *from;
            }
            self.state.pending = 0..CONTINUE.len();
            self.state.expects_continue = false;
        }
    }

    /// Decodes what has been read behind the head.
    fn decode(&mut self, buf: &mut [u8]) -> Result<Decoded, Malformed> {
        let State { content, rest, .. } = &mut *self.state;
        let input = self.input.get(rest.clone()).unwrap_or_default();
        let decoded = content.decode(input, buf)?;
        rest.start += decoded.taken;
        Ok(decoded)
    }

    /// Whether the content that is left can be read and dropped within the limit.
    fn can_drain(&mut self) -> bool {
        let mut scratch = [0; 64];
        while let Ok(Decoded { taken: 1.., .. }) = self.decode(&mut scratch) {}
        match self.state.content.remaining() {
            Some(0) => true,
            Some(left) => left <= self.drain && !self.state.expects_continue,
            None => false,
        }
    }

    /// Reads and drops the content that is left; false when that fails.
    pub(crate) async fn drain(&mut self) -> Result<bool, ServeError<T::Error>> {
        if self.state.content.is_ended() {
            return Ok(true);
        }
        self.flush().await?;
        // No reply is left in the buffer, so there is room for what is dropped.
        let scratch = core::mem::take(&mut self.output);
        if scratch.is_empty() {
            return Ok(false);
        }
        while !self.state.content.is_ended() {
            match self.read(scratch, Phase::Drain).await {
                Ok(_) => {}
                Err(ContentError::Conn(error)) => return Err(ServeError::Conn(error)),
                Err(ContentError::WriteZero) => return Err(ServeError::WriteZero),
                Err(ContentError::Malformed | ContentError::Truncated) => return Ok(false),
            }
        }
        Ok(true)
    }
}
