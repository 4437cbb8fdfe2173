use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use replywire::request::{Exchange, Refusal};
use replywire_embedded::{Answered, ErrorPage, Request, Responder, TemplateLines, Unanswered};

use crate::{Conn, Streams};

/// Has a handler `H` of the runtime answer over streams of the type `S`.
///
/// It ties the trait `Handler` of an adapter to the one server; [`adapter!`](crate::adapter)
/// implements it.
#[diagnostic::on_unimplemented(
    message = "`{H}` does not answer over `{S}`",
    label = "the `Handler` of the runtime's adapter is not implemented"
)]
pub trait Handles<H, S>: Streams<S> {
    /// Answers one request.
    fn handle(
        handler: &H,
        request: &Request<'_>,
        responder: Responder<'_, Conn<Self, S>>,
    ) -> impl Future<Output = Result<Answered, Unanswered>> + Send;

    /// Makes the page for a request that was refused, or not answered; `None` for the default one.
    fn error_page<'b>(
        handler: &H,
        refusal: Refusal,
        cause: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> ErrorPage<'b>;

    /// Writes the lines that every reply has.
    ///
    /// # Errors
    ///
    /// Those of the handler.
    fn every_reply(
        handler: &H,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered>;
}

/// An async function, or an async closure that borrows nothing of what it captures, whose future is
/// `Send`: what [`handler_fn`](crate::handler_fn) takes for a server of several threads.
///
/// It is a trait because a bound `AsyncFn` cannot say yet that the future is `Send`. It is
/// implemented for every such function.
pub trait SendFn<'r, 'c, T: 'static>:
    Fn(&'r Request<'r>, Responder<'c, T>) -> Self::Answering
{
    /// The future of an answer.
    type Answering: Future<Output = Result<Answered, Unanswered>> + Send;
}

impl<'r, 'c, T, F, A> SendFn<'r, 'c, T> for F
where
    T: 'static,
    F: Fn(&'r Request<'r>, Responder<'c, T>) -> A,
    A: Future<Output = Result<Answered, Unanswered>> + Send,
{
    type Answering = A;
}

/// A handler of the runtime `R` as one of the embedded driver.
pub(crate) struct Bridge<'h, R, H>(&'h H, PhantomData<fn() -> R>);

impl<'h, R, H> Bridge<'h, R, H> {
    pub(crate) const fn new(handler: &'h H) -> Self {
        Self(handler, PhantomData)
    }
}

impl<R, S, H> replywire_embedded::Handler<Conn<R, S>> for Bridge<'_, R, H>
where
    R: Handles<H, S>,
{
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Conn<R, S>>,
    ) -> impl Future<Output = Result<Answered, Unanswered>> {
        CatchPanic::new(async move { R::handle(self.0, request, responder).await })
    }

    fn error_page<'b>(
        &self,
        refusal: Refusal,
        cause: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> ErrorPage<'b> {
        page_without_panic(|| R::error_page(self.0, refusal, cause, exchange, buf))
    }

    fn every_reply(
        &self,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        let written = catch_unwind(AssertUnwindSafe(|| R::every_reply(self.0, request, lines)));
        written.unwrap_or_else(|panic| Err(Unanswered::panicked(message(&*panic))))
    }
}

/// The page that a handler makes; after a panic the default one.
pub fn page_without_panic<'b>(make: impl FnOnce() -> ErrorPage<'b>) -> ErrorPage<'b> {
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_default()
}

pin_project! {
    /// A handler, of which a panic is a fault of one request: the connection answers for it, as for
    /// any other.
    #[derive(Debug)]
    pub struct CatchPanic<F> {
        #[pin]
        handling: F,
    }
}

impl<F> CatchPanic<F> {
    /// The answer of a handler.
    pub const fn new(handling: F) -> Self {
        Self { handling }
    }
}

impl<F: Future<Output = Result<Answered, Unanswered>>> Future for CatchPanic<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let handling = self.project().handling;
        let polled = catch_unwind(AssertUnwindSafe(|| handling.poll(cx)));
        polled.unwrap_or_else(|panic| {
            let panic = message(&*panic);
            Poll::Ready(Err(Unanswered::panicked(panic)))
        })
    }
}

/// The message of a panic.
pub(crate) fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let string = || panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(string).unwrap_or("no message")
}
