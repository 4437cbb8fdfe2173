use std::io;
#[cfg(unix)]
use std::net::TcpStream;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(unix)]
use std::sync::Arc;

use replywire_files::FileTransport;
#[cfg(unix)]
use smol::Async;
use smol::io::{AsyncRead, AsyncWrite};

use super::Conn;

impl<S: AsyncRead + AsyncWrite + Unpin> FileTransport for Conn<S> {
    async fn blocking<R, F>(work: F) -> io::Result<R>
    where
        R: Send + 'static,
        F: FnOnce() -> io::Result<R> + Send + 'static,
    {
        smol::unblock(work).await
    }

    #[cfg(unix)]
    async fn kernel<R>(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<R>,
    ) -> Option<io::Result<R>> {
        let socket: Arc<Async<TcpStream>> = self.socket?(&self.stream).clone().into();
        let written = socket.write_with(|socket| op(socket.as_fd()));
        Some(self.waits.write(written).await)
    }
}
