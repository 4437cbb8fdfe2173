//! The head of a request as ours reads it, and that of a reply as values of `http`.

use std::io;

use bytes::Bytes;
use http::uri::Authority;
use http::{HeaderMap, StatusCode, header};
use replywire::request::{Exchange, HostedHead, Refusal, Refused, Requests, Version};
use replywire::{SentHead, Status};

use crate::memory::Memory;

/// The bytes that the heads of most requests have room in.
const USUAL: usize = 1024;

/// The head of a request, in the words of a host.
pub(crate) struct Asked<'h> {
    pub(crate) method: &'h str,
    pub(crate) version: Version,
    /// The parts of the target.
    pub(crate) scheme: Option<&'h str>,
    pub(crate) authority: Option<&'h str>,
    pub(crate) path: &'h str,
}

impl<'h> Asked<'h> {
    /// Writes the head to `buf`, which grows where it is too short. Where the target names an
    /// authority, as that of HTTP/2 does, this goes for the value of `Host` (RFC 9112 § 3.2.2); one
    /// that is no authority stays beside it.
    pub(crate) fn write<F>(
        &self,
        fields: impl Fn() -> F,
        buf: &mut Vec<u8>,
    ) -> Result<HostedHead, Refused>
    where
        F: Iterator<Item = (&'h str, &'h [u8])>,
    {
        let slashed;
        let target = match self.target() {
            // It is refused as an empty one is.
            None => "",
            Some(target) if target.starts_with('/') || matches!(target, "*") => target,
            Some(target) if self.is_tunnel() => target,
            Some(rest) => {
                slashed = ["/", rest].concat();
                &slashed
            }
        };
        let Some(authority) = self.host() else {
            return self.write_to(target, fields, buf);
        };
        let is_told =
            |(name, value): (&str, &[u8])| name == header::HOST.as_str() && is_authority(value);
        let told = fields().any(is_told);
        let host = (!told).then_some((header::HOST.as_str(), authority.as_bytes()));
        let fields = || {
            let own = fields().map(|(name, value)| match is_told((name, value)) {
                true => (name, authority.as_bytes()),
                false => (name, value),
            });
            host.into_iter().chain(own)
        };
        self.write_to(target, fields, buf)
    }

    fn write_to<'f, F>(
        &self,
        target: &str,
        fields: impl Fn() -> F,
        buf: &mut Vec<u8>,
    ) -> Result<HostedHead, Refused>
    where
        F: Iterator<Item = (&'f str, &'f [u8])>,
    {
        let Self {
            method, version, ..
        } = *self;
        // A long one leaves no more memory behind than most need.
        if buf.len() != USUAL {
            *buf = vec![0; USUAL];
        }
        match HostedHead::write(buf, method, target, version, fields()) {
            Err(refused) if refused.reason == Refusal::FieldsTooLarge => {
                buf.resize(Requests::hosted_len(method, target, fields()), 0);
                HostedHead::write(buf, method, target, version, fields())
            }
            written => written,
        }
    }

    fn is_tunnel(&self) -> bool {
        self.method == "CONNECT" && self.authority.is_some()
    }

    /// The authority of the target, without the user that it may name (RFC 9110 § 4.2.4).
    fn host(&self) -> Option<&'h str> {
        let authority = self.authority?;
        let host = authority.rsplit_once('@').map(|(_, host)| host);
        Some(host.unwrap_or(authority))
    }

    /// The target, in the form that the method has, up to a slash before it; `None` for one that
    /// our server refuses: of another scheme, or with an authority and no scheme (RFC 9112 § 3.2).
    fn target(&self) -> Option<&'h str> {
        match self.scheme {
            _ if self.is_tunnel() => self.host(),
            Some("http" | "https") => Some(self.path),
            None if self.authority.is_none() => Some(self.path),
            _ => None,
        }
    }
}

/// Tells if a value of `Host` is an authority, or empty.
fn is_authority(value: &[u8]) -> bool {
    value.is_empty() || !value.contains(&b'@') && Authority::try_from(value).is_ok()
}

/// The head of a reply, and the bytes of its body that came with it.
pub(crate) struct ReplyHead {
    sent: SentHead,
    /// The head, and the body after it: values and body are parts of one piece of memory.
    all: Bytes,
}

impl ReplyHead {
    /// The head at the start of `bytes`, interim ones passed over: no host sends them for us. Where
    /// its end is not there, the bytes of it that are.
    pub(crate) fn read<'b>(
        exchange: &Exchange<'_>,
        bytes: &'b [u8],
        memory: &mut Memory,
    ) -> Result<Self, &'b [u8]> {
        let mut rest = bytes;
        loop {
            let sent = SentHead::read(exchange, rest).ok_or(rest)?;
            if !sent.status().is_informational() {
                let all = memory.copy(rest);
                return Ok(Self { sent, all });
            }
            rest = rest.get(sent.body_start()..).unwrap_or_default();
        }
    }

    pub(crate) const fn status(&self) -> Status {
        self.sent.status()
    }

    /// The names and the values.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&[u8], Bytes)> {
        let values = self.sent.values(&self.all);
        values.map(|(name, place)| (name, self.all.slice(place)))
    }

    /// The bytes of the body, where the head tells them.
    pub(crate) const fn body_len(&self) -> Option<u64> {
        self.sent.body_len()
    }

    /// The value of `content-length`.
    #[cfg(feature = "actix")]
    pub(crate) const fn told_len(&self) -> Option<u64> {
        self.sent.content_length()
    }

    pub(crate) fn has_body(&self) -> bool {
        self.all.len() > self.sent.body_start()
    }

    /// The bytes of the body that came with it.
    pub(crate) fn body(&self) -> Bytes {
        match self.has_body() {
            true => self.all.slice(self.sent.body_start()..),
            false => Bytes::new(),
        }
    }

    /// The head as one of `http`.
    pub(crate) fn response<B>(&self, body: B) -> io::Result<http::Response<B>> {
        let mut response = http::Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status().code()).map_err(io::Error::other)?;
        let headers = response.headers_mut();
        for (name, value) in self.fields() {
            append(headers, name, value)?;
        }
        Ok(response)
    }
}

/// The fields of lines of which each ends in CRLF.
pub(crate) fn trailers(lines: &[u8]) -> io::Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in replywire::request::Fields::of_lines(lines) {
        append(&mut map, name.as_bytes(), Bytes::copy_from_slice(value))?;
    }
    Ok(map)
}

/// Adds a field, unless it is none of `http`, or the map is full.
pub(crate) fn append(map: &mut HeaderMap, name: &[u8], value: Bytes) -> io::Result<()> {
    const LENGTH: http::HeaderName = header::CONTENT_LENGTH;
    const TYPE: http::HeaderName = header::CONTENT_TYPE;
    // Those that most replies have.
    let name = match name {
        name if name == LENGTH.as_str().as_bytes() => LENGTH,
        name if name == TYPE.as_str().as_bytes() => TYPE,
        name => http::HeaderName::from_bytes(name).map_err(io::Error::other)?,
    };
    let value = http::HeaderValue::from_maybe_shared(value).map_err(io::Error::other)?;
    map.try_append(name, value).map_err(io::Error::other)?;
    Ok(())
}
