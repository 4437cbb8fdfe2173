//! may_minihttp with one worker. It reads no content in chunks.

use std::io::{self, BufRead};
use std::net::TcpListener;
use std::path::Path;

use bytes::BufMut;
use may_minihttp::{HttpServer, HttpService, Request, Response};

use super::shop::SHOP;
use super::work::HELLO;
use crate::server::{announce, until_released};

pub(super) fn serve(_: &Path) -> io::Result<()> {
    may::config().set_workers(1);
    // It cannot say which port it was given, so it is told one that was free just now.
    let at = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let _server = HttpServer(App).start(at)?;
    announce(at)?;
    until_released();
    Ok(())
}

#[derive(Clone, Copy)]
struct App;

impl HttpService for App {
    fn call(&mut self, request: Request<'_, '_, '_>, reply: &mut Response<'_>) -> io::Result<()> {
        match request.path() {
            "/hello" => {
                reply.header("Content-Type: text/plain; charset=utf-8");
                reply.body(HELLO);
            }
            "/upload" => {
                let mut body = request.body();
                let mut total = 0;
                loop {
                    match body.fill_buf()?.len() {
                        0 => break,
                        len => {
                            total += len;
                            body.consume(len);
                        }
                    }
                }
                reply.header("Content-Type: text/plain; charset=utf-8");
                reply.body_mut().put_slice(total.to_string().as_bytes());
            }
            path => {
                let count = path
                    .strip_prefix("/json/")
                    .and_then(|count| count.parse().ok());
                let Some(document) = count.and_then(|count| SHOP.document(count)) else {
                    reply.status_code(404, "Not Found");
                    return Ok(());
                };
                reply.header("Content-Type: application/json");
                serde_json::to_writer(reply.body_mut().writer(), &document)?;
            }
        }
        Ok(())
    }
}
