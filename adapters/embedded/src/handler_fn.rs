//! Async functions as handlers.

use core::fmt;

use replywire::request::Request;

use crate::handler::{Answered, Handler};
use crate::responder::Responder;
use crate::transport::Transport;
use crate::unanswered::Unanswered;

/// An async function as a handler; [`handler_fn`] makes it.
#[derive(Clone, Copy)]
pub struct HandlerFn<F>(F);

/// Has an async function, or an async closure, answer requests.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use replywire_embedded::{
///     Answer, Buffers, Limits, Plain, Request, Responder, Transport, handler_fn, serve_connection,
/// };
///
/// async fn hello<T: Transport>(request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
///     responder.ok().text(request.path()).await
/// }
///
/// async fn serve(
///     uart: impl Read<Error: Send + Sync + 'static> + Write,
///     request: &mut [u8],
///     reply: &mut [u8],
/// ) {
///     let buffers = Buffers { request, reply };
///     let handler = handler_fn(hello);
///     let _ = serve_connection(&mut Plain(uart), &handler, buffers, &Limits::new()).await;
/// }
/// ```
pub const fn handler_fn<F>(function: F) -> HandlerFn<F> {
    HandlerFn(function)
}

impl<F> HandlerFn<F> {
    /// The function.
    pub const fn function(&self) -> &F {
        &self.0
    }
}

impl<T, F> Handler<T> for HandlerFn<F>
where
    T: Transport,
    F: AsyncFn(&Request<'_>, Responder<'_, T>) -> Result<Answered, Unanswered>,
{
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        (self.0)(request, responder).await
    }
}

impl<F> fmt::Debug for HandlerFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerFn").finish_non_exhaustive()
    }
}
