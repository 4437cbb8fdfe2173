//! The head of a request, as our server reads it, of the values that a host has.

use std::borrow::Cow;
use std::sync::OnceLock;

use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Uri};
use http::{HeaderMap, Method, header};
#[cfg(feature = "actix")]
use replywire::request::Refusal;
use replywire::request::{HostedHead, HostedParts, Refused, Requests, Version};

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
