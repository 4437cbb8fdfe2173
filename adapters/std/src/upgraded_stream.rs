use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_io::{AsyncRead, AsyncWrite};
use replywire_embedded::{Answered, ConnectionError, Upgraded};
#[cfg(feature = "tungstenite")]
use replywire_embedded::{Phase, Transport};

use crate::connection_slot::SlotHandle;
use crate::{Conn, FuturesIo, Streams};

/// A connection that was upgraded, or is a tunnel, with the traits of the runtime for reading and
/// writing; made by `From` of what [`Chain::upgrade`](crate::Chain::upgrade) gives.
///
/// It keeps its slot of the server. Of the limits, [`Timeouts::write`](crate::Timeouts::write) and
/// [`rate`](crate::Timeouts::rate) count while bytes of the handler wait for the peer, and
/// [`Timeouts::upgraded`](crate::Timeouts::upgraded) while it waits for the peer's. It is told of a
/// shutdown by [`closing`](Self::closing), and dropped after the grace time.
///
/// [`finish`](Self::finish) ends it in order. Where it is dropped, a socket is reset.
#[derive(Debug)]
#[must_use = "dropping it resets the connection"]
pub struct UpgradedStream<'c, R: Streams<S>, S>(Upgraded<'c, Conn<R, S>>);

impl<'c, R: Streams<S>, S> From<Upgraded<'c, Conn<R, S>>> for UpgradedStream<'c, R, S> {
    fn from(upgraded: Upgraded<'c, Conn<R, S>>) -> Self {
        Self(upgraded)
    }
}

impl<R: Streams<S>, S> UpgradedStream<'_, R, S> {
    /// The bytes that came with the request and were not read yet.
    pub fn received(&self) -> &[u8] {
        self.0.received()
    }

    /// The connection, with what is known of its peer.
    pub fn connection(&self) -> &Conn<R, S> {
        self.0.transport()
    }

    /// Waits until the server is shutting down, or the connection has ended: then the handler
    /// should come to its end. The future is one by itself, so that it can be waited for together
    /// with reads. Of two that wait, the one that was polled last is woken.
    pub fn closing(&self) -> impl Future<Output = ()> + Send + Unpin + use<R, S> {
        Closing(self.0.transport().slot().clone())
    }

    #[cfg(feature = "tungstenite")]
    pub(crate) fn poll_closing(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_closing(cx)
    }

    /// From here on, all that the peer still sends has one limit of time.
    #[cfg(feature = "tungstenite")]
    pub(crate) fn drain(&mut self) {
        self.0.transport_mut().phase(Phase::Drain);
    }

    /// Ends the connection in order: what was written arrives before its end.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`]
    pub async fn finish(self) -> Result<Answered, ConnectionError<io::Error>> {
        self.0.finish().await
    }

    /// Reads some bytes: first those that came with the request.
    ///
    /// # Errors
    ///
    /// Those of the stream, and [`TimedOut`](io::ErrorKind::TimedOut).
    pub fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        match self.0.take_received(buf) {
            0 if !buf.is_empty() => {
                let conn = self.0.transport_mut();
                ready!(conn.poll_turn(cx));
                conn.poll_read(cx, buf)
            }
            n => Poll::Ready(Ok(n)),
        }
    }

    /// Writes some of `bytes`.
    ///
    /// # Errors
    ///
    /// Those of the stream, and [`TimedOut`](io::ErrorKind::TimedOut).
    pub fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.transport_mut().poll_write(cx, bytes)
    }

    /// Has what was written leave.
    ///
    /// # Errors
    ///
    /// As [`poll_write`](Self::poll_write).
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.transport_mut().poll_control(cx, R::poll_flush)
    }

    /// Tells the peer that nothing more is sent.
    ///
    /// # Errors
    ///
    /// As [`poll_write`](Self::poll_write).
    pub fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.transport_mut().poll_control(cx, R::poll_close)
    }
}

/// The wait for a shutdown of the server.
#[derive(Debug)]
struct Closing(SlotHandle);

impl Future for Closing {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_closing(cx)
    }
}

impl<R: FuturesIo + Streams<S>, S> AsyncRead for UpgradedStream<'_, R, S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        UpgradedStream::poll_read(self.get_mut(), cx, buf)
    }
}

impl<R: FuturesIo + Streams<S>, S> AsyncWrite for UpgradedStream<'_, R, S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        UpgradedStream::poll_write(self.get_mut(), cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        UpgradedStream::poll_flush(self.get_mut(), cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        UpgradedStream::poll_close(self.get_mut(), cx)
    }
}
