//! Handlers as those of actix-web, which has a version of `http` of its own.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::str::FromStr;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{StatusCode, Version};
use actix_web::web::Payload;
use actix_web::{Handler as ActixHandler, HttpRequest, HttpResponse};
use replywire_std::Runtime;

use self::body::{ActixBody, Fed};
use self::feed::Feed;
use crate::reply_body::ReplyBody;
use crate::{Handler, Hosted};

pub(crate) mod body;
mod feed;

impl<R: Runtime, H: Handler<R> + 'static> Hosted<R, H> {
    /// Has the handler answer a request of actix-web: the same as [`answer`](Self::answer). In the
    /// extensions that the handler sees is the address of the peer.
    ///
    /// A `Hosted` is a handler of actix-web itself, for `web::to`, which does this.
    ///
    /// ```
    /// use actix_web::{App, web};
    /// use replywire_http::{Answer, Hosted, Request, Responder, handler_fn};
    /// use replywire_tokio::Tokio;
    ///
    /// async fn hello(request: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
    ///     responder.ok().text("hello, world").await
    /// }
    ///
    /// let hello = Hosted::<Tokio, _>::new(handler_fn(hello));
    /// let app = App::new().route("/hello", web::get().to(hello));
    /// # let _ = app;
    /// ```
    pub async fn answer_actix(
        &self,
        request: &HttpRequest,
        payload: Payload,
    ) -> HttpResponse<ActixBody> {
        let (feed, content) = Feed::new(payload);
        let Ok(request) = of_actix(request, content) else {
            let body = ReplyBody::whole(bytes::Bytes::new());
            let body = ActixBody::new(&http::Response::new(()), Fed::new(body, feed));
            return HttpResponse::with_body(StatusCode::BAD_REQUEST, body);
        };
        let mut answering = Fed::new(self.answer(request), feed);
        let answered = answering.run().await;
        let (head, body) = answered.into_parts();
        let head = http::Response::from_parts(head, ());
        let status = StatusCode::from_u16(head.status().as_u16());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = ActixBody::new(&head, answering.with(body));
        let mut response = HttpResponse::with_body(status, body);
        for (name, value) in head.headers() {
            let name = HeaderName::from_bytes(name.as_str().as_bytes());
            let value = HeaderValue::from_bytes(value.as_bytes());
            if let (Ok(name), Ok(value)) = (name, value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

impl<R: Runtime, H: Handler<R> + 'static> ActixHandler<(HttpRequest, Payload)> for Hosted<R, H> {
    type Output = HttpResponse<ActixBody>;
    type Future = Pin<Box<dyn Future<Output = HttpResponse<ActixBody>>>>;

    fn call(&self, (request, payload): (HttpRequest, Payload)) -> Self::Future {
        let hosted = self.clone();
        Box::pin(async move { hosted.answer_actix(&request, payload).await })
    }
}

/// The request as one of our `http`.
fn of_actix<B>(from: &HttpRequest, content: B) -> io::Result<http::Request<B>> {
    let mut request = http::Request::new(content);
    *request.method_mut() =
        http::Method::from_bytes(from.method().as_str().as_bytes()).map_err(io::Error::other)?;
    *request.uri_mut() = http::Uri::from_str(&from.uri().to_string()).map_err(io::Error::other)?;
    *request.version_mut() = match from.version() {
        Version::HTTP_09 => http::Version::HTTP_09,
        Version::HTTP_10 => http::Version::HTTP_10,
        Version::HTTP_2 => http::Version::HTTP_2,
        _ => http::Version::HTTP_11,
    };
    let fields = from.headers().iter();
    let fields = fields.map(|(name, value)| (name.as_str(), value.as_bytes()));
    *request.headers_mut() = crate::convert::header_map(fields);
    if let Some(peer) = from.peer_addr() {
        request.extensions_mut().insert(peer);
    }
    Ok(request)
}
