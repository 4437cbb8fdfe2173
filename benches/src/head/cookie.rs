//! One `set-cookie` line with seven attributes, in the shortest reply that can carry it.

use std::fmt::Write as _;
use std::hint::black_box;

use cookie::time::{Duration, OffsetDateTime};
use heapless::String;
use replywire::request::Exchange;
use replywire::{HttpDate, Response, SameSite, SetCookie, Status};

use super::hand::Cursor;
use super::plain_date::PlainDate;
use super::runtime::memcpy;
use crate::measure::{Contender, Work};

const WANT: &[u8] = b"HTTP/1.1 204 No Content\r\n\
    set-cookie: sid=31d4d96e407aad42; expires=Wed, 21 Oct 2015 07:28:00 GMT; HttpOnly; \
    Max-Age=3600; Path=/app; SameSite=lax; Secure\r\n\
    \r\n";

struct Session {
    name: &'static str,
    value: &'static str,
    path: &'static str,
    max_age: i64,
    /// Seconds since the start of 1970.
    expires: i64,
}

const SESSION: Session = Session {
    name: "sid",
    value: "31d4d96e407aad42",
    path: "/app",
    max_age: 3600,
    expires: 1_445_412_480,
};

pub(super) fn work() -> Work {
    Work::new("cookie", WANT)
        .exact(Contender::writer("replywire", |out| {
            replywire(black_box(&SESSION), out)
        }))
        .normal(
            any_order_and_case,
            Contender::formatter("cookie", |out| cookie_crate(black_box(&SESSION), out)),
        )
        .exact(Contender::formatter("core-fmt", |out| {
            core_fmt(black_box(&SESSION), out)
        }))
        .exact(Contender::writer("by-hand", |out| {
            by_hand(black_box(&SESSION), out)
        }))
        .exact(Contender::writer("memcpy", |out| {
            memcpy(black_box(WANT), out)
        }))
}

/// The attributes of the only field in any order and case: the cookie crate has an order of its own,
/// and capitals in `Expires` and `Lax`.
fn any_order_and_case(reply: &[u8]) -> Vec<u8> {
    let reply = std::str::from_utf8(reply).expect("a reply in UTF-8");
    let (pair, attributes) = reply.split_once("; ").expect("attributes");
    let attributes = attributes.strip_suffix("\r\n\r\n").expect("a blank line");
    let mut attributes: Vec<&str> = attributes.split("; ").collect();
    attributes.sort_unstable_by_key(|attribute| attribute.to_ascii_lowercase());
    let attributes = attributes.join("; ").to_ascii_lowercase();
    format!("{pair}; {attributes}\r\n\r\n").into_bytes()
}

#[inline(never)]
fn replywire(session: &Session, out: &mut [u8]) -> Option<usize> {
    let expires = HttpDate::from_unix(session.expires)?;
    let cookie = SetCookie::new(session.name, session.value)
        .max_age(session.max_age)
        .expires(expires)
        .path(session.path)
        .same_site(SameSite::LAX)
        .secure()
        .http_only();
    let reply = Response::to(&Exchange::GET, out, Status::NO_CONTENT)
        .cookie(&cookie)
        .empty()
        .ok()?;
    Some(reply.as_bytes().len())
}

/// Checks nothing.
#[inline(never)]
fn cookie_crate(session: &Session, out: &mut String<512>) -> Option<usize> {
    let expires = OffsetDateTime::from_unix_timestamp(session.expires).ok()?;
    let cookie = cookie::Cookie::build((session.name, session.value))
        .max_age(Duration::seconds(session.max_age))
        .expires(expires)
        .path(session.path)
        .same_site(cookie::SameSite::Lax)
        .secure(true)
        .http_only(true);
    out.clear();
    write!(
        out,
        "HTTP/1.1 204 No Content\r\nset-cookie: {cookie}\r\n\r\n"
    )
    .ok()?;
    Some(out.len())
}

/// Checks nothing.
#[inline(never)]
fn core_fmt(session: &Session, out: &mut String<512>) -> Option<usize> {
    out.clear();
    write!(
        out,
        "HTTP/1.1 {} {}\r\n\
         set-cookie: {}={}; expires={}; HttpOnly; Max-Age={}; Path={}; SameSite={}; Secure\r\n\
         \r\n",
        black_box(204),
        black_box("No Content"),
        session.name,
        session.value,
        PlainDate(session.expires as u64),
        session.max_age,
        session.path,
        black_box("lax"),
    )
    .ok()?;
    Some(out.len())
}

#[inline(never)]
fn by_hand(session: &Session, out: &mut [u8]) -> Option<usize> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let octet =
        |byte: u8| matches!(byte, b'!' | b'#'..=b'+' | b'-'..=b':' | b'<'..=b'[' | b']'..=b'~');
    let attribute = |byte: u8| matches!(byte, b' '..=b':' | b'<'..=b'~');
    if session.name.is_empty()
        || !session.name.bytes().all(token)
        || !session.value.bytes().all(octet)
        || !session.path.bytes().all(attribute)
    {
        return None;
    }
    let expires = HttpDate::from_unix(session.expires)?;
    let mut out = Cursor::new(out);
    out.put(b"HTTP/1.1 204 No Content\r\nset-cookie: ")?;
    out.put(session.name.as_bytes())?;
    out.put(b"=")?;
    out.put(session.value.as_bytes())?;
    out.put(b"; expires=")?;
    out.put(&expires.to_imf_fixdate())?;
    out.put(b"; HttpOnly; Max-Age=")?;
    out.put(itoa::Buffer::new().format(session.max_age).as_bytes())?;
    out.put(b"; Path=")?;
    out.put(session.path.as_bytes())?;
    out.put(b"; SameSite=lax; Secure\r\n\r\n")?;
    Some(out.len())
}
