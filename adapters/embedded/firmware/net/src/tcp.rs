//! A socket of embassy-net as a transport, with limits on how long each phase may last.

use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

use embassy_futures::select::{Either, select};
use embassy_net::tcp::{Error, State, TcpSocket};
use embassy_time::{Duration, Instant, Timer, with_deadline};
use embedded_io_async::{Error as _, ErrorKind, ErrorType, Read, Write};
use replywire_embedded::{Idle, Phase, Transport};

/// The time that a phase may last.
const fn limit(phase: Phase) -> Option<Duration> {
    match phase {
        // The wait for a request is bounded before there is memory to read it into.
        Phase::Idle | Phase::Handler | Phase::Upgraded => None,
        Phase::Head | Phase::Content | Phase::Drain => Some(Duration::from_secs(5)),
        Phase::Reply => Some(Duration::from_secs(10)),
    }
}

/// The time that a reply may go on after the peer has ended its half, which may be all that is seen
/// of one that has gone.
const HALF_CLOSED: Duration = Duration::from_secs(5);

pub(crate) struct Tcp<'s> {
    socket: TcpSocket<'s>,
    phase: Phase,
    until: Option<Instant>,
    /// The time at which a peer that has ended its half counts as gone.
    gone: Option<Instant>,
}

impl<'s> Tcp<'s> {
    pub(crate) const fn new(socket: TcpSocket<'s>) -> Self {
        Self {
            socket,
            phase: Phase::Idle,
            until: None,
            gone: None,
        }
    }

    pub(crate) fn into_inner(self) -> TcpSocket<'s> {
        self.socket
    }

    /// Waits until there is something to read; false where there will be nothing.
    pub(crate) async fn readable(&self) -> bool {
        self.becomes(|socket| socket.can_recv() || !socket.may_recv())
            .await;
        self.socket.can_recv()
    }

    /// Waits until the socket is as `is_so` wants it, and nothing is unread.
    async fn becomes(&self, is_so: impl Fn(&TcpSocket<'_>) -> bool) {
        poll_fn(|cx| {
            // For the waker: there may be nothing to read.
            let _ = pin!(self.socket.wait_read_ready()).poll(cx);
            match is_so(&self.socket) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
    }

    /// Reads what comes into `room`, until the peer has gone.
    async fn attend(&mut self, room: &mut [u8]) -> Idle {
        match room.is_empty() {
            // The end of a peer's half is not seen while what came before it is unread.
            true => self.becomes(|socket| !socket.may_recv()).await,
            false => match self.socket.read(room).await {
                Ok(0) => {}
                Ok(n) => return Idle::Received(n),
                Err(_) => return Idle::Closed,
            },
        }
        let gone = *self
            .gone
            .get_or_insert_with(|| Instant::now() + HALF_CLOSED);
        let reset = self.becomes(|socket| socket.state() == State::Closed);
        let _ = with_deadline(gone, reset).await;
        Idle::Closed
    }
}

/// The outcome of `io`, which fails when it takes too long.
async fn within(
    until: Option<Instant>,
    io: impl Future<Output = Result<usize, Error>>,
) -> Result<usize, ErrorKind> {
    let done = match until {
        Some(until) => with_deadline(until, io).await,
        None => Ok(io.await),
    };
    match done {
        Ok(done) => done.map_err(|error| error.kind()),
        Err(_) => Err(ErrorKind::TimedOut),
    }
}

impl ErrorType for Tcp<'_> {
    type Error = ErrorKind;
}

impl Read for Tcp<'_> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        within(self.until, self.socket.read(buf)).await
    }
}

impl Write for Tcp<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let until = limit(Phase::Reply).map(|limit| Instant::now() + limit);
        within(until, self.socket.write(bytes)).await
    }

    /// Does nothing: what was written leaves by itself, and the socket's own flush waits for the
    /// peer to acknowledge it.
    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

impl Transport for Tcp<'_> {
    fn phase(&mut self, phase: Phase) {
        let lasts = matches!(phase, Phase::Head | Phase::Drain) && phase == self.phase;
        if !lasts {
            self.until = limit(phase).map(|limit| Instant::now() + limit);
        }
        self.phase = phase;
    }

    async fn idle(&mut self, room: &mut [u8], length: Option<core::time::Duration>) -> Idle {
        let over = async {
            match length.and_then(|length| length.try_into().ok()) {
                Some(length) => Timer::after(length).await,
                None => core::future::pending().await,
            }
        };
        match select(self.attend(room), over).await {
            Either::First(idle) => idle,
            Either::Second(()) => Idle::Over,
        }
    }
}
