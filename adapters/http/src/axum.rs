use std::convert::Infallible;

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use replywire::request::Exchange;

use crate::convert::exchange;
use crate::written::NotWritten;

/// The exchange of a request, as an extractor of axum 0.8.
///
/// ```
/// use axum::response::IntoResponse;
/// use replywire::{Response, Status};
/// use replywire_http::{ForReply, written};
///
/// async fn hello(ForReply(exchange): ForReply) -> impl IntoResponse {
///     written(exchange, |exchange, buf| {
///         Response::to(exchange, buf, Status::OK).header("x-a", "b").text("hello, world")
///     })
/// }
///
/// let router: axum::Router = axum::Router::new().route("/", axum::routing::get(hello));
/// # let _ = router;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ForReply(pub Exchange<'static>);

impl<S: Sync> FromRequestParts<S> for ForReply {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(exchange(parts)))
    }
}

impl IntoResponse for NotWritten {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
