//! A request's head, checked, from its bytes; RFC 9112 §§ 3 and 5.

use core::fmt;
use core::mem::MaybeUninit;

use super::content::BodyDecoder;
use super::exchange::Exchange;
use super::fields::Fields;
use super::framing;
use super::method::Method;
use super::refusal::{Refusal, Refused};
use super::version::Version;

/// The head of a request.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// From the request line to the blank line.
    pub(super) bytes: &'r [u8],
    pub(super) line: Line,
    pub(super) exchange: &'r Exchange,
}

/// The lengths of the method and the target, each of which one blank follows; RFC 9112 § 3.
#[derive(Clone, Copy)]
pub(super) struct Line {
    method: usize,
    target: usize,
}

impl Line {
    /// The line of no request. It is not zero, as a value that is all zeros is cleared by a call on
    /// small targets.
    pub(super) const NONE: Self = Self {
        method: 1,
        target: 1,
    };
}

/// A request whose head was checked, and its content, of which nothing was read.
///
/// ```
/// use replywire::request::RequestHead;
///
/// let bytes = b"PUT /a?b HTTP/1.1\r\nhost: example.org\r\ncontent-length: 5\r\n\r\n";
/// let head = RequestHead::parse::<8>(bytes)?;
/// assert_eq!(head.request().method(), "PUT");
/// assert_eq!(head.request().path(), "/a");
/// assert_eq!(head.content().remaining(), Some(5));
///
/// let twice = b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n";
/// let refused = RequestHead::parse::<8>(twice).unwrap_err();
/// assert_eq!(refused.reason.status().code(), 400);
/// # Ok::<(), replywire::request::Refused>(())
/// ```
#[derive(Clone, Copy)]
pub struct RequestHead<'h> {
    bytes: &'h [u8],
    line: Line,
    exchange: Exchange,
    content: BodyDecoder,
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
        let mut exchange = Exchange::GET;
        let mut content = BodyDecoder::sized(0);
        let mut line = Line::NONE;
        read::<FIELDS>(head, usize::MAX, &mut line, &mut exchange, &mut content)?;
        Ok(Self {
            bytes: head,
            line,
            exchange,
            content,
        })
    }

    /// The request.
    pub const fn request(&self) -> Request<'_> {
        Request {
            bytes: self.bytes,
            line: self.line,
            exchange: &self.exchange,
        }
    }

    /// The content that follows the head.
    pub const fn content(&self) -> BodyDecoder {
        self.content
    }
}

/// Parses a head, after which the buffer has `room`. The outcome is written to where it is kept:
/// for a struct of all of it, small targets would link `memcpy`.
#[inline(always)]
pub(super) fn read<const FIELDS: usize>(
    head: &[u8],
    room: usize,
    line: &mut Line,
    exchange: &mut Exchange,
    content: &mut BodyDecoder,
) -> Result<(), Refused> {
    let mut headers = [const { MaybeUninit::uninit() }; FIELDS];
    let mut parsed = httparse::Request::new(&mut []);
    let outcome = parsed.parse_with_uninit_headers(head, &mut headers);
    let method = parsed.method.unwrap_or_default();
    match check(&parsed, outcome, head, room, content) {
        Ok(facts) => {
            *exchange = facts;
            *line = Line {
                method: method.len(),
                target: parsed.path.unwrap_or_default().len(),
            };
            Ok(())
        }
        Err(reason) => Err(Refused {
            reason,
            is_head: method == "HEAD",
        }),
    }
}

/// The least room after a head that the chunked coding is read in, so that a client cannot choose
/// to have it read byte by byte.
pub(super) const CONTENT_ROOM: usize = 64;

fn check(
    parsed: &httparse::Request<'_, '_>,
    outcome: httparse::Result<usize>,
    head: &[u8],
    room: usize,
    content: &mut BodyDecoder,
) -> Result<Exchange, Refusal> {
    match outcome {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err(Refusal::BadRequest),
        Err(error) => return Err(refusal(error, parsed, head)),
    }
    let version = match parsed.version {
        Some(0) => Version::Http10,
        _ => Version::Http11,
    };
    let announced = framing::content(version, parsed.headers)?;
    if announced.is_chunked() && room < CONTENT_ROOM {
        return Err(Refusal::FieldsTooLarge);
    }
    *content = announced;
    let fields = parsed
        .headers
        .iter()
        .map(|header| (header.name, header.value));
    let exchange = Exchange::new(parsed.method.unwrap_or_default(), version, fields);
    match exchange.method() {
        // Behind a proxy, what follows would be a tunnel (RFC 9110 § 9.3.6).
        Method::Connect => Ok(exchange.closing()),
        _ => Ok(exchange),
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
    pub fn method(&self) -> &'r str {
        text(self.bytes, 0, self.line.method)
    }

    /// The request target as it was sent, RFC 9112 § 3.2. Nothing in it is decoded.
    pub fn target(&self) -> &'r str {
        text(self.bytes, self.line.method + 1, self.line.target)
    }

    /// The path of the target, up to the first `?`; of a target in absolute form, the text after
    /// the authority (RFC 9112 § 3.2.2).
    pub fn path(&self) -> &'r str {
        let target = self.target();
        let origin_form = match target.split_once(':') {
            Some((scheme, rest)) if !scheme.starts_with('/') && rest.starts_with("//") => {
                let (_, rest) = rest.split_at_checked(2).unwrap_or_default();
                let is_end = |byte| matches!(byte, b'/' | b'?');
                let authority = rest.bytes().position(is_end).unwrap_or(rest.len());
                rest.get(authority..).unwrap_or_default()
            }
            _ => target,
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
        self.target().split_once('?').map(|(_, query)| query)
    }

    /// The version.
    pub const fn version(&self) -> Version {
        self.exchange.version()
    }

    /// The facts that a reply needs to know about the request.
    pub const fn exchange(&self) -> &'r Exchange {
        self.exchange
    }

    /// All header fields in order.
    pub fn fields(&self) -> Fields<'r> {
        const END: usize = " HTTP/1.1\r\n".len();

        let line = self.line.method + 1 + self.line.target + END;
        Fields::of_lines(self.bytes.get(line..).unwrap_or_default())
    }

    /// All header fields in order; names as they were sent.
    pub fn headers(&self) -> impl Iterator<Item = (&'r str, &'r [u8])> + Clone + use<'r> {
        self.fields().iter()
    }

    /// The value of the first field of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&'r [u8]> {
        self.fields().get(name)
    }
}

impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("request", &self.request())
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Request<'_> {
    /// Shows the method and the target: the values of fields may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method())
            .field("target", &self.target())
            .finish_non_exhaustive()
    }
}

/// The text of so many bytes, which the request line has in ASCII.
fn text(bytes: &[u8], start: usize, len: usize) -> &str {
    let text = bytes.get(start..).and_then(|bytes| bytes.get(..len));
    core::str::from_utf8(text.unwrap_or_default()).unwrap_or_default()
}

#[cfg(feature = "defmt")]
impl defmt::Format for Request<'_> {
    /// Shows the method and the target.
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str} {=str}", self.method(), self.target());
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
        let shown = std::format!("{:?}", head.request());
        assert_eq!(shown, r#"Request { method: "GET", target: "/", .. }"#);
        assert_eq!(
            std::format!("{:?}", head.request().fields()),
            r#"["cookie"]"#
        );
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
                let exchange = &Exchange::GET;
                let line = Line {
                    method: 3,
                    target: 1,
                };
                let bytes = &head[..end];
                let request = Request {
                    bytes,
                    line,
                    exchange,
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
