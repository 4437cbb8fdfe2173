//! A connection: the socket of the server, the network, and the socket of the client. FIN and RST
//! are as in Linux.

use std::io;
use std::task::{Context, Poll, Waker};

use super::choices;
use super::clock;
use super::pipe::{Fin, Pipe};
use super::trace::note;

/// The habits of the kernel in a run; each is a chance of one in so many, or 0 for never.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Habits {
    /// A call fails, and the connection with it.
    pub(super) faults: usize,
    /// An accept fails.
    pub(super) accept_faults: usize,
    /// A read or a write does less than it could.
    pub(super) short: usize,
    /// A call that could go on has the task polled again instead.
    pub(super) yields: usize,
    /// The descriptors of connections that the process may have.
    pub(super) descriptors: usize,
    /// A reset takes from its receiver what it has not read; Linux alone leaves it.
    pub(super) reset_discards: bool,
    /// The bytes that may wait to be sent, where the server has set it.
    pub(super) unsent: usize,
}

#[derive(Debug)]
pub(super) struct Connection {
    /// From the server to the client.
    pub(super) down: Pipe,
    pub(super) up: Pipe,
    pub(super) server: End,
    pub(super) client: End,
    /// A fault of the kernel was made here.
    pub(super) had_fault: bool,
    /// The time at which the server has begun with it, which has a slot then.
    pub(super) begun_at: Option<u64>,
    /// The time at which the server has closed its socket.
    pub(super) closed_at: Option<u64>,
    /// The time at which the server has sent its end.
    pub(super) shut_at: Option<u64>,
    /// The server takes it for a stream of any kind, such as one of TLS: an end that was not sent
    /// in order is seen to be none.
    pub(super) is_wrapped: bool,
    /// The time at which the client's end has arrived.
    pub(super) fin_at: Option<u64>,
    /// The time at which the server's kernel knew that the client has gone.
    pub(super) dead_at: Option<u64>,
    /// Bytes of the client came after the server had closed, or were never read.
    pub(super) was_late: bool,
    reader: Readiness,
    writer: Readiness,
}

/// One side of a connection.
#[derive(Debug)]
pub(super) struct End {
    /// Its descriptor is there.
    pub(super) is_open: bool,
    /// Nothing is sent or received any more.
    pub(super) is_dead: bool,
    /// The error that the next call is told.
    error: Option<io::ErrorKind>,
    has_shut: bool,
    /// It is reset when it is closed.
    pub(super) resets: bool,
}

/// The belief of a runtime about a socket: until a call would block, another is worth a try.
#[derive(Debug)]
struct Readiness {
    is_ready: bool,
    waker: Option<Waker>,
}

impl Readiness {
    const NEW: Self = Self {
        is_ready: true,
        waker: None,
    };

    fn set(&mut self) {
        self.is_ready = true;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Waits, unless the runtime believes that a call is worth a try.
    fn poll(&mut self, cx: &Context<'_>) -> Poll<()> {
        match self.is_ready {
            true => Poll::Ready(()),
            false => {
                self.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl End {
    const NEW: Self = Self {
        is_open: true,
        is_dead: false,
        error: None,
        has_shut: false,
        resets: false,
    };

    fn take_error(&mut self) -> io::Result<()> {
        self.error.take().map_or(Ok(()), |kind| Err(kind.into()))
    }
}

/// One side of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Side {
    Client,
    Server,
}

impl Connection {
    /// A connection that its client may make later.
    pub(super) fn new(down: Pipe, up: Pipe) -> Self {
        Self {
            down,
            up,
            server: End::NEW,
            client: End::NEW,
            had_fault: false,
            begun_at: None,
            closed_at: None,
            shut_at: None,
            is_wrapped: false,
            fin_at: None,
            dead_at: None,
            was_late: false,
            reader: Readiness::NEW,
            writer: Readiness::NEW,
        }
    }

    /// No one accepts it any more.
    pub(super) fn refuse(&mut self) {
        self.server.is_open = false;
        self.closed_at = Some(clock::now());
        self.abort(Side::Server);
    }

    /// Tells whether a read would not block.
    pub(super) fn is_readable(&mut self, side: Side) -> bool {
        let (end, _, received) = self.parts(side);
        received.unread() > 0 || end.is_dead || received.fin == Fin::Arrived
    }

    fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// The end, what it sends, and what it receives.
    fn parts(&mut self, side: Side) -> (&mut End, &mut Pipe, &mut Pipe) {
        match side {
            Side::Client => (&mut self.client, &mut self.up, &mut self.down),
            Side::Server => (&mut self.server, &mut self.down, &mut self.up),
        }
    }

    /// Takes bytes that were received. Zero is the end.
    pub(super) fn read(&mut self, side: Side, buf: &mut [u8]) -> io::Result<usize> {
        let (end, _, received) = self.parts(side);
        let n = received.unread().min(buf.len());
        if n > 0 {
            received.read(&mut buf[..n]);
            return Ok(n);
        }
        end.take_error()?;
        match end.is_dead || received.fin == Fin::Arrived {
            true => Ok(0),
            false => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Hands over bytes to be sent, as many as there is room for.
    pub(super) fn write(&mut self, side: Side, bytes: &[u8]) -> io::Result<usize> {
        let (end, sending, _) = self.parts(side);
        end.take_error()?;
        if end.is_dead || end.has_shut {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        match sending.free().min(bytes.len()) {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            n => {
                sending.send(&bytes[..n]);
                Ok(n)
            }
        }
    }

    /// Sends the end after all that waits to be sent.
    pub(super) fn shut(&mut self, side: Side) -> io::Result<()> {
        let (end, sending, _) = self.parts(side);
        if end.is_dead {
            return Err(io::ErrorKind::NotConnected.into());
        }
        end.has_shut = true;
        if sending.fin == Fin::None {
            sending.fin = Fin::Sent;
        }
        if side == Side::Server {
            self.shut_at.get_or_insert(clock::now());
        }
        Ok(())
    }

    /// Closes a side's descriptor: in order, unless it is to be reset, or was not read to its end.
    pub(super) fn close(&mut self, side: Side) {
        let (end, _, received) = self.parts(side);
        end.is_open = false;
        if end.is_dead {
            return;
        }
        let was_shut = end.has_shut;
        let is_unread = received.unread() > 0;
        self.was_late |= side == Side::Server && is_unread;
        let is_cut = side == Side::Server && self.is_wrapped && !was_shut;
        match self.end(side).resets || is_unread || is_cut {
            true => self.abort(side),
            false => {
                let _ = self.shut(side);
            }
        }
    }

    /// Resets the connection from this side; the other side sees it later.
    pub(super) fn abort(&mut self, side: Side) {
        let (end, sending, received) = self.parts(side);
        end.is_dead = true;
        sending.purge();
        sending.is_reset = true;
        received.purge();
        received.forget();
    }

    /// The side has no connection any more, for this reason.
    pub(super) fn die(&mut self, side: Side, error: io::ErrorKind, discards: bool) {
        let (end, sending, received) = self.parts(side);
        if end.is_dead {
            return;
        }
        end.is_dead = true;
        end.error = Some(error);
        sending.purge();
        if discards {
            received.forget();
        }
        if side == Side::Server {
            self.dead_at = Some(clock::now());
            self.reader.set();
            self.writer.set();
        }
    }

    /// Tells whether the network has something to carry to this side.
    pub(super) fn is_moving_to(&self, side: Side) -> bool {
        match side {
            Side::Client => self.down.is_moving(self.client.is_open),
            Side::Server => self.up.is_moving(self.server.is_open),
        }
    }

    /// Has the network carry something to this side.
    pub(super) fn carry_to(&mut self, side: Side, habits: &Habits) {
        let (end, back, pipe) = self.parts(side);
        if pipe.is_reset {
            pipe.is_reset = false;
            return self.die(side, io::ErrorKind::ConnectionReset, habits.reset_discards);
        }
        if end.is_dead || !end.is_open && pipe.can_move(false) > 0 {
            // No one receives it: that is answered with a reset.
            pipe.purge();
            back.is_reset = true;
            back.purge();
            end.is_dead = true;
            self.was_late |= side == Side::Server;
            return;
        }
        match pipe.can_move(true) {
            0 => pipe.fin = Fin::Arrived,
            most => {
                let some = choices::below(3);
                pipe.carry(if some == 0 {
                    1 + choices::below(most)
                } else {
                    most
                });
            }
        }
        if pipe.has_sent_all() && pipe.fin == Fin::Sent && choices::once_in(2) {
            pipe.fin = Fin::Arrived;
        }
        match side {
            Side::Server => {
                if self.up.fin == Fin::Arrived {
                    self.fin_at.get_or_insert(clock::now());
                }
                self.reader.set();
            }
            Side::Client if !self.writer.is_ready && self.down.is_worth_a_write() => {
                self.writer.set();
            }
            Side::Client => {}
        }
    }

    /// Polls a call of the server that reads (or else writes), by the belief of its runtime.
    pub(super) fn poll_call<R>(
        &mut self,
        id: usize,
        reads: bool,
        cx: &Context<'_>,
        habits: &Habits,
        call: impl FnOnce(&mut Self) -> io::Result<R>,
    ) -> Poll<io::Result<R>> {
        if choices::once_in(habits.yields) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let ready = |this: &mut Self| match reads {
            true => this.reader.poll(cx),
            false => this.writer.poll(cx),
        };
        if ready(self).is_pending() {
            return Poll::Pending;
        }
        if let Some(kind) = self.fault(id, habits) {
            return Poll::Ready(Err(kind.into()));
        }
        match call(self) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                match reads {
                    true => self.reader.is_ready = false,
                    false => self.writer.is_ready = false,
                }
                ready(self).map(|()| unreachable!("it would block"))
            }
            result => Poll::Ready(result),
        }
    }

    /// Makes a fault, by chance.
    pub(super) fn fault(&mut self, id: usize, habits: &Habits) -> Option<io::ErrorKind> {
        if !choices::once_in(habits.faults) {
            return None;
        }
        let kind = choices::one_of(&[
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::TimedOut,
            io::ErrorKind::Other,
        ]);
        note(|| format!("[{id}] a fault: {kind:?}"));
        self.had_fault = true;
        // The other side learns of an error of the disk or the driver when the socket is closed.
        if kind != io::ErrorKind::Other {
            self.die(Side::Server, kind, true);
            self.server.error = None;
            self.down.is_reset |= kind == io::ErrorKind::ConnectionReset;
        }
        Some(kind)
    }

    /// Makes the runtime believe that a call is worth a try.
    pub(super) fn believe(&mut self, reads: bool) {
        match reads {
            true => self.reader.set(),
            false => self.writer.set(),
        }
    }
}
