//! The head of a request as ours reads it, and that of a reply as one of `http`.

use std::borrow::Cow;
use std::io;

use bytes::Bytes;
use http::request::Parts;
use http::uri::{Authority, Uri};
use http::{HeaderMap, StatusCode, header};
use replywire::SentHead;
use replywire::request::Exchange;

/// The fields of a request. Where its target names an authority, as that of HTTP/2 does, this goes
/// for the value of `Host` (RFC 9112 § 3.2.2); one that is no authority stays beside it.
pub(crate) fn fields(parts: &Parts) -> impl Iterator<Item = (&str, &[u8])> {
    let authority = authority(&parts.uri);
    let own = parts.headers.iter().map(move |(name, value)| {
        let value = value.as_bytes();
        match authority {
            Some(authority) if name == header::HOST && is_authority(value) => {
                (name.as_str(), authority.as_bytes())
            }
            _ => (name.as_str(), value),
        }
    });
    let host = authority.filter(|_| {
        let mut hosts = parts.headers.get_all(header::HOST).iter();
        !hosts.any(|host| is_authority(host.as_bytes()))
    });
    let host = host.map(|authority| (header::HOST.as_str(), authority.as_bytes()));
    host.into_iter().chain(own)
}

/// Tells if a value of `Host` is an authority, or empty.
fn is_authority(value: &[u8]) -> bool {
    value.is_empty() || !value.contains(&b'@') && Authority::try_from(value).is_ok()
}

/// The authority of a target, without the user that it may name (RFC 9110 § 4.2.4).
fn authority(uri: &Uri) -> Option<&str> {
    let authority = uri.authority()?.as_str();
    Some(
        authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host),
    )
}

/// The target of a request, in the form that its method has; `None` for one that our server
/// refuses: of another scheme, or with an authority and no scheme (RFC 9112 § 3.2).
pub(crate) fn target<'u>(method: &http::Method, uri: &'u Uri) -> Option<Cow<'u, str>> {
    if *method == http::Method::CONNECT
        && let Some(authority) = authority(uri)
    {
        return Some(authority.into());
    }
    match uri.scheme_str() {
        Some("http" | "https") => {}
        None if uri.authority().is_none() => {}
        _ => return None,
    }
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    Some(match path.as_bytes() {
        [b'/', ..] | b"*" => path.into(),
        _ => ["/", path].concat().into(),
    })
}

/// The head of a reply, and the bytes of its body that came with it.
pub(crate) struct ReplyHead {
    pub(crate) response: http::Response<()>,
    /// The bytes of the body, where the head tells them.
    pub(crate) body_len: Option<u64>,
    pub(crate) body: Bytes,
}

impl ReplyHead {
    /// The head at the start of `bytes`, interim ones passed over: no host sends them for us. Where
    /// its end is not there, the bytes of it that are.
    pub(crate) fn read<'b>(
        exchange: &Exchange<'_>,
        bytes: &'b [u8],
    ) -> io::Result<Result<Self, &'b [u8]>> {
        let mut rest = bytes;
        let head = loop {
            let Some(head) = SentHead::read(exchange, rest) else {
                return Ok(Err(rest));
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
        Ok(Ok(Self {
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

/// Adds a field, unless it is none of `http`, or the map is full.
pub(crate) fn append(map: &mut HeaderMap, name: &str, value: Bytes) -> io::Result<()> {
    let name = http::HeaderName::from_bytes(name.as_bytes()).map_err(io::Error::other)?;
    let value = http::HeaderValue::from_maybe_shared(value).map_err(io::Error::other)?;
    map.try_append(name, value).map_err(io::Error::other)?;
    Ok(())
}
