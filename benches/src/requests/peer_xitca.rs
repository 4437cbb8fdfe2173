//! xitca-web with one thread.

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::pin::pin;

use xitca_web::App;
use xitca_web::body::{BodyExt, RequestBody};
use xitca_web::error::{Error, ErrorStatus};
use xitca_web::handler::body::Body;
use xitca_web::handler::handler_service;
use xitca_web::handler::json::Json;
use xitca_web::handler::path::PathRef;
use xitca_web::handler::query::Query;
use xitca_web::route::{get, post};

use super::shop::{Document, SHOP};
use super::sum::Terms;
use super::work::HELLO;
use crate::server::{announce, end_when_released};

pub(super) fn serve(_: &Path) -> io::Result<()> {
    end_when_released();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let at = listener.local_addr()?;
    let app = App::new()
        .at("/hello", get(handler_service(async || HELLO)))
        .at("/sum", get(handler_service(sum)).post(handler_service(sum)))
        .at("/json/{count}", get(handler_service(json)))
        .at("/upload", post(handler_service(upload)));
    let server = app
        .serve()
        .worker_threads(1)
        .disable_signal()
        .listen(listener)?;
    announce(at)?;
    server.run().wait()
}

async fn sum(Query(terms): Query<Terms>, content: Vec<u8>) -> Result<String, Error> {
    let sum = terms.with(&content).ok_or_else(ErrorStatus::bad_request)?;
    Ok(sum.to_string())
}

async fn json(PathRef(path): PathRef<'_>) -> Result<Json<Document<'static>>, Error> {
    let count = path
        .strip_prefix("/json/")
        .and_then(|count| count.parse().ok());
    let document = count.and_then(|count| SHOP.document(count));
    Ok(Json(document.ok_or_else(ErrorStatus::bad_request)?))
}

async fn upload(Body(body): Body<RequestBody>) -> Result<String, Error> {
    let mut body = pin!(body);
    let mut total = 0;
    while let Some(piece) = body.data().await {
        total += piece?.len();
    }
    Ok(total.to_string())
}
