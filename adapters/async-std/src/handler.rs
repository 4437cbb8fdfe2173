use std::future::Future;

use async_std::io::{Read as AsyncRead, Write as AsyncWrite};
use async_std::net::TcpStream;
use replywire_embedded as embedded;

use crate::{Conn, Request, Sent, Unsent};

/// Answers one request over the stream `S`.
pub type Responder<'c, S = TcpStream> = embedded::Responder<'c, Conn<S>>;

/// Sends the elements of a JSON array or object one by one over the stream `S`.
pub type JsonSender<'c, D, S = TcpStream> = embedded::JsonSender<'c, Conn<S>, D>;

/// What answers the requests of a server.
///
/// ```
/// use replywire_async_std::replywire::{Response, Status};
/// use replywire_async_std::{Handler, Request, Responder, Sent, Unsent};
///
/// struct Hello;
///
/// impl Handler for Hello {
///     async fn handle(
///         &self,
///         request: &Request<'_>,
///         responder: Responder<'_>,
///     ) -> Result<Sent, Unsent> {
///         let greeting = match request.path() {
///             "/" => "hello, world",
///             _ => "who?",
///         };
///         let reply = responder.send(|exchange, buf| {
///             Response::to(exchange, buf, Status::OK).text(greeting)
///         });
///         Ok(reply.await?)
///     }
/// }
/// ```
pub trait Handler<S = TcpStream>: Send + Sync {
    /// Answers one request, by way of `responder`.
    ///
    /// After an [`Unsent`], the client is sent an error page if nothing of a reply has left, and the
    /// connection is closed; that page is `500 Internal Server Error`, or `400 Bad Request` where
    /// the request's content was at fault. Without a reply there is always one.
    ///
    /// Replies to earlier requests wait for this one; see [`Responder::flush`].
    ///
    /// [`Responder::flush`]: replywire_embedded::Responder::flush
    ///
    /// The future is dropped at an `await` when the server is aborted.
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, S>,
    ) -> impl Future<Output = Result<Sent, Unsent>> + Send;
}

/// A handler of this crate as one of the embedded driver.
pub(crate) struct Bridge<'h, H>(pub(crate) &'h H);

impl<S, H> embedded::Handler<Conn<S>> for Bridge<'_, H>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    H: Handler<S>,
{
    fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, S>,
    ) -> impl Future<Output = Result<Sent, Unsent>> {
        self.0.handle(request, responder)
    }
}
