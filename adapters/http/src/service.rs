use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;

use http::{Extensions, HeaderMap, header};
use http_body::Body;
use replywire::Status;
use replywire::request::Method;
use replywire_embedded::Transport;
use replywire_std::{Answer, Request, Responder, Unanswered};
use tower_service::Service;

use crate::convert::status;
use crate::incoming;
use crate::intake::Intake;
use crate::outflow::Outflow;
use crate::request_body::RequestBody;

/// A service of `tower`, such as an axum `Router`, as a handler: it answers on our own server.
///
/// With the feature `tokio` it is a handler of `replywire_tokio`. For another runtime,
/// [`answer`](Self::answer) is called by a handler of it.
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use replywire_http::ServiceHandler;
/// use replywire_tokio::Server;
/// use tokio::net::TcpListener;
///
/// async fn serve(listener: TcpListener) {
///     let router: Router = Router::new().route("/", get(async || "hello, world"));
///     Server::new(ServiceHandler::new(router)).serve(listener).await;
/// }
/// # let _ = serve;
/// ```
///
/// The service sees the request with its content as a [`RequestBody`], and in its extensions the
/// address of the peer. Each request is given to a clone of it, once that is ready.
///
/// Its reply is framed by the connection: of the fields that it gives, those of
/// [`Response::forward`](replywire::Response::forward) are sent, and `trailer` where trailer fields
/// may follow; one of `connection: close` has the connection close. `content-length` is what the
/// reply is compared with: where the service gives one that its body contradicts from the start,
/// the reply is a `500`, and one that breaks its word later breaks the connection. A body whose
/// length is known, and that is there as a whole, waits with the replies to requests that arrived
/// with this one; all others leave frame by frame, in chunks if their length is not known.
///
/// An error of the service, an interim status and a panic are failures of the handler: the reply is
/// its error page, and the hook is told. So is a head that has no room in the reply buffer.
/// An upgrade of the connection cannot be had, as that goes by a type of `hyper`.
#[must_use = "a handler answers nothing by itself"]
pub struct ServiceHandler<S> {
    service: S,
    peer: fn(&mut Extensions, SocketAddr),
}

impl<S> ServiceHandler<S> {
    /// Has `service` answer.
    pub const fn new(service: S) -> Self {
        Self {
            service,
            peer: |extensions, peer| {
                extensions.insert(peer);
            },
        }
    }

    /// Puts the address of the peer into the extensions of each request: as a `SocketAddr` by
    /// default. The extractor of axum looks for a `ConnectInfo`.
    ///
    /// ```
    /// use axum::extract::ConnectInfo;
    /// use replywire_http::ServiceHandler;
    ///
    /// fn with_peers(router: axum::Router) -> ServiceHandler<axum::Router> {
    ///     ServiceHandler::new(router).peer(|extensions, peer| {
    ///         extensions.insert(ConnectInfo(peer));
    ///     })
    /// }
    /// # let _ = with_peers;
    /// ```
    pub fn peer(self, peer: fn(&mut Extensions, SocketAddr)) -> Self {
        Self { peer, ..self }
    }

    /// Has the service answer one request, on any connection.
    ///
    /// ```
    /// use replywire_http::{Answer, Request, ServiceHandler};
    /// use replywire_std::Responder;
    /// use replywire_tokio::Conn;
    ///
    /// async fn route(
    ///     router: &ServiceHandler<axum::Router>,
    ///     request: &Request<'_>,
    ///     responder: Responder<'_, Conn>,
    /// ) -> Answer {
    ///     match request.path() {
    ///         "/health" => responder.ok().text("ok").await,
    ///         _ => router.answer(request, responder).await,
    ///     }
    /// }
    /// # let _ = route;
    /// ```
    ///
    /// Dropping the future drops that of the service, and its body.
    ///
    /// # Errors
    ///
    /// An error of the service; [`Cause::Reply`](crate::Cause::Reply) for a head that is none;
    /// else as [`Chain::stream`](replywire_std::Chain::stream).
    pub async fn answer<T, B>(
        &self,
        request: &Request<'_>,
        mut responder: Responder<'_, T>,
    ) -> Answer
    where
        T: Transport,
        S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone,
        S::Error: Into<Box<dyn StdError + Send + Sync>>,
        B: Body<Error: Into<Box<dyn StdError + Send + Sync>>>,
    {
        let (intake, content) = Intake::new(responder.remaining());
        let mut head = incoming::request(request, content)?;
        if let Some(peer) = responder.peer() {
            (self.peer)(head.extensions_mut(), peer);
        }
        let mut service = self.service.clone();
        let ready = poll_fn(|cx| service.poll_ready(cx)).await;
        ready.map_err(Unanswered::because)?;
        let reply = {
            let replying = pin!(service.call(head));
            intake.during(replying, &mut responder).await
        };
        let reply = reply.map_err(Unanswered::because)?;
        let expects = request.header(header::EXPECT.as_str()).is_some();
        reply_with(reply, expects, intake, responder).await
    }
}

impl<S> fmt::Debug for ServiceHandler<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceHandler").finish_non_exhaustive()
    }
}

/// Sends the reply of a service to a client that `expects` to be asked for its content, or not.
async fn reply_with<T, B>(
    reply: http::Response<B>,
    expects: bool,
    intake: Intake,
    mut responder: Responder<'_, T>,
) -> Answer
where
    T: Transport,
    B: Body<Error: Into<Box<dyn StdError + Send + Sync>>>,
{
    let (head, body) = reply.into_parts();
    let (status, fields) = (status(head.status), &head.headers);
    let exchange = responder.exchange();
    let has_content = exchange.method() != Method::Head && status != Status::NOT_MODIFIED;
    let len = length(fields, body.size_hint().exact(), has_content)?;

    let mut body = pin!(body);
    let mut outflow = Outflow::new(body.as_mut());
    let is_fed = intake.is_open();
    if is_fed {
        if expects && has_content {
            outflow.wait(&intake, &mut responder).await?;
        }
        // What the body is made of is not dropped when the reply begins.
        let _ = responder.again();
    } else if has_content && len.is_some_and(|len| len > 0) {
        outflow.look().await.map_err(Unanswered::because)?;
    }
    let mut chain = responder.status(status).forward(fields);
    if closes(fields) {
        chain = chain.close();
    }
    match (outflow.whole(), len) {
        (None, Some(0)) if !is_fed => return chain.empty().await,
        (Some(whole), Some(len)) if whole.len() as u64 == len => return chain.body(whole).await,
        _ => {}
    }
    if exchange.takes_trailers() && len.is_none() {
        for names in fields.get_all(header::TRAILER) {
            chain = chain.header(header::TRAILER.as_str(), names.as_bytes());
        }
    }
    let media_type = fields.get(header::CONTENT_TYPE);
    outflow.is_of_events =
        media_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    chain.stream_fed(len, outflow, intake).await
}

/// The length of a body, by the `content-length` of a service and by the body itself.
fn length(
    fields: &HeaderMap,
    exact: Option<u64>,
    has_content: bool,
) -> Result<Option<u64>, WrongLength> {
    let mut told = None;
    for value in fields.get_all(header::CONTENT_LENGTH) {
        let len = value.to_str().ok().filter(|text| !text.starts_with('+'));
        let len = len.and_then(|text| text.parse().ok()).ok_or(WrongLength)?;
        if *told.get_or_insert(len) != len {
            return Err(WrongLength);
        }
    }
    match (told, exact) {
        (Some(told), Some(exact)) if has_content && told != exact => Err(WrongLength),
        // Where none is sent, a service leaves the content away.
        (None, Some(0)) if !has_content => Ok(None),
        _ => Ok(told.or(exact)),
    }
}

/// Tells if a service asks for the end of the connection.
fn closes(fields: &HeaderMap) -> bool {
    let values = fields.get_all(header::CONNECTION).iter();
    let mut options = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

/// The error of a `content-length` that is none, or is not that of the body.
#[derive(Debug)]
struct WrongLength;

impl fmt::Display for WrongLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the content-length of the service is not that of its body")
    }
}

impl StdError for WrongLength {}
