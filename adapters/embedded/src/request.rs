use core::fmt;

use replywire::request::{Exchange, Version};

/// The head of a request.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    pub(crate) method: &'r str,
    pub(crate) target: &'r str,
    /// The lines of the fields, each with its CRLF: whole and right, as `httparse` has found.
    pub(crate) lines: &'r [u8],
    pub(crate) exchange: &'r Exchange,
}

impl<'r> Request<'r> {
    /// The method as it was sent; methods are case-sensitive.
    pub const fn method(&self) -> &'r str {
        self.method
    }

    /// The request target as it was sent, RFC 9112 § 3.2. Nothing in it is decoded.
    pub const fn target(&self) -> &'r str {
        self.target
    }

    /// The path of the target, up to the first `?`; of a target in absolute form, what follows the
    /// authority (RFC 9112 § 3.2.2).
    pub fn path(&self) -> &'r str {
        let origin_form = match self.target.split_once(':') {
            Some((scheme, rest)) if !scheme.starts_with('/') && rest.starts_with("//") => {
                let (_, rest) = rest.split_at_checked(2).unwrap_or_default();
                let is_end = |byte| matches!(byte, b'/' | b'?');
                let authority = rest.bytes().position(is_end).unwrap_or(rest.len());
                rest.get(authority..).unwrap_or_default()
            }
            _ => self.target,
        };
        match origin_form
            .split_once('?')
            .map_or(origin_form, |(path, _)| path)
        {
            "" => "/",
            path => path,
        }
    }

    /// The target behind the first `?`.
    pub fn query(&self) -> Option<&'r str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The version.
    pub const fn version(&self) -> Version {
        self.exchange.version()
    }

    /// What a reply has to know of the request.
    pub const fn exchange(&self) -> &'r Exchange {
        self.exchange
    }

    /// All header fields in order; names as they were sent.
    pub fn headers(&self) -> impl Iterator<Item = (&'r str, &'r [u8])> + Clone + use<'r> {
        self.lines.split(|byte| *byte == b'\n').filter_map(field)
    }

    /// The value of the first field of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&'r [u8]> {
        self.headers()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

impl fmt::Debug for Request<'_> {
    /// Method and target: the values of fields may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Request<'_> {
    /// Method and target.
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str} {=str}", self.method, self.target);
    }
}

/// The name and the value of a line.
fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let value = value.strip_prefix(b":")?.trim_ascii();
    Some((core::str::from_utf8(name).ok()?, value))
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::head::{Scan, behind_request_line, scan};

    #[test]
    fn a_request_shows_no_values_of_fields() {
        let request = Request {
            method: "GET",
            target: "/",
            lines: b"cookie: secret\r\n\r\n",
            exchange: &Exchange::GET,
        };
        let shown = std::format!("{request:?}");
        assert_eq!(shown, r#"Request { method: "GET", target: "/", .. }"#);
    }

    #[test]
    fn fields_are_those_of_httparse_in_every_short_head() {
        const PARTS: [&[u8]; 10] = [
            b"a", b"B", b":", b" ", b"\t", b"\r\n", b"\x80", b"\x0c", b"\"", b"\r",
        ];
        let mut heads = 0;
        for len in 0..7 {
            for number in 0..PARTS.len().pow(len) {
                let part = |place| PARTS[number / PARTS.len().pow(place) % PARTS.len()];
                let mut head = b"GET / HTTP/1.1\r\n".to_vec();
                (0..len).for_each(|place| head.extend_from_slice(part(place)));
                head.extend_from_slice(b"\r\n\r\n");
                let mut headers = [httparse::EMPTY_HEADER; 4];
                let mut parsed = httparse::Request::new(&mut headers);
                let Ok(httparse::Status::Complete(end)) = parsed.parse(&head) else {
                    continue;
                };
                assert_eq!(scan(&head, 0), Scan::End(end));
                let request = Request {
                    method: "GET",
                    target: "/",
                    lines: behind_request_line(&head[..end]),
                    exchange: &Exchange::GET,
                };
                let fields: Vec<_> = request.headers().collect();
                let other = parsed.headers.iter().map(|field| (field.name, field.value));
                assert_eq!(fields, other.collect::<Vec<_>>(), "{}", head.escape_ascii());
                heads += 1;
            }
        }
        assert!(heads > 10_000, "{heads}");
    }
}
