use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use replywire_embedded::{Closed, ConnectionError};

use crate::buffers::BufferPool;
use crate::connection_slot::ConnectionSlot;
use crate::connections::{Connections, Served};
use crate::run::run;
use crate::slots::Slots;
use crate::watch::Hook;
use crate::{Config, Conn, Handles, Incoming, Listen, Observe, Runtime};

/// A handler and how to serve it on the runtime `R`.
#[derive(Debug)]
pub struct Server<R, H> {
    handler: H,
    config: Config,
    hook: Option<Arc<Hook>>,
    listeners: Listeners<R, H>,
}

/// The listeners besides that of [`Server::serve`].
struct Listeners<R, H>(Vec<Listening<R, H>>);

/// A listener as the loop that accepts from it.
type Listening<R, H> = Box<dyn FnOnce(Connections<R, H>) -> Accepting + Send>;

type Accepting = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<R: Runtime, H: Send + Sync + 'static> Server<R, H> {
    /// A server with the default configuration.
    pub fn new(handler: H) -> Self {
        Self {
            handler,
            config: Config::default(),
            hook: None,
            listeners: Listeners(Vec::new()),
        }
    }

    /// Sets the configuration.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Has the server accept connections of `listener` too, besides that of [`serve`](Self::serve):
    /// all share the limits, and shut down together.
    pub fn listen<L>(mut self, listener: L) -> Self
    where
        L: Listen<R> + 'static,
        R: Handles<H, L::Stream>,
    {
        self.listeners.0.push(Box::new(|connections| {
            Box::pin(async move { connections.accept(listener).await })
        }));
        self
    }

    /// Has `hook` told of each connection, request, reply and failure. A later hook takes the place
    /// of an earlier one; for both, give a pair.
    ///
    /// A connection that was dropped tells its end then: one that outlives the grace time of a
    /// shutdown, as soon as its task is run once more.
    #[doc(alias("layer", "wrap", "access_log"))]
    pub fn observe(mut self, hook: impl Observe + 'static) -> Self {
        self.hook = Some(Arc::new(Hook::new(hook)));
        self
    }

    /// Serves every connection of `listener`, for ever: until the future is dropped.
    pub async fn serve<L>(self, listener: L)
    where
        L: Listen<R>,
        R: Handles<H, L::Stream>,
    {
        self.serve_until(listener, pending::<()>()).await;
    }

    /// Serves every connection of `listener` until `shutdown` is done, whose output it returns:
    /// `ctrl_c()` of tokio, for one, with the error where there is no signal to wait for.
    ///
    /// A listener is the runtime's own for TCP or, on Unix, for Unix sockets, a `Vec` of listeners
    /// of one kind, a [`Handshake`](crate::Handshake) such as that of TLS, and all that is
    /// [`Listen`]. For several kinds there is [`listen`](Self::listen).
    ///
    /// Then no more connections are accepted, idle ones close, and replies under way are finished
    /// and say that their connection closes; streams of events end. A connection that has not ended
    /// after the grace time is dropped.
    ///
    /// Dropping the future drops every connection at once.
    #[doc(alias("with_graceful_shutdown", "graceful", "lifespan"))]
    pub async fn serve_until<L, F>(mut self, listener: L, shutdown: F) -> F::Output
    where
        L: Listen<R>,
        R: Handles<H, L::Stream>,
        F: Future,
    {
        let listeners = std::mem::take(&mut self.listeners.0);
        let connections = self.connections();
        let _cut = connections.cut_on_drop();
        let output = {
            let begin = |listening: Listening<R, H>| listening(connections.clone());
            let mut others: Vec<Accepting> = listeners.into_iter().map(begin).collect();
            let mut shutdown = pin!(shutdown);
            let mut accepting = pin!(connections.accept(listener));
            poll_fn(|cx| {
                if let Poll::Ready(output) = shutdown.as_mut().poll(cx) {
                    return Poll::Ready(output);
                }
                for other in &mut others {
                    let _ = other.as_mut().poll(cx);
                }
                let _ = accepting.as_mut().poll(cx);
                Poll::Pending
            })
            .await
        };
        // The listeners are closed by now.
        connections.shut_down().await;
        output
    }

    /// The handler, the configuration and the hook. Listeners of [`listen`](Self::listen) are
    /// closed.
    #[cfg(target_os = "linux")]
    pub(crate) fn into_parts(self) -> (H, Config, Option<Arc<Hook>>) {
        (self.handler, self.config, self.hook)
    }

    /// A server of these parts.
    #[cfg(target_os = "linux")]
    pub(crate) fn of_parts(handler: H, config: Config, hook: Option<Arc<Hook>>) -> Self {
        Self {
            handler,
            config,
            hook,
            listeners: Listeners(Vec::new()),
        }
    }

    /// The connections of the server, for an accept loop of your own. Listeners of
    /// [`listen`](Self::listen) are closed.
    pub fn connections(self) -> Connections<R, H> {
        Connections::new(Served::new(self.handler, self.config, self.hook))
    }
}

impl<R, H> fmt::Debug for Listeners<R, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listeners").field(&self.0.len()).finish()
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
        let mut conn = Conn::new(
            Incoming::<R, S>::new(stream),
            Arc::clone(&config),
            slot.handle(),
        );
        run(&mut conn, handler, &pool, &config).await
    }
}
