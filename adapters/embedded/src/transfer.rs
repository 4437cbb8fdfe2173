//! Bodies that are read from a source.

use embedded_io_async::{Read, Write};
use replywire::Error;
use replywire::body::{Step, Transfer};
use replywire::request::Exchange;

use crate::begin::write_some;
use crate::error::SendError;
use crate::handler::Answered;
use crate::responder::Responder;
use crate::transport::Transport;

impl<T: Transport> Responder<'_, T> {
    /// Sends a reply whose body is read from `source`, by way of the transfer that `write` makes.
    ///
    /// Dropping the future part-way breaks the connection, and so does every error after the first
    /// byte has left.
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, or of [`Transfer::check`]; the others by the
    /// side that failed.
    pub async fn transfer<F, R>(
        self,
        write: F,
        source: R,
    ) -> Result<Answered, SendError<R::Error, T::Error>>
    where
        F: for<'b> FnOnce(&Exchange, &'b mut [u8]) -> Result<Transfer<'b>, Error>,
        R: Read,
    {
        let (mut begun, transfer) = self.begin(write).await?;
        let (transport, departs) = begun.split();
        drive(transfer, source, transport, departs).await?;
        begun.finish().await
    }
}

/// Sends all that `transfer` holds, reading the body from `source`. It does not flush.
///
/// Dropping the future part-way leaves the peer with half a reply: close the connection. The same
/// goes for every error.
///
/// ```
/// use replywire::{Response, Status};
///
/// # futures_lite::future::block_on(async {
/// let mut buf = [0; 128];
/// let transfer = Response::new(&mut buf, Status::OK).sized(8)?;
/// let mut wire = [0; 64];
/// let mut conn = &mut wire[..];
/// replywire_embedded::send(transfer, &b"measured"[..], &mut conn).await.unwrap();
/// assert!(wire.starts_with(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nmeasured"));
/// # Ok::<(), replywire::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
///
/// [`SendError`], by the side that failed.
pub async fn send<R: Read, W: Write>(
    transfer: Transfer<'_>,
    source: R,
    conn: &mut W,
) -> Result<(), SendError<R::Error, W::Error>> {
    drive(transfer, source, conn, || ()).await
}

/// [`send`]s, and calls `departs` before each write.
pub(crate) async fn drive<R: Read, W: Write>(
    mut transfer: Transfer<'_>,
    mut source: R,
    conn: &mut W,
    mut departs: impl FnMut(),
) -> Result<(), SendError<R::Error, W::Error>> {
    loop {
        match transfer.step() {
            Step::Fill(room) => {
                let n = source.read(room).await.map_err(SendError::Source)?;
                transfer.filled(n)?;
            }
            Step::Send(bytes) => {
                departs();
                let n = write_some(conn, bytes).await?;
                transfer.sent(n);
            }
            Step::Done => return Ok(()),
        }
    }
}
