use core::convert::Infallible;
use core::fmt;

use embedded_io_async::{Read, Write};
use replywire::Error;
use replywire::body::{BodyError, Step, Transfer};

/// Why a reply was not sent whole, by the side that failed: `R` of the body's source, `W` of the
/// connection.
///
/// After all but [`Reply`](Self::Reply) the connection must be closed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SendError<R, W> {
    /// The body's length is not what its head promised.
    Body(BodyError),
    /// A chunk of the body could not be written.
    Chunk(Error),
    /// The peer closed the connection while the body waited for its source.
    Closed,
    /// Writing to the connection failed.
    Conn(W),
    /// The reply could not be written, and nothing of it was sent.
    Reply(Error),
    /// Reading the body failed.
    Source(R),
    /// The connection took no bytes.
    WriteZero,
}

impl<W> SendError<Infallible, W> {
    /// The same error of a reply that could have a source.
    pub fn widen<R>(self) -> SendError<R, W> {
        match self {
            Self::Body(error) => SendError::Body(error),
            Self::Chunk(error) => SendError::Chunk(error),
            Self::Closed => SendError::Closed,
            Self::Conn(error) => SendError::Conn(error),
            Self::Reply(error) => SendError::Reply(error),
            Self::Source(never) => match never {},
            Self::WriteZero => SendError::WriteZero,
        }
    }
}

impl<R: fmt::Display, W: fmt::Display> fmt::Display for SendError<R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(error) => error.fmt(f),
            Self::Chunk(error) => error.fmt(f),
            Self::Closed => f.write_str("peer closed the connection"),
            Self::Conn(error) => write!(f, "connection: {error}"),
            Self::Reply(error) => error.fmt(f),
            Self::Source(error) => write!(f, "body source: {error}"),
            Self::WriteZero => f.write_str("connection took no bytes"),
        }
    }
}

impl<R, W> core::error::Error for SendError<R, W>
where
    R: core::error::Error + 'static,
    W: core::error::Error + 'static,
{
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Body(error) => Some(error),
            Self::Chunk(error) => Some(error),
            Self::Conn(error) => Some(error),
            Self::Reply(error) => Some(error),
            Self::Source(error) => Some(error),
            Self::Closed | Self::WriteZero => None,
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

/// [`send`]s, and calls `starts` before the first write.
pub(crate) async fn drive<R: Read, W: Write>(
    mut transfer: Transfer<'_>,
    mut source: R,
    conn: &mut W,
    mut starts: impl FnMut(),
) -> Result<(), SendError<R::Error, W::Error>> {
    loop {
        match transfer.step() {
            Step::Fill(room) => {
                let n = source.read(room).await.map_err(SendError::Source)?;
                transfer.filled(n).map_err(SendError::Body)?;
            }
            Step::Send(bytes) => {
                starts();
                let n = write_some(conn, bytes).await?;
                transfer.sent(n);
            }
            Step::Done => return Ok(()),
        }
    }
}

/// Writes some of `bytes`, which are not empty; how many.
pub(crate) async fn write_some<R, W: Write>(
    conn: &mut W,
    bytes: &[u8],
) -> Result<usize, SendError<R, W::Error>> {
    not_zero(conn.write(bytes).await)
}

/// What a write came to.
pub(crate) fn not_zero<R, E>(written: Result<usize, E>) -> Result<usize, SendError<R, E>> {
    match written.map_err(SendError::Conn)? {
        0 => Err(SendError::WriteZero),
        n => Ok(n),
    }
}
