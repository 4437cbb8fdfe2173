use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use embedded_io_async::{ErrorType, Read, Write};
use replywire::HttpDate;
use replywire_embedded::{Phase, Transport};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::Timeouts;

/// Any tokio stream as the source of a reply's body.
///
/// ```
/// use replywire_tokio::FromTokio;
///
/// fn source(file: tokio::net::TcpStream) -> FromTokio<tokio::net::TcpStream> {
///     FromTokio(file)
/// }
/// ```
#[derive(Debug)]
pub struct FromTokio<R>(pub R);

impl<R> ErrorType for FromTokio<R> {
    type Error = io::Error;
}

impl<R: AsyncRead + Unpin> Read for FromTokio<R> {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf).await
    }
}

/// A tokio stream as the transport of a connection, with timeouts and the clock.
#[derive(Debug)]
pub struct Conn<S> {
    stream: S,
    timeouts: Timeouts,
    phase: Phase,
    /// The first request has not been read.
    is_new: bool,
    limit: Limit,
    /// Made at the first wait that has a limit, and set anew at later ones.
    timer: Option<Pin<Box<Sleep>>>,
    closing: Closing,
}

/// How long a phase may last. The clock is read only when there is a wait.
#[derive(Clone, Copy, Debug)]
enum Limit {
    Never,
    /// From the next wait on.
    In(Duration),
    At(Instant),
}

impl Limit {
    fn new(length: Option<Duration>) -> Self {
        length.map_or(Self::Never, Self::In)
    }

    fn deadline(&mut self) -> Option<Instant> {
        if let Self::In(length) = *self {
            // Beyond what the clock can say, there is no limit.
            *self = Instant::now()
                .checked_add(length)
                .map_or(Self::Never, Self::At);
        }
        match *self {
            Self::At(deadline) => Some(deadline),
            _ => None,
        }
    }
}

/// Tells a connection that the server shuts down.
#[derive(Debug)]
pub(crate) enum Closing {
    Never,
    When(watch::Receiver<bool>),
}

impl Closing {
    fn is_set(&self) -> bool {
        match self {
            Self::Never => false,
            // A server that is gone has shut down too.
            Self::When(closing) => *closing.borrow() || closing.has_changed().is_err(),
        }
    }

    async fn wait(&mut self) {
        match self {
            Self::Never => std::future::pending().await,
            Self::When(closing) => {
                // An error says that the server is gone.
                let _ = closing.wait_for(|closing| *closing).await;
            }
        }
    }
}

impl<S> Conn<S> {
    pub(crate) fn new(stream: S, timeouts: Timeouts, closing: Closing) -> Self {
        Self {
            stream,
            timeouts,
            phase: Phase::Idle,
            is_new: true,
            limit: Limit::new(timeouts.head),
            timer: None,
            closing,
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
        let Self {
            stream,
            phase,
            limit,
            timer,
            closing,
            ..
        } = self;
        if *phase != Phase::Idle {
            return timed(stream.read(buf), timer, limit).await;
        }
        tokio::select! {
            biased;
            result = timed(stream.read(buf), timer, limit) => match result {
                Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(0),
                result => result,
            },
            () = closing.wait() => Ok(0),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Write for Conn<S> {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self {
            stream,
            timeouts,
            timer,
            ..
        } = self;
        timed(stream.write(bytes), timer, &mut Limit::new(timeouts.write)).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        let Self {
            stream,
            timeouts,
            timer,
            ..
        } = self;
        timed(stream.flush(), timer, &mut Limit::new(timeouts.write)).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Transport for Conn<S> {
    fn phase(&mut self, phase: Phase) {
        let before = std::mem::replace(&mut self.phase, phase);
        let length = match phase {
            // A head has one deadline, however many bytes it comes in; that of the first began
            // with the connection.
            Phase::Head if self.is_new || before == Phase::Head => return,
            Phase::Idle if self.is_new => return,
            Phase::Drain if before == Phase::Drain => return,
            Phase::Head => self.timeouts.head,
            Phase::Idle => self.timeouts.idle,
            Phase::Content | Phase::Drain => self.timeouts.content,
            Phase::Reply => self.timeouts.write,
        };
        self.is_new = false;
        self.limit = Limit::new(length);
    }

    fn is_closing(&self) -> bool {
        self.closing.is_set()
    }

    fn now(&self) -> Option<HttpDate> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        HttpDate::from_unix(since.as_secs())
    }
}

/// Waits for `work` until the limit. The timer is touched only when there is a wait.
async fn timed<T>(
    work: impl Future<Output = io::Result<T>>,
    timer: &mut Option<Pin<Box<Sleep>>>,
    limit: &mut Limit,
) -> io::Result<T> {
    let mut work = std::pin::pin!(work);
    let mut armed = false;
    poll_fn(|cx: &mut Context<'_>| {
        if let Poll::Ready(result) = work.as_mut().poll(cx) {
            return Poll::Ready(result);
        }
        let Some(deadline) = limit.deadline() else {
            return Poll::Pending;
        };
        let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if !armed && timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        armed = true;
        timer
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    })
    .await
}
