use std::future::{Future, pending};
use std::io;
use std::net::Shutdown;
use std::sync::Arc;
use std::time::Duration;

use replywire_embedded::{Closed, ConnectionError};
use replywire_std::{Closing, Config, Connections, run, timeout};
use smol::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use smol::net::{TcpListener, TcpStream};
use socket2::SockRef;

use crate::conn::Timer;
use crate::handler::Bridge;
use crate::{Conn, Handler};

/// Serves every connection of `listener`, for ever: until the future is dropped.
///
/// ```no_run
/// # use replywire_smol::replywire::{Response, Status};
/// # use replywire_smol::{Handler, Request, Responder, Sent, Unsent};
/// # struct Hello;
/// # impl Handler for Hello {
/// #     async fn handle(&self, _: &Request<'_>, r: Responder<'_>) -> Result<Sent, Unsent> {
/// #         Ok(r.send(|e, buf| Response::to(e, buf, Status::OK).text("hi")).await?)
/// #     }
/// # }
/// # async fn run() -> std::io::Result<()> {
/// let listener = smol::net::TcpListener::bind("127.0.0.1:8000").await?;
/// replywire_smol::serve(listener, Hello).await;
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
        let connections = Connections::new(config.connections);
        let accepted = connections.accept_until::<Timer, _, _>(
            shutdown,
            || listener.accept(),
            |(stream, _), place| {
                let handler = Arc::clone(&handler);
                let closing = place.closing();
                smol::spawn(place.hold(async move {
                    serve_stream(stream, &*handler, config, closing).await;
                }))
                .detach();
            },
        );
        accepted.await;
        drop(listener);
        connections.finish::<Timer>(config.grace).await;
    }
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
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    let mut conn = Conn::of_socket(stream, config.timeouts, closing);
    let closed = run(&mut conn, &Bridge(handler), config).await;
    let mut stream = conn.into_stream();
    if let Ok(Closed::Peer | Closed::Server) = closed {
        let _ = SockRef::from(&stream).set_linger(None);
    }
    if let Ok(Closed::Server) = closed {
        linger(&mut stream).await;
    }
}

/// Lets the peer read the last reply: closing at once, with bytes of it unread, would reset the
/// connection and could take the reply back (RFC 9112 § 9.6).
async fn linger(stream: &mut TcpStream) {
    if stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let drained = async {
        let mut scratch = [0; 4096];
        while let Ok(1..) = stream.read(&mut scratch).await {}
    };
    timeout::<Timer, _>(Duration::from_secs(2), drained).await;
}

/// Serves one connection over any stream, such as one of TLS, until one side closes; then gives the
/// stream back to be closed as [`Closed`] says.
///
/// Dropping the future may leave the peer with half a reply: the stream is dropped with it.
///
/// # Errors
///
/// [`ConnectionError`] when the stream fails between replies, or a phase times out.
pub async fn serve_connection<S, H>(
    stream: S,
    handler: &H,
    config: Config,
) -> Result<(Closed, S), ConnectionError<io::Error>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    H: Handler<S>,
{
    let mut conn = Conn::new(stream, config.timeouts, Closing::NEVER);
    let closed = run(&mut conn, &Bridge(handler), config).await?;
    Ok((closed, conn.into_stream()))
}
