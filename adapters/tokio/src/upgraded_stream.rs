use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use replywire_std::{Answered, ConnectionError};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::{Conn, Tokio};

/// A connection that was upgraded, or is a tunnel, with tokio's traits for reading and writing;
/// made by `From` of what `upgrade` and `tunnel` of a [`Chain`](crate::Chain) give.
///
/// ```
/// use replywire_tokio::replywire::Status;
/// use replywire_tokio::{Answer, Request, Responder, Unanswered, UpgradedStream};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// async fn echo(request: &Request<'_>, responder: Responder<'_>) -> Answer {
///     let reply = responder.status(Status::SWITCHING_PROTOCOLS);
///     let mut stream = UpgradedStream::from(reply.upgrade(request, "echo").await?);
///     let mut closing = stream.closing();
///     let mut buf = [0; 1024];
///     loop {
///         let read = tokio::select! {
///             read = stream.read(&mut buf) => read.map_err(|_| Unanswered::new())?,
///             () = &mut closing => 0,
///         };
///         match read {
///             0 => return Ok(stream.finish().await?),
///             n => stream.write_all(&buf[..n]).await.map_err(|_| Unanswered::new())?,
///         }
///     }
/// }
/// ```
///
/// What it does is in [`replywire_std::UpgradedStream`].
#[derive(Debug)]
#[must_use = "dropping it resets the connection"]
pub struct UpgradedStream<'c, S: AsyncRead + AsyncWrite + Unpin = TcpStream>(
    replywire_std::UpgradedStream<'c, Tokio, S>,
);

impl<'c, S: AsyncRead + AsyncWrite + Unpin> From<replywire_std::Upgraded<'c, Conn<S>>>
    for UpgradedStream<'c, S>
{
    fn from(upgraded: replywire_std::Upgraded<'c, Conn<S>>) -> Self {
        Self(upgraded.into())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> UpgradedStream<'_, S> {
    /// The bytes that came with the request and were not read yet.
    pub fn received(&self) -> &[u8] {
        self.0.received()
    }

    /// The connection, with what is known of its peer.
    pub fn connection(&self) -> &Conn<S> {
        self.0.connection()
    }

    /// Waits until the server is shutting down, or the connection has ended: then the handler
    /// should come to its end. The future is one by itself, so that it can be waited for together
    /// with reads. Of two that wait, the one that was polled last is woken.
    pub fn closing(&self) -> impl Future<Output = ()> + Send + Unpin + use<S> {
        self.0.closing()
    }

    /// Ends the connection in order: what was written arrives before its end.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`]
    pub async fn finish(self) -> Result<Answered, ConnectionError<io::Error>> {
        self.0.finish().await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for UpgradedStream<'_, S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let n = ready!(self.get_mut().0.poll_read(cx, buf.initialize_unfilled()))?;
        buf.advance(n);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for UpgradedStream<'_, S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().0.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().0.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().0.poll_close(cx)
    }
}
