//! The kind of content that a handler expects; RFC 9110 §§ 8.3 and 8.4.

use super::head::Request;
use super::refusal::Refusal;
use crate::field::name::HeaderName;
use crate::head::status::Status;

impl Request<'_> {
    /// Refuses a request whose content is of another media type than this, or of none that is told,
    /// with `415 Unsupported Media Type`. Parameters of the type do not count.
    ///
    /// ```
    /// use replywire::Status;
    /// use replywire::request::RequestHead;
    ///
    /// let bytes = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-type: Application/JSON; a=b\r\n\r\n";
    /// let head = RequestHead::parse::<8>(bytes).unwrap();
    /// head.request().expect_media_type("application/json")?;
    /// let refusal = head.request().expect_media_type("text/plain").unwrap_err();
    /// assert_eq!(refusal.status(), Status::UNSUPPORTED_MEDIA_TYPE);
    /// # Ok::<(), replywire::request::Refusal>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The refusal.
    pub fn expect_media_type(&self, essence: &str) -> Result<(), Refusal> {
        match self.media_type() {
            Some(media_type) if media_type.is(essence) => Ok(()),
            _ => Err(Refusal::of(Status::UNSUPPORTED_MEDIA_TYPE)),
        }
    }

    /// Refuses a request whose content is not [JSON](super::MediaType::is_json), or of which no
    /// media type is told, with `415 Unsupported Media Type`.
    ///
    /// # Errors
    ///
    /// The refusal.
    pub fn expect_json(&self) -> Result<(), Refusal> {
        match self.media_type() {
            Some(media_type) if media_type.is_json() => Ok(()),
            _ => Err(Refusal::of(Status::UNSUPPORTED_MEDIA_TYPE)),
        }
    }

    /// Refuses a request whose content has a coding, such as `gzip`, with
    /// `415 Unsupported Media Type`, and tells in `accept-encoding` that there is none
    /// (RFC 9110 § 12.5.3).
    ///
    /// # Errors
    ///
    /// The refusal.
    #[doc(alias = "content-encoding")]
    pub fn expect_no_coding(&self) -> Result<(), Refusal> {
        const REFUSAL: Refusal = Refusal::of(Status::UNSUPPORTED_MEDIA_TYPE)
            .header(HeaderName::ACCEPT_ENCODING, "identity");

        let mut codings = self.fields().list("content-encoding");
        match codings.all(|coding| coding.eq_ignore_ascii_case(b"identity")) {
            true => Ok(()),
            false => Err(REFUSAL),
        }
    }
}
