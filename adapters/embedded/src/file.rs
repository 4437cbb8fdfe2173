//! Files as bodies.

use core::convert::Infallible;
use core::future::Future;

use embedded_io_async::Write;
use replywire::Response;
use replywire::body::Step;
use replywire::file::{File, FileTransfer};
use replywire::request::{Exchange, Request};

use crate::begin::{Beginning, send_steps, write_some};
use crate::error::SendError;
use crate::handler::Answered;
use crate::responder::Responder;
use crate::transport::Transport;

/// A file that was opened, for replies over the transport `T`.
///
/// A slice is one, such as a file in flash: it is sent from where it lies.
pub trait FileSource<T: Write> {
    /// The reason that the file could not be read.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Reads some bytes from `offset` on into `buf`, which is not empty; zero is the end.
    fn read_at(
        &mut self,
        offset: u64,
        buf: &mut [u8],
    ) -> impl Future<Output = Result<usize, Self::Error>>;

    /// Copies some of the `len` bytes from `offset` on to the connection without the caller's
    /// buffer, and returns how many; zero where the file has ended. `None` says that there is no
    /// such way: then they are read and written.
    ///
    /// # Errors
    ///
    /// [`SendError`], by the side that failed.
    fn copy_to(
        &mut self,
        offset: u64,
        len: u64,
        conn: &mut T,
    ) -> impl Future<Output = Result<Option<u64>, SendError<Self::Error, T::Error>>> {
        let _ = (offset, len, conn);
        async { Ok(None) }
    }
}

impl<T: Write> FileSource<T> for &[u8] {
    type Error = Infallible;

    async fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> Result<usize, Infallible> {
        let bytes = bytes_from(self, offset);
        let n = bytes.len().min(buf.len());
        for (to, from) in buf.iter_mut().zip(bytes) {
            *to = *from;
        }
        Ok(n)
    }

    async fn copy_to(
        &mut self,
        offset: u64,
        len: u64,
        conn: &mut T,
    ) -> Result<Option<u64>, SendError<Infallible, T::Error>> {
        let bytes = bytes_from(self, offset);
        let most = usize::try_from(len).unwrap_or(usize::MAX);
        match bytes.get(..most).unwrap_or(bytes) {
            [] => Ok(Some(0)),
            bytes => Ok(Some(write_some(conn, bytes).await? as u64)),
        }
    }
}

/// The bytes of `slice` from `offset` on.
fn bytes_from(slice: &[u8], offset: u64) -> &[u8] {
    usize::try_from(offset)
        .ok()
        .and_then(|offset| slice.get(offset..))
        .unwrap_or_default()
}

/// Sends a file, or what a plan has of it, from `source`. It does not flush.
///
/// Dropping the future part-way leaves the peer with half a reply: close the connection. The same
/// goes for every error.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::file::File;
/// use replywire::request::Exchange;
/// use replywire_embedded::Plain;
/// # use embedded_io_async::{ErrorType, Read, Write};
/// # #[derive(Default)]
/// # struct Wire(Vec<u8>);
/// # impl ErrorType for Wire { type Error = core::convert::Infallible; }
/// # impl Read for Wire {
/// #     async fn read(&mut self, _: &mut [u8]) -> Result<usize, Self::Error> { Ok(0) }
/// # }
/// # impl Write for Wire {
/// #     async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
/// #         self.0.extend_from_slice(bytes);
/// #         Ok(bytes.len())
/// #     }
/// #     async fn flush(&mut self) -> Result<(), Self::Error> { Ok(()) }
/// # }
///
/// const PAGE: &[u8] = b"<h1>hello</h1>";
/// static FILE: File<'static> = File::of(PAGE).media_type("text/html");
///
/// # futures_lite::future::block_on(async {
/// let mut conn = Plain(Wire::default());
/// let plan = FILE.plan::<&str, &str>(&Exchange::GET, []);
/// let mut buf = [0; 256];
/// let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).file(&plan)?;
/// replywire_embedded::send_file(transfer, PAGE, &mut conn).await.unwrap();
/// assert!(conn.0.0.ends_with(b"\r\ncontent-length: 14\r\n\r\n<h1>hello</h1>"));
/// # Ok::<(), replywire::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
///
/// [`SendError`], by the side that failed.
pub async fn send_file<S: FileSource<T>, T: Transport>(
    transfer: FileTransfer<'_, '_>,
    source: S,
    conn: &mut T,
) -> Result<(), SendError<S::Error, T::Error>> {
    drive(transfer, source, conn, |_| ()).await
}

/// [`send_file`]s, and calls `departs` before each write.
async fn drive<S: FileSource<T>, T: Transport>(
    mut transfer: FileTransfer<'_, '_>,
    mut source: S,
    conn: &mut T,
    mut departs: impl FnMut(&mut T),
) -> Result<(), SendError<S::Error, T::Error>> {
    loop {
        send_steps(&mut transfer, conn, &mut departs, SendError::from).await?;
        let wanted = match transfer.step()? {
            Step::Copy(wanted) => match source.copy_to(wanted.offset, wanted.len, conn).await? {
                Some(n) => {
                    transfer.copied(n)?;
                    continue;
                }
                None => wanted,
            },
            Step::Fill(wanted) => wanted,
            Step::Done | Step::Send { .. } => return Ok(()),
        };
        let read = source.read_at(wanted.offset, wanted.room).await;
        let n = read.map_err(SendError::Source)?;
        transfer.filled(n)?;
    }
}

impl<T: Transport> Responder<'_, T> {
    /// Sends a file, or what the request is to be sent of it: ranges, or only that it has not
    /// changed. `write` starts the reply and adds its headers; [`Response::plan`] plans it, so that
    /// a `content-type`, an `etag` or a `last-modified` among them counts in place of the file's;
    /// and [`Response::file`] ends it. `write` may run more than once, and writes the same each
    /// time.
    ///
    /// Replies to earlier requests leave first. Dropping the future part-way breaks the connection,
    /// and so does every error after the first byte has left.
    ///
    /// ```
    /// # use replywire::{HeaderName, Response, Status};
    /// # use replywire::file::File;
    /// # use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered};
    /// const PAGE: &[u8] = b"<h1>hello</h1>";
    /// static FILE: File<'static, 4> = File::of(PAGE).media_type("text/html").ranges();
    ///
    /// # async fn handle<T: Transport>(
    /// #     request: &Request<'_>,
    /// #     responder: Responder<'_, T>,
    /// # ) -> Result<Answered, Unanswered> {
    /// let sent = responder.file(request, FILE, PAGE, |exchange, buf| {
    ///     Response::to(exchange, buf, Status::OK).header(HeaderName::CACHE_CONTROL, "max-age=60")
    /// });
    /// # Ok(
    /// sent.await?
    /// # )
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError::Reply`] with the error of [`Response::file`], or of [`FileTransfer::check`];
    /// the others by the side that failed.
    pub async fn file<S, F, const RANGES: usize>(
        self,
        request: &Request<'_>,
        file: File<'_, RANGES>,
        source: S,
        mut write: F,
    ) -> Result<Answered, SendError<S::Error, T::Error>>
    where
        S: FileSource<T>,
        F: for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Response<'b>,
    {
        let mut plan = None;
        let planned = &mut plan;
        let beginning = self.begin(move |exchange, buf| {
            let mut response = write(exchange, buf);
            let plan = response.plan(&file, request.headers());
            response.file(planned.insert(plan))
        });
        begin_file(beginning, source).await
    }
}

/// Begins a reply, and sends a file from `source`.
pub(crate) async fn begin_file<'c, 'p, S: FileSource<T>, T: Transport + 'c>(
    beginning: impl Beginning<'c, T, FileTransfer<'c, 'p>, S::Error>,
    source: S,
) -> Result<Answered, SendError<S::Error, T::Error>> {
    let (begun, transfer) = beginning.await?;
    let mut taken = begun.take();
    let (transport, departs) = taken.io()?.leaving();
    drive(transfer, source, transport, departs).await?;
    drop(taken);
    begun.finish().await
}
