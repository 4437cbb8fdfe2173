use std::future::Future;
use std::sync::Arc;

use replywire::request::{Exchange, Refusal};
use replywire_std::__private::{CatchPanic, page_without_panic};
use replywire_std::{Answer, ErrorPage, HandlerFn, Request, Runtime, SendFn, Unanswered};

use crate::{HostConn, Responder};

/// Answers the requests that a host has read, on the runtime `R`.
///
/// An async function is one by [`handler_fn`](crate::handler_fn): one that is generic over its
/// transport is one of our servers too.
pub trait Handler<R: Runtime>: Send + Sync {
    /// Answers one request, by way of `responder`.
    ///
    /// After an [`Unanswered`], or a panic, the client is sent an error page if nothing of a reply
    /// has left; else the body ends with an error, so that the host breaks the reply off.
    ///
    /// The future may be dropped at any `await`: when the client leaves, the host drops the body,
    /// and that drops the future, unless the reply is whole and work goes on after it.
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, R>,
    ) -> impl Future<Output = Answer> + Send;

    /// Makes the reply to a request to which the handler gave none; `None` is the default page.
    /// `cause` is what the handler returned, or why there was no answer.
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
}

impl<R: Runtime, F> Handler<R> for HandlerFn<F>
where
    F: for<'r, 'c> SendFn<'r, 'c, HostConn<R>> + Send + Sync,
{
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, R>,
    ) -> impl Future<Output = Answer> + Send {
        (self.function())(request, responder)
    }
}

impl<R: Runtime, H: Handler<R> + ?Sized> Handler<R> for Arc<H> {
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, R>,
    ) -> impl Future<Output = Answer> + Send {
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
}

/// A handler as one of the driver.
pub(crate) struct Bridge<'h, H>(pub(crate) &'h H);

impl<R: Runtime, H: Handler<R>> replywire_embedded::Handler<HostConn<R>> for Bridge<'_, H> {
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, R>,
    ) -> impl Future<Output = Answer> {
        CatchPanic::new(async move { self.0.handle(request, responder).await })
    }

    fn error_page<'b>(
        &self,
        refusal: Refusal,
        cause: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> ErrorPage<'b> {
        page_without_panic(|| self.0.error_page(refusal, cause, exchange, buf))
    }
}
