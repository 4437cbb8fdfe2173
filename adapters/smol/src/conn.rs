use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use embedded_io_async::{ErrorType, Read, Write};
use replywire::HttpDate;
use replywire_embedded::{Idle, Phase, Transport};
#[cfg(target_os = "linux")]
use replywire_files::{FileTransport, send_more};
use replywire_std::{Closing, Waits};
use smol::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use smol::net::TcpStream;

use crate::Timeouts;

mod file;

/// Any smol stream as the source of a reply's body.
///
/// ```
/// use replywire_smol::FromSmol;
///
/// fn source(file: smol::net::TcpStream) -> FromSmol<smol::net::TcpStream> {
///     FromSmol(file)
/// }
/// ```
#[derive(Debug)]
pub struct FromSmol<R>(pub R);

impl<R> ErrorType for FromSmol<R> {
    type Error = io::Error;
}

impl<R: AsyncRead + Unpin> Read for FromSmol<R> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf).await
    }
}

/// A smol stream as the transport of a connection, with timeouts and the clock.
#[derive(Debug)]
pub struct Conn<S> {
    stream: S,
    /// Set where the stream is a socket.
    socket: Option<fn(&S) -> &TcpStream>,
    waits: Waits<Timer>,
}

impl Conn<TcpStream> {
    pub(crate) fn of_socket(stream: TcpStream, timeouts: Timeouts, closing: Closing) -> Self {
        Self {
            socket: Some(|stream| stream),
            ..Self::new(stream, timeouts, closing)
        }
    }
}

impl<S> Conn<S> {
    pub(crate) fn new(stream: S, timeouts: Timeouts, closing: Closing) -> Self {
        Self {
            stream,
            socket: None,
            waits: Waits::new(timeouts, closing),
        }
    }

    pub(crate) fn into_stream(self) -> S {
        self.stream
    }
}

impl<S> ErrorType for Conn<S> {
    type Error = io::Error;
}

impl<S: AsyncRead + AsyncWrite + Unpin> Read for Conn<S> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.waits.read(self.stream.read(buf)).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Write for Conn<S> {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waits.write(self.stream.write(bytes)).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.waits.write(self.stream.flush()).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Transport for Conn<S> {
    fn phase(&mut self, phase: Phase) {
        self.waits.phase(phase);
    }

    #[cfg(target_os = "linux")]
    async fn write_more(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.kernel(|socket| send_more(socket, bytes)).await {
            Some(written) => written,
            None => self.write(bytes).await,
        }
    }

    async fn idle(&mut self, length: Option<Duration>) -> Idle {
        let socket = self.socket.map(|socket| socket(&self.stream));
        self.waits.idle(length, closed(socket)).await
    }

    fn is_closing(&self) -> bool {
        self.waits.is_closing()
    }

    fn now(&self) -> Option<HttpDate> {
        replywire_std::now()
    }
}

/// Waits until the peer has closed the connection, if that can be told: not where it has sent a
/// further request.
async fn closed(socket: Option<&TcpStream>) {
    if let Some(socket) = socket
        && let Ok(0) | Err(_) = socket.peek(&mut [0]).await
    {
        return;
    }
    std::future::pending().await
}

/// The timer of smol.
#[derive(Debug)]
pub(crate) struct Timer(smol::Timer);

impl replywire_std::Timer for Timer {
    type Instant = Instant;

    fn after(length: Duration) -> Option<Instant> {
        Instant::now().checked_add(length)
    }

    fn at(instant: Instant) -> Self {
        Self(smol::Timer::at(instant))
    }

    fn set(&mut self, instant: Instant) {
        self.0.set_at(instant);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}
