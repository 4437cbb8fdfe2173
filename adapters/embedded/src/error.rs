//! Errors of a connection, each of which wraps those below it.

use core::convert::Infallible;
use core::fmt;

use replywire::Error;
use replywire::body::{BodyError, StreamError};
use replywire::json::JsonError;
use replywire::request::Malformed;

/// The connection broke.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ConnectionError<E> {
    /// Reading or writing failed.
    Io(E),
    /// The transport took no bytes, now or at an earlier write.
    WriteZero,
}

impl<E> fmt::Display for ConnectionError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Io(_) => "connection failed",
            Self::WriteZero => "connection took no bytes",
        })
    }
}

impl<E: core::error::Error + 'static> core::error::Error for ConnectionError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::WriteZero => None,
        }
    }
}

/// A request's content could not be read. The connection closes after the reply, if that can still
/// be sent; only after [`TooLong`](Self::TooLong) it may go on.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ContentError<E> {
    /// The connection broke.
    Connection(ConnectionError<E>),
    /// The chunked coding was wrong, RFC 9112 § 7.1.
    Malformed,
    /// The peer took too long to send the next bytes.
    TimedOut,
    /// The content is longer than the limit of [`read_all`](crate::Responder::read_all).
    TooLong,
    /// The peer closed before the end.
    Truncated,
}

impl<E> fmt::Display for ContentError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection(_) => "content not received",
            Self::Malformed => "malformed chunked coding",
            Self::TimedOut => "content took too long to arrive",
            Self::TooLong => "content too long",
            Self::Truncated => "content ended early",
        })
    }
}

impl<E: core::error::Error + 'static> core::error::Error for ContentError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Connection(error) => Some(error),
            Self::Malformed | Self::TimedOut | Self::TooLong | Self::Truncated => None,
        }
    }
}

impl<E> From<ConnectionError<E>> for ContentError<E> {
    fn from(error: ConnectionError<E>) -> Self {
        Self::Connection(error)
    }
}

impl<E> From<Malformed> for ContentError<E> {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// A reply was not sent whole, by the side that failed: `R` of the body's source, `W` of the
/// connection.
///
/// After all but [`Reply`](Self::Reply) the connection must be closed.
#[doc(alias = "ClientDisconnect")]
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SendError<R, W> {
    /// The body is not as long as its head promised, or a chunk of it could not be written.
    Body(StreamError),
    /// The peer closed the connection while the body waited for its source.
    Closed,
    /// The connection broke.
    Connection(ConnectionError<W>),
    /// A value could not be written as JSON, after some of the reply had left, or an element has no
    /// place in the container that is being written.
    Json(JsonError),
    /// The reply could not be written, and nothing of it was sent.
    Reply(Error),
    /// Reading the body failed.
    Source(R),
}

impl<W> SendError<Infallible, W> {
    /// The same error of a reply that could have a source.
    pub fn widen<R>(self) -> SendError<R, W> {
        match self {
            Self::Body(error) => SendError::Body(error),
            Self::Closed => SendError::Closed,
            Self::Connection(error) => SendError::Connection(error),
            Self::Json(error) => SendError::Json(error),
            Self::Reply(error) => SendError::Reply(error),
            Self::Source(never) => match never {},
        }
    }
}

impl<R, W> fmt::Display for SendError<R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Body(_) | Self::Json(_) => "reply broke off",
            Self::Closed => "peer closed the connection",
            Self::Connection(_) => "reply not sent",
            Self::Reply(_) => "reply not written",
            Self::Source(_) => "source of the body failed",
        })
    }
}

impl<R, W> core::error::Error for SendError<R, W>
where
    R: core::error::Error + 'static,
    W: core::error::Error + 'static,
{
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Body(error) => Some(error),
            Self::Connection(error) => Some(error),
            Self::Json(error) => Some(error),
            Self::Reply(error) => Some(error),
            Self::Source(error) => Some(error),
            Self::Closed => None,
        }
    }
}

impl<R, W> From<BodyError> for SendError<R, W> {
    fn from(error: BodyError) -> Self {
        Self::Body(StreamError::Body(error))
    }
}

impl<R, W> From<ConnectionError<W>> for SendError<R, W> {
    fn from(error: ConnectionError<W>) -> Self {
        Self::Connection(error)
    }
}

impl<R, W> From<StreamError> for SendError<R, W> {
    fn from(error: StreamError) -> Self {
        Self::Body(error)
    }
}
