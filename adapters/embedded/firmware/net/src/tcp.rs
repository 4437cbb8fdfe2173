//! A socket of embassy-net as a transport, with limits on how long each phase may last.

use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

use embassy_futures::select::{Either, select};
use embassy_net::tcp::{Error, TcpSocket};
use embassy_time::{Duration, Instant, Timer, with_deadline};
use embedded_io_async::{ErrorType, Read, Write};
use replywire_embedded::{Idle, Phase, Transport};

/// The time that a phase may last.
const fn limit(phase: Phase) -> Duration {
    match phase {
        Phase::Idle => Duration::from_secs(30),
        Phase::Head | Phase::Content | Phase::Drain => Duration::from_secs(5),
        Phase::Reply => Duration::from_secs(10),
    }
}

pub(crate) struct Tcp<'s> {
    socket: TcpSocket<'s>,
    phase: Phase,
    until: Instant,
}

impl<'s> Tcp<'s> {
    pub(crate) fn new(socket: TcpSocket<'s>) -> Self {
        Self {
            socket,
            phase: Phase::Idle,
            until: Instant::now() + limit(Phase::Idle),
        }
    }

    pub(crate) fn into_inner(self) -> TcpSocket<'s> {
        self.socket
    }

    /// Waits until the peer has closed its half, whose end is not seen while further requests are
    /// unread.
    async fn closed(&self) {
        poll_fn(|cx| {
            // For the waker: there may be nothing to read.
            let _ = pin!(self.socket.wait_read_ready()).poll(cx);
            match self.socket.may_recv() {
                true => Poll::Pending,
                false => Poll::Ready(()),
            }
        })
        .await;
    }
}

impl ErrorType for Tcp<'_> {
    type Error = Error;
}

impl Read for Tcp<'_> {
    /// A peer that takes too long has ended the connection.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        let read = with_deadline(self.until, self.socket.read(buf)).await;
        read.unwrap_or(Ok(0))
    }
}

impl Write for Tcp<'_> {
    /// A peer that takes too long is gone.
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let until = Instant::now() + limit(Phase::Reply);
        let written = with_deadline(until, self.socket.write(bytes)).await;
        written.unwrap_or(Err(Error::ConnectionReset))
    }

    /// Does nothing: what was written leaves by itself, and the socket's own flush waits for the
    /// peer to acknowledge it.
    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl Transport for Tcp<'_> {
    fn phase(&mut self, phase: Phase) {
        let lasts = matches!(phase, Phase::Head | Phase::Drain) && phase == self.phase;
        if !lasts {
            self.until = Instant::now() + limit(phase);
        }
        self.phase = phase;
    }

    async fn idle(&mut self, length: Option<core::time::Duration>) -> Idle {
        let over = async {
            match length.and_then(|length| length.try_into().ok()) {
                Some(length) => Timer::after(length).await,
                None => core::future::pending().await,
            }
        };
        match select(self.closed(), over).await {
            Either::First(()) => Idle::Closed,
            Either::Second(()) => Idle::Over,
        }
    }
}
