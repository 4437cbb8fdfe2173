use core::{fmt, mem};

mod json;
mod place;

pub use self::json::JsonError;
pub use self::place::Place;

/// The reason why a reply could not be written.
///
/// For a buffered reply no byte comes out; an error from a stream's chunk may follow bytes already
/// sent.
///
/// A mistake in a field line, a cookie or an event has its [`Place`]. Errors are equal if they are
/// the same mistake, wherever it was made: what a reply is written into decides how much is known
/// of the place.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
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
    /// A cookie's domain held a control character or `;`, began or ended with a blank, or (strict)
    /// was not the name of a host; RFC 6265 § 4.1.1.
    CookieDomain(Place),
    /// A cookie's expiry held a control character or `;`, began or ended with a blank, or (strict)
    /// was not a date that browsers read; RFC 6265 § 4.1.1.
    CookieExpires(Place),
    /// A cookie's name was empty or held a byte that its policy does not allow.
    CookieName(Place),
    /// A `Partitioned` cookie was not `Secure`, so browsers would drop it.
    CookiePartitionedInsecure(Place),
    /// A cookie's path held a control character or `;`, began or ended with a blank, or (strict)
    /// held a byte outside ASCII or more than 1024 bytes, or did not begin with `/`;
    /// RFC 6265 § 4.1.1.
    CookiePath(Place),
    /// A `__Secure-`, `__Host-`, `__Http-` or `__Host-Http-` cookie broke the rule of its prefix;
    /// RFC 6265bis § 4.1.3.
    CookiePrefix(Place),
    /// A cookie's name is that of an attribute, such as `path`.
    CookieReservedName(Place),
    /// A text was none of `lax`, `strict` and `none`.
    CookieSameSite,
    /// A `SameSite=None` cookie was not `Secure`, so browsers would drop it; RFC 6265bis § 4.1.2.7.
    CookieSameSiteInsecure(Place),
    /// A cookie's name and value had over 4096 bytes together, so browsers would drop it;
    /// RFC 6265bis § 5.6.
    CookieTooLong(Place),
    /// A cookie's value held a control character, or (strict) a byte that is no `cookie-octet`.
    CookieValue(Place),
    /// A `Display` failed by itself, so its text is not whole.
    Display,
    /// The id of an event held CR, LF or NUL.
    EventId(Place),
    /// The name of an event held CR or LF.
    EventName(Place),
    /// A field that the facts of a file tell was set too: `content-range`; or the lines of `etag`
    /// and `last-modified` were not those that the plan knows of.
    FileHeader,
    /// A field that the library alone writes: `content-length`, `transfer-encoding`, `connection`,
    /// and `upgrade` in a reply that changes the protocol.
    FramingHeader(Place),
    /// A field name was no `token`; RFC 9110 § 5.1.
    HeaderName(Place),
    /// A field value held a control character, or white space at its start or end; RFC 9110 § 5.5.
    HeaderValue(Place),
    /// A status below 200, where a final reply was due (see [`Reply::check`](crate::Reply::check))
    /// or for an HTTP/1.0 client; RFC 9110 § 15.2.
    InterimStatus,
    /// The value could not be written as JSON.
    Json(JsonError),
    /// A URL was not a path of the same origin.
    Location(Place),
    /// A media type was not `type/subtype` with parameters; RFC 9110 § 8.3.1.
    MediaType(Place),
    /// A text held a character above U+00FF, which no byte of a field stands for.
    NotLatin1(Place),
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
    /// A line for every reply was of a field that tells of one reply, such as its `date` or its
    /// content.
    Template(Place),
    /// A trailer field was one that a recipient has to know before the content; RFC 9110 § 6.5.1.
    Trailer(Place),
    /// A reply was to change the protocol of its connection, and the request has not asked for
    /// that, or the status does not say it; RFC 9110 §§ 7.8 and 9.3.6.
    Upgrade,
}

impl Error {
    /// The place of the mistake, if it is one of those that have one.
    pub const fn place(&self) -> Option<Place> {
        let mut error = *self;
        match error.place_mut() {
            Some(place) => Some(*place),
            None => None,
        }
    }

    /// The same mistake in the field line of this number.
    pub(crate) const fn in_line(mut self, line: usize) -> Self {
        if let Some(place) = self.place_mut() {
            *place = place.in_line(line);
        }
        self
    }

    const fn place_mut(&mut self) -> Option<&mut Place> {
        match self {
            Self::CookieDomain(place)
            | Self::CookieExpires(place)
            | Self::CookieName(place)
            | Self::CookiePartitionedInsecure(place)
            | Self::CookiePath(place)
            | Self::CookiePrefix(place)
            | Self::CookieReservedName(place)
            | Self::CookieSameSiteInsecure(place)
            | Self::CookieTooLong(place)
            | Self::CookieValue(place)
            | Self::EventId(place)
            | Self::EventName(place)
            | Self::FramingHeader(place)
            | Self::HeaderName(place)
            | Self::HeaderValue(place)
            | Self::Location(place)
            | Self::MediaType(place)
            | Self::NotLatin1(place)
            | Self::Template(place)
            | Self::Trailer(place) => Some(place),
            Self::Chunk
            | Self::ContentChanged
            | Self::ContentMissing
            | Self::CookieSameSite
            | Self::Display
            | Self::FileHeader
            | Self::InterimStatus
            | Self::Json(_)
            | Self::OtherBuffer
            | Self::OtherExchange
            | Self::Overflow { .. }
            | Self::Status
            | Self::Upgrade => None,
        }
    }
}

/// An error is passed in two registers.
const _: () = assert!(size_of::<Error>() == 2 * size_of::<usize>());

impl Eq for Error {}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Json(left), Self::Json(right)) => left == right,
            (Self::Overflow { needed: left }, Self::Overflow { needed: right }) => left == right,
            _ => mem::discriminant(self) == mem::discriminant(other),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Chunk => "chunk that writes nothing, or more than there is room for",
            Self::ContentChanged => "content changed while it was written",
            Self::ContentMissing => "status with content for a reply that has none",
            Self::CookieDomain(_) => "invalid cookie domain",
            Self::CookieExpires(_) => "invalid cookie expiry",
            Self::CookieName(_) => "invalid cookie name",
            Self::CookiePartitionedInsecure(_) => "partitioned without secure",
            Self::CookiePath(_) => "invalid cookie path",
            Self::CookiePrefix(_) => "cookie breaks the rule of its name prefix",
            Self::CookieReservedName(_) => "cookie named like an attribute",
            Self::CookieSameSite => "invalid same-site text",
            Self::CookieSameSiteInsecure(_) => "same-site none without secure",
            Self::CookieTooLong(_) => "cookie longer than 4096 bytes",
            Self::CookieValue(_) => "invalid cookie value",
            Self::Display => "value failed to be displayed",
            Self::EventId(_) => "invalid event id",
            Self::EventName(_) => "event name of more than one line",
            Self::FileHeader => "header told by the facts of a file",
            Self::FramingHeader(_) => "header written by the library alone",
            Self::HeaderName(_) => "invalid header name",
            Self::HeaderValue(_) => "invalid header value",
            Self::InterimStatus => "status below 200 where none can be sent",
            Self::Json(error) => return error.fmt(f),
            Self::Location(_) => "not a path of the same origin",
            Self::MediaType(_) => "invalid media type",
            Self::NotLatin1(_) => "character above U+00FF in a field",
            Self::OtherBuffer => "reply in another buffer",
            Self::OtherExchange => "reply made for another exchange",
            Self::Overflow { needed } => {
                f.write_str("buffer too small, ")?;
                needed.fmt(f)?;
                " bytes needed"
            }
            Self::Status => "no status code",
            Self::Template(_) => "not for every reply",
            Self::Trailer(_) => "not for a trailer field",
            Self::Upgrade => "upgrade that was not asked for",
        };
        f.write_str(text)?;
        self.place().unwrap_or_default().fmt(f)
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
