//! The answer to one request: its content is read, and its reply sent.

use core::fmt;
use core::future::poll_fn;
use core::net::SocketAddr;
use core::task::Poll;

use embedded_io_async::{Error as _, ErrorKind};
use replywire::request::{Exchange, Refusal};

use crate::error::{ConnectionError, ContentError};
use crate::lent::Lent;
use crate::transport::Transport;

/// Answers one request: it reads the request's content and sends the reply.
///
/// Sending takes the responder, so a request is answered once. Its lifetime is one of its own: a
/// function that takes a [`Request`](crate::Request) too cannot have both under one name.
#[doc(alias("ResponseWriter", "send"))]
pub struct Responder<'c, T> {
    pub(crate) lent: &'c Lent<'c, T>,
    pub(crate) exchange: &'c Exchange<'c>,
}

impl<T> fmt::Debug for Responder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder")
            .field("exchange", self.exchange)
            .finish_non_exhaustive()
    }
}

impl<'c, T: Transport> Responder<'c, T> {
    /// The facts that a reply needs to know about the request. After an error of
    /// [`read`](Self::read) the connection closes.
    pub fn exchange(&self) -> Exchange<'c> {
        match self.lent.take().io() {
            Ok(io) if !io.state.content_failed => *self.exchange,
            _ => self.exchange.closing(),
        }
    }

    /// The bytes of the request's content that are to come, or `None` while they come in chunks.
    pub fn remaining(&self) -> Option<u64> {
        self.lent.take().io().ok()?.content.remaining()
    }

    /// Reads some of the request's content; zero bytes are its end.
    ///
    /// A client that waits for `100 Continue` is sent it. Nothing is lost when the future is
    /// dropped. After an error the connection closes after the reply; a handler that gives up then
    /// is answered for with `400 Bad Request`, or `408 Request Timeout`, if the content was at
    /// fault.
    ///
    /// # Errors
    ///
    /// [`ContentError`]
    #[doc(alias("BodyExt", "receive"))]
    pub async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ContentError<T::Error>> {
        let mut taken = self.lent.take();
        let io = taken.io()?;
        let result = io.read::<false>(buf).await;
        if let Err(error) = &result {
            io.state.content_failed = true;
            match error {
                ContentError::Malformed | ContentError::Truncated => {
                    io.state.fault = Refusal::BadRequest;
                }
                ContentError::TimedOut => io.state.fault = Refusal::RequestTimeout,
                // Through a host, the connection is the client's content alone. A limit of the
                // host's for it is told as one of memory.
                ContentError::Connection(ConnectionError::Io(error))
                    if self.exchange.is_hosted() && error.kind() == ErrorKind::OutOfMemory =>
                {
                    io.state.fault = Refusal::ContentTooLarge;
                }
                ContentError::Connection(_) if self.exchange.is_hosted() => {
                    io.state.fault = Refusal::BadRequest;
                }
                // No call that reads reports the latter.
                ContentError::Connection(_) | ContentError::TooLong => {}
            }
        }
        result
    }

    /// Sends the replies to earlier requests that wait for this one. They leave by themselves when
    /// the handler waits for something; this is for one that computes for long.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`], after which the connection is closed.
    pub async fn flush(&mut self) -> Result<(), ConnectionError<T::Error>> {
        self.lent.take().io()?.flush().await
    }

    /// The address of the peer, where it has one and the transport knows it.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.lent.take().io().ok()?.transport.peer()
    }

    /// Has `read` look at the transport of the connection, for what it knows besides.
    ///
    /// ```
    /// # use replywire_embedded::{Answered, Responder, Transport, Unanswered};
    /// # struct Uart { speed: u32 }
    /// # impl embedded_io_async::ErrorType for Uart { type Error = core::convert::Infallible; }
    /// # impl embedded_io_async::Read for Uart {
    /// #     async fn read(&mut self, _: &mut [u8]) -> Result<usize, Self::Error> { Ok(0) }
    /// # }
    /// # impl embedded_io_async::Write for Uart {
    /// #     async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> { Ok(0) }
    /// #     async fn flush(&mut self) -> Result<(), Self::Error> { Ok(()) }
    /// # }
    /// # impl Transport for Uart {}
    /// async fn speed(responder: Responder<'_, Uart>) -> Result<Answered, Unanswered> {
    ///     let speed = responder.connection(|uart| uart.speed)?;
    ///     responder.ok().header("x-speed", speed).empty().await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConnectionError::WriteZero`] where a future of this responder's was leaked, which has the
    /// transport then.
    pub fn connection<R>(
        &self,
        read: impl FnOnce(&T) -> R,
    ) -> Result<R, ConnectionError<T::Error>> {
        Ok(read(self.lent.take().io()?.transport))
    }

    /// Tells whether the server is shutting down: then a handler that goes on for long should come
    /// to its end.
    pub fn is_closing(&self) -> bool {
        let mut taken = self.lent.take();
        taken.io().is_ok_and(|io| io.transport.is_closing())
    }

    /// Waits until the server is shutting down, as [`is_closing`](Self::is_closing) tells.
    ///
    /// Dropping the future loses nothing.
    pub async fn closing(&self) {
        poll_fn(|cx| match self.lent.take().io() {
            Ok(io) => io.transport.poll_closing(cx),
            Err(_) => Poll::Pending,
        })
        .await;
    }
}
