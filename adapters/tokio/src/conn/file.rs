use std::io;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};

use replywire_files::FileTransport;
#[cfg(unix)]
use tokio::io::Interest;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Conn;

impl<S: AsyncRead + AsyncWrite + Unpin> FileTransport for Conn<S> {
    async fn blocking<R, F>(work: F) -> io::Result<R>
    where
        R: Send + 'static,
        F: FnOnce() -> io::Result<R> + Send + 'static,
    {
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(io::Error::other)?
    }

    #[cfg(unix)]
    async fn kernel<R>(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<R>,
    ) -> Option<io::Result<R>> {
        let socket = self.socket?(&self.stream);
        let written = socket.async_io(Interest::WRITABLE, || op(socket.as_fd()));
        Some(self.waits.write(written).await)
    }
}
