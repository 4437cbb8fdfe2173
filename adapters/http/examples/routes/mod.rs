//! A router as axum has it, of which nothing knows who serves it.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Form, Path, Query, Request};
use axum::http::header::{CONTENT_LENGTH, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};

pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(async || "hello, world"))
        .route("/items/{id}", get(item).put(put_item).delete(gone))
        .route("/search", get(search))
        .route("/form", post(form))
        .route("/upload", post(upload))
        .route("/lines", get(lines))
        .route("/events", get(events))
        .route("/old", get(async || Redirect::permanent("/new?a=b")))
        .route("/cookies", get(cookies))
        .route("/fails", get(fails))
        .route("/file", get(file))
        .route("/echo", any(echo))
        .route("/peer", get(peer))
}

#[derive(Debug, Deserialize, Serialize)]
struct Item {
    id: u32,
    name: String,
}

async fn item(Path(id): Path<u32>) -> Json<Item> {
    let name = format!("item {id}");
    Json(Item { id, name })
}

async fn put_item(Path(id): Path<u32>, Json(item): Json<Item>) -> impl IntoResponse {
    (StatusCode::CREATED, [("x-id", id.to_string())], Json(item))
}

async fn gone() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Search {
    q: String,
    limit: Option<u8>,
}

async fn search(Query(search): Query<Search>) -> String {
    format!("{} {:?}", search.q, search.limit)
}

async fn form(Form(item): Form<Item>) -> Json<Item> {
    Json(item)
}

async fn upload(fields: HeaderMap, content: Bytes) -> String {
    let sum: u64 = content.iter().map(|byte| u64::from(*byte)).sum();
    format!(
        "{} bytes, {sum}, {:?}",
        content.len(),
        fields.get("content-type")
    )
}

/// Lines that come one by one.
async fn lines() -> Body {
    Body::from_stream(stream::unfold(0, async |n| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        (n < 5).then(|| (Ok::<_, Infallible>(format!("line {n}\n")), n + 1))
    }))
}

async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(stream::unfold(0, async |n| {
        let event = || Event::default().id(n.to_string()).data("tick\ntock");
        (n < 3).then(|| (Ok(event()), n + 1))
    }))
}

async fn cookies() -> impl IntoResponse {
    let cookies = AppendHeaders([(SET_COOKIE, "a=1; Path=/"), (SET_COOKIE, "b=2; HttpOnly")]);
    (cookies, [("vary", "cookie")], "two")
}

async fn fails() -> Result<String, (StatusCode, &'static str)> {
    Err((StatusCode::IM_A_TEAPOT, "no"))
}

/// Bytes of which the length is told before them.
async fn file() -> impl IntoResponse {
    const PIECES: usize = 40;
    const PIECE: &[u8] = &[b'f'; 5000];
    let len = HeaderValue::from(PIECES * PIECE.len());
    let pieces = stream::iter((0..PIECES).map(|_| Ok::<_, Infallible>(PIECE)));
    ([(CONTENT_LENGTH, len)], Body::from_stream(pieces))
}

/// Gives back what comes, as it comes.
async fn echo(request: Request) -> Body {
    request.into_body()
}

async fn peer(ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>) -> String {
    peer.ip().to_string()
}
