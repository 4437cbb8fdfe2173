//! Handlers as those of actix-web, which has a version of `http` of its own.

use actix_web::http::Version;
use actix_web::http::uri::{Authority, PathAndQuery};
use actix_web::web::Payload;
use actix_web::{Handler as ActixHandler, HttpRequest, HttpResponse, dev};
use replywire::request::BodyDecoder;
use replywire_std::Runtime;

use self::answering::ActixAnswering;
use self::body::ActixBody;
use self::feed::Feed;
use crate::answering::Answering;
use crate::content::content;
use crate::driver::Driver;
use crate::hosted::spawn;
use crate::request_head::Asked;
use crate::{Handler, Hosted};

pub(crate) mod answering;
pub(crate) mod body;
mod feed;
mod written;

impl<R: Runtime, H: Handler<R> + 'static> Hosted<R, H> {
    /// Has the handler answer a request of actix-web: the same as [`answer`](Self::answer). The
    /// peer is that of the request, and the extensions that the handler sees are empty.
    ///
    /// Dropping the future drops that of the handler.
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
    pub fn answer_actix(&self, request: &HttpRequest, payload: Payload) -> ActixAnswering {
        let (feed, (decoder, content)) = match payload.into_inner() {
            dev::Payload::None => (None, (BodyDecoder::sized(0), None)),
            payload => {
                let (feed, body) = Feed::new(payload);
                (Some(feed), content(body))
            }
        };
        let uri = request.uri();
        let asked = Asked {
            method: request.method().as_str(),
            version: version(request.version()),
            scheme: uri.scheme_str(),
            authority: uri.authority().map(Authority::as_str),
            path: uri.path_and_query().map_or("", PathAndQuery::as_str),
        };
        let fields = || {
            let fields = request.headers().iter();
            fields.map(|(name, value)| (name.as_str(), value.as_bytes()))
        };
        let mut worker = self.worker();
        if let Some(desk) = worker.desk() {
            desk.head = asked.write(fields, &mut desk.request);
            desk.peer = request.peer_addr();
            desk.version = match request.version() {
                Version::HTTP_09 => http::Version::HTTP_09,
                Version::HTTP_10 => http::Version::HTTP_10,
                Version::HTTP_2 => http::Version::HTTP_2,
                _ => http::Version::HTTP_11,
            };
            desk.decoder = decoder;
            desk.content = content;
        }
        worker.begin();
        ActixAnswering::new(Answering::new(Driver::new(worker, spawn::<R>)), feed)
    }
}

impl<R: Runtime, H: Handler<R> + 'static> ActixHandler<(HttpRequest, Payload)> for Hosted<R, H> {
    type Output = HttpResponse<ActixBody>;
    type Future = ActixAnswering;

    fn call(&self, (request, payload): (HttpRequest, Payload)) -> ActixAnswering {
        self.answer_actix(&request, payload)
    }
}

/// A version of actix-web as ours.
fn version(version: Version) -> replywire::request::Version {
    match version < Version::HTTP_11 {
        true => replywire::request::Version::Http10,
        false => replywire::request::Version::Http11,
    }
}
