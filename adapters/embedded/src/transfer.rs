//! Bodies that are read from a source.

use core::future::Future;
use core::pin::{Pin, pin};

use embedded_io_async::{Read, Write};
use replywire::Error;
use replywire::body::{Step, Transfer};
use replywire::request::{Exchange, Refusal};

use crate::begin::{Beginning, write_some};
use crate::error::SendError;
use crate::handler::Answered;
use crate::io::ConnectionIo;
use crate::responder::Responder;
use crate::transport::{Idle, Transport};
use crate::unanswered::Cause;

impl<T: Transport> Responder<'_, T> {
    /// Sends a reply whose body is read from `source`, by way of the transfer that `write` makes.
    /// `write` may run more than once, and writes the same each time.
    ///
    /// When the peer closes the connection while the source is read, that is given up, if the
    /// transport can tell. Dropping the future part-way breaks the connection, and so does every
    /// error after the first byte has left.
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of `write`, or of [`Transfer::check`];
    /// [`SendError::Closed`] when the peer has gone; the others by the side that failed.
    pub async fn transfer<F, R>(
        self,
        write: F,
        source: R,
    ) -> Result<Answered, SendError<R::Error, T::Error>>
    where
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Transfer<'b>, Error>,
        R: Read,
    {
        send_read(self.begin(write), source).await
    }
}

/// Begins a reply, and sends what `source` gives.
pub(crate) async fn send_read<'c, T: Transport + 'c, R: Read>(
    beginning: impl Beginning<'c, T, Transfer<'c>, R::Error>,
    mut source: R,
) -> Result<Answered, SendError<R::Error, T::Error>> {
    let (begun, mut transfer) = beginning.await?;
    let mut taken = begun.take();
    let io = taken.io()?;
    loop {
        io.send(&mut transfer, SendError::from).await?;
        let Step::Fill(room) = transfer.step()? else {
            break;
        };
        let read = wait(pin!(source.read(room)), io).await?;
        transfer.filled(read.map_err(SendError::Source)?)?;
    }
    drop(taken);
    begun.finish().await
}

/// Waits for the source of a body, as long as the peer is there.
async fn wait<R, W: Future, T: Transport>(
    mut read: Pin<&mut W>,
    io: &mut ConnectionIo<'_, T>,
) -> Result<W::Output, SendError<R, T::Error>> {
    loop {
        match io.idle_during(read.as_mut(), None).await {
            Ok(read) => return Ok(read),
            Err(Idle::Closed) => return Err(SendError::Closed),
            Err(Idle::TimedOut) => {
                io.state.fault = Refusal::HandlerTimedOut;
                if T::OBSERVES {
                    io.state.failure = Some(Cause::TimedOut.into());
                }
                return Err(SendError::Closed);
            }
            Err(Idle::Closing | Idle::Over | Idle::Received(_)) => {}
        }
    }
}

/// Sends all that `transfer` holds, reading the body from `source`. It does not flush.
///
/// Dropping the future part-way leaves the peer with half a reply: close the connection. The same
/// goes for every error.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::request::Exchange;
///
/// # futures_lite::future::block_on(async {
/// let mut buf = [0; 128];
/// let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).sized(8)?;
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
    mut transfer: Transfer<'_>,
    mut source: R,
    conn: &mut W,
) -> Result<(), SendError<R::Error, W::Error>> {
    loop {
        match transfer.step()? {
            Step::Fill(room) => {
                let n = source.read(room).await.map_err(SendError::Source)?;
                transfer.filled(n)?;
            }
            Step::Send { bytes, .. } => {
                let n = write_some(conn, bytes).await?;
                transfer.sent(n);
            }
            Step::Done => return Ok(()),
        }
    }
}
