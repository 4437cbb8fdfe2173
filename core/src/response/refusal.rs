//! The reply to a request that was refused, or whose handler failed.

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
#[cfg(any(test, not(feature = "refusals")))]
use crate::head::status::Status;
use crate::head::written::WrittenFields;
use crate::request::exchange::Exchange;
use crate::request::refusal::Refusal;
#[cfg(feature = "refusals")]
use crate::request::refusal::RefusalLines;
use crate::write::buf::Buf;

impl<'b> Response<'b> {
    /// Writes the reply that tells a refusal: its status, and the phrase of that as text.
    ///
    /// ```
    /// use replywire::Response;
    /// use replywire::request::RequestHead;
    ///
    /// let refused = RequestHead::parse::<8>(b"GET / HTTP/9.9\r\n\r\n").unwrap_err();
    /// let mut buf = [0; 160];
    /// let reply = Response::refuse(&refused.exchange(), &mut buf, refused.reason)?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 505 HTTP Version Not Supported\r\n\
    ///       content-type: text/plain; charset=utf-8\r\n\
    ///       connection: close\r\ncontent-length: 26\r\n\r\nHTTP Version Not Supported",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    ///
    /// Its page has the header lines of the refusal, if that has any.
    ///
    /// # Errors
    ///
    /// [`Error::Overflow`].
    #[inline(never)]
    pub fn refuse(
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
        reason: Refusal,
    ) -> Result<Reply<'b>, Error> {
        let phrase = phrase(reason);
        Self::telling(exchange, buf, reason, phrase).text(phrase)
    }

    /// Starts the reply that tells a refusal: with its status, and its header lines, if it has any.
    /// So begins an error page of your own.
    ///
    /// ```
    /// use replywire::Response;
    /// use replywire::request::{Exchange, Refusal};
    ///
    /// let mut buf = [0; 128];
    /// let exchange = Exchange::GET.closing();
    /// let page = Response::refusal(&exchange, &mut buf, Refusal::UriTooLong).html("<p>Too long")?;
    /// assert_eq!(
    ///     page.as_bytes(),
    ///     b"HTTP/1.1 414 URI Too Long\r\ncontent-type: text/html; charset=utf-8\r\n\
    ///       connection: close\r\ncontent-length: 11\r\n\r\n<p>Too long",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn refusal(exchange: &Exchange<'b>, buf: &'b mut [u8], reason: Refusal) -> Self {
        Self::telling(exchange, buf, reason, phrase(reason))
    }

    // A program that only refuses has one function for it.
    #[inline(always)]
    fn telling(exchange: &Exchange<'b>, buf: &'b mut [u8], reason: Refusal, phrase: &str) -> Self {
        let status = reason.status();
        #[cfg(feature = "refusals")]
        if let RefusalLines::Allow(methods) = reason.lines() {
            return Self::allow(exchange, buf, methods);
        }
        let mut buf = Buf::new(buf);
        status.write_line_of(phrase, &mut buf);
        let response = Self::start(exchange, buf, status, WrittenFields::NONE);
        #[cfg(feature = "refusals")]
        match reason.lines() {
            RefusalLines::One(name, value) => return response.header(name, value),
            RefusalLines::WebSocketVersion => return response.web_socket_version(),
            RefusalLines::Allow(_) | RefusalLines::None => {}
        }
        response
    }
}

/// The phrase of a refusal's status. Phrases are in flash, in the order of the refusals, so that a
/// program which refuses links no more of them than these.
#[cfg(not(feature = "refusals"))]
fn phrase(reason: Refusal) -> &'static str {
    static PHRASES: [&str; 10] = [
        Status::BAD_REQUEST.reason(),
        Status::CONTENT_TOO_LARGE.reason(),
        Status::EXPECTATION_FAILED.reason(),
        Status::REQUEST_HEADER_FIELDS_TOO_LARGE.reason(),
        Status::INTERNAL_SERVER_ERROR.reason(),
        Status::SERVICE_UNAVAILABLE.reason(),
        Status::NOT_IMPLEMENTED.reason(),
        Status::REQUEST_TIMEOUT.reason(),
        Status::URI_TOO_LONG.reason(),
        Status::HTTP_VERSION_NOT_SUPPORTED.reason(),
    ];
    PHRASES.get(reason as usize).copied().unwrap_or_default()
}

/// The phrase of a refusal's status.
#[cfg(feature = "refusals")]
const fn phrase(reason: Refusal) -> &'static str {
    match reason {
        Refusal::Other(refusal) => refusal.phrase,
        reason => reason.status().reason(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_the_phrase_of_its_status() {
        for reason in [
            Refusal::BadRequest,
            Refusal::ContentTooLarge,
            Refusal::ExpectationFailed,
            Refusal::FieldsTooLarge,
            Refusal::HandlerFailed,
            Refusal::HandlerTimedOut,
            Refusal::NotImplemented,
            Refusal::RequestTimeout,
            Refusal::UriTooLong,
            Refusal::VersionNotSupported,
        ] {
            assert_eq!(phrase(reason), reason.status().reason());
        }
    }

    #[cfg(feature = "refusals")]
    #[test]
    fn the_default_page_has_the_line_of_the_refusal() {
        const AFTER: Refusal = Refusal::HandlerTimedOut.header(crate::HeaderName::RETRY_AFTER, "7");
        let mut buf = [0; 160];
        let page = Response::refuse(&Exchange::GET, &mut buf, AFTER).unwrap();
        assert_eq!(
            page.as_bytes(),
            b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 7\r\n\
              content-type: text/plain; charset=utf-8\r\ncontent-length: 19\r\n\r\n\
              Service Unavailable"
        );
    }

    #[cfg(feature = "hosted")]
    #[test]
    fn through_a_host_another_version_of_a_web_socket_has_no_line_of_the_connection() {
        let refusal = Refusal::WEB_SOCKET_VERSION;
        let mut buf = [0; 160];
        let page = Response::refusal(&Exchange::GET.hosted(), &mut buf, refusal).empty();
        assert_eq!(
            page.unwrap().as_bytes(),
            b"HTTP/1.1 426 Upgrade Required\r\nsec-websocket-version: 13\r\n\
              content-length: 0\r\n\r\n"
        );
    }

    #[cfg(feature = "refusals")]
    #[test]
    fn a_method_that_is_refused_has_the_lines_of_one_that_is_not_allowed() {
        use crate::request::{Method, Version};

        const REFUSAL: Refusal = Refusal::not_allowed(&[Method::Get]);
        assert_eq!(REFUSAL.status(), Status::METHOD_NOT_ALLOWED);
        for (method, want) in [
            (
                "PUT",
                &b"HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD, OPTIONS\r\n\
                   content-type: text/plain; charset=utf-8\r\ncontent-length: 18\r\n\r\n\
                   Method Not Allowed"[..],
            ),
            (
                "OPTIONS",
                b"HTTP/1.1 204 No Content\r\nallow: GET, HEAD, OPTIONS\r\n\r\n",
            ),
        ] {
            let exchange = Exchange::new(method, Version::Http11, [("host", "a")]);
            let mut buf = [0; 192];
            let page = Response::refuse(&exchange, &mut buf, REFUSAL).unwrap();
            assert_eq!(page.as_bytes(), want);
        }
        let without = REFUSAL.without_lines().unwrap();
        assert_eq!(without, Refusal::of(Status::METHOD_NOT_ALLOWED));
        assert_eq!(without.without_lines(), None);
    }

    #[cfg(feature = "refusals")]
    #[test]
    fn a_line_takes_the_place_of_another_and_one_that_is_none_is_a_failure() {
        const NAME: crate::HeaderName = crate::HeaderName::SERVER;
        let refusal = Refusal::of(Status::NOT_FOUND).header(NAME, "a");
        let mut buf = [0; 160];
        let page = Response::refusal(&Exchange::GET, &mut buf, refusal.header(NAME, "b"));
        assert_eq!(
            page.empty().unwrap().as_bytes(),
            b"HTTP/1.1 404 Not Found\r\nserver: b\r\ncontent-length: 0\r\n\r\n"
        );
        for value in [" a", "a\r\nb: c", "\0", "\u{e9}", "\u{2192}"] {
            assert_eq!(refusal.header(NAME, value), Refusal::HandlerFailed);
        }
    }
}
