use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use replywire_embedded::{Idle, Phase};

use crate::deadline_timer::{DeadlineTimer, deadline, earlier};
use crate::pace::Pace;
use crate::{Config, Peer, Timeouts, Timer};

/// The deadlines of a connection: they limit each wait for its peer, by the phase it is in.
///
/// The clock is read and the timer touched only where there is a wait. Each deadline is kept from
/// the first wait for it on, so that a wait that is given up and begun again is no longer.
#[derive(Debug)]
pub(crate) struct Deadlines<T: Timer> {
    config: Arc<Config>,
    phase: Phase,
    /// The first request has not been read.
    is_new: bool,
    /// The peer has ended its half of the connection.
    is_half_closed: bool,
    read: Option<T::Instant>,
    /// Made at the first wait of a connection that is not idle.
    busy: Option<Box<Busy<T::Instant>>>,
    /// The bytes of replies that were taken before that.
    taken: u32,
    timer: DeadlineTimer<T>,
}

/// The deadlines of which an idle connection has none, so that it takes no memory for them.
#[derive(Debug)]
struct Busy<I> {
    write: Option<I>,
    handler: Option<I>,
    half_closed: Option<I>,
    /// The time to ask the kernel about the peer.
    look: Option<I>,
    content: Pace<I>,
    reply: Pace<I>,
}

/// The time between two looks at a peer that cannot be waited for.
const LOOK: Duration = Duration::from_secs(1);

/// The time after its last byte that a peer is waited for when nothing more is sent.
const QUIET: Duration = Duration::from_secs(5);

impl<T: Timer> Deadlines<T> {
    /// The deadlines of a connection that has just begun.
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            phase: Phase::Idle,
            is_new: true,
            is_half_closed: false,
            read: None,
            busy: None,
            taken: 0,
            timer: DeadlineTimer::new(),
        }
    }

    /// The limits of the server.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Enters a phase of the connection.
    pub(crate) fn phase(&mut self, phase: Phase) {
        let before = std::mem::replace(&mut self.phase, phase);
        match phase {
            // A head has one deadline, however many bytes it comes in, and so has what is dropped.
            Phase::Head | Phase::Drain if before == phase => {}
            // A handler that waits for its client takes no time of its own. Content has a deadline
            // until some of it comes, however often a handler gives up the wait for it.
            Phase::Content => {
                if before != phase {
                    self.read = None;
                }
                if let Some(busy) = &mut self.busy {
                    busy.handler = None;
                }
            }
            Phase::Idle => {
                self.read = None;
                self.busy = None;
                self.taken = 0;
            }
            Phase::Head => {
                self.read = None;
                if let Some(busy) = &mut self.busy {
                    busy.write = None;
                    busy.reply = Pace::new(self.config.timeouts.rate);
                }
            }
            Phase::Handler => {
                self.is_new = false;
                if let Some(busy) = &mut self.busy {
                    busy.handler = None;
                    busy.content = Pace::new(self.config.timeouts.rate);
                }
            }
            Phase::Drain | Phase::Upgraded => self.read = None,
            Phase::Reply => {}
        }
    }

    fn busy(&mut self) -> &mut Busy<T::Instant> {
        let Self {
            busy,
            config,
            taken,
            ..
        } = self;
        busy.get_or_insert_with(|| {
            let rate = config.timeouts.rate;
            let mut reply = Pace::new(rate);
            reply.moved::<T>(rate, *taken as usize);
            Box::new(Busy {
                write: None,
                handler: None,
                half_closed: None,
                look: None,
                content: Pace::new(rate),
                reply,
            })
        })
    }

    /// Lets others have their turn, where this connection has had many.
    pub(crate) fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.timer.turn(cx)
    }

    /// Reads, as long as the phase may last. The turn for it is the caller's to take.
    ///
    /// # Errors
    ///
    /// Those of `read`, and [`TimedOut`](io::ErrorKind::TimedOut).
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        read: impl FnOnce(&mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let is_content = self.phase == Phase::Content;
        if let Poll::Ready(done) = read(cx) {
            match done {
                Ok(0) => self.is_half_closed = true,
                Ok(n) if is_content => self.content_came(n),
                Ok(_) if self.phase == Phase::Upgraded => self.read = None,
                _ => {}
            }
            return Poll::Ready(done);
        }
        let timeouts = &self.config.timeouts;
        let length = match self.phase {
            Phase::Idle if self.is_new => timeouts.first,
            Phase::Idle => timeouts.idle,
            Phase::Head => timeouts.head,
            Phase::Upgraded => timeouts.upgraded,
            _ => timeouts.content,
        };
        let rate = timeouts.rate;
        let mut until = deadline::<T>(&mut self.read, length);
        if is_content {
            until = earlier(until, self.busy().content.deadline::<T>(rate));
        }
        ready!(self.timer.wait(cx, until));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// So many bytes of content have come, so that the next have their whole time.
    fn content_came(&mut self, bytes: usize) {
        self.read = None;
        let rate = self.config.timeouts.rate;
        self.busy().content.moved::<T>(rate, bytes);
    }

    /// Writes, as long as the peer may take for some bytes, and `bytes` tells how many it took;
    /// `None` after that.
    ///
    /// # Errors
    ///
    /// Those of `write`.
    pub(crate) fn poll_write<R>(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(&mut Context<'_>) -> Poll<io::Result<R>>,
        bytes: impl FnOnce(&R) -> usize,
    ) -> Poll<Option<io::Result<R>>> {
        ready!(self.timer.turn(cx));
        if let Poll::Ready(done) = write(cx) {
            if let Ok(written) = &done {
                self.wrote(bytes(written));
            }
            return Poll::Ready(Some(done));
        }
        let Timeouts { write, rate, .. } = self.config.timeouts;
        let busy = self.busy();
        let until = deadline::<T>(&mut busy.write, write);
        let until = earlier(until, busy.reply.deadline::<T>(rate));
        self.timer.wait(cx, until).map(|_| None)
    }

    /// The peer has taken so many bytes.
    pub(crate) fn wrote(&mut self, bytes: usize) {
        match &mut self.busy {
            Some(busy) => {
                busy.write = None;
                busy.reply.moved::<T>(self.config.timeouts.rate, bytes);
            }
            None => {
                self.taken = self
                    .taken
                    .saturating_add(bytes.try_into().unwrap_or(u32::MAX))
            }
        }
    }

    /// Waits while there is nothing to send: `over` is the time at which the caller's own wait
    /// ends, and the limit of the handler counts unless a reply is `under_way`. `read` is the
    /// outcome of reading, where there is room, and `peer` asks the kernel.
    pub(crate) fn poll_idle(
        &mut self,
        cx: &mut Context<'_>,
        over: Option<T::Instant>,
        under_way: bool,
        read: Option<Poll<io::Result<usize>>>,
        mut peer: Option<impl FnMut() -> Peer>,
    ) -> Poll<Idle> {
        let rate = self.config.timeouts.rate;
        if let Some(busy) = &mut self.busy {
            // The peer is not waited for, but a handler or a source.
            busy.content.moved::<T>(rate, 0);
        }
        match read {
            None | Some(Poll::Pending) => {}
            Some(Poll::Ready(Ok(0))) => self.is_half_closed = true,
            Some(Poll::Ready(Ok(n))) => {
                if self.phase == Phase::Content {
                    self.content_came(n);
                }
                return Poll::Ready(Idle::Received(n));
            }
            Some(Poll::Ready(Err(_))) => return Poll::Ready(Idle::Closed),
        }
        // Where nothing can be read, the kernel has to be asked.
        let asks = peer.is_some() && !matches!(read, Some(Poll::Pending));
        let timeouts = self.config.timeouts;
        loop {
            let is_half_closed = self.is_half_closed;
            let busy = self.busy();
            let handler = match under_way {
                true => None,
                false => deadline::<T>(&mut busy.handler, timeouts.handler),
            };
            let half_closed = match is_half_closed {
                true => deadline::<T>(&mut busy.half_closed, timeouts.half_closed),
                false => None,
            };
            let look = match asks {
                true => deadline::<T>(&mut busy.look, Some(LOOK)),
                false => None,
            };
            let until = earlier(earlier(over, handler), earlier(half_closed, look));
            let went_off = Some(ready!(self.timer.wait(cx, until)));
            if went_off == half_closed {
                return Poll::Ready(Idle::Closed);
            } else if went_off == handler {
                return Poll::Ready(Idle::TimedOut);
            } else if went_off == over {
                return Poll::Ready(Idle::Over);
            }
            self.busy().look = None;
            match peer.as_mut().map(|peer| peer()) {
                Some(Peer::Gone) => return Poll::Ready(Idle::Closed),
                Some(Peer::HalfClosed) => self.is_half_closed = true,
                Some(Peer::Open) | None => {}
            }
        }
    }

    /// Tells whether the peer has ended its half of the connection.
    pub(crate) const fn is_half_closed(&self) -> bool {
        self.is_half_closed
    }

    /// The time that is `length` from now.
    pub(crate) fn after(length: Option<Duration>) -> Option<T::Instant> {
        length.and_then(T::after)
    }

    /// The wait for the last byte of the peer begins, whatever it was waited for before.
    pub(crate) const fn begin_linger(&mut self) {
        self.read = None;
    }

    /// Reads what a peer still sends, after all was sent: until it ends, or has been quiet, or for
    /// as long as a connection lingers.
    pub(crate) fn poll_linger(
        &mut self,
        cx: &mut Context<'_>,
        until: Option<T::Instant>,
        mut read: impl FnMut(&mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<()> {
        loop {
            if self.timer.turn(cx).is_pending() {
                return self.timer.wait(cx, until).map(drop);
            }
            match read(cx) {
                Poll::Ready(Ok(1..)) => self.read = None,
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    let quiet = deadline::<T>(&mut self.read, Some(QUIET));
                    return self.timer.wait(cx, earlier(until, quiet)).map(drop);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
