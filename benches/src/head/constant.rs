//! The head of `runtime`, all of it known at compile time; only the length and the body are not.

use std::fmt::Write as _;
use std::hint::black_box;

use heapless::String;
use replywire::request::Exchange;
use replywire::{Head, Response, Status, head};

use super::hand::Cursor;
use super::runtime::memcpy;
use super::{PAGE, any_order_and_date, peer_actix};
use crate::measure::{Contender, Work};

const WANT: &[u8] = b"HTTP/1.1 200 OK\r\n\
    content-type: text/html; charset=utf-8\r\n\
    date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
    server: replywire\r\n\
    cache-control: max-age=3600\r\n\
    etag: \"65f1c3a2-1d4\"\r\n\
    content-length: 16\r\n\
    \r\n\
    <p>It works.</p>";

const HEAD: Head = head!(
    Status::OK,
    "content-type" => "text/html; charset=utf-8",
    "date" => "Sun, 06 Nov 1994 08:49:37 GMT",
    "server" => "replywire",
    "cache-control" => "max-age=3600",
    "etag" => "\"65f1c3a2-1d4\"",
);

pub(super) fn work() -> Work {
    Work::new("const", WANT)
        .exact(Contender::writer("replywire", |out| {
            replywire(black_box(PAGE.body), out)
        }))
        .exact(Contender::formatter("core-fmt", |out| {
            core_fmt(black_box(PAGE.body), out)
        }))
        .exact(Contender::writer("by-hand", |out| {
            by_hand(black_box(PAGE.body), out)
        }))
        .exact(Contender::writer("memcpy", |out| {
            memcpy(black_box(WANT), out)
        }))
        .normal(
            any_order_and_date,
            peer_actix::contender(|encoder| peer_actix::constant(black_box(PAGE.body), encoder)),
        )
}

#[inline(never)]
fn replywire(body: &str, out: &mut [u8]) -> Option<usize> {
    let reply = Response::with_head(&Exchange::GET, out, HEAD)
        .html(body)
        .ok()?;
    Some(reply.as_bytes().len())
}

#[inline(never)]
fn core_fmt(body: &str, out: &mut String<512>) -> Option<usize> {
    out.clear();
    write!(
        out,
        "HTTP/1.1 200 OK\r\n\
         content-type: text/html; charset=utf-8\r\n\
         date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
         server: replywire\r\n\
         cache-control: max-age=3600\r\n\
         etag: \"65f1c3a2-1d4\"\r\n\
         content-length: {}\r\n\
         \r\n\
         {body}",
        body.len(),
    )
    .ok()?;
    Some(out.len())
}

#[inline(never)]
fn by_hand(body: &str, out: &mut [u8]) -> Option<usize> {
    let mut out = Cursor::new(out);
    out.put(
        b"HTTP/1.1 200 OK\r\n\
          content-type: text/html; charset=utf-8\r\n\
          date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
          server: replywire\r\n\
          cache-control: max-age=3600\r\n\
          etag: \"65f1c3a2-1d4\"\r\n\
          content-length: ",
    )?;
    out.put_decimal(body.len() as u64)?;
    out.put(b"\r\n\r\n")?;
    out.put(body.as_bytes())?;
    Some(out.len())
}
