//! The routes of the firmware: a page, sensors, a session, a captive portal, events, a document
//! that is larger than the RAM, a file in flash.
//!
//! It knows neither the board nor the transport.

#![no_std]
#![forbid(unsafe_code)]

use core::cell::Cell;

use replywire::file::File;
use replywire::request::Exchange;
use replywire::{Error, Head, HeaderName, Reply, Response, Status, head};
use replywire_embedded::{Answered, Handler, Request, Responder, Transport, Unanswered};

pub use self::board::{Board, Stack, wave};

use self::reading::Reading;
use self::session::Session;

mod big;
mod board;
mod document;
mod echo;
mod events;
mod flash;
mod portal;
mod reading;
mod session;
mod stack;
mod upgrade;

/// The routes on one board.
#[derive(Debug)]
pub struct Site<B> {
    board: B,
    hosts: &'static [&'static str],
    requests: Cell<u32>,
    session: Session,
}

impl<B> Site<B> {
    /// The site whose own names are `hosts`; requests for others are led to the portal.
    pub const fn new(board: B, hosts: &'static [&'static str]) -> Self {
        Self {
            board,
            hosts,
            requests: Cell::new(0),
            session: Session::new(),
        }
    }
}

impl<T: Transport, B: Board> Handler<T> for Site<B> {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        self.requests.set(self.requests.get().wrapping_add(1));
        match (request.method(), request.path()) {
            ("GET" | "HEAD", "/") => {
                let sent = responder.file(request, PAGE_FILE, PAGE, |exchange, buf| {
                    Response::with_head(exchange, buf, PAGE_HEAD)
                });
                Ok(sent.await?)
            }
            ("GET" | "HEAD", "/flash.bin") => flash::send(request, responder).await,
            ("GET" | "HEAD", "/big") => big::text(request, responder).await,
            ("GET" | "HEAD", "/bigjson") => big::array(request, responder).await,
            ("GET" | "HEAD", "/document") => document::send(responder).await,
            ("GET" | "HEAD", "/events") => events::send(&self.board, request, responder).await,
            ("POST", "/echo") => echo::send(responder).await,
            ("GET", "/upgrade") => upgrade::echo(request, responder).await,
            _ => Ok(responder
                .send(|exchange, buf| self.short(request, exchange, buf))
                .await?),
        }
    }
}

impl<B: Board> Site<B> {
    /// The replies that fit the buffer.
    fn short<'b>(
        &self,
        request: &Request<'_>,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> Result<Reply<'b>, Error> {
        match (request.method(), request.path()) {
            ("GET" | "HEAD", "/sensors") => Response::to(exchange, buf, Status::OK)
                .header(HeaderName::CACHE_CONTROL, "no-store")
                .json_by_hand(&Reading::now(&self.board, self.requests.get())),
            ("POST", "/login") => self.session.begin(self.board.nonce(), exchange, buf),
            ("GET" | "HEAD", "/me") => self.session.show(request, exchange, buf),
            ("GET" | "HEAD", "/stack") => stack::show(self.board.stack(), exchange, buf),
            ("GET" | "HEAD", path) if portal::catches(request, path, self.hosts) => {
                portal::redirect(exchange, buf)
            }
            (_, path) => {
                let (status, methods) = match path {
                    "/echo" | "/login" => (Status::METHOD_NOT_ALLOWED, "POST"),
                    "/" | "/big" | "/bigjson" | "/document" | "/events" | "/flash.bin" | "/me"
                    | "/sensors" | "/stack" => (Status::METHOD_NOT_ALLOWED, "GET, HEAD"),
                    "/upgrade" => (Status::METHOD_NOT_ALLOWED, "GET"),
                    _ => return Response::to(exchange, buf, Status::NOT_FOUND).text("not found\n"),
                };
                Response::to(exchange, buf, status)
                    .header(HeaderName::ALLOW, methods)
                    .text("method not allowed\n")
            }
        }
    }
}

const PAGE: &[u8] = include_bytes!("page.html");
static PAGE_FILE: File<'static, 8> = File::of(PAGE).media_type("text/html").ranges();
const PAGE_HEAD: Head = head!(
    Status::OK,
    "cache-control" => "no-cache",
    "content-security-policy" => "default-src 'self'; script-src 'unsafe-inline'",
    "x-content-type-options" => "nosniff",
);
