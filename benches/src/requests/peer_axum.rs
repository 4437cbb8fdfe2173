//! axum, and tower-http's `ServeDir` for files.

use std::io;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::extract::{Path as Params, Query};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use super::shop::{Document, SHOP, served};
use super::sum::Terms;
use super::work::HELLO;
use crate::server::{announce, runtime};

pub(super) fn serve(folder: &Path) -> io::Result<()> {
    let files = ServeDir::new(served(folder)).precompressed_br();
    let app = Router::new()
        .route("/hello", get(async || HELLO))
        .route("/sum", get(sum).post(sum))
        .route("/json/{count}", get(json))
        .route("/upload", post(upload))
        .nest_service("/static", files);
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        axum::serve(listener, app).await
    })
}

async fn sum(Query(terms): Query<Terms>, content: Bytes) -> Result<String, StatusCode> {
    let sum = terms.with(&content).ok_or(StatusCode::BAD_REQUEST)?;
    Ok(sum.to_string())
}

async fn json(Params(count): Params<usize>) -> Result<Json<Document<'static>>, StatusCode> {
    SHOP.document(count).map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn upload(body: Body) -> Result<String, StatusCode> {
    let mut pieces = body.into_data_stream();
    let mut total = 0;
    while let Some(piece) = pieces.next().await {
        total += piece.map_err(|_| StatusCode::BAD_REQUEST)?.len();
    }
    Ok(total.to_string())
}
