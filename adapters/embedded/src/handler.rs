//! The handler that answers requests, and the proof that one was answered.

use core::future::Future;

#[cfg(feature = "template")]
use replywire::TemplateLines;
use replywire::request::{Exchange, Refusal, Request};
use replywire::{Error, Reply};

use crate::responder::Responder;
use crate::transport::Transport;
use crate::unanswered::Unanswered;

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
    /// and its like where the request was at fault: its content, or what the handler
    /// [refuses](crate::Cause::Refused). Without a reply there is always one. After a request that
    /// the handler refused the connection goes on, where the transport
    /// [observes](Transport::OBSERVES) and the page does not say `close`.
    ///
    /// Replies to earlier requests wait for this one; see [`Responder::flush`].
    ///
    /// The future may be dropped at any `await`, when the connection breaks or times out.
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> impl Future<Output = Result<Answered, Unanswered>>;

    /// Makes the reply to a request that was refused before the handler saw it, or to which the
    /// handler gave none. `None` is the default page: the status of `refusal`, with its phrase as
    /// text. `cause` is what the handler returned, or why there was no answer, where the transport
    /// [observes](Transport::OBSERVES).
    ///
    /// The connection closes after it if `exchange` says so. A page that is an error, or was not
    /// made for that exchange, is replaced by the default one; where that has no room, the
    /// connection closes without a word.
    ///
    /// ```
    /// use replywire::request::{Exchange, Refusal};
    /// use replywire::Response;
    /// use replywire_embedded::{
    ///     Answer, ErrorPage, Handler, Request, Responder, Transport, Unanswered,
    /// };
    ///
    /// struct Api;
    ///
    /// impl<T: Transport> Handler<T> for Api {
    ///     async fn handle(&self, _: &Request<'_>, responder: Responder<'_, T>) -> Answer {
    ///         responder.ok().text("hello, world").await
    ///     }
    ///
    ///     fn error_page<'b>(
    ///         &self,
    ///         refusal: Refusal,
    ///         _: &Unanswered,
    ///         exchange: &Exchange<'b>,
    ///         buf: &'b mut [u8],
    ///     ) -> ErrorPage<'b> {
    ///         let phrase = refusal.status().reason();
    ///         Some(Response::refusal(exchange, buf, refusal).json_by_hand(phrase))
    ///     }
    /// }
    /// ```
    #[doc(alias("exception_handler", "exception handler", "catch"))]
    fn error_page<'b>(
        &self,
        refusal: Refusal,
        cause: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> ErrorPage<'b> {
        let _ = (refusal, cause, exchange, buf);
        None
    }

    /// Writes the lines that every reply to this request has, whatever its status and whoever makes
    /// it: interim replies, files, error pages, and the page for a handler that failed. By default
    /// there are none. [`every_reply`](crate::every_reply) adds this to a handler.
    ///
    /// It is called once for each request, before [`handle`](Self::handle), and once with `None`
    /// for one that could not be read. A line of a reply that is a singleton stands in the place of
    /// one of these; others add up (see [`Template`](replywire::Template)).
    ///
    /// The lines take at most a quarter of the reply buffer, and replies have that much less. After
    /// an error, or a mistake in the lines ([`Cause::Template`](crate::Cause::Template)), the reply
    /// is a `500 Internal Server Error` without them, and the connection closes.
    ///
    /// ```
    /// use core::sync::atomic::{AtomicU32, Ordering};
    ///
    /// use replywire_embedded::{
    ///     Answer, Handler, Request, Responder, TemplateLines, Transport, Unanswered,
    /// };
    ///
    /// struct Api(AtomicU32);
    ///
    /// impl<T: Transport> Handler<T> for Api {
    ///     async fn handle(&self, _: &Request<'_>, responder: Responder<'_, T>) -> Answer {
    ///         responder.ok().text("hello, world").await
    ///     }
    ///
    ///     fn every_reply(
    ///         &self,
    ///         _: Option<&Request<'_>>,
    ///         lines: &mut TemplateLines<'_>,
    ///     ) -> Result<(), Unanswered> {
    ///         let id = self.0.fetch_add(1, Ordering::Relaxed);
    ///         lines.header("x-content-type-options", "nosniff").header("x-request-id", id);
    ///         Ok(())
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of your own; mistakes in lines are remembered.
    #[cfg(feature = "template")]
    #[doc(alias("middleware", "default headers"))]
    fn every_reply(
        &self,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        let _ = (request, lines);
        Ok(())
    }
}

impl<T: Transport, H: Handler<T> + ?Sized> Handler<T> for &H {
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        (**self).handle(request, responder)
    }

    fn error_page<'b>(
        &self,
        refusal: Refusal,
        cause: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> ErrorPage<'b> {
        (**self).error_page(refusal, cause, exchange, buf)
    }

    #[cfg(feature = "template")]
    fn every_reply(
        &self,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        (**self).every_reply(request, lines)
    }
}

/// The page in the place of a reply that there is not, or `None` for the default one; see
/// [`Handler::error_page`].
pub type ErrorPage<'b> = Option<Result<Reply<'b>, Error>>;

/// The outcome of a handler.
pub type Answer = Result<Answered, Unanswered>;

/// Says that a request was answered; only a [`Responder`] makes one.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Answered(pub(crate) ());
