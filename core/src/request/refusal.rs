//! Requests that are refused, and why.

use core::fmt;

use super::encoded::{DecodeError, ParseError};
use super::exchange::Exchange;
use super::method::Method;
#[cfg(feature = "refusals")]
use super::method::Methods;
use super::segments::PathError;
#[cfg(feature = "refusals")]
use crate::field::name::HeaderName;
#[cfg(feature = "refusals")]
use crate::field::value::HeaderValue;
use crate::head::status::Status;

/// A request that was refused before a handler saw it.
///
/// [`Response::refuse`](crate::Response::refuse) answers it; then the connection must be closed, as
/// nothing tells where the next request begins.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Refused {
    /// The reason.
    pub reason: Refusal,
    /// The method was `HEAD`, so the reply has no body.
    pub is_head: bool,
    /// The method was `OPTIONS`, whose reply may be none that refuses.
    #[cfg(feature = "refusals")]
    is_options: bool,
}

impl Refused {
    /// A request of this method.
    pub const fn new(reason: Refusal, method: Method) -> Self {
        Self {
            reason,
            is_head: matches!(method, Method::Head),
            #[cfg(feature = "refusals")]
            is_options: matches!(method, Method::Options),
        }
    }

    /// A request that begins with these bytes.
    pub(super) fn of(reason: Refusal, request: &[u8]) -> Self {
        let start = request.split_first_chunk();
        match start {
            Some((b"HEAD", [b' ', ..])) => Self::new(reason, Method::Head),
            _ => reason.into(),
        }
    }

    /// The exchange to answer it by, on a connection that closes.
    pub const fn exchange(&self) -> Exchange<'static> {
        #[cfg(feature = "refusals")]
        if self.is_options {
            return Exchange::OPTIONS.closing();
        }
        match self.is_head {
            true => Exchange::HEAD.closing(),
            false => Exchange::GET.closing(),
        }
    }
}

impl From<Refusal> for Refused {
    /// A request whose method is not known.
    fn from(reason: Refusal) -> Self {
        Self::new(reason, Method::Other)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl core::error::Error for Refused {}

/// The reason why a request is refused or fails, as a status tells it.
#[doc(alias = "HTTPException")]
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refusal {
    /// `400`: what was sent is not HTTP, or two recipients could read it differently. It goes
    /// before `413`, `417` and `501`.
    BadRequest,
    /// `413`: the length of the content is above what 64 bits hold, or above a limit of yours: then
    /// answer by [`Response::refuse`](crate::Response::refuse) on an exchange that is
    /// [`closing`](super::Exchange::closing).
    ContentTooLarge,
    /// `417`: `expect` asks for something other than `100-continue`; RFC 9110 § 10.1.1.
    ExpectationFailed,
    /// `431`: the head is longer than the buffer, or has too many fields; or content in chunks
    /// follows it, and it leaves less than 64 bytes of the buffer.
    FieldsTooLarge,
    /// `500`: the request was right, and its handler gave no reply.
    HandlerFailed,
    /// `503`: the request was right, and its handler took too long.
    HandlerTimedOut,
    /// `501`: a transfer coding other than `chunked`; RFC 9112 § 6.1.
    NotImplemented,
    /// A status that a handler refuses the request with; [`of`](Self::of) makes it.
    #[cfg(feature = "refusals")]
    Other(OtherRefusal),
    /// `408`: the client took too long to send it; RFC 9110 § 15.5.9.
    RequestTimeout,
    /// `414`: the request line is longer than the buffer.
    UriTooLong,
    /// `505`: a version other than HTTP/1.0 and HTTP/1.1, such as `HTTP/1.2` and `HTTP/2.0`. (A
    /// later minor version could be read as HTTP/1.1, RFC 9110 § 2.5; no one sends one.)
    VersionNotSupported,
}

impl Refusal {
    /// The status that tells it.
    pub const fn status(self) -> Status {
        match self {
            Self::BadRequest => Status::BAD_REQUEST,
            Self::ContentTooLarge => Status::CONTENT_TOO_LARGE,
            Self::ExpectationFailed => Status::EXPECTATION_FAILED,
            Self::FieldsTooLarge => Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::HandlerFailed => Status::INTERNAL_SERVER_ERROR,
            Self::HandlerTimedOut => Status::SERVICE_UNAVAILABLE,
            Self::NotImplemented => Status::NOT_IMPLEMENTED,
            #[cfg(feature = "refusals")]
            Self::Other(refusal) => refusal.status,
            Self::RequestTimeout => Status::REQUEST_TIMEOUT,
            Self::UriTooLong => Status::URI_TOO_LONG,
            Self::VersionNotSupported => Status::HTTP_VERSION_NOT_SUPPORTED,
        }
    }

    /// Tells if its reply to this method is none that refuses: the methods of a resource, to
    /// `OPTIONS`.
    #[doc(hidden)]
    #[inline(always)]
    pub const fn answers(self, method: Method) -> bool {
        match method.asks_for_methods() {
            #[cfg(feature = "refusals")]
            true => matches!(self.lines(), RefusalLines::Allow(_)),
            _ => false,
        }
    }

    /// The same refusal without its header lines; `None` where it has none.
    #[doc(hidden)]
    #[inline(always)]
    pub const fn without_lines(self) -> Option<Self> {
        match self {
            #[cfg(feature = "refusals")]
            Self::Other(OtherRefusal {
                lines: RefusalLines::None,
                ..
            }) => None,
            #[cfg(feature = "refusals")]
            Self::Other(refusal) => Some(Self::Other(OtherRefusal {
                lines: RefusalLines::None,
                ..refusal
            })),
            _ => None,
        }
    }
}

#[cfg(feature = "refusals")]
impl Refusal {
    /// A request for a WebSocket in another version than the one that there is; RFC 6455 § 4.2.2.
    pub(crate) const WEB_SOCKET_VERSION: Self = Self::Other(OtherRefusal {
        lines: RefusalLines::WebSocketVersion,
        ..OtherRefusal::of(Status::UPGRADE_REQUIRED)
    });

    /// The header lines that its pages have.
    pub(crate) const fn lines(self) -> RefusalLines {
        match self {
            Self::Other(refusal) => refusal.lines,
            _ => RefusalLines::None,
        }
    }

    /// The refusal with a status of 400 to 599, such as `404` for a row that is not there.
    ///
    /// A handler fails with it by `?`, and the client is sent the page of that status; on an
    /// operating system the connection goes on. A status outside of that range is `500`.
    ///
    /// ```
    /// use replywire::Status;
    /// use replywire::request::Refusal;
    ///
    /// const NOT_FOUND: Refusal = Refusal::of(Status::NOT_FOUND);
    /// assert_eq!(NOT_FOUND.status(), Status::NOT_FOUND);
    /// assert_eq!(NOT_FOUND.to_string(), "Not Found");
    /// assert_eq!(Refusal::of(Status::OK), Refusal::HandlerFailed);
    /// ```
    #[doc(alias("HTTPException", "abort"))]
    pub const fn of(status: Status) -> Self {
        match status.code() {
            400..=599 => Self::Other(OtherRefusal::of(status)),
            _ => Self::HandlerFailed,
        }
    }

    /// The refusal of a method that is not among `methods`: `405 Method Not Allowed`, with the
    /// methods as `allow`, and to `OPTIONS` the reply `204 No Content` with these; see
    /// [`Response::not_allowed`](crate::Response::not_allowed). So it has the page of others.
    ///
    /// ```
    /// use replywire::Response;
    /// use replywire::request::Method::{Get, Post};
    /// use replywire::request::{Exchange, Method, Refusal, Version};
    ///
    /// fn notes(method: Method) -> Result<&'static str, Refusal> {
    ///     match method.head_as_get() {
    ///         Get => Ok("list"),
    ///         Post => Ok("make"),
    ///         _ => Err(Refusal::not_allowed(&[Get, Post])),
    ///     }
    /// }
    ///
    /// let refusal = notes(Method::Put).unwrap_err();
    /// let mut buf = [0; 192];
    /// let put = Exchange::new("PUT", Version::Http11, [("host", "a")]);
    /// let page = Response::refusal(&put, &mut buf, refusal).problem()?;
    /// assert_eq!(
    ///     page.as_bytes(),
    ///     b"HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD, OPTIONS, POST\r\n\
    ///       content-type: application/problem+json\r\ncontent-length: 43\r\n\r\n\
    ///       {\"status\":405,\"title\":\"Method Not Allowed\"}",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias("MethodNotAllowed", "MethodRouter"))]
    pub const fn not_allowed(methods: &[Method]) -> Self {
        Self::Other(OtherRefusal {
            lines: RefusalLines::Allow(Methods::of(methods)),
            ..OtherRefusal::of(Status::METHOD_NOT_ALLOWED)
        })
    }

    /// The same refusal with a header line, such as the `www-authenticate` of a `401`, in the place
    /// of what it has. Each page that [`Response::refusal`](crate::Response::refusal) begins
    /// has the line, so has the default one, which a connection sends without it where its reply
    /// buffer is too small for both.
    ///
    /// It is equal to none of the variants then: pages that differ go by [`status`](Self::status).
    ///
    /// Where `value` is no [`HeaderValue`], which is ASCII, the refusal is a `500`.
    ///
    /// ```
    /// use replywire::request::{Exchange, Refusal};
    /// use replywire::{HeaderName, Response, Status};
    ///
    /// const UNAUTHORIZED: Refusal =
    ///     Refusal::of(Status::UNAUTHORIZED).header(HeaderName::WWW_AUTHENTICATE, "Basic realm=a");
    ///
    /// let mut buf = [0; 160];
    /// let page = Response::refusal(&Exchange::GET, &mut buf, UNAUTHORIZED).problem()?;
    /// assert_eq!(
    ///     page.as_bytes(),
    ///     b"HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm=a\r\n\
    ///       content-type: application/problem+json\r\ncontent-length: 37\r\n\r\n\
    ///       {\"status\":401,\"title\":\"Unauthorized\"}",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    /// ```
    /// use replywire::request::Refusal;
    /// use replywire::{HeaderName, Status};
    ///
    /// const LATER: Refusal = Refusal::HandlerTimedOut.header(HeaderName::RETRY_AFTER, "7");
    /// assert_ne!(LATER, Refusal::HandlerTimedOut);
    /// assert_eq!(LATER.status(), Status::SERVICE_UNAVAILABLE);
    /// ```
    #[doc(alias = "HTTPException(headers)")]
    pub const fn header(self, name: HeaderName, value: &'static str) -> Self {
        let refusal = match self {
            Self::Other(refusal) => refusal,
            refusal => OtherRefusal::of(refusal.status()),
        };
        match HeaderValue::new(value) {
            Some(value) => Self::Other(OtherRefusal {
                lines: RefusalLines::One(name, value),
                ..refusal
            }),
            None => Self::HandlerFailed,
        }
    }
}

/// A refusal with a status of a handler's own, made by [`Refusal::of`]. It carries the phrase, so
/// that programs without one link no further phrases.
#[cfg(feature = "refusals")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OtherRefusal {
    status: Status,
    pub(crate) phrase: &'static str,
    lines: RefusalLines,
}

/// The header lines of a refusal.
#[cfg(feature = "refusals")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) enum RefusalLines {
    Allow(Methods),
    None,
    One(HeaderName, HeaderValue<'static>),
    /// The protocol to upgrade to, and its version.
    WebSocketVersion,
}

#[cfg(feature = "refusals")]
impl OtherRefusal {
    const fn of(status: Status) -> Self {
        Self {
            status,
            phrase: status.reason(),
            lines: RefusalLines::None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadRequest => "malformed or ambiguous request",
            Self::ContentTooLarge => "content longer than can be counted",
            Self::ExpectationFailed => "unknown expectation",
            Self::FieldsTooLarge => "request head too large",
            Self::HandlerFailed => "handler gave no reply",
            Self::HandlerTimedOut => "handler took too long",
            Self::NotImplemented => "unknown transfer coding",
            #[cfg(feature = "refusals")]
            Self::Other(refusal) => refusal.phrase,
            Self::RequestTimeout => "request took too long to arrive",
            Self::UriTooLong => "request line too long",
            Self::VersionNotSupported => "unknown version of HTTP",
        })
    }
}

impl core::error::Error for Refusal {}

impl From<DecodeError> for Refusal {
    fn from(_: DecodeError) -> Self {
        Self::BadRequest
    }
}

impl<E> From<ParseError<E>> for Refusal {
    fn from(_: ParseError<E>) -> Self {
        Self::BadRequest
    }
}

#[cfg(feature = "refusals")]
impl From<Status> for Refusal {
    /// As [`of`](Self::of).
    fn from(status: Status) -> Self {
        Self::of(status)
    }
}

impl From<PathError> for Refusal {
    /// The refusal with the status of the error; but without the feature `refusals` a path of too
    /// many segments is refused with `400`, too, as there is no refusal with `404`.
    fn from(error: PathError) -> Self {
        match error {
            PathError::Overflow { .. } => Self::UriTooLong,
            #[cfg(feature = "refusals")]
            PathError::TooManySegments => Self::of(error.status()),
            _ => Self::BadRequest,
        }
    }
}
