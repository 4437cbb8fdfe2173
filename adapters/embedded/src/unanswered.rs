//! The reason that a request was not answered, or not whole.

use core::error::Error as StdError;
use core::fmt;

use replywire::Error;
use replywire::body::StreamError;
use replywire::json::JsonError;
use replywire::request::Refusal;

use crate::error::SendError;
use crate::kept::Kept;

/// Says that a request was not answered, or not whole, and why.
///
/// Every error of a [`Responder`](crate::Responder) becomes one with `?`, and its [`Cause`] is
/// kept. With the feature `std`, which the adapters for operating systems have, so does every error
/// that is `std::error::Error + Send + Sync + 'static`, and the error itself is kept too: see
/// [`error`](Self::error). It is no `Error` itself, or `?` could not take all others.
///
/// An error about the request itself is a refusal of it ([`Cause::Refused`]), and the page is
/// `400 Bad Request` or `414`: [`DecodeError`](replywire::request::DecodeError),
/// [`PathError`](replywire::request::PathError), [`ParseError`](replywire::request::ParseError) and
/// [`Refusal`] itself. With the feature `std` a `ParseError` is recognized for the types of the
/// standard library; that of another type becomes a refusal by `map_err(Refusal::from)`; and a
/// [`Status`](replywire::Status) is a refusal too, as by `Refusal::of`. Without `std`, that is
/// there with the feature `refusals` of the core.
///
/// ```
/// use replywire::request::Refusal;
/// use replywire_embedded::{Answer, Request, Responder, Transport};
///
/// /// Tells the square of a number, such as `/7`; to `/`, `/x` and `/1000` it is `400`.
/// async fn square<T: Transport>(request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
///     let mut segments = request.segments();
///     let segment = segments.next().ok_or(Refusal::BadRequest)?;
///     let number: u8 = segment.parse()?;
///     responder.ok().text(u32::from(number).pow(2)).await
/// }
/// ```
///
/// The text tells the cause and, after colons, the error and its sources; of a reply that was too
/// long for its buffer, what helps.
#[doc(alias = "HTTPException")]
#[derive(Clone, Debug)]
pub struct Unanswered {
    pub(crate) cause: Cause,
    pub(crate) kept: Kept,
}

/// The reason that a request was not answered, or not whole.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Cause {
    /// The reply was sent, and background work after it has failed.
    Background,
    /// The body is not as long as its head promised, or a chunk of it could not be written.
    Body(StreamError),
    /// The peer closed the connection before the reply was whole.
    Closed,
    /// The connection broke.
    Connection,
    /// The request's content could not be read.
    Content,
    /// The connection was dropped by its server.
    Dropped,
    /// The handler has failed by itself.
    Handler,
    /// A value could not be written as JSON, after some of the reply had left, or an element has no
    /// place in the container that is being written.
    Json(JsonError),
    /// The handler has panicked.
    Panicked,
    /// The request was refused: before a handler saw it, or by its handler, such as for a path that
    /// cannot be decoded. The error page tells the refusal's status.
    Refused(Refusal),
    /// The reply could not be written, and nothing of it was sent.
    Reply(Error),
    /// Reading the body failed.
    Source,
    /// The lines that every reply was to have could not be written; see `Handler::every_reply`.
    Template(Error),
    /// The handler took longer than its limit.
    TimedOut,
}

impl Unanswered {
    /// The handler has failed by itself.
    pub const fn new() -> Self {
        Self::of_cause(Cause::Handler)
    }

    /// The reason.
    pub const fn cause(&self) -> Cause {
        self.cause
    }

    pub(crate) const fn of_cause(cause: Cause) -> Self {
        Self {
            cause,
            kept: Kept::nothing(),
        }
    }

    /// A failure for this reason, of which `error` tells more: with [`Cause::Refused`] an error of
    /// yours with a status, such as in the example of `Unanswered::error`.
    pub fn caused_by<E: StdError + Send + Sync + 'static>(cause: Cause, error: E) -> Self {
        Self {
            cause,
            kept: Kept::of(error),
        }
    }

    /// The failure of a reply whose source is a value.
    pub(crate) fn of_value<W>(error: SendError<impl Into<Cause>, W>) -> Self
    where
        W: StdError + Send + Sync + 'static,
    {
        Self::of_sent(error, |error| Self::of_cause(error.into()))
    }

    /// The failure of a reply whose body has a source.
    pub(crate) fn of_source<R, W>(error: SendError<R, W>) -> Self
    where
        R: StdError + Send + Sync + 'static,
        W: StdError + Send + Sync + 'static,
    {
        Self::of_sent(error, |error| Self::caused_by(Cause::Source, error))
    }

    fn of_sent<R, W>(error: SendError<R, W>, of_source: impl FnOnce(R) -> Self) -> Self
    where
        W: StdError + Send + Sync + 'static,
    {
        match error {
            SendError::Body(error) => Self::of_cause(Cause::Body(error)),
            SendError::Closed => Self::of_cause(Cause::Closed),
            SendError::Connection(error) => Self::caused_by(Cause::Connection, error),
            SendError::Json(error) => Self::of_cause(Cause::Json(error)),
            SendError::Reply(error) => Self::of_cause(Cause::Reply(error)),
            SendError::Source(error) => of_source(error),
        }
    }
}

impl Cause {
    /// The error that the cause itself holds.
    fn error(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Body(error) => Some(error),
            Self::Json(error) => Some(error),
            Self::Refused(error) => Some(error),
            Self::Reply(error) | Self::Template(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Background => "background work failed",
            Self::Body(_) | Self::Json(_) => "reply broke off",
            Self::Closed => "peer closed the connection",
            Self::Connection => "connection broke",
            Self::Content => "content not received",
            Self::Dropped => "connection dropped",
            Self::Handler => "handler failed",
            Self::Panicked => "handler panicked",
            Self::Refused(_) => "request refused",
            Self::Reply(_) => "reply not written",
            Self::Source => "source of the body failed",
            Self::Template(_) => "lines of every reply not written",
            Self::TimedOut => "handler took too long",
        })
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)?;
        let mut next = self.kept.error().or(self.cause.error());
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        match self.cause {
            Cause::Reply(Error::Overflow { .. }) => write!(f, "; {ADVICE}"),
            _ => Ok(()),
        }
    }
}

/// The things that help where a reply was too long for its buffer.
const ADVICE: &str = match cfg!(feature = "alloc") {
    true => {
        "a larger `reply_buffer` helps, which the head of a chain has to fit; \
         of a closure's reply, a larger `largest_reply`; or an ending that leaves in steps"
    }
    false => "a larger reply buffer helps, or an ending that leaves in steps",
};

#[cfg(feature = "defmt")]
impl defmt::Format for Unanswered {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.cause.format(f);
    }
}

impl Default for Unanswered {
    fn default() -> Self {
        Self::new()
    }
}

impl From<JsonError> for Cause {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl From<Cause> for Unanswered {
    fn from(cause: Cause) -> Self {
        Self::of_cause(cause)
    }
}
