//! Buffered replies, which wait in the reply buffer and leave together; interim replies.

use core::convert::Infallible;
use core::future::Future;

use replywire::request::{Exchange, Version};
use replywire::{Error, Reply};

use crate::error::SendError;
use crate::grown;
use crate::handler::Answered;
use crate::responder::Responder;
use crate::transport::Transport;

impl<T: Transport> Responder<'_, T> {
    /// Sends a reply that `write` writes into the buffer it is given.
    ///
    /// The reply leaves with those to other requests that arrived with this one. If these leave
    /// it too little room, they are sent first, and `write` runs again; it writes the same each
    /// time. Where the whole reply buffer is too small, it runs with memory of the size that was
    /// needed, if the transport has some (`Transport::memory`, with the feature `alloc`), and the
    /// reply leaves at once; then dropping the future part-way breaks the connection.
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, or of [`Reply::check`] for a reply that was
    /// not made for the exchange, or with [`Error::OtherBuffer`] for one that is not in the buffer;
    /// the others when the connection fails.
    pub fn send<F>(
        self,
        write: F,
    ) -> impl Future<Output = Result<Answered, SendError<Infallible, T::Error>>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        grown::send(self.lent, write)
    }

    /// [`send`](Self::send)s a reply that leaves at once.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn send_now<F>(self, write: F) -> Result<Answered, SendError<Infallible, T::Error>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        let lent = self.lent;
        let sent = grown::send(lent, write).await?;
        lent.take().io()?.flush().await?;
        Ok(sent)
    }

    /// Sends an interim reply at once, such as `103 Early Hints` with `link`s (RFC 8297); a final
    /// one follows. [`interim`](Self::interim) is the same as a chain. An HTTP/1.0 client is sent
    /// none (RFC 9110 § 15.2). When the future is dropped part-way, the rest leaves before the
    /// final reply.
    ///
    /// Replies to earlier requests leave with it. If they leave it too little room, they are sent
    /// first, and `write` runs again; it writes the same each time. One that outgrows the reply
    /// buffer is written as in [`send`](Self::send).
    ///
    /// ```
    /// # use replywire::{HeaderName, Response, Status};
    /// # use replywire_embedded::{Answered, Responder, Transport, Unanswered};
    /// # async fn handle<T: Transport>(
    /// #     mut responder: Responder<'_, T>,
    /// # ) -> Result<Answered, Unanswered> {
    /// responder
    ///     .inform(|exchange, buf| {
    ///         Response::to(exchange, buf, Status::EARLY_HINTS)
    ///             .header(HeaderName::LINK, "</style.css>; rel=preload; as=style")
    ///             .empty()
    ///     })
    ///     .await?;
    /// // Work that takes its time.
    /// # Ok(responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).empty()).await?)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, with [`Error::InterimStatus`] for a status
    /// that is none of 100 and 102 to 199, or with [`Error::OtherBuffer`]; the others when the
    /// connection fails.
    pub async fn inform<F>(&mut self, write: F) -> Result<(), SendError<Infallible, T::Error>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
    {
        let exchange = self.exchange();
        if exchange.version() == Version::Http10 {
            return Ok(());
        }
        grown::inform(self.lent, exchange, write).await
    }
}
