//! The answer to one request: its content is read, and its reply sent.

use core::fmt;

use replywire::request::{Exchange, Refusal};

use crate::error::{ConnectionError, ContentError};
use crate::io::ConnectionIo;
use crate::transport::{Phase, Transport};

/// Answers one request: it reads the request's content and sends the reply.
///
/// Sending takes the responder, so a request is answered once. Its lifetime is one of its own: a
/// function that takes a [`Request`](crate::Request) too cannot have both under one name.
pub struct Responder<'c, T> {
    pub(crate) io: &'c mut ConnectionIo<'c, T>,
}

impl<T> fmt::Debug for Responder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder")
            .field("exchange", self.io.exchange)
            .finish_non_exhaustive()
    }
}

impl<'c, T> Responder<'c, T> {
    pub(crate) fn new(io: &'c mut ConnectionIo<'c, T>) -> Self {
        Self { io }
    }
}

impl<T: Transport> Responder<'_, T> {
    /// The facts that a reply needs to know about the request. After an error of
    /// [`read`](Self::read) the connection closes.
    pub const fn exchange(&self) -> Exchange {
        match self.io.state.content_failed {
            true => self.io.exchange.closing(),
            false => *self.io.exchange,
        }
    }

    /// The bytes of the request's content that are to come, or `None` while they come in chunks.
    pub const fn remaining(&self) -> Option<u64> {
        self.io.content.remaining()
    }

    /// Reads some of the request's content; zero bytes are its end.
    ///
    /// A client that waits for `100 Continue` is sent it. Nothing is lost when the future is
    /// dropped. After an error the connection closes after the reply; a handler that gives up then
    /// is answered for with `400 Bad Request`, if the content was at fault.
    ///
    /// # Errors
    ///
    /// [`ContentError`]
    pub async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ContentError<T::Error>> {
        let result = self.io.read(buf, Phase::Content).await;
        if let Err(error) = &result {
            self.io.state.content_failed = true;
            if matches!(error, ContentError::Malformed | ContentError::Truncated) {
                self.io.state.fault = Refusal::BadRequest;
            }
        }
        result
    }

    /// Sends the replies to earlier requests that wait for this one, before an answer that takes
    /// its time.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`], after which the connection is closed.
    pub async fn flush(&mut self) -> Result<(), ConnectionError<T::Error>> {
        self.io.flush().await
    }

    /// The exchange for the reply, which closes where too much content is left to drain, or the
    /// server is shutting down.
    pub(crate) fn final_exchange(&mut self) -> Exchange {
        match self.io.can_drain() && !self.io.transport.is_closing() {
            true => self.exchange(),
            false => self.io.exchange.closing(),
        }
    }
}
