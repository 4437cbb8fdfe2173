//! A request's head, checked, from its bytes; RFC 9112 §§ 3 and 5.

use core::fmt;
use core::mem::MaybeUninit;

use super::content::BodyDecoder;
use super::exchange::Exchange;
use super::fields::Fields;
use super::framing::{self, Announced};
use super::method::Method;
use super::refusal::{Refusal, Refused};
use super::scan::after_request_line;
use super::version::Version;

/// The head of a request.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    pub(super) method: &'r str,
    pub(super) target: &'r str,
    pub(super) fields: Fields<'r>,
    pub(super) exchange: Exchange,
}

/// A request whose head was checked, and its content, of which nothing was read.
///
/// ```
/// use replywire::request::RequestHead;
///
/// let bytes = b"PUT /a?b HTTP/1.1\r\nhost: example.org\r\ncontent-length: 5\r\n\r\n";
/// let head = RequestHead::parse::<8>(bytes)?;
/// assert_eq!(head.request.method(), "PUT");
/// assert_eq!(head.request.path(), "/a");
/// assert_eq!(head.content.remaining(), Some(5));
///
/// let twice = b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n";
/// let refused = RequestHead::parse::<8>(twice).unwrap_err();
/// assert_eq!(refused.reason.status().code(), 400);
/// # Ok::<(), replywire::request::Refused>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'h> {
    /// The head.
    pub request: Request<'h>,
    /// The content that follows it.
    pub content: BodyDecoder,
    /// The client waits for [`CONTINUE`] before it sends the content.
    pub expects_continue: bool,
}

/// The interim reply that asks for the content; RFC 9110 §§ 10.1.1 and 15.2.1.
pub const CONTINUE: &[u8; 25] = b"HTTP/1.1 100 Continue\r\n\r\n";

impl<'h> RequestHead<'h> {
    /// Reads a whole head, which [`HeadScan`](super::HeadScan) has found, with at most `FIELDS`
    /// header fields. They take four words of the stack each, and are not kept.
    ///
    /// # Errors
    ///
    /// [`Refused`] for a head that is malformed, or whose content two recipients could find in
    /// different places.
    pub fn parse<const FIELDS: usize>(head: &'h [u8]) -> Result<Self, Refused> {
        let mut announced = Announced::NONE;
        let request = read::<FIELDS>(head, &mut announced)?;
        Ok(Self {
            request,
            content: announced.content,
            expects_continue: announced.expects_continue,
        })
    }
}

/// [`RequestHead::parse`], which writes the content to where it is kept: the compiler would call
/// `memcpy` for a struct of both.
#[inline(never)]
pub(crate) fn read<'h, const FIELDS: usize>(
    head: &'h [u8],
    to: &mut Announced,
) -> Result<Request<'h>, Refused> {
    let mut headers = [const { MaybeUninit::uninit() }; FIELDS];
    let mut parsed = httparse::Request::new(&mut []);
    let outcome = parsed.parse_with_uninit_headers(head, &mut headers);
    let method = parsed.method.unwrap_or_default();
    match check(&parsed, outcome, head) {
        Ok((exchange, announced)) => {
            *to = announced;
            Ok(Request {
                method,
                target: parsed.path.unwrap_or_default(),
                fields: Fields::of_lines(after_request_line(head)),
                exchange,
            })
        }
        Err(reason) => Err(Refused {
            reason,
            is_head: method == "HEAD",
        }),
    }
}

fn check(
    parsed: &httparse::Request<'_, '_>,
    outcome: httparse::Result<usize>,
    head: &[u8],
) -> Result<(Exchange, Announced), Refusal> {
    match outcome {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err(Refusal::BadRequest),
        Err(error) => return Err(refusal(error, parsed, head)),
    }
    let version = match parsed.version {
        Some(0) => Version::Http10,
        _ => Version::Http11,
    };
    let announced = framing::announced(version, parsed.headers)?;
    let fields = parsed
        .headers
        .iter()
        .map(|header| (header.name, header.value));
    let exchange = Exchange::new(parsed.method.unwrap_or_default(), version, fields);
    match exchange.method() {
        // Behind a proxy, what follows would be a tunnel (RFC 9110 § 9.3.6).
        Method::Connect => Ok((exchange.closing(), announced)),
        _ => Ok((exchange, announced)),
    }
}

/// The reason to refuse a head that `httparse` does not read.
fn refusal(error: httparse::Error, parsed: &httparse::Request<'_, '_>, head: &[u8]) -> Refusal {
    match error {
        httparse::Error::TooManyHeaders => Refusal::FieldsTooLarge,
        httparse::Error::Version if has_version(parsed, head) => Refusal::VersionNotSupported,
        _ => Refusal::BadRequest,
    }
}

/// Tells if a request line ends in some version; RFC 9112 §§ 2.3 and 3.
fn has_version(parsed: &httparse::Request<'_, '_>, head: &[u8]) -> bool {
    let method = parsed.method.unwrap_or_default();
    let target = parsed.path.unwrap_or_default();
    match head.get(method.len() + target.len() + "  ".len()..) {
        Some([b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b'\r', ..]) => {
            major.is_ascii_digit() && minor.is_ascii_digit()
        }
        _ => false,
    }
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

    /// The path of the target, up to the first `?`; of a target in absolute form, the text after
    /// the authority (RFC 9112 § 3.2.2).
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

    /// The text of the target after the first `?`.
    pub fn query(&self) -> Option<&'r str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The version.
    pub const fn version(&self) -> Version {
        self.exchange.version()
    }

    /// The facts that a reply needs to know about the request.
    pub const fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The same request, answered by this exchange: at a time, or on a connection that closes.
    #[inline(always)]
    #[must_use]
    pub const fn with_exchange(self, exchange: Exchange) -> Self {
        // Moved field by field: for the whole, small targets would link `memcpy`.
        Self {
            method: self.method,
            target: self.target,
            fields: self.fields,
            exchange,
        }
    }

    /// All header fields in order; names as they were sent.
    pub fn headers(&self) -> impl Iterator<Item = (&'r str, &'r [u8])> + Clone + use<'r> {
        self.fields.iter()
    }

    /// The value of the first field of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&'r [u8]> {
        self.fields.get(name)
    }
}

impl fmt::Debug for Request<'_> {
    /// Shows the method and the target: the values of fields may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Request<'_> {
    /// Shows the method and the target.
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str} {=str}", self.method, self.target);
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::request::scan::{HeadScan, Scanned};

    #[test]
    fn a_request_shows_no_values_of_fields() {
        let head = b"GET / HTTP/1.0\r\ncookie: secret\r\n\r\n";
        let head = RequestHead::parse::<1>(head).unwrap();
        let shown = std::format!("{:?}", head.request);
        assert_eq!(shown, r#"Request { method: "GET", target: "/", .. }"#);
        assert_eq!(std::format!("{:?}", head.request.fields), r#"["cookie"]"#);
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
                assert_eq!(HeadScan::new().next(&head), Scanned::Head { len: end });
                let fields = Fields::of_lines(after_request_line(&head[..end]));
                let fields: Vec<_> = fields.iter().collect();
                let other = parsed.headers.iter().map(|field| (field.name, field.value));
                assert_eq!(fields, other.collect::<Vec<_>>(), "{}", head.escape_ascii());
                heads += 1;
            }
        }
        assert!(heads > 10_000, "{heads}");
    }
}
