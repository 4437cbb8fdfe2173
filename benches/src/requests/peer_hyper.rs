//! hyper by itself.

use std::io;
use std::path::Path;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};

use super::shop::SHOP;
use super::sum::Terms;
use super::work::HELLO;
use crate::server::serve_hyper;

pub(super) fn serve(_: &Path) -> io::Result<()> {
    serve_hyper(service_fn(answer))
}

type Reply = Response<Full<Bytes>>;

async fn answer(request: Request<Incoming>) -> hyper::Result<Reply> {
    let path = request.uri().path();
    Ok(match path {
        "/hello" => text(HELLO),
        "/sum" => {
            let terms = request.uri().query().and_then(Terms::of);
            let content = request.into_body().collect().await?.to_bytes();
            match terms.and_then(|terms| terms.with(&content)) {
                Some(sum) => text(sum.to_string()),
                None => status(StatusCode::BAD_REQUEST),
            }
        }
        "/upload" => {
            let mut body = request.into_body();
            let mut total = 0;
            while let Some(frame) = body.frame().await {
                total += frame?.data_ref().map_or(0, Bytes::len);
            }
            text(total.to_string())
        }
        _ => {
            let count = path
                .strip_prefix("/json/")
                .and_then(|count| count.parse().ok());
            let Some(document) = count.and_then(|count| SHOP.document(count)) else {
                return Ok(status(StatusCode::NOT_FOUND));
            };
            match serde_json::to_vec(&document) {
                Ok(json) => reply(json, "application/json"),
                Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
            }
        }
    })
}

fn text(text: impl Into<Bytes>) -> Reply {
    reply(text, "text/plain; charset=utf-8")
}

fn reply(body: impl Into<Bytes>, media_type: &'static str) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    let value = HeaderValue::from_static(media_type);
    reply.headers_mut().insert(CONTENT_TYPE, value);
    reply
}

fn status(status: StatusCode) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = status;
    reply
}
