use core::fmt;

mod json;

pub use self::json::JsonError;

/// The reason why a reply could not be written.
///
/// For a buffered reply no byte comes out; an error from a stream's chunk may follow bytes already
/// sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Error {
    /// A [`Chunk`](crate::body::Chunk) wrote nothing and was not done, or said that it wrote more
    /// than it had room for.
    Chunk,
    /// A [`Content`](crate::body::Content), a [`Text`](crate::body::Text) or a value of
    /// [`Headers`](crate::Headers) wrote other bytes, or another number of them, when it was
    /// written again.
    ContentChanged,
    /// A finished reply whose status allowed no content was given one that tells of some, which is
    /// gone; see [`Edit::status`](crate::Edit::status).
    ContentMissing,
    /// A cookie's path, domain or expiry held a control character or `;`, began or ended with a
    /// blank, or (strict) held a byte outside ASCII or more than 1024 bytes, or was no host, path
    /// or date; RFC 6265 § 4.1.1.
    CookieAttribute,
    /// A cookie's name was empty or held a byte that its policy does not allow.
    CookieName,
    /// A `Partitioned` cookie was not `Secure`, so browsers would drop it.
    CookiePartitionedInsecure,
    /// A `__Secure-`, `__Host-`, `__Http-` or `__Host-Http-` cookie broke the rule of its prefix;
    /// RFC 6265bis § 4.1.3.
    CookiePrefix,
    /// A cookie's name is that of an attribute, such as `path`.
    CookieReservedName,
    /// A text was none of `lax`, `strict` and `none`.
    CookieSameSite,
    /// A `SameSite=None` cookie was not `Secure`, so browsers would drop it; RFC 6265bis § 4.1.2.7.
    CookieSameSiteInsecure,
    /// A cookie's name and value had over 4096 bytes together, so browsers would drop it;
    /// RFC 6265bis § 5.6.
    CookieTooLong,
    /// A cookie's value held a control character, or (strict) a byte that is no `cookie-octet`.
    CookieValue,
    /// A `Display` failed by itself, so its text is not whole.
    Display,
    /// The name or the id of an event held CR or LF, or the id NUL.
    Event,
    /// A field that the facts of a file tell was set too: `content-range`; or the lines of `etag`
    /// and `last-modified` were not those that the plan knows of.
    FileHeader,
    /// A field that the library alone writes: `content-length`, `transfer-encoding`, `connection`.
    FramingHeader,
    /// A field name was no `token`; RFC 9110 § 5.1.
    HeaderName,
    /// A field value held a control character, or white space at its start or end; RFC 9110 § 5.5.
    HeaderValue,
    /// A status below 200, where a final reply was due (see [`Reply::check`](crate::Reply::check))
    /// or for an HTTP/1.0 client; RFC 9110 § 15.2.
    InterimStatus,
    /// The value could not be written as JSON.
    Json(JsonError),
    /// A URL was not a path of the same origin.
    Location,
    /// A media type was not `type/subtype` with parameters; RFC 9110 § 8.3.1.
    MediaType,
    /// A text held a character above U+00FF, which no byte of a field stands for.
    NotLatin1,
    /// A reply was not in the buffer that it had to be written to.
    OtherBuffer,
    /// A reply was made for another exchange than the one it was to answer: for another version,
    /// for another method if either is `HEAD` or `CONNECT`, with trailer fields that are not taken,
    /// or without saying that the connection closes.
    OtherExchange,
    /// The buffer was too small; `needed` bytes would have been enough.
    Overflow {
        /// The size in bytes. A reply whose lines were replaced takes fewer than it needed on the
        /// way.
        needed: usize,
    },
    /// A number was the code of no status: below 100 or above 999.
    Status,
    /// A trailer field was one that a recipient has to know before the content; RFC 9110 § 6.5.1.
    Trailer,
    /// A reply was to change the protocol of its connection, and the request has not asked for
    /// that, or the status does not say it; RFC 9110 §§ 7.8 and 9.3.6.
    Upgrade,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Chunk => "chunk that writes nothing, or more than there is room for",
            Self::ContentChanged => "content changed while it was written",
            Self::ContentMissing => "status with content for a reply that has none",
            Self::CookieAttribute => "invalid cookie attribute",
            Self::CookieName => "invalid cookie name",
            Self::CookiePartitionedInsecure => "partitioned without secure",
            Self::CookiePrefix => "cookie breaks the rule of its name prefix",
            Self::CookieReservedName => "cookie named like an attribute",
            Self::CookieSameSite => "invalid same-site text",
            Self::CookieSameSiteInsecure => "same-site none without secure",
            Self::CookieTooLong => "cookie longer than 4096 bytes",
            Self::CookieValue => "invalid cookie value",
            Self::Display => "value failed to be displayed",
            Self::Event => "event field of more than one line",
            Self::FileHeader => "header told by the facts of a file",
            Self::FramingHeader => "header written by the library alone",
            Self::HeaderName => "invalid header name",
            Self::HeaderValue => "invalid header value",
            Self::InterimStatus => "status below 200 where none can be sent",
            Self::Json(error) => return error.fmt(f),
            Self::Location => "not a path of the same origin",
            Self::MediaType => "invalid media type",
            Self::NotLatin1 => "character above U+00FF in a field",
            Self::OtherBuffer => "reply in another buffer",
            Self::OtherExchange => "reply made for another exchange",
            Self::Overflow { needed } => {
                f.write_str("buffer too small, ")?;
                needed.fmt(f)?;
                " bytes needed"
            }
            Self::Status => "no status code",
            Self::Trailer => "not for a trailer field",
            Self::Upgrade => "upgrade that was not asked for",
        };
        f.write_str(text)
    }
}

impl core::error::Error for Error {}

/// The failure of a `write!`, as [`Error::Display`].
impl From<fmt::Error> for Error {
    fn from(_: fmt::Error) -> Self {
        Self::Display
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}
