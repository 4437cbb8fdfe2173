use std::io;
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use replywire_std::Socket;
use smol::Async;

use super::Conn;

impl<S> Socket for Conn<S> {
    async fn kernel<R>(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<R>,
    ) -> Option<io::Result<R>> {
        let socket: Arc<Async<TcpStream>> = self.socket?(&self.stream).clone().into();
        let written = socket.write_with(|socket| op(socket.as_fd()));
        Some(self.waits.write(written).await)
    }
}
