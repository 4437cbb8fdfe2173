//! actix-web with one worker, with a streaming response.

use std::io;

use actix_web::rt::System;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use super::source::Source;
use crate::server::{announce, end_when_released};

pub(super) fn serve() -> io::Result<()> {
    end_when_released();
    System::new().block_on(async {
        let server = HttpServer::new(|| App::new().default_service(web::to(answer)))
            .workers(1)
            .disable_signals()
            .tcp_nodelay(true)
            .bind("127.0.0.1:0")?;
        let at = server.addrs().first().copied();
        announce(at.ok_or_else(|| io::Error::other("no address"))?)?;
        server.run().await
    })
}

async fn answer(request: HttpRequest) -> HttpResponse {
    match Source::at(request.path()) {
        Some(source) => HttpResponse::Ok().streaming(source),
        None => HttpResponse::NotFound().finish(),
    }
}
