use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;

use http::Extensions;
use http_body::Body;
use replywire_std::Runtime;

use crate::answering::Answering;
use crate::content::content;
use crate::convert::version;
use crate::driver::{Driver, Rest};
use crate::handler::Handler;
use crate::pool::Pool;
use crate::request_head::{Asked, pairs};
use crate::worker::Worker;

/// A handler that answers the requests of a host, on the runtime `R`. Its copies share the handler.
///
/// With the features of the same names it is a service of `tower`, so for `route_service` of an
/// axum `Router`, and one of `hyper`; without, [`answer`](Self::answer) is what these are made of.
///
/// ```
/// use replywire_http::{Answer, Hosted, Request, Responder, handler_fn};
/// use replywire_tokio::Tokio;
///
/// async fn hello(request: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
///     responder.ok().header("x-path", request.path()).text("hello, world").await
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let hello = Hosted::<Tokio, _>::new(handler_fn(hello));
/// let request = http::Request::get("http://example.org/a").body(String::new()).unwrap();
/// let response = hello.answer(request).await;
/// assert_eq!(response.headers()["x-path"], "/a");
/// # });
/// ```
#[must_use = "a handler answers nothing by itself"]
pub struct Hosted<R, H> {
    handler: Arc<H>,
    workers: Arc<Pool<Box<Worker>>>,
    reply_buffer: usize,
    peer: fn(&Extensions) -> Option<SocketAddr>,
    runtime: PhantomData<fn() -> R>,
}

impl<R: Runtime, H: Handler<R> + 'static> Hosted<R, H> {
    /// Has `handler` answer.
    pub fn new(handler: H) -> Self {
        Self {
            handler: Arc::new(handler),
            workers: Arc::new(Pool::new()),
            reply_buffer: 12 * 1024,
            peer: |extensions| extensions.get().copied(),
            runtime: PhantomData,
        }
    }

    /// Sets the bytes of the buffer of a reply; 12 KiB. A whole reply of a closure has to fit it,
    /// and the head of a chain three quarters of it; bodies of files leave in pieces of it. Up to
    /// 64 are kept for the replies to come.
    pub fn reply_buffer(mut self, len: usize) -> Self {
        self.workers = Arc::new(Pool::new());
        self.reply_buffer = len;
        self
    }

    /// Finds the address of the peer in the extensions of a request: there is a `SocketAddr` by
    /// default, if somebody has put one there. Those of axum may have it as `ConnectInfo`.
    ///
    /// ```
    /// use std::net::SocketAddr;
    ///
    /// use axum::extract::ConnectInfo;
    /// use replywire_http::{Handler, Hosted};
    /// use replywire_tokio::Tokio;
    ///
    /// fn with_peers<H: Handler<Tokio> + 'static>(handler: H) -> Hosted<Tokio, H> {
    ///     Hosted::new(handler)
    ///         .peer(|extensions| Some(extensions.get::<ConnectInfo<SocketAddr>>()?.0))
    /// }
    /// ```
    pub const fn peer(mut self, peer: fn(&Extensions) -> Option<SocketAddr>) -> Self {
        self.peer = peer;
        self
    }

    /// Has the handler answer a request. The outcome is the head of the reply, with the rest to
    /// come as its body. A request that our own server refuses is refused, `400 Bad Request`, such
    /// as one of HTTP/1.1 without an authority in its target or in `host`.
    ///
    /// Dropping the future drops that of the handler.
    pub fn answer<B>(&self, request: http::Request<B>) -> Answering
    where
        B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
    {
        let mut worker = self.worker();
        if let Some(desk) = worker.desk() {
            let (parts, body) = request.into_parts();
            let parts = desk.parts.insert(parts);
            let asked = Asked::of(parts, version(parts.version));
            (desk.head, desk.target) = asked.check(|| pairs(&parts.headers));
            desk.peer = (self.peer)(&parts.extensions);
            desk.version = parts.version;
            (desk.decoder, desk.content) = content(body);
        }
        worker.begin();
        Answering::new(Driver::new(worker, spawn::<R>))
    }

    /// A worker for the next request.
    pub(crate) fn worker(&self) -> Box<Worker> {
        self.workers.take().unwrap_or_else(|| {
            let handler = Arc::clone(&self.handler);
            Worker::new::<R, H>(handler, self.reply_buffer, &self.workers)
        })
    }
}

/// Has work that goes on after a reply come to its end without the host.
pub(crate) fn spawn<R: Runtime>(rest: Rest) {
    R::spawn(rest.run());
}

impl<R, H> Clone for Hosted<R, H> {
    fn clone(&self) -> Self {
        Self {
            handler: Arc::clone(&self.handler),
            workers: Arc::clone(&self.workers),
            ..*self
        }
    }
}

impl<R, H> fmt::Debug for Hosted<R, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hosted")
            .field("reply_buffer", &self.reply_buffer)
            .finish_non_exhaustive()
    }
}
