use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use async_io::Async;
use async_std::net::TcpStream;
use replywire_std::Socket;

use super::Conn;

impl<S> Socket for Conn<S> {
    async fn kernel<R>(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<R>,
    ) -> Option<io::Result<R>> {
        let socket = self.socket?(&self.stream);
        // async-std tells no one when its own socket can take bytes.
        let again = match &mut self.again {
            Some(again) => again,
            again => match registered(socket) {
                Ok(new) => again.insert(new),
                Err(error) => return Some(Err(error)),
            },
        };
        let written = again.write_with(|socket| op(socket.as_fd()));
        Some(self.waits.write(written).await)
    }
}

fn registered(socket: &TcpStream) -> io::Result<Async<OwnedFd>> {
    Async::new_nonblocking(socket.as_fd().try_clone_to_owned()?)
}
