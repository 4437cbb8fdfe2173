//! The reasons that a vector's input gave no reply, and the neutral names of them.

use replywire::Error;
use replywire::body::BodyError;
use replywire::json::JsonError;
use serde_json::Value as Json;

use crate::vector::any_char;

/// The reason that there is no reply: always something typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Failure {
    /// The body was not as long as its head said.
    Body(BodyError),
    /// The core refused.
    Core(Error),
    /// The peer has gone.
    Disconnect,
    /// There is no file, so there are no facts.
    Missing,
    /// The path is of something that has no content to send.
    NotAFile,
    /// There is no way to say a time with an offset: `HttpDate` is UTC.
    NotUtc,
    /// The body's source failed.
    Producer,
    /// `Status::new` gave none.
    Status,
    /// Work after the reply failed.
    Task,
    /// There is no such value of the declared type: what would return it does not compile.
    Type,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl Failure {
    /// True if this is what the vectors call `kind`, for this input.
    pub fn is(self, kind: &str, input: &Json) -> bool {
        match self {
            Self::Body(BodyError::TooLong) => kind == "content_longer_than_length",
            Self::Body(BodyError::TooShort { .. }) => {
                matches!(kind, "content_shorter_than_length" | "file_truncated")
            }
            Self::Core(error) => is(error, kind, input),
            Self::Disconnect => kind == "client_disconnect",
            Self::Missing => kind == "file_missing",
            Self::NotAFile => kind == "not_a_regular_file",
            Self::NotUtc => kind == "expires_not_utc",
            Self::Producer => kind == "producer_failed",
            Self::Task => kind == "task_failed",
            Self::Body(_) | Self::Status | Self::Type => false,
        }
    }
}

fn is(error: Error, kind: &str, input: &Json) -> bool {
    match (error, kind) {
        (Error::NotLatin1(_), "not_latin1" | "invalid_header")
        | (Error::HeaderName(_) | Error::HeaderValue(_), "invalid_header")
        | (Error::FramingHeader(_), "conflicting_content_length")
        | (Error::CookieName(_), "cookie_illegal_name")
        | (Error::CookieReservedName(_), "cookie_reserved_name")
        | (Error::CookieSameSite, "samesite_invalid")
        | (Error::EventId(_) | Error::EventName(_), "sse_multiline" | "sse_null_in_id")
        | (Error::Json(JsonError::Depth), "too_deep")
        | (Error::Json(JsonError::Integer), "int_out_of_range")
        | (Error::Json(JsonError::Key), "unsupported_key")
        | (Error::Json(JsonError::NotFinite), "not_finite") => true,
        // A name outside ASCII is no token, whether or not it is Latin-1.
        (Error::HeaderName(_), "not_latin1") => any_char(input, &|char| char > '\u{ff}'),
        (
            Error::CookieDomain(_)
            | Error::CookieExpires(_)
            | Error::CookiePath(_)
            | Error::CookieValue(_),
            "control_char",
        ) => any_char(input, &|char| char.is_ascii_control()),
        _ => false,
    }
}
