//! The handler that answers requests, and the proof that one was answered.

use core::future::Future;

use replywire::Error;
use replywire::request::Request;

use crate::error::{ConnectionError, ContentError, SendError};
use crate::responder::Responder;
use crate::transport::Transport;

/// A handler answers the requests of a connection.
///
/// ```
/// use replywire::{Response, Status};
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
///         let status = match request.path() {
///             "/" => Status::OK,
///             _ => Status::NOT_FOUND,
///         };
///         let reply = responder.send(|exchange, buf| {
///             Response::to(exchange, buf, status).text(status.reason())
///         });
///         Ok(reply.await?)
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

/// Says that a request was answered; only a [`Responder`] makes one.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Answered(pub(crate) ());

/// Says that a request was not answered, or not whole.
///
/// Every error of a [`Responder`] becomes one with `?`.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Unanswered(());

impl Unanswered {
    /// The handler has failed by itself.
    pub const fn new() -> Self {
        Self(())
    }
}

impl Default for Unanswered {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Error> for Unanswered {
    fn from(_: Error) -> Self {
        Self(())
    }
}

impl<E> From<ConnectionError<E>> for Unanswered {
    fn from(_: ConnectionError<E>) -> Self {
        Self(())
    }
}

impl<R, W> From<SendError<R, W>> for Unanswered {
    fn from(_: SendError<R, W>) -> Self {
        Self(())
    }
}

impl<E> From<ContentError<E>> for Unanswered {
    fn from(_: ContentError<E>) -> Self {
        Self(())
    }
}
