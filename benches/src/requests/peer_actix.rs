//! actix-web with one worker, and actix-files.

use std::io;
use std::path::Path;

use actix_files::Files;
use actix_web::error::{ErrorBadRequest, ErrorNotFound};
use actix_web::rt::System;
use actix_web::web::{self, Bytes, Payload, Query};
use actix_web::{App, HttpResponse, HttpServer, Result};
use futures_util::StreamExt;

use super::shop::{SHOP, served};
use super::sum::Terms;
use super::work::HELLO;
use crate::server::{announce, end_when_released};

pub(super) fn serve(folder: &Path) -> io::Result<()> {
    let files = served(folder);
    end_when_released();
    System::new().block_on(async {
        let app = move || {
            App::new()
                .route("/hello", web::get().to(async || HELLO))
                .route("/sum", web::get().to(sum))
                .route("/sum", web::post().to(sum))
                .route("/json/{count}", web::get().to(json))
                .route("/upload", web::post().to(upload))
                .service(Files::new("/static", &files).try_compressed())
        };
        let server = HttpServer::new(app)
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")?;
        let at = server.addrs().first().copied();
        announce(at.ok_or_else(|| io::Error::other("no address"))?)?;
        server.run().await
    })
}

async fn sum(terms: Query<Terms>, content: Bytes) -> Result<String> {
    let sum = terms
        .with(&content)
        .ok_or_else(|| ErrorBadRequest("not a number"))?;
    Ok(sum.to_string())
}

async fn json(count: web::Path<usize>) -> Result<HttpResponse> {
    let document = SHOP.document(*count);
    let document = document.ok_or_else(|| ErrorNotFound("not so many"))?;
    Ok(HttpResponse::Ok().json(document))
}

async fn upload(mut payload: Payload) -> Result<String> {
    let mut total = 0;
    while let Some(piece) = payload.next().await {
        total += piece?.len();
    }
    Ok(total.to_string())
}
