use std::future::{Future, pending};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use replywire_embedded::{Buffers, Closed, Limits, ServeError};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::conn::Closing;
use crate::handler::Bridge;
use crate::{Conn, Handler};

/// How long a connection may wait for its peer; `None` is for ever.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a whole request head, from its first byte (of the first head: from the connection's
    /// start); 10 seconds.
    pub head: Option<Duration>,
    /// For the next request on a connection kept alive; 75 seconds. Then it closes.
    pub idle: Option<Duration>,
    /// For the next bytes of a request's content, and for all of what a handler has not read;
    /// 30 seconds.
    pub content: Option<Duration>,
    /// For the peer to take some bytes of a reply; 30 seconds.
    pub write: Option<Duration>,
}

impl Timeouts {
    /// No limits, for peers that can be trusted.
    pub const NONE: Self = Self {
        head: None,
        idle: None,
        content: None,
        write: None,
    };
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Some(Duration::from_secs(10)),
            idle: Some(Duration::from_secs(75)),
            content: Some(Duration::from_secs(30)),
            write: Some(Duration::from_secs(30)),
        }
    }
}

/// What a server spends on its connections.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The most connections at once; 10,000. Others wait to be accepted.
    pub connections: usize,
    /// How long open connections may take to finish when the server shuts down; 30 seconds.
    pub grace: Duration,
    /// The request and the reply buffer of a connection, in bytes; 8 KiB each. Larger heads are
    /// answered `431` or `414`; a larger reply is an error, unless it is sent as a transfer.
    pub buffer: usize,
    /// How long a connection may wait for its peer.
    pub timeouts: Timeouts,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connections: 10_000,
            grace: Duration::from_secs(30),
            buffer: 8 * 1024,
            timeouts: Timeouts::default(),
        }
    }
}

/// The most header fields of a request.
const HEADERS: usize = 64;

/// Serves every connection of `listener`, for ever: until the future is dropped.
///
/// ```no_run
/// # use replywire_tokio::replywire::{Response, Status};
/// # use replywire_tokio::{Handler, Request, Responder, Sent, Unsent};
/// # struct Hello;
/// # impl Handler for Hello {
/// #     async fn handle(&self, _: &Request<'_>, r: Responder<'_>) -> Result<Sent, Unsent> {
/// #         Ok(r.send(|e, buf| Response::to(e, buf, Status::OK).text("hi")).await?)
/// #     }
/// # }
/// # async fn run() -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
/// replywire_tokio::serve(listener, Hello).await;
/// # Ok(())
/// # }
/// ```
pub async fn serve<H: Handler + 'static>(listener: TcpListener, handler: H) {
    Server::new(handler).serve_until(listener, pending()).await;
}

/// A handler and how to serve it.
#[derive(Debug)]
pub struct Server<H> {
    handler: H,
    config: Config,
}

impl<H: Handler + 'static> Server<H> {
    /// A server with the default configuration.
    pub fn new(handler: H) -> Self {
        Self {
            handler,
            config: Config::default(),
        }
    }

    /// Sets the configuration.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Serves every connection of `listener` until `shutdown` is done.
    ///
    /// Then no more connections are accepted, idle ones close, and replies under way are finished
    /// and say that their connection closes. What has not ended after the grace time is dropped.
    ///
    /// Dropping the future drops every connection at once.
    pub async fn serve_until(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let Self { handler, config } = self;
        let handler = Arc::new(handler);
        let slots = Arc::new(Semaphore::new(
            config.connections.min(Semaphore::MAX_PERMITS),
        ));
        let (closing, _) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut shutdown => break,
                // Reaps the connections that have ended.
                Some(_) = connections.join_next() => continue,
                accepted = accept(&listener, &slots) => accepted,
            };
            let (stream, slot) = match accepted {
                Ok(accepted) => accepted,
                Err(_) => {
                    // Too many open files, or the peer has left: it passes.
                    sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let handler = Arc::clone(&handler);
            let closing = Closing::When(closing.subscribe());
            connections.spawn(async move {
                serve_stream(stream, &*handler, config, closing).await;
                drop(slot);
            });
        }
        drop(listener);
        closing.send_replace(true);
        let finished = async { while connections.join_next().await.is_some() {} };
        // What is left after the grace time is aborted with the set.
        let _ = timeout(config.grace, finished).await;
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, slot))
}

async fn serve_stream<H: Handler>(
    stream: TcpStream,
    handler: &H,
    config: Config,
    closing: Closing,
) {
    // Replies leave whole, so there is nothing to gather.
    let _ = stream.set_nodelay(true);
    // Unless it ends in order, the connection is reset: no one takes what was sent of a reply for
    // the whole, however this future ends.
    let _ = stream.set_zero_linger();
    let mut conn = Conn::new(stream, config.timeouts, closing);
    let closed = run(&mut conn, handler, config).await;
    let mut stream = conn.into_stream();
    if let Ok(Closed::Peer | Closed::Server) = closed {
        let _ = socket2::SockRef::from(&stream).set_linger(None);
    }
    if let Ok(Closed::Server) = closed {
        linger(&mut stream).await;
    }
}

/// Lets the peer read the last reply: closing at once, with bytes of it unread, would reset the
/// connection and could take the reply back (RFC 9112 § 9.6).
async fn linger(stream: &mut TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let drained = async {
        let mut scratch = [0; 4096];
        while let Ok(1..) = stream.read(&mut scratch).await {}
    };
    let _ = timeout(Duration::from_secs(2), drained).await;
}

/// Serves one connection over any stream, such as one of TLS, until one side closes; then gives the
/// stream back to be closed as [`Closed`] says.
///
/// Dropping the future may leave the peer with half a reply: the stream is dropped with it.
///
/// # Errors
///
/// [`ServeError`] when the stream fails between replies, or a phase times out.
pub async fn serve_connection<S, H>(
    stream: S,
    handler: &H,
    config: Config,
) -> Result<(Closed, S), ServeError<io::Error>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    H: Handler<S>,
{
    let mut conn = Conn::new(stream, config.timeouts, Closing::Never);
    let closed = run(&mut conn, handler, config).await?;
    Ok((closed, conn.into_stream()))
}

async fn run<S, H>(
    conn: &mut Conn<S>,
    handler: &H,
    config: Config,
) -> Result<Closed, ServeError<io::Error>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    H: Handler<S>,
{
    let mut request = vec![0; config.buffer];
    let mut reply = vec![0; config.buffer];
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new().headers::<HEADERS>();
    replywire_embedded::serve_connection(conn, &Bridge(handler), buffers, &limits).await
}
