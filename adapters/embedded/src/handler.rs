//! The handler that answers requests, and the proof that one was answered.

use core::fmt;
use core::future::Future;

use replywire::Error;
use replywire::body::StreamError;
use replywire::json::JsonError;
use replywire::request::Request;

use crate::error::{ConnectionError, ContentError, SendError};
use crate::responder::Responder;
use crate::transport::Transport;

/// A handler answers the requests of a connection.
///
/// ```
/// use replywire::Status;
/// use replywire_embedded::{Answered, Handler, Request, Responder, Transport, Unanswered};
///
/// struct Hello;
///
/// impl<T: Transport> Handler<T> for Hello {
///     async fn handle(
///         &self,
///         request: &Request<'_>,
///         responder: Responder<'_, T>,
///     ) -> Result<Answered, Unanswered> {
///         match request.path() {
///             "/" => responder.ok().text("hello, world").await,
///             _ => responder.status(Status::NOT_FOUND).text("not found").await,
///         }
///     }
/// }
/// ```
pub trait Handler<T: Transport> {
    /// Answers one request, by way of `responder`.
    ///
    /// After an [`Unanswered`], the client is sent an error page if nothing of a reply has left,
    /// and the connection is closed; that page is `500 Internal Server Error`, or `400 Bad Request`
    /// where the request's content was at fault. Without a reply there is always one.
    ///
    /// Replies to earlier requests wait for this one; see [`Responder::flush`].
    ///
    /// The future may be dropped at any `await`, when the connection breaks or times out.
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> impl Future<Output = Result<Answered, Unanswered>>;
}

impl<T: Transport, H: Handler<T> + ?Sized> Handler<T> for &H {
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        (**self).handle(request, responder)
    }
}

/// The outcome of a handler.
pub type Answer = Result<Answered, Unanswered>;

/// Says that a request was answered; only a [`Responder`] makes one.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Answered(pub(crate) ());

/// Says that a request was not answered, or not whole, and why.
///
/// Every error of a [`Responder`] becomes one with `?`.
#[doc(alias = "HTTPException")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Unanswered(Cause);

/// The reason that a request was not answered, or not whole.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Cause {
    /// The reply was sent, and background work after it has failed.
    Background,
    /// The body is not as long as its head promised, or a chunk of it could not be written.
    Body(StreamError),
    /// The peer closed the connection while the body waited for its source.
    Closed,
    /// The connection broke.
    Connection,
    /// The request's content could not be read.
    Content,
    /// The handler has failed by itself.
    Handler,
    /// A value could not be written as JSON, after some of the reply had left, or an element has no
    /// place in the container that is being written.
    Json(JsonError),
    /// The reply could not be written, and nothing of it was sent.
    Reply(Error),
    /// Reading the body failed.
    Source,
}

impl Unanswered {
    /// The handler has failed by itself.
    pub const fn new() -> Self {
        Self(Cause::Handler)
    }

    /// The reason.
    pub const fn cause(&self) -> Cause {
        self.0
    }

    /// The failure of a reply whose source is a value.
    pub(crate) fn of_value<W>(error: SendError<impl Into<Cause>, W>) -> Self {
        match error {
            SendError::Source(error) => Self(error.into()),
            error => error.into(),
        }
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Cause::Background => "background work failed",
            Cause::Body(_) | Cause::Json(_) => "reply broke off",
            Cause::Closed => "peer closed the connection",
            Cause::Connection => "connection broke",
            Cause::Content => "content not received",
            Cause::Handler => "handler failed",
            Cause::Reply(_) => "reply not written",
            Cause::Source => "source of the body failed",
        })
    }
}

impl core::error::Error for Unanswered {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.0 {
            Cause::Body(error) => Some(error),
            Cause::Json(error) => Some(error),
            Cause::Reply(error) => Some(error),
            _ => None,
        }
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
        Self(cause)
    }
}

impl From<Error> for Unanswered {
    fn from(error: Error) -> Self {
        Self(Cause::Reply(error))
    }
}

impl<E> From<ConnectionError<E>> for Unanswered {
    fn from(_: ConnectionError<E>) -> Self {
        Self(Cause::Connection)
    }
}

impl<R, W> From<SendError<R, W>> for Unanswered {
    fn from(error: SendError<R, W>) -> Self {
        Self(match error {
            SendError::Body(error) => Cause::Body(error),
            SendError::Closed => Cause::Closed,
            SendError::Connection(_) => Cause::Connection,
            SendError::Json(error) => Cause::Json(error),
            SendError::Reply(error) => Cause::Reply(error),
            SendError::Source(_) => Cause::Source,
        })
    }
}

impl<E> From<ContentError<E>> for Unanswered {
    fn from(_: ContentError<E>) -> Self {
        Self(Cause::Content)
    }
}
