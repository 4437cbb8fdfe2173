use std::io;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

#[cfg(unix)]
use async_io::Async;
use async_std::io::{Read as AsyncRead, Write as AsyncWrite};
#[cfg(unix)]
use async_std::net::TcpStream;
use replywire_files::FileTransport;

use super::Conn;

impl<S: AsyncRead + AsyncWrite + Unpin> FileTransport for Conn<S> {
    async fn blocking<R, F>(work: F) -> io::Result<R>
    where
        R: Send + 'static,
        F: FnOnce() -> io::Result<R> + Send + 'static,
    {
        async_std::task::spawn_blocking(work).await
    }

    #[cfg(unix)]
    async fn kernel<R>(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<R>,
    ) -> Option<io::Result<R>> {
        let socket = self.socket?(&self.stream);
        // async-std tells no one when its own socket can take bytes.
        let again = match &mut self.again {
            Some(again) => again,
            // Without a descriptor left for it, the bytes go the way that needs none.
            again => again.insert(registered(socket).ok()?),
        };
        let written = again.write_with(|socket| op(socket.as_fd()));
        Some(self.waits.write(written).await)
    }
}

#[cfg(unix)]
fn registered(socket: &TcpStream) -> io::Result<Async<OwnedFd>> {
    Async::new_nonblocking(socket.as_fd().try_clone_to_owned()?)
}
