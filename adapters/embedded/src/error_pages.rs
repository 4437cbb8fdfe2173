//! The pages for requests without an answer, added to a handler that is there.

use core::fmt;
use core::future::Future;

#[cfg(feature = "template")]
use replywire::TemplateLines;
use replywire::request::{Exchange, Refusal, Request};
use replywire::{Error, Reply, Response};

use crate::handler::{Answered, ErrorPage, Handler};
use crate::responder::Responder;
use crate::transport::Transport;
use crate::unanswered::Unanswered;

/// A handler with error pages of another's making; see [`error_pages`].
#[derive(Clone, Copy)]
pub struct ErrorPages<H, F> {
    handler: H,
    page: F,
}

/// Has `page` make the reply to each request that was refused, by the server or by `handler`, or to
/// which that gave no reply: it ends a response that was begun with the status, and the header line
/// of the refusal, if that has one. It stands in the place of the handler's own
/// [`Handler::error_page`]; an error of it is the default page.
///
/// ```
/// use replywire::Status;
/// use replywire::request::Refusal;
/// use replywire_embedded::{Answer, Handler, Request, Responder, Transport, error_pages};
///
/// struct Api;
///
/// impl<T: Transport> Handler<T> for Api {
///     async fn handle(&self, request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
///         match request.path() {
///             "/" => responder.ok().text("hello, world").await,
///             _ => Err(Refusal::BadRequest)?,
///         }
///     }
/// }
///
/// let api = error_pages(Api, |refusal, _, response| match refusal.status() {
///     Status::INTERNAL_SERVER_ERROR => response.html("<h1>Sorry</h1>"),
///     _ => response.problem(),
/// });
/// ```
pub const fn error_pages<H, F>(handler: H, page: F) -> ErrorPages<H, F>
where
    F: for<'b> Fn(Refusal, &Unanswered, Response<'b>) -> Result<Reply<'b>, Error>,
{
    ErrorPages { handler, page }
}

impl<H, F> ErrorPages<H, F> {
    /// The handler.
    pub const fn handler(&self) -> &H {
        &self.handler
    }
}

impl<H, F> ErrorPages<H, F>
where
    F: for<'b> Fn(Refusal, &Unanswered, Response<'b>) -> Result<Reply<'b>, Error>,
{
    /// Makes the page for a refusal.
    pub fn page<'b>(
        &self,
        refusal: Refusal,
        cause: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> ErrorPage<'b> {
        let response = Response::refusal(exchange, buf, refusal);
        Some((self.page)(refusal, cause, response))
    }
}

impl<T, H, F> Handler<T> for ErrorPages<H, F>
where
    T: Transport,
    H: Handler<T>,
    F: for<'b> Fn(Refusal, &Unanswered, Response<'b>) -> Result<Reply<'b>, Error>,
{
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        self.handler.handle(request, responder)
    }

    fn error_page<'b>(
        &self,
        refusal: Refusal,
        cause: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> ErrorPage<'b> {
        self.page(refusal, cause, exchange, buf)
    }

    #[cfg(feature = "template")]
    fn every_reply(
        &self,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        self.handler.every_reply(request, lines)
    }
}

impl<H, F> fmt::Debug for ErrorPages<H, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorPages").finish_non_exhaustive()
    }
}
