use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;

use embedded_io_async::Write;
use http::Extensions;
use http_body::Body;
use replywire::Response;
use replywire::request::{Exchange, Refused, Requests};
use replywire_embedded::{Closed, serve_hosted};
use replywire_std::Runtime;

use crate::answering::Answering;
use crate::content::content;
use crate::convert::exchange;
use crate::driver::{Driver, Running};
use crate::handler::{Bridge, Handler};
use crate::head::{fields, target};
use crate::host_conn::HostConn;
use crate::passage::Passage;
use crate::pool::Pool;

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
    buffers: Arc<Pool>,
    peer: fn(&Extensions) -> Option<SocketAddr>,
    runtime: PhantomData<fn() -> R>,
}

impl<R: Runtime, H: Handler<R> + 'static> Hosted<R, H> {
    /// Has `handler` answer.
    pub fn new(handler: H) -> Self {
        Self {
            handler: Arc::new(handler),
            buffers: Arc::new(Pool::new(HEAD + 12 * 1024)),
            peer: |extensions| extensions.get().copied(),
            runtime: PhantomData,
        }
    }

    /// Sets the bytes of the buffer of a reply; 12 KiB. A whole reply of a closure has to fit it,
    /// and the head of a chain three quarters of it; bodies of files leave in pieces of it.
    pub fn reply_buffer(mut self, len: usize) -> Self {
        self.buffers = Arc::new(Pool::new(HEAD.saturating_add(len)));
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
        let (mut parts, body) = request.into_parts();
        let extensions = std::mem::take(&mut parts.extensions);
        let exchange = exchange(&parts);
        let passage = Arc::new(Passage::new(exchange));
        let conn = Arc::clone(&passage);
        let handler = Arc::clone(&self.handler);
        let (buffers, peer) = (Arc::clone(&self.buffers), self.peer);
        let running: Running = Box::pin(async move {
            let (decoder, content) = content(body);
            let target = target(&parts.method, &parts.uri);
            // None is refused as an empty one is.
            let target = target.as_deref().unwrap_or_default();
            let method = parts.method.as_str();
            let mut lent = buffers.lend();
            let (head, reply) = lent.split_at_mut_checked(HEAD).unwrap_or_default();
            let mut long = Vec::new();
            let head = match Requests::hosted_len(method, target, fields(&parts)) {
                ..=HEAD => head,
                len => {
                    long.resize(len, 0);
                    &mut long
                }
            };
            let fields = fields(&parts);
            let request = Requests::hosted(head, exchange, method, target, fields, decoder);
            let mut conn = HostConn::<R> {
                passage: conn,
                content,
                peer: peer(&extensions),
                extensions,
                version: parts.version,
                runtime: PhantomData,
            };
            let request = match request {
                Ok(request) => request,
                Err(refused) => return refuse(&mut conn, &exchange, refused, reply).await,
            };
            let served = serve_hosted(&mut conn, &Bridge(&*handler), request, reply).await;
            matches!(served, Ok(Closed::Server))
        });
        Answering::new(passage, Driver::new(running, spawn::<R>))
    }
}

/// The room for the head of a request, before that for its reply; a longer one has its own.
const HEAD: usize = 1024;

/// Answers a request whose head is none of ours, for all that the host takes it.
async fn refuse<R>(
    conn: &mut HostConn<R>,
    exchange: &Exchange<'_>,
    refused: Refused,
    buf: &mut [u8],
) -> bool {
    match Response::refuse(exchange, buf, refused.reason) {
        Ok(page) => conn.write_all(page.as_bytes()).await.is_ok(),
        Err(_) => false,
    }
}

/// Has work that goes on after a reply come to its end without the host.
fn spawn<R: Runtime>(rest: Running) {
    R::spawn(async move {
        rest.await;
    });
}

impl<R, H> Clone for Hosted<R, H> {
    fn clone(&self) -> Self {
        Self {
            handler: Arc::clone(&self.handler),
            buffers: Arc::clone(&self.buffers),
            ..*self
        }
    }
}

impl<R, H> fmt::Debug for Hosted<R, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hosted")
            .field("reply_buffer", &(self.buffers.len() - HEAD))
            .finish_non_exhaustive()
    }
}
