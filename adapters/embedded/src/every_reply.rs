//! Lines that every reply of a handler has, added to one that is there.

use core::fmt;

use replywire::TemplateLines;
use replywire::request::{Exchange, Refusal, Request};

use crate::handler::{Answered, ErrorPage, Handler};
use crate::responder::Responder;
use crate::transport::Transport;
use crate::unanswered::Unanswered;

/// A handler all of whose replies have more lines; see [`every_reply`].
#[derive(Clone, Copy)]
pub struct EveryReply<H, F> {
    handler: H,
    write: F,
}

/// Has every reply of `handler` have the lines that `write` writes, after those of its own
/// [`Handler::every_reply`]. The request is `None` where it could not be read.
///
/// So a server has lines about security and the id of each request on all that it sends, files and
/// error pages too:
///
/// ```
/// use core::sync::atomic::{AtomicU32, Ordering};
///
/// use replywire::{Cors, Headers};
/// use replywire_embedded::{Answer, Handler, Request, Responder, Transport, every_reply};
///
/// struct Api;
///
/// impl<T: Transport> Handler<T> for Api {
///     async fn handle(&self, _: &Request<'_>, responder: Responder<'_, T>) -> Answer {
///         responder.ok().text("hello, world").await
///     }
/// }
///
/// const CORS: Cors = Cors::new().origins(&["https://app.example"]);
///
/// let ids = AtomicU32::new(0);
/// let server = every_reply(Api, move |request, lines| {
///     lines
///         .header("strict-transport-security", "max-age=63072000")
///         .header("x-content-type-options", "nosniff")
///         .header("x-request-id", ids.fetch_add(1, Ordering::Relaxed));
///     let mut cors = Headers::<256>::new();
///     let origin = request.and_then(|request| request.header("origin"));
///     if CORS.simple(origin, &mut cors).is_ok() {
///         lines.headers(&cors);
///     }
/// });
/// ```
pub const fn every_reply<H, F>(handler: H, write: F) -> EveryReply<H, F>
where
    F: Fn(Option<&Request<'_>>, &mut TemplateLines<'_>),
{
    EveryReply { handler, write }
}

impl<H, F> EveryReply<H, F> {
    /// The handler.
    pub const fn handler(&self) -> &H {
        &self.handler
    }
}

impl<H, F> EveryReply<H, F>
where
    F: Fn(Option<&Request<'_>>, &mut TemplateLines<'_>),
{
    /// Writes the lines that were added to those of the handler.
    pub fn write(&self, request: Option<&Request<'_>>, lines: &mut TemplateLines<'_>) {
        (self.write)(request, lines);
    }
}

impl<T, H, F> Handler<T> for EveryReply<H, F>
where
    T: Transport,
    H: Handler<T>,
    F: Fn(Option<&Request<'_>>, &mut TemplateLines<'_>),
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
        self.handler.error_page(refusal, cause, exchange, buf)
    }

    fn every_reply(
        &self,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        self.handler.every_reply(request, lines)?;
        self.write(request, lines);
        Ok(())
    }
}

impl<H, F> fmt::Debug for EveryReply<H, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EveryReply").finish_non_exhaustive()
    }
}
