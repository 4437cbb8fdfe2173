//! Replywire's replies, in any host.

use replywire_files::{FileReply, FileTransport};
use replywire_http::{Answer, Hosted, Request, handler_fn};
use replywire_std::{FromStream, Responder};
use replywire_tokio::Tokio;

use super::what::{FILE, ITEM, TEXT, pieces};

/// The handler as a service.
pub(super) fn hosted() -> Hosted<Tokio, impl replywire_http::Handler<Tokio>> {
    Hosted::new(handler_fn(answer))
}

/// The handler in axum, by each of its paths.
pub(super) fn router() -> axum::Router {
    let hosted = hosted();
    let paths = ["/text", "/json", "/stream", "/file"].into_iter();
    paths.fold(axum::Router::new(), |router, path| {
        router.route_service(path, hosted.clone())
    })
}

async fn answer<T: FileTransport>(request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
    match request.path() {
        "/text" => responder.ok().text(TEXT).await,
        "/json" => responder.ok().json(&ITEM).await,
        "/stream" => responder.ok().stream(FromStream::new(pieces())).await,
        _ => FileReply::new(FILE).answer(request, responder.ok()).await,
    }
}
