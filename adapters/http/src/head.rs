//! The head of a request as ours reads it, and that of a reply as values of `http`.

use std::borrow::Cow;
use std::mem;
use std::sync::OnceLock;

use bytes::Bytes;
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Uri};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
#[cfg(feature = "actix")]
use replywire::request::Refusal;
use replywire::request::{Exchange, HostedHead, HostedParts, Refused, Requests, Version};
use replywire::{SentHead, Status};

/// The bytes that the heads of most requests have room in.
pub(crate) const USUAL: usize = 1024;

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
    /// The head of `parts`, but for its fields.
    pub(crate) fn of(parts: &'h Parts, version: Version) -> Self {
        Self {
            method: parts.method.as_str(),
            version,
            scheme: parts.uri.scheme_str(),
            authority: parts.uri.authority().map(Authority::as_str),
            path: path(&parts.uri),
        }
    }

    /// Checks the head with its `fields`, which comes [`Late`]; and its target, where that is none
    /// of the parts. Where the target names an authority, as that of HTTP/2 does, this goes for the
    /// value of `Host` (RFC 9112 § 3.2.2); one that is no authority stays beside it.
    pub(crate) fn check<F>(
        &self,
        fields: impl Fn() -> F,
    ) -> (Result<HostedHead, Refused>, Option<String>)
    where
        F: Iterator<Item = (&'h str, &'h [u8])>,
    {
        let (method, version, target) = (self.method, self.version, self.full_target());
        let head = match self.host() {
            None => HostedHead::check(method, &target, version, fields()),
            Some(host) => HostedHead::check(method, &target, version, with_host(&fields, host)),
        };
        let own = match target {
            Cow::Borrowed(target) if target == self.path => None,
            other => Some(other.into_owned()),
        };
        (head, own)
    }

    /// Writes the same head to `buf`, which grows where it is too short.
    #[cfg(feature = "actix")]
    pub(crate) fn write<F>(
        &self,
        fields: impl Fn() -> F,
        buf: &mut Vec<u8>,
    ) -> Result<HostedHead, Refused>
    where
        F: Iterator<Item = (&'h str, &'h [u8])>,
    {
        let target = &*self.full_target();
        match self.host() {
            None => self.write_to(target, fields, buf),
            Some(host) => self.write_to(target, || with_host(&fields, host), buf),
        }
    }

    #[cfg(feature = "actix")]
    fn write_to<'f, F>(
        &self,
        target: &str,
        fields: impl Fn() -> F,
        buf: &mut Vec<u8>,
    ) -> Result<HostedHead, Refused>
    where
        F: Iterator<Item = (&'f str, &'f [u8])>,
    {
        let (method, version) = (self.method, self.version);
        // A long one leaves no more memory behind than most need.
        if buf.len() > USUAL {
            *buf = vec![0; USUAL];
        }
        let write = |buf: &mut [u8]| HostedHead::write(buf, method, target, version, fields());
        match write(buf) {
            Err(refused) if refused.reason == Refusal::FieldsTooLarge => {
                buf.resize(Requests::hosted_len(method, target, fields()), 0);
                write(buf)
            }
            written => written,
        }
    }

    /// The target as our server takes it; an empty one is refused.
    fn full_target(&self) -> Cow<'h, str> {
        match self.target() {
            None => Cow::Borrowed(""),
            Some(target) if target.starts_with('/') || matches!(target, "*") => target.into(),
            Some(target) if self.is_tunnel() => target.into(),
            Some(rest) => ["/", rest].concat().into(),
        }
    }

    fn is_tunnel(&self) -> bool {
        self.method == "CONNECT" && self.authority.is_some()
    }

    /// The authority of the target, without the user that it may name.
    fn host(&self) -> Option<&'h str> {
        self.authority.map(without_user)
    }

    /// The target, in the form that the method has, up to a slash before it; `None` for one that
    /// our server refuses: of another scheme, with an authority and no scheme, or with more than an
    /// authority for `CONNECT` (RFC 9112 § 3.2).
    fn target(&self) -> Option<&'h str> {
        match self.scheme {
            None if self.is_tunnel() && self.path.is_empty() => self.host(),
            _ if self.is_tunnel() => None,
            Some("http" | "https") => Some(self.path),
            None if self.authority.is_none() => Some(self.path),
            _ => None,
        }
    }
}

/// An authority without the user that it may name (RFC 9110 § 4.2.4).
fn without_user(authority: &str) -> &str {
    let host = authority.rsplit_once('@').map(|(_, host)| host);
    host.unwrap_or(authority)
}

/// The fields with this authority for the value of `Host`.
fn with_host<'f, F>(
    fields: impl Fn() -> F,
    authority: &'f str,
) -> impl Iterator<Item = (&'f str, &'f [u8])>
where
    F: Iterator<Item = (&'f str, &'f [u8])>,
{
    let is_told =
        |(name, value): (&str, &[u8])| name == header::HOST.as_str() && is_authority(value);
    let is_missing = !fields().any(is_told);
    let missing = is_missing.then_some((header::HOST.as_str(), authority.as_bytes()));
    let own = fields().map(move |(name, value)| match is_told((name, value)) {
        true => (name, authority.as_bytes()),
        false => (name, value),
    });
    missing.into_iter().chain(own)
}

/// The head of a request that was checked, whose lines are written where the handler reads them.
pub(crate) struct Late<'p> {
    method: &'p Method,
    uri: &'p Uri,
    headers: &'p HeaderMap,
    /// The target, where it is not the path.
    target: Option<&'p str>,
    lines: OnceLock<Vec<u8>>,
}

impl<'p> Late<'p> {
    /// The head of `parts`, with its own `target` where [`Asked::check`] has given one.
    pub(crate) const fn new(parts: &'p Parts, target: Option<&'p str>) -> Self {
        Self {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            target,
            lines: OnceLock::new(),
        }
    }

    fn write(&self) -> Vec<u8> {
        let fields = || pairs(self.headers);
        match self.uri.authority() {
            None => lines(fields),
            Some(authority) => lines(|| with_host(fields, without_user(authority.as_str()))),
        }
    }
}

impl HostedParts for Late<'_> {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn target(&self) -> &str {
        self.target.unwrap_or_else(|| path(self.uri))
    }

    fn lines(&self) -> &[u8] {
        self.lines.get_or_init(|| self.write())
    }
}

/// The path of a target, and its query.
pub(crate) fn path(uri: &Uri) -> &str {
    uri.path_and_query().map_or("", PathAndQuery::as_str)
}

/// The lines of fields of which those that a reply depends on were checked; the rest are right by
/// the types of `http`.
fn lines<'f, F>(fields: impl Fn() -> F) -> Vec<u8>
where
    F: Iterator<Item = (&'f str, &'f [u8])>,
{
    let mut buf = vec![0; Requests::hosted_len("GET", "/", fields())];
    let written = HostedHead::write(&mut buf, "GET", "/", Version::Http10, fields());
    written.map_or_else(|_| Vec::new(), |head| head.lines(&buf).to_vec())
}

/// The names and values of a map.
pub(crate) fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &[u8])> {
    let fields = headers.iter();
    fields.map(|(name, value)| (name.as_str(), value.as_bytes()))
}

/// Tells if a value of `Host` is an authority, or empty.
fn is_authority(value: &[u8]) -> bool {
    value.is_empty() || !value.contains(&b'@') && Authority::try_from(value).is_ok()
}

/// The fields of a reply, as a host has them.
pub(crate) trait Fields: Default {
    /// Takes the memory of a map that is not needed any more, where the host's are such.
    fn reuse(&mut self, _: &mut HeaderMap) {}

    /// Adds a field, unless it is none of the host's, or there are too many. Where the value is not
    /// known, it is taken from `shared` memory.
    fn add(&mut self, name: &[u8], value: &[u8], shared: impl FnOnce() -> Bytes) -> Option<()>;

    /// Adds the length of a content.
    fn add_length(&mut self, len: u64) -> Option<()>;
}

/// The head of a reply but for its fields, and the bytes of its body that came with it.
pub(crate) struct ReplyHead {
    pub(crate) status: Status,
    /// The length that is told of the body.
    #[cfg(feature = "actix")]
    pub(crate) told_len: Option<u64>,
    /// The bytes of the body, where the head tells them.
    pub(crate) body_len: Option<u64>,
    pub(crate) body: Bytes,
}

impl ReplyHead {
    /// The head at the start of `bytes`, whose fields are added to `fields`; interim ones are
    /// passed over, as no host sends them for us. What is kept of the bytes is a part of `shared`,
    /// which has them, or a copy. `None` where the end is not there, and for fields that are none
    /// of the host's.
    pub(crate) fn read<F: Fields>(
        exchange: &Exchange<'_>,
        bytes: &[u8],
        mut shared: Option<Bytes>,
        fields: &mut F,
    ) -> Option<Self> {
        let mut is_right = true;
        let sent = SentHead::read(exchange, bytes, |name, place| {
            let value = bytes.get(place.clone()).unwrap_or_default();
            let share = || {
                let shared = shared.get_or_insert_with(|| Bytes::copy_from_slice(bytes));
                shared.slice(place)
            };
            is_right &= fields.add(name, value, share).is_some();
        })?;
        let start = sent.body_start();
        if sent.status().is_informational() {
            *fields = F::default();
            let shared = shared.map(|shared| shared.slice(start..));
            return Self::read(exchange, bytes.get(start..)?, shared, fields);
        }
        let (told_len, body_len) = (sent.content_length(), sent.body_len());
        // Hosts tell the length of the body that they are given; HTTP/2 not that of an empty one.
        let is_told = body_len == told_len && body_len != Some(0);
        if let Some(len) = told_len.filter(|_| !is_told) {
            fields.add_length(len)?;
        }
        is_right.then(|| Self {
            status: sent.status(),
            #[cfg(feature = "actix")]
            told_len,
            body_len,
            body: match shared {
                Some(shared) => shared.slice(start..),
                None => Bytes::copy_from_slice(bytes.get(start..).unwrap_or_default()),
            },
        })
    }
}

/// A head that has come through the passage.
pub(crate) struct Arrived {
    exchange: Exchange<'static>,
    sent: SentHead,
    /// The head, and the body after it: values and body are parts of one piece of memory.
    all: Bytes,
}

impl Arrived {
    /// The head at the start of `bytes`, interim ones passed over; `share` makes what is kept of
    /// them. Where its end is not there, the bytes of it that are.
    pub(crate) fn find<'b>(
        exchange: &Exchange<'static>,
        bytes: &'b [u8],
        share: impl FnOnce(&[u8]) -> Bytes,
    ) -> Result<Self, &'b [u8]> {
        let mut rest = bytes;
        loop {
            let sent = SentHead::read(exchange, rest, |_, _| {}).ok_or(rest)?;
            if !sent.status().is_informational() {
                return Ok(Self {
                    exchange: *exchange,
                    sent,
                    all: share(rest),
                });
            }
            rest = rest.get(sent.body_start()..).unwrap_or_default();
        }
    }

    /// Bytes of the body have come with the head.
    pub(crate) fn has_body(&self) -> bool {
        self.all.len() > self.sent.body_start()
    }

    /// The body follows, as far as the head tells.
    pub(crate) fn goes_on(&self) -> bool {
        self.sent.body_len() != Some(0)
    }

    /// The head, whose fields are added to `fields`.
    pub(crate) fn read(&self, fields: &mut impl Fields) -> Option<ReplyHead> {
        let shared = Some(self.all.clone());
        ReplyHead::read(&self.exchange, &self.all, shared, fields)
    }
}

/// The fields of lines of which each ends in CRLF.
pub(crate) fn trailers(lines: &[u8]) -> Option<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in replywire::request::Fields::of_lines(lines) {
        let copy = || Bytes::copy_from_slice(value);
        map.add(name.as_bytes(), value, copy)?;
    }
    Some(map)
}

/// The values of `content-type` that most replies have.
pub(crate) const TYPES: [&str; 3] = [
    "application/json",
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
];

impl Fields for HeaderMap {
    fn reuse(&mut self, map: &mut HeaderMap) {
        map.clear();
        mem::swap(self, map);
    }

    fn add(&mut self, name: &[u8], value: &[u8], shared: impl FnOnce() -> Bytes) -> Option<()> {
        /// They need no check, and share no memory.
        static KNOWN: [HeaderValue; 3] = [
            HeaderValue::from_static(TYPES[0]),
            HeaderValue::from_static(TYPES[1]),
            HeaderValue::from_static(TYPES[2]),
        ];
        const TYPE: HeaderName = header::CONTENT_TYPE;

        let (name, known) = match name == TYPE.as_str().as_bytes() {
            true => (TYPE, KNOWN.iter().find(|known| known.as_bytes() == value)),
            false => (HeaderName::from_bytes(name).ok()?, None),
        };
        let value = match known {
            Some(known) => known.clone(),
            None => HeaderValue::from_maybe_shared(shared()).ok()?,
        };
        self.try_append(name, value).ok().map(drop)
    }

    fn add_length(&mut self, len: u64) -> Option<()> {
        self.insert(header::CONTENT_LENGTH, len.into());
        Some(())
    }
}

#[cfg(all(test, feature = "actix"))]
mod tests {
    use super::*;

    #[test]
    fn late_lines_are_those_of_a_head_that_is_written_at_once() {
        let maps: [&[(&str, &str)]; 5] = [
            &[("host", "a")],
            &[
                ("x", " b\t"),
                ("host", "a"),
                ("x", ""),
                ("cookie", "c=\u{e9}"),
            ],
            &[("accept", "*/*")],
            &[("host", "no authority")],
            &[],
        ];
        let mut taken = 0;
        for fields in maps {
            for authority in [None, Some("b:80"), Some("user@b")] {
                let mut headers = HeaderMap::new();
                for (name, value) in fields {
                    let name = http::HeaderName::try_from(*name).unwrap();
                    headers.append(
                        name,
                        http::HeaderValue::from_str(value).unwrap_or_else(|_| {
                            http::HeaderValue::from_bytes(value.as_bytes()).unwrap()
                        }),
                    );
                }
                let mut uri = Uri::builder().path_and_query("/");
                if let Some(authority) = authority {
                    uri = uri.scheme("http").authority(authority);
                }
                let (mut parts, ()) = http::Request::new(()).into_parts();
                parts.uri = uri.build().unwrap();
                parts.version = http::Version::HTTP_10;
                parts.headers = headers;

                let asked = Asked::of(&parts, Version::Http10);
                let mut buf = Vec::new();
                let head = asked.write(|| pairs(&parts.headers), &mut buf);
                let (checked, target) = asked.check(|| pairs(&parts.headers));
                assert_eq!(head.is_ok(), checked.is_ok(), "{fields:?} {authority:?}");
                if let Ok(head) = head {
                    taken += 1;
                    let late = Late::new(&parts, target.as_deref());
                    assert_eq!(late.target(), "/");
                    assert_eq!(late.lines(), head.lines(&buf), "{fields:?}");
                }
            }
        }
        assert!(taken > 8, "{taken}");
    }
}
