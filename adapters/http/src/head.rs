//! The head of a request as ours reads it, and that of a reply as one of `http`.

use std::io;

use bytes::Bytes;
use http::request::Parts;
use http::uri::Uri;
use http::{HeaderMap, StatusCode, header};
use replywire::SentHead;
use replywire::request::Exchange;

/// The fields of a request. Where its target names an authority, as that of HTTP/2 does, this goes
/// for `Host` (RFC 9112 § 3.2.2).
pub(crate) fn fields(parts: &Parts) -> impl Iterator<Item = (&str, &[u8])> {
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    let own = parts.headers.iter().filter_map(move |(name, value)| {
        let is_kept = authority.is_none() || name != header::HOST;
        is_kept.then(|| (name.as_str(), value.as_bytes()))
    });
    let host = authority.map(|authority| (header::HOST.as_str(), authority.as_bytes()));
    host.into_iter().chain(own)
}

/// The target of a request, in the form that its method has.
pub(crate) fn target<'u>(method: &http::Method, uri: &'u Uri) -> &'u str {
    let path = || uri.path_and_query().map(|path| path.as_str());
    match uri.authority() {
        Some(authority) if method == http::Method::CONNECT => authority.as_str(),
        _ => path().filter(|path| !path.is_empty()).unwrap_or("/"),
    }
}

/// The head of a reply, and the bytes of its body that came with it.
pub(crate) struct ReplyHead {
    pub(crate) response: http::Response<()>,
    /// The bytes of the body, where the head tells them.
    pub(crate) body_len: Option<u64>,
    pub(crate) body: Bytes,
}

impl ReplyHead {
    /// The head at the start of `bytes`, interim ones passed over: no host sends them for us.
    /// `None` where its end is not there.
    pub(crate) fn read(exchange: &Exchange<'_>, bytes: &[u8]) -> io::Result<Option<Self>> {
        let mut rest = bytes;
        let head = loop {
            let Some(head) = SentHead::read(exchange, rest) else {
                return Ok(None);
            };
            if !head.status().is_informational() {
                break head;
            }
            rest = rest.get(head.body_start()..).unwrap_or_default();
        };
        // Values and body are parts of one piece of memory.
        let all = Bytes::copy_from_slice(rest);
        let mut response = http::Response::new(());
        *response.status_mut() =
            StatusCode::from_u16(head.status().code()).map_err(io::Error::other)?;
        let headers = response.headers_mut();
        let start = rest.as_ptr().addr();
        for (name, value) in head.fields() {
            let at = value.as_ptr().addr().wrapping_sub(start);
            let value = match rest.get(at..at.saturating_add(value.len())) {
                Some(value) => all.slice(at..at + value.len()),
                None => Bytes::new(),
            };
            append(headers, name, value)?;
        }
        Ok(Some(Self {
            response,
            body_len: head.body_len(),
            body: all.slice(head.body_start()..),
        }))
    }
}

/// The fields of lines of which each ends in CRLF.
pub(crate) fn trailers(lines: &[u8]) -> io::Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in replywire::request::Fields::of_lines(lines) {
        append(&mut map, name, Bytes::copy_from_slice(value))?;
    }
    Ok(map)
}

fn append(map: &mut HeaderMap, name: &str, value: Bytes) -> io::Result<()> {
    let name = http::HeaderName::from_bytes(name.as_bytes()).map_err(io::Error::other)?;
    let value = http::HeaderValue::from_maybe_shared(value).map_err(io::Error::other)?;
    map.try_append(name, value).map_err(io::Error::other)?;
    Ok(())
}
