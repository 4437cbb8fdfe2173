//! The same replies by the means of each host.

use std::convert::Infallible;
use std::error::Error;

use axum::response::IntoResponse;
use bytes::Bytes;
use futures_util::StreamExt;
use http::{Request, Response, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Either, Full, StreamBody};
use hyper::body::{Body, Frame};
use tower_http::services::ServeFile;

use super::what::{FILE, ITEM, TEXT, pieces};

type Failure = Box<dyn Error + Send + Sync>;

/// Bytes as they are, and all else in a box.
pub(super) type AnyBody = Either<Full<Bytes>, UnsyncBoxBody<Bytes, Failure>>;

/// A text, or JSON, by the builder of `http`.
fn whole(media_type: &'static str, body: impl Into<Bytes>) -> Response<AnyBody> {
    Response::builder()
        .header(header::CONTENT_TYPE, media_type)
        .body(Either::Left(Full::new(body.into())))
        .expect("a response")
}

/// For hyper, and as a service of tower.
pub(super) async fn http<B>(request: Request<B>) -> Result<Response<AnyBody>, Infallible>
where
    B: Body + Send + 'static,
{
    Ok(match request.uri().path() {
        "/text" => whole("text/plain; charset=utf-8", TEXT),
        "/json" => {
            let json = serde_json::to_vec(&ITEM).expect("a document");
            whole("application/json", json)
        }
        "/stream" => {
            let frames = pieces().map(|piece| piece.map(Frame::data));
            let body = StreamBody::new(frames).map_err(|error| match error {});
            Response::new(Either::Right(body.boxed_unsync()))
        }
        _ => {
            let file = ServeFile::new(FILE).try_call(request).await;
            file.expect("a file")
                .map(|body| Either::Right(body.map_err(Failure::from).boxed_unsync()))
        }
    })
}

/// For axum.
pub(super) fn router() -> axum::Router {
    use axum::body::Body;
    use axum::routing::get;

    axum::Router::new()
        .route("/text", get(async || TEXT))
        .route("/json", get(async || axum::Json(ITEM).into_response()))
        .route("/stream", get(async || Body::from_stream(pieces())))
        .route_service("/file", ServeFile::new(FILE))
}
