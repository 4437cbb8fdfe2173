//! The reply to a request that was refused, or whose handler failed.

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
use crate::head::constant::Head;
use crate::head::status::Status;
use crate::request::exchange::Exchange;
use crate::request::refusal::Refusal;

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
    /// # Errors
    ///
    /// [`Error::Overflow`].
    #[inline(never)]
    pub fn refuse(
        exchange: &Exchange,
        buf: &'b mut [u8],
        reason: Refusal,
    ) -> Result<Reply<'b>, Error> {
        let head = head(reason);
        Self::with_head(exchange, buf, *head).text(head.reason())
    }
}

/// The head of a refusal. Heads are in flash, in the order of the refusals, so that a program which
/// refuses links no more phrases than these.
fn head(reason: Refusal) -> &'static Head {
    static HEADS: [Head; 8] = [
        crate::head!(Status::BAD_REQUEST),
        crate::head!(Status::CONTENT_TOO_LARGE),
        crate::head!(Status::EXPECTATION_FAILED),
        crate::head!(Status::REQUEST_HEADER_FIELDS_TOO_LARGE),
        crate::head!(Status::INTERNAL_SERVER_ERROR),
        crate::head!(Status::NOT_IMPLEMENTED),
        crate::head!(Status::URI_TOO_LONG),
        crate::head!(Status::HTTP_VERSION_NOT_SUPPORTED),
    ];
    let [first, ..] = &HEADS;
    HEADS.get(reason as usize).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_the_head_of_its_status() {
        for reason in [
            Refusal::BadRequest,
            Refusal::ContentTooLarge,
            Refusal::ExpectationFailed,
            Refusal::FieldsTooLarge,
            Refusal::HandlerFailed,
            Refusal::NotImplemented,
            Refusal::UriTooLong,
            Refusal::VersionNotSupported,
        ] {
            assert_eq!(head(reason).status(), reason.status());
        }
    }
}
