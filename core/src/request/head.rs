//! A request's head, checked, from its bytes; RFC 9112 §§ 3 and 5.

use core::fmt;
use core::ops::Range;

use super::content::BodyDecoder;
use super::encoded::Encoded;
use super::exchange::Exchange;
use super::fields::Fields;
use super::framing::Framing;
use super::late::Late;
use super::media_type::MediaType;
use super::method::Method;
use super::pairs::Pairs;
use super::parse::parse;
use super::refusal::{Refusal, Refused};
use super::scan::{HeadScan, Scanned};
use super::segments::Segments;
use super::target;
use super::version::Version;

/// The head of a request.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// From the request line to the blank line.
    pub(super) bytes: &'r [u8],
    pub(super) line: Line,
    pub(super) exchange: &'r Exchange<'r>,
    pub(super) late: Late<'r>,
}

/// The lengths of the method and the target, each of which one blank follows; RFC 9112 § 3.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) method: usize,
    pub(super) target: usize,
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
    exchange: Exchange<'static>,
    content: BodyDecoder,
}

impl<'h> RequestHead<'h> {
    /// Reads a whole head, which [`HeadScan`](super::HeadScan) has found, with at most `FIELDS`
    /// header fields.
    ///
    /// # Errors
    ///
    /// [`Refused`] for a head that is malformed, or whose content two recipients could find in
    /// different places.
    pub fn parse<const FIELDS: usize>(head: &'h [u8]) -> Result<Self, Refused> {
        let mut exchange = Exchange::GET;
        let mut content = BodyDecoder::sized(0);
        let mut line = Line::NONE;
        let capacity = usize::MAX;
        read::<FIELDS>(head, true, capacity, &mut line, &mut exchange, &mut content)?;
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
            late: Late::NONE,
        }
    }

    /// The content that follows the head.
    pub const fn content(&self) -> BodyDecoder {
        self.content
    }
}

/// Parses a head in a buffer of this capacity, and returns its length: it is all of `head`, or the
/// first in it where no end `is_found` yet. The outcome is written to where it is kept: for a
/// struct of all of it, small targets would link `memcpy`.
#[inline(always)]
pub(super) fn read<const FIELDS: usize>(
    head: &[u8],
    is_found: bool,
    capacity: usize,
    line: &mut Line,
    exchange: &mut Exchange<'static>,
    content: &mut BodyDecoder,
) -> Result<usize, Refused> {
    let (mut head, mut is_found) = (head, is_found);
    loop {
        let reason = match check::<FIELDS>(head, is_found, capacity, line, exchange, content) {
            Ok(len) => return Ok(len),
            Err(reason) => reason,
        };
        if is_found {
            return Err(Refused::of(reason, head));
        }
        // The reason is one of the first head alone.
        let Scanned::Head { len } = HeadScan::new().next(head) else {
            return Err(Refused::of(Refusal::BadRequest, head));
        };
        head = head.get(..len).unwrap_or_default();
        is_found = true;
    }
}

/// The least room after a head that the chunked coding is read in, so that a client cannot choose
/// to have it read byte by byte.
pub(super) const CONTENT_ROOM: usize = 64;

#[inline(always)]
fn check<const FIELDS: usize>(
    head: &[u8],
    is_found: bool,
    capacity: usize,
    line: &mut Line,
    exchange: &mut Exchange<'static>,
    content: &mut BodyDecoder,
) -> Result<usize, Refusal> {
    let mut framing = Framing::NONE;
    let parsed = parse::<FIELDS>(head, is_found, |name, value| framing.note(name, value))?;
    let method = Method::parse(parsed.method);
    if !target::is_target(method, parsed.target) {
        return Err(Refusal::BadRequest);
    }
    framing.check(parsed.version)?;
    if framing.is_chunked() && capacity.saturating_sub(parsed.len) < CONTENT_ROOM {
        return Err(Refusal::FieldsTooLarge);
    }
    *content = framing.content(parsed.version);
    *exchange = framing.options.exchange(method, parsed.version);
    // Behind a proxy, what follows would be a tunnel (RFC 9110 § 9.3.6).
    if method == Method::Connect {
        *exchange = exchange.closing();
    }
    *line = Line {
        method: parsed.method.len(),
        target: parsed.target.len(),
    };
    Ok(parsed.len)
}

impl<'r> Request<'r> {
    /// The method as it was sent; methods are case-sensitive.
    pub fn method(&self) -> &'r str {
        self.late.method(|| match self.exchange.method() {
            Method::Get if !self.bytes.is_empty() => "GET",
            _ => text(self.bytes.get(..self.line.method)),
        })
    }

    /// The request target as it was sent, RFC 9112 § 3.2. Nothing in it is decoded.
    ///
    /// It is a path with or without a query, or an `http` or `https` URL; `*` for `OPTIONS` alone,
    /// and `host:port` for `CONNECT`, which has nothing else. As browsers send them, a path and a
    /// query may hold any text without blanks, control characters and `#`: what a URI has to have
    /// encoded, such as `|` or `é`, and a `%` without two digits after it.
    pub fn target(&self) -> &'r str {
        let target = self.target_bytes();
        self.late.part(0..target.len(), || text(Some(target)))
    }

    fn target_bytes(&self) -> &'r [u8] {
        let target = self.bytes.get(self.line.method + 1..).unwrap_or_default();
        let written = target.get(..self.line.target).unwrap_or_default();
        self.late.target(written)
    }

    /// The authority that the request is for: that of the target, or else `host`, which then does
    /// not count; RFC 9112 §§ 3.2.2 and 3.3. It is `""` where none is told.
    ///
    /// It is a host with or without a port: a name, an address, or an address in brackets. Of a
    /// request over TLS nothing tells that the certificate was for it.
    pub fn authority(&self) -> &'r str {
        let target = self.target_bytes();
        match target.get(target::authority(target)) {
            None | Some([]) => text(self.header("host")),
            authority => text(authority),
        }
    }

    /// The path of the target, up to the first `?`; of a target in absolute form, the text after
    /// the authority (RFC 9112 § 3.2.2). It begins with `/`, but for `*`, and is empty for a
    /// `CONNECT`.
    #[doc(alias = "url")]
    pub fn path(&self) -> &'r str {
        if let Some(path) = self.late.path() {
            return path;
        }
        let target = self.target_bytes();
        let Range { start, end } = target::authority(target);
        let rest = target.get(end..).unwrap_or_default();
        let len = question(rest).unwrap_or(rest.len());
        let place = end..end.saturating_add(len);
        match self.late.part(place, || text(rest.get(..len))) {
            "" if start > 0 => "/",
            path => path,
        }
    }

    /// The text of the target after the first `?`.
    #[doc(alias = "query_params")]
    pub fn query(&self) -> Option<&'r str> {
        let target = self.target_bytes();
        let at = question(target)? + 1;
        let place = at..target.len();
        Some(self.late.part(place, || text(target.get(at..))))
    }

    /// The segments of the path, RFC 3986 § 3.3; decoded, they are what routes `match`.
    ///
    /// ```
    /// use replywire::request::{Method, Request};
    ///
    /// fn route(request: &Request<'_>) -> &'static str {
    ///     let mut buf = [0; 256];
    ///     let Ok(path) = request.segments().decode::<4>(&mut buf) else {
    ///         return "no path of ours";
    ///     };
    ///     match (request.exchange().method(), &*path) {
    ///         (Method::Get | Method::Head, [""]) => "the first page",
    ///         (Method::Get | Method::Head, ["items", id]) => match id.parse::<u32>() {
    ///             Ok(_) => "an item",
    ///             Err(_) => "not found",
    ///         },
    ///         (Method::Post, ["items"]) => "a new item",
    ///         (_, [""] | ["items"] | ["items", _]) => "another method",
    ///         _ => "not found",
    ///     }
    /// }
    /// # use replywire::request::RequestHead;
    /// # for (line, want) in [
    /// #     (&b"HEAD / "[..], "the first page"), (b"GET /%69tems/7?a ", "an item"),
    /// #     (b"POST /items ", "a new item"), (b"PUT /items/x ", "another method"),
    /// #     (b"GET /items/7/ ", "not found"), (b"GET /items/../items ", "no path of ours"),
    /// # ] {
    /// #     let head = [line, b"HTTP/1.1\r\nhost: a\r\n\r\n"].concat();
    /// #     assert_eq!(route(&RequestHead::parse::<1>(&head).unwrap().request()), want);
    /// # }
    /// ```
    #[doc(alias("path_params", "Path", "router"))]
    pub fn segments(&self) -> Segments<'r> {
        Segments::of(self.path())
    }

    /// The names and values of the query; none where there is no query.
    #[doc(alias("query_params", "Query"))]
    pub fn query_pairs(&self) -> Pairs<'r> {
        Pairs::of(self.query().unwrap_or_default().as_bytes())
    }

    /// The value of the first cookie of this name; see [`Fields::cookie`].
    #[doc(alias("CookieJar", "cookies"))]
    pub fn cookie(&self, name: &str) -> Option<Encoded<'r>> {
        self.fields().cookie(name)
    }

    /// The media type of the content; see [`Fields::media_type`].
    #[doc(alias = "content_type")]
    pub fn media_type(&self) -> Option<MediaType<'r>> {
        self.fields().media_type()
    }

    /// The version.
    pub const fn version(&self) -> Version {
        self.exchange.version()
    }

    /// The facts that a reply needs to know about the request.
    pub const fn exchange(&self) -> &'r Exchange<'r> {
        self.exchange
    }

    /// All header fields in order.
    pub fn fields(&self) -> Fields<'r> {
        const END: usize = " HTTP/1.1\r\n".len();

        let line = self.line.method + 1 + self.line.target + END;
        Fields::of_lines(self.late.lines(self.bytes.get(line..).unwrap_or_default()))
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

/// The place of the first `?`.
fn question(target: &[u8]) -> Option<usize> {
    target.iter().position(|byte| *byte == b'?')
}

/// The text of bytes of the request line, which is UTF-8.
fn text(bytes: Option<&[u8]>) -> &str {
    core::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
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
                let request = Request {
                    bytes: &head[..end],
                    line,
                    exchange,
                    late: Late::NONE,
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
