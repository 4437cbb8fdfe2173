use std::future::{pending, poll_fn};
use std::io;
#[cfg(unix)]
use std::os::fd::BorrowedFd;
use std::time::Duration;

use embedded_io_async::{ErrorType, Read, Write};
use replywire::HttpDate;
use replywire_embedded::{Idle, Phase, Transport};
use replywire_files::FileTransport;

use crate::connection_slot::Closing;
use crate::deadlines::Deadlines;
use crate::{Runtime, Streams, Timeouts, clock};

/// A stream of the runtime `R` as the transport of a connection: with timeouts, the clock, and what
/// the kernel can do where the stream is a socket.
#[derive(Debug)]
pub struct Conn<R: Runtime, S> {
    stream: S,
    /// The stream as a socket of the runtime, where it is one.
    socket: Option<fn(&mut S) -> &mut R::Stream>,
    #[cfg(unix)]
    waiter: R::Waiter,
    deadlines: Deadlines<R::Timer>,
}

impl<R: Runtime> Conn<R, R::Stream> {
    /// A connection that a server has accepted.
    pub(crate) fn of_socket(stream: R::Stream, timeouts: Timeouts, closing: Closing) -> Self {
        Self {
            socket: Some(|stream| stream),
            ..Self::new(stream, timeouts, closing)
        }
    }
}

impl<R: Runtime, S> Conn<R, S> {
    /// A connection over any stream.
    pub(crate) fn new(stream: S, timeouts: Timeouts, closing: Closing) -> Self {
        Self {
            stream,
            socket: None,
            #[cfg(unix)]
            waiter: R::Waiter::default(),
            deadlines: Deadlines::new(timeouts, closing),
        }
    }

    pub(crate) const fn as_stream(&self) -> &S {
        &self.stream
    }

    pub(crate) fn into_stream(self) -> S {
        self.stream
    }
}

impl<R: Runtime, S> ErrorType for Conn<R, S> {
    type Error = io::Error;
}

impl<R: Streams<S>, S> Read for Conn<R, S> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = poll_fn(|cx| R::poll_read(&mut self.stream, cx, buf));
        self.deadlines.read(read).await
    }
}

impl<R: Streams<S>, S> Write for Conn<R, S> {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let write = poll_fn(|cx| R::poll_write(&mut self.stream, cx, bytes));
        self.deadlines.write(write).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        let flush = poll_fn(|cx| R::poll_flush(&mut self.stream, cx));
        self.deadlines.write(flush).await
    }
}

impl<R: Streams<S>, S> Transport for Conn<R, S> {
    fn phase(&mut self, phase: Phase) {
        self.deadlines.phase(phase);
    }

    #[cfg(target_os = "linux")]
    async fn write_more(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let send = |socket: BorrowedFd<'_>| replywire_files::send_more(socket, bytes);
        match self.kernel(send).await {
            Some(written) => written,
            None => self.write(bytes).await,
        }
    }

    async fn idle(&mut self, length: Option<Duration>) -> Idle {
        let socket = self.socket.map(|socket| socket(&mut self.stream));
        self.deadlines.idle(length, closed::<R>(socket)).await
    }

    fn is_closing(&self) -> bool {
        self.deadlines.is_closing()
    }

    fn now(&self) -> Option<HttpDate> {
        clock::now()
    }
}

impl<R: Streams<S>, S> FileTransport for Conn<R, S> {
    async fn blocking<T, F>(work: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        R::blocking(work).await
    }

    #[cfg(unix)]
    async fn kernel<T: Send>(
        &mut self,
        op: impl FnMut(BorrowedFd<'_>) -> io::Result<T> + Send,
    ) -> Option<io::Result<T>> {
        let socket = self.socket?(&mut self.stream);
        let written = R::write_with(socket, &mut self.waiter, op);
        self.deadlines
            .write(std::pin::pin!(written))
            .await
            .transpose()
    }
}

/// Waits until the peer has closed the connection, if that can be told: not where it has sent a
/// further request.
async fn closed<R: Runtime>(socket: Option<&mut R::Stream>) {
    if let Some(socket) = socket
        && let Ok(0) | Err(_) = R::peek(socket, &mut [0]).await
    {
        return;
    }
    pending().await
}
