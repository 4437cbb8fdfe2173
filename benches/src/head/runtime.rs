//! Five fields whose values are known at run time, the date among them, a length, a small body.

use std::fmt::{self, Write as _};
use std::hint::black_box;

use heapless::String;
use replywire::request::Exchange;
use replywire::{HeaderName, HttpDate, Response, Status};

use super::hand::Cursor;
use super::plain_date::PlainDate;
use super::{PAGE, Page, any_order_and_date, peer_actix};
use crate::measure::{Contender, Work};

pub(super) const WANT: &[u8] = b"HTTP/1.1 200 OK\r\n\
    server: replywire\r\n\
    cache-control: max-age=3600\r\n\
    etag: \"65f1c3a2-1d4\"\r\n\
    content-type: text/html; charset=utf-8\r\n\
    date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
    content-length: 16\r\n\
    \r\n\
    <p>It works.</p>";

pub(super) fn work() -> Work {
    Work::new("runtime", WANT)
        .exact(Contender::writer("replywire", |out| {
            replywire(black_box(&PAGE), out)
        }))
        .exact(Contender::formatter("core-fmt", |out| {
            core_fmt(black_box(&PAGE), out)
        }))
        .exact(Contender::formatter("core-fmt+date", |out| {
            core_fmt_but_date(black_box(&PAGE), out)
        }))
        .exact(Contender::writer("by-hand", |out| {
            by_hand(black_box(&PAGE), out)
        }))
        .exact(Contender::writer("memcpy", |out| {
            memcpy(black_box(WANT), out)
        }))
        .normal(
            any_order_and_date,
            peer_actix::contender(|encoder| peer_actix::runtime(black_box(&PAGE), encoder)),
        )
}

#[inline(never)]
fn replywire(page: &Page, out: &mut [u8]) -> Option<usize> {
    let exchange = Exchange::GET.at(HttpDate::from_unix(page.now as i64)?);
    let reply = Response::to(&exchange, out, Status::OK)
        .header(HeaderName::SERVER, page.server)
        .header(HeaderName::CACHE_CONTROL, page.cache_control)
        .header(HeaderName::ETAG, page.etag)
        .html(page.body)
        .ok()?;
    Some(reply.as_bytes().len())
}

/// As one would write it without a library, and without checks.
#[inline(never)]
fn core_fmt(page: &Page, out: &mut String<512>) -> Option<usize> {
    write_page(page, &PlainDate(page.now), out)
}

/// [`core_fmt`] with Replywire's own date.
#[inline(never)]
fn core_fmt_but_date(page: &Page, out: &mut String<512>) -> Option<usize> {
    write_page(page, &HttpDate::from_unix(page.now as i64)?, out)
}

#[inline(always)]
fn write_page(page: &Page, date: &impl fmt::Display, out: &mut String<512>) -> Option<usize> {
    out.clear();
    write!(
        out,
        "HTTP/1.1 {} {}\r\n\
         server: {}\r\n\
         cache-control: {}\r\n\
         etag: {}\r\n\
         content-type: {}\r\n\
         date: {}\r\n\
         content-length: {}\r\n\
         \r\n\
         {}",
        black_box(200),
        black_box("OK"),
        page.server,
        page.cache_control,
        page.etag,
        black_box("text/html; charset=utf-8"),
        date,
        page.body.len(),
        page.body,
    )
    .ok()?;
    Some(out.len())
}

#[inline(never)]
fn by_hand(page: &Page, out: &mut [u8]) -> Option<usize> {
    let date = HttpDate::from_unix(page.now as i64)?;
    let mut out = Cursor::new(out);
    out.put(b"HTTP/1.1 200 OK\r\nserver: ")?;
    out.put_value(page.server)?;
    out.put(b"\r\ncache-control: ")?;
    out.put_value(page.cache_control)?;
    out.put(b"\r\netag: ")?;
    out.put_value(page.etag)?;
    out.put(b"\r\ncontent-type: text/html; charset=utf-8\r\ndate: ")?;
    out.put(&date.to_imf_fixdate())?;
    out.put(b"\r\ncontent-length: ")?;
    out.put_decimal(page.body.len() as u64)?;
    out.put(b"\r\n\r\n")?;
    out.put(page.body.as_bytes())?;
    Some(out.len())
}

#[inline(never)]
pub(super) fn memcpy(bytes: &[u8], out: &mut [u8]) -> Option<usize> {
    out.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(bytes.len())
}
