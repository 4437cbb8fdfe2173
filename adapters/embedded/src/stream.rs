//! Bodies that come in chunks: what is there together leaves together.

use replywire::Error;
use replywire::body::{Stream, Transfer};
use replywire::request::Exchange;

use crate::begin::Beginning;
use crate::chunks::Chunks;
use crate::error::SendError;
use crate::feed::Feed;
use crate::handler::Answered;
use crate::responder::Responder;
use crate::room;
use crate::transport::Transport;

impl<T: Transport> Responder<'_, T> {
    /// Sends a reply whose body comes in chunks, by way of the transfer that `write` makes. `write`
    /// may run more than once, and writes the same each time.
    ///
    /// Chunks that are there together leave together; as soon as the source has to wait, what is
    /// there leaves. When the peer closes the connection during a wait, the source is stopped, if
    /// the transport can tell. Events end in order when the server shuts down, unless the source
    /// says otherwise ([`Chunks::ends_at_shutdown`]).
    ///
    /// Dropping the future part-way breaks the connection, and so does every error after the first
    /// byte has left.
    ///
    /// ```
    /// # use replywire::{Response, Status};
    /// # use replywire_embedded::{Chunks, Responder, SendError, Answered, Transport};
    /// # async fn events<T: Transport, C: Chunks>(
    /// #     responder: Responder<'_, T>,
    /// #     ticks: C,
    /// # ) -> Result<Answered, SendError<C::Error, T::Error>> {
    /// responder
    ///     .stream(|exchange, buf| Response::to(exchange, buf, Status::OK).events(), ticks)
    ///     .await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, or of [`Transfer::check`];
    /// [`SendError::Closed`] when the peer has gone; the others by the side that failed.
    pub async fn stream<F, C>(
        self,
        write: F,
        source: C,
    ) -> Result<Answered, SendError<C::Error, T::Error>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Transfer<'b>, Error>,
        C: Chunks,
    {
        send_chunks(self.begin(write), source, ()).await
    }
}

/// Begins a reply, and sends the chunks of `source`, which may wait for content of `feed`.
pub(crate) async fn send_chunks<'c, T: Transport + 'c, C: Chunks, F: Feed>(
    beginning: impl Beginning<'c, T, Transfer<'c>, C::Error>,
    mut source: C,
    feed: F,
) -> Result<Answered, SendError<C::Error, T::Error>> {
    let (begun, transfer) = beginning.await?;
    let mut taken = begun.take();
    room::send(Stream::new(transfer), &mut source, feed, taken.io()?).await?;
    drop(taken);
    begun.finish().await
}
