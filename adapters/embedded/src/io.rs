//! Bytes in and out of a connection: replies that wait, and the content of the request at hand.

use core::future::{Future, poll_fn};
use core::mem;
use core::pin::{Pin, pin};
use core::task::Poll;
use core::time::Duration;

use embedded_io_async::ErrorKind;
use replywire::request::{Content, Decoded, Exchange, Request, Requests};
use replywire::{Error, Reply, Status};

use crate::continuing::put_continue;
use crate::error::{ConnectionError, ContentError};
use crate::event::Event;
use crate::move_down::move_down;
use crate::state::{ReplyState, State, waiting_room};
use crate::transport::{Idle, Phase, Transport};

/// A connection while a request is answered: its transport, the buffer of replies, and the content.
pub(crate) struct ConnectionIo<'c, T> {
    pub(crate) transport: &'c mut T,
    /// The reply buffer, or the part of it where replies wait.
    pub(crate) output: &'c mut [u8],
    /// The rest of it, with a reply that a chain has written whole.
    pub(crate) room: &'c mut [u8],
    pub(crate) exchange: &'c Exchange<'c>,
    pub(crate) content: Content<'c>,
    pub(crate) state: &'c mut State,
}

impl<'c, T> ConnectionIo<'c, T> {
    /// A connection and its last request.
    pub(crate) fn new(
        transport: &'c mut T,
        output: &'c mut [u8],
        requests: &'c mut Requests<'_>,
        state: &'c mut State,
    ) -> (Request<'c>, Self) {
        let (request, content) = requests.request();
        let io = Self {
            transport,
            output,
            room: &mut [],
            exchange: request.exchange(),
            content,
            state,
        };
        (request, io)
    }
}

impl<'c, T: Transport> ConnectionIo<'c, T> {
    /// Writes the replies that have not left. After a failure nothing more is written.
    pub(crate) fn flush(&mut self) -> impl Future<Output = Result<(), ConnectionError<T::Error>>> {
        flush(self.transport, self.output, self.room, self.state)
    }

    /// Takes the room for a reply that a chain writes.
    pub(crate) fn take_room(&mut self) -> &'c mut [u8] {
        let output = mem::take(&mut self.output);
        // An interim reply that was given up in mid-way may take more, but for what has left.
        if self.state.pending.end > waiting_room(output) && self.state.gap.is_empty() {
            let left = self.state.pending.len();
            move_down(output, self.state.pending.clone(), 0);
            self.state.pending = 0..left;
        }
        let at = waiting_room(output).max(self.state.pending.end);
        let (waiting, room) = output.split_at_mut_checked(at).unwrap_or_default();
        self.output = waiting;
        room
    }

    /// Has a reply that a chain has written wait with the others.
    pub(crate) fn put_reply(&mut self, reply: Reply<'c>) -> Result<(), Error> {
        reply.check(self.exchange)?;
        let closes = reply.closes();
        self.put_checked(reply, closes);
        Ok(())
    }

    /// The same for a reply that is known to be right, after which the connection may close.
    pub(crate) fn put_checked(&mut self, reply: Reply<'c>, closes: bool) {
        let status = reply.status();
        let (room, place) = reply.into_parts();
        let before = self.output.len();
        self.room = room;
        let len = Some(place.len());
        self.transport.observe(Event::Reply { status, len });
        self.state.add(before + place.start..before + place.end);
        self.state.reply = ReplyState::Whole { closes };
    }

    /// Reads some of the content into `buf`; zero bytes are its end. While the reply leaves,
    /// nothing is sent for it.
    pub(crate) async fn read<const REPLIES: bool>(
        &mut self,
        buf: &mut [u8],
    ) -> Result<usize, ContentError<T::Error>> {
        loop {
            let Decoded { taken, written, .. } = self.content.decode(buf)?;
            if written > 0 || buf.is_empty() || self.content.is_ended() {
                return Ok(written);
            }
            if taken > 0 {
                continue;
            }
            if !REPLIES {
                // Earlier replies, which the client may wait for, and `100 Continue`.
                self.flush().await?;
                if self.content.expects_continue() {
                    self.put_continue()?;
                    continue;
                }
            }
            self.transport.phase(Phase::Content);
            // Nothing is left of what was read, so content goes where it is wanted at once, and
            // only the coding around it goes through the request buffer.
            let direct = usize::try_from(self.content.direct()).unwrap_or(usize::MAX);
            let direct = direct.min(buf.len());
            let room = match direct {
                0 => self.content.room(),
                len => buf.get_mut(..len).unwrap_or_default(),
            };
            let most = room.len();
            let n = match self.transport.read(room).await {
                Ok(n) => n.min(most),
                Err(error) if is_timeout(&error) => return Err(ContentError::TimedOut),
                Err(error) => return Err(ConnectionError::Io(error).into()),
            };
            match (n, direct) {
                #[cfg(feature = "hosted")]
                (0, _) if self.content.end() => return Ok(0),
                (0, _) => return Err(ContentError::Truncated),
                (_, 0) => self.content.filled(n),
                _ => {
                    self.content.skip(n as u64);
                    return Ok(n);
                }
            }
        }
    }

    /// Waits for `work`, or for the first thing that ends the wait for it. Bytes that the peer
    /// sends meanwhile are kept.
    pub(crate) async fn idle_during<W: Future>(
        &mut self,
        mut work: Pin<&mut W>,
        length: Option<Duration>,
    ) -> Result<W::Output, Idle> {
        let done = {
            let mut idle = pin!(self.transport.idle(self.content.room(), length));
            poll_fn(|cx| match work.as_mut().poll(cx) {
                Poll::Ready(done) => Poll::Ready(Ok(done)),
                Poll::Pending => idle.as_mut().poll(cx).map(Err),
            })
            .await
        };
        if let Err(Idle::Received(n)) = done {
            self.content.filled(n);
        }
        done
    }

    /// Has `100 Continue` wait to be sent, in the reply buffer, where nothing else waits.
    fn put_continue(&mut self) -> Result<(), ConnectionError<T::Error>> {
        let len = put_continue(self.exchange, self.output).ok_or(ConnectionError::WriteZero)?;
        let status = Status::CONTINUE;
        self.transport.observe(Event::Interim { status, len });
        self.state.pending = 0..len;
        self.content.continued();
        Ok(())
    }

    /// The exchange for the reply, which closes where the connection does.
    pub(crate) fn final_exchange(&mut self) -> Exchange<'c> {
        match self.goes_on() {
            true => *self.exchange,
            false => self.exchange.closing(),
        }
    }

    /// False where the connection closes after the reply, as content was not received, too much of
    /// it is left to drain, or the server is shutting down.
    pub(crate) fn goes_on(&mut self) -> bool {
        !self.state.content_failed && self.can_drain() && !self.transport.is_closing()
    }

    /// Tells if the content that is left can be read and dropped within the limit.
    pub(crate) fn can_drain(&mut self) -> bool {
        if !self.state.may_answer_again && !self.content.is_ended() {
            let _ = self.content.discard();
        }
        match self.content.remaining() {
            Some(0) => true,
            Some(left) => left <= self.state.drain && !self.content.expects_continue(),
            None => false,
        }
    }

    /// Reads and drops the content that is left, whose length is known; false where the peer has
    /// made that impossible.
    pub(crate) async fn drain(&mut self) -> Result<bool, ConnectionError<T::Error>> {
        self.flush().await?;
        let _ = self.content.discard();
        while !self.content.is_ended() {
            // No reply is left in the buffer, so there is room for what is dropped.
            let most = usize::try_from(self.content.direct()).unwrap_or(usize::MAX);
            let most = most.min(self.output.len());
            if most == 0 {
                return Ok(false);
            }
            self.transport.phase(Phase::Drain);
            let room = self.output.get_mut(..most).unwrap_or_default();
            match self.transport.read(room).await {
                Ok(n @ 1..) => self.content.skip(n.min(most) as u64),
                Ok(0) => return Ok(false),
                Err(error) if is_timeout(&error) => return Ok(false),
                Err(error) => return Err(ConnectionError::Io(error)),
            }
        }
        Ok(true)
    }
}

/// Writes the replies that have not left. After a failure nothing more is written.
#[expect(
    clippy::manual_async_fn,
    reason = "an argument of an async function is moved once more"
)]
pub(crate) fn flush<T: Transport>(
    transport: &mut T,
    output: &[u8],
    room: &[u8],
    state: &mut State,
) -> impl Future<Output = Result<(), ConnectionError<T::Error>>> {
    async move {
        if let ReplyState::Broken | ReplyState::UnderWay = state.reply {
            return Err(ConnectionError::WriteZero);
        }
        if state.pending.is_empty() && !state.is_unflushed {
            return Ok(());
        }
        transport.phase(Phase::Reply);
        loop {
            let bytes = state.next(output, room);
            if bytes.is_empty() {
                break;
            }
            match transport.write(bytes).await {
                Ok(0) => return Err(state.broken(ConnectionError::WriteZero)),
                Ok(n) => {
                    state.is_unflushed = true;
                    state.pending.start += n;
                    transport.under_way(true);
                }
                Err(error) => return Err(state.broken(ConnectionError::Io(error))),
            }
        }
        state.pending = 0..0;
        state.gap = 0..0;
        let flushed = transport.flush().await;
        flushed.map_err(|error| state.broken(ConnectionError::Io(error)))?;
        state.is_unflushed = false;
        transport.under_way(false);
        Ok(())
    }
}

/// Tells if a read has failed because the peer took too long.
pub(crate) fn is_timeout(error: &impl embedded_io_async::Error) -> bool {
    error.kind() == ErrorKind::TimedOut
}
