use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use replywire_std::Socket;
use tokio::io::Interest;

use super::Conn;

impl<S> Socket for Conn<S> {
    async fn kernel<R>(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<R>,
    ) -> Option<io::Result<R>> {
        let socket = self.socket?(&self.stream);
        let written = socket.async_io(Interest::WRITABLE, || op(socket.as_fd()));
        Some(self.waits.write(written).await)
    }
}
