//! Replywire's replies, in any host.

use actix_web::{HttpRequest, web};
use axum::routing::get;
use http::{Request, Response};
use replywire::request::Exchange;
use replywire::{Error, Reply, Status};
use replywire_files::{FileReply, FileTransport};
use replywire_http::{Answer, Hosted, NotWritten, ReplyBody, handler_fn, written};
use replywire_std::{FromStream, Responder};
use replywire_tokio::Tokio;

use super::what::{FILE, ITEM, TEXT, pieces};

/// Replies that are written at once: for hyper, and as a service of tower.
pub(super) async fn http<B>(request: Request<B>) -> Result<Response<ReplyBody>, NotWritten> {
    match request.uri().path() {
        "/text" => written(request, text),
        _ => written(request, json),
    }
}

/// The same for axum.
pub(super) fn router() -> axum::Router {
    use axum::extract::Request;

    axum::Router::new()
        .route("/text", get(async |to: Request| written(to, text)))
        .route("/json", get(async |to: Request| written(to, json)))
}

/// The same for actix-web.
pub(super) fn actix(app: &mut web::ServiceConfig) {
    app.route(
        "/text",
        web::get().to(async |to: HttpRequest| written(&to, text)),
    )
    .route(
        "/json",
        web::get().to(async |to: HttpRequest| written(&to, json)),
    );
}

fn text<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Result<Reply<'b>, Error> {
    replywire::Response::to(exchange, buf, Status::OK).text(TEXT)
}

fn json<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Result<Reply<'b>, Error> {
    replywire::Response::to(exchange, buf, Status::OK).json(&ITEM)
}

/// A handler as a service.
pub(super) fn hosted() -> Hosted<Tokio, impl replywire_http::Handler<Tokio>> {
    Hosted::new(handler_fn(answer))
}

/// The handler in axum, by each of its paths.
pub(super) fn hosted_router() -> axum::Router {
    let hosted = hosted();
    let paths = ["/text", "/json", "/stream", "/file"].into_iter();
    paths.fold(axum::Router::new(), |router, path| {
        router.route_service(path, hosted.clone())
    })
}

async fn answer<T: FileTransport>(
    request: &replywire_http::Request<'_>,
    responder: Responder<'_, T>,
) -> Answer {
    match request.path() {
        "/text" => responder.ok().text(TEXT).await,
        "/json" => responder.ok().json(&ITEM).await,
        "/stream" => responder.ok().stream(FromStream::new(pieces())).await,
        _ => FileReply::new(FILE).answer(request, responder.ok()).await,
    }
}
