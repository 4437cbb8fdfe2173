#[cfg(target_os = "linux")]
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
#[cfg(target_os = "linux")]
use std::task::Poll;

use replywire_embedded::{ConnectionError, FileSource, SendError};

use crate::{FileTransport, OpenFile};

/// The bytes of an [`OpenFile`], for a reply over any [`FileTransport`].
///
/// On Linux, over a socket, the kernel copies them: bytes that are not in memory are waited for on
/// the thread of the connection, which lets other tasks run after every 2 MiB. Elsewhere, and
/// [`without_kernel`](Self::without_kernel), they are read where that keeps no other task from
/// running, 64 KiB at a time.
#[derive(Debug)]
pub struct FileBody {
    file: Arc<OpenFile>,
    /// Set while the kernel may copy.
    copies: bool,
    /// The bytes that it has copied since other tasks had their turn.
    #[cfg(target_os = "linux")]
    copied: u64,
    /// The bytes that were read without the connection's buffer.
    scratch: Vec<u8>,
}

/// The most bytes that are read at a time.
const PIECE: usize = 64 * 1024;

impl FileBody {
    /// The bytes of a file, which other replies may share.
    pub fn new(file: impl Into<Arc<OpenFile>>) -> Self {
        Self {
            file: file.into(),
            copies: cfg!(target_os = "linux"),
            #[cfg(target_os = "linux")]
            copied: 0,
            scratch: Vec::new(),
        }
    }

    /// Has the bytes read, not copied by the kernel.
    #[must_use]
    pub const fn without_kernel(mut self) -> Self {
        self.copies = false;
        self
    }

    /// Reads some bytes into the scratch, which gets this length, and returns how many.
    async fn read<T: FileTransport>(&mut self, offset: u64, len: usize) -> io::Result<usize> {
        self.scratch.resize(len, 0);
        #[cfg(target_os = "linux")]
        if let Some(n) = self.file.read_at_now(offset, &mut self.scratch)? {
            return Ok(n);
        }
        let file = Arc::clone(&self.file);
        let mut scratch = std::mem::take(&mut self.scratch);
        let (scratch, n) = T::blocking(move || {
            let n = file.read_at(offset, &mut scratch)?;
            Ok((scratch, n))
        })
        .await?;
        self.scratch = scratch;
        Ok(n)
    }
}

impl<T: FileTransport> FileSource<T> for FileBody {
    type Error = io::Error;

    async fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        #[cfg(target_os = "linux")]
        if let Some(n) = self.file.read_at_now(offset, buf)? {
            return Ok(n);
        }
        let n = self.read::<T>(offset, buf.len().min(PIECE)).await?;
        for (to, from) in buf.iter_mut().zip(self.scratch.iter().take(n)) {
            *to = *from;
        }
        Ok(n)
    }

    async fn copy_to(
        &mut self,
        offset: u64,
        len: u64,
        conn: &mut T,
    ) -> Result<Option<u64>, SendError<io::Error, io::Error>> {
        #[cfg(target_os = "linux")]
        if self.copies {
            // A wait that is over at once may have taken as long as the disk does, so bytes are
            // counted and not waits.
            if self.copied >= crate::linux::PIECE {
                self.copied = 0;
                yield_once().await;
            }
            let file = &self.file;
            match conn
                .kernel(|socket| file.send_to(socket, offset, len))
                .await
            {
                Some(Ok(n)) => {
                    self.copied += n as u64;
                    return Ok(Some(n as u64));
                }
                Some(Err(error)) if !cannot_copy(&error) => return Err(classify_copy_error(error)),
                _ => self.copies = false,
            }
        }
        let most = usize::try_from(len).unwrap_or(PIECE).min(PIECE);
        let n = self
            .read::<T>(offset, most)
            .await
            .map_err(SendError::Source)?;
        let mut bytes = self.scratch.get(..n).unwrap_or_default();
        while !bytes.is_empty() {
            let written = conn.write(bytes).await.map_err(ConnectionError::Io)?;
            if written == 0 {
                return Err(ConnectionError::WriteZero.into());
            }
            bytes = bytes.get(written..).unwrap_or_default();
        }
        Ok(Some(n as u64))
    }
}

/// Lets other tasks run once.
#[cfg(target_os = "linux")]
async fn yield_once() {
    let mut is_first = true;
    poll_fn(|cx| match std::mem::take(&mut is_first) {
        true => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
        false => Poll::Ready(()),
    })
    .await;
}

/// Tells whether the kernel copies nothing from such a file.
#[cfg(target_os = "linux")]
fn cannot_copy(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, Unsupported};
    matches!(error.kind(), InvalidInput | Unsupported)
}

/// Tells which side of a copy by the kernel has failed: the connection has the errors that only
/// sockets have.
#[cfg(target_os = "linux")]
fn classify_copy_error(error: io::Error) -> SendError<io::Error, io::Error> {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionReset, HostUnreachable, NetworkDown,
        NetworkUnreachable, NotConnected, TimedOut,
    };
    match error.kind() {
        BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | TimedOut
        | HostUnreachable | NetworkDown | NetworkUnreachable => {
            SendError::Connection(ConnectionError::Io(error))
        }
        _ => SendError::Source(error),
    }
}
