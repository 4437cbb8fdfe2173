use std::future::{Future, pending};
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;

use replywire_embedded::{Closed, ConnectionError};

use crate::connection_slot::Closing;
use crate::connections::Connections;
use crate::handler::Bridge;
use crate::run::run;
use crate::{Config, Conn, Handles, Runtime, ending};

/// A handler and how to serve it on the runtime `R`.
#[derive(Debug)]
pub struct Server<R, H> {
    handler: H,
    config: Config,
    runtime: PhantomData<fn() -> R>,
}

impl<R, H> Server<R, H>
where
    R: Handles<H, <R as Runtime>::Stream>,
    H: Send + Sync + 'static,
{
    /// A server with the default configuration.
    pub fn new(handler: H) -> Self {
        Self {
            handler,
            config: Config::default(),
            runtime: PhantomData,
        }
    }

    /// Sets the configuration.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Serves every connection of `listener`, for ever: until the future is dropped.
    pub async fn serve(self, listener: R::Listener) {
        self.serve_until(listener, pending()).await;
    }

    /// Serves every connection of `listener` until `shutdown` is done.
    ///
    /// Then no more connections are accepted, idle ones close, and replies under way are finished
    /// and say that their connection closes. A connection that has not ended after the grace time
    /// is dropped.
    ///
    /// Dropping the future drops every connection at once.
    pub async fn serve_until(self, listener: R::Listener, shutdown: impl Future<Output = ()>) {
        let Self {
            handler, config, ..
        } = self;
        let handler = Arc::new(handler);
        let connections = Connections::new(config.connections);
        let accepted = connections.accept_until::<R::Timer, _, _>(
            shutdown,
            || R::accept(&listener),
            |stream, slot| {
                let (handler, closing) = (Arc::clone(&handler), slot.closing());
                R::spawn(slot.hold(serve_stream::<R, H>(stream, handler, config, closing)));
            },
        );
        accepted.await;
        drop(listener);
        connections.finish::<R::Timer>(config.grace).await;
    }
}

/// Serves a connection that was accepted, and ends it.
fn serve_stream<R, H>(
    stream: R::Stream,
    handler: Arc<H>,
    config: Config,
    closing: Closing,
) -> impl Future<Output = ()> + Send
where
    R: Handles<H, <R as Runtime>::Stream>,
    H: Send + Sync,
{
    // A future of this form holds the stream once, not as an argument too.
    let mut conn = Conn::<R, _>::of_socket(stream, config.timeouts, closing);
    async move {
        ending::prepare::<R>(conn.as_stream());
        let closed = run(&mut conn, &Bridge::<R, H>::new(&handler), &config).await;
        ending::end::<R>(conn.into_stream(), closed).await;
    }
}

/// Serves one connection over any stream of the runtime `R`, such as one of TLS, until one side
/// closes; then gives the stream back to be closed as [`Closed`] says.
///
/// Dropping the future may leave the peer with half a reply: the stream is dropped with it.
///
/// # Errors
///
/// [`ConnectionError`] when the stream fails between replies, or a phase times out.
pub fn serve_connection<R, S, H>(
    stream: S,
    handler: &H,
    config: Config,
) -> impl Future<Output = Result<(Closed, S), ConnectionError<io::Error>>>
where
    R: Handles<H, S>,
{
    let mut conn = Conn::<R, S>::new(stream, config.timeouts, Closing::NEVER);
    async move {
        let closed = run(&mut conn, &Bridge::<R, H>::new(handler), &config).await?;
        Ok((closed, conn.into_stream()))
    }
}
