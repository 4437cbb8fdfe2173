use std::future::{Future, pending, poll_fn};
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;

use replywire_embedded::{Closed, ConnectionError};

use crate::buffers::BufferPool;
use crate::connection_slot::ConnectionSlot;
use crate::connections::{Connections, Detached, Served};
use crate::run::run;
use crate::slots::Slots;
use crate::{Config, Conn, Handles, Runtime};

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
    /// and say that their connection closes; streams of events end. A connection that has not ended
    /// after the grace time is dropped.
    ///
    /// Dropping the future drops every connection at once.
    pub async fn serve_until(self, listener: R::Listener, shutdown: impl Future<Output = ()>) {
        let connections = self.connections();
        let _cut = connections.cut_on_drop();
        let accepted = connections.accept_until(
            shutdown,
            || R::accept(&listener),
            |stream, slot| {
                let connection = slot.serve_socket(stream);
                R::spawn(Detached { connection });
            },
        );
        accepted.await;
        drop(listener);
        connections.shut_down().await;
    }

    /// The connections of the server, for an accept loop of your own.
    pub fn connections(self) -> Connections<R, H> {
        Connections::new(Served::new(self.handler, self.config))
    }
}

/// Serves one connection over any stream of the runtime `R`, such as one of TLS, until one side
/// closes, and ends it as [`Slot::serve`](crate::Slot::serve) does.
///
/// Dropping the future may leave the peer with half a reply: the stream is dropped with it.
///
/// # Errors
///
/// [`ConnectionError`] when the stream fails between replies.
pub fn serve_connection<R, S, H>(
    stream: S,
    handler: &H,
    config: Config,
) -> impl Future<Output = Result<Closed, ConnectionError<io::Error>>>
where
    R: Handles<H, S>,
{
    let pool = BufferPool::new(&config);
    let config = Arc::new(config);
    let slots = Arc::<Slots>::default();
    async move {
        let (index, standing) = poll_fn(|cx| slots.take(1, cx)).await;
        let slot = ConnectionSlot::new(index, standing, slots);
        let mut conn = Conn::<R, S>::new(stream, Arc::clone(&config), slot.handle());
        run(&mut conn, handler, &pool, &config).await
    }
}
