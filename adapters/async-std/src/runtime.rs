use std::future::Future;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

#[cfg(unix)]
use async_io::Async;
use async_std::net::{TcpListener, TcpStream};
use replywire_std::{FuturesIo, Runtime};

use crate::timer::Timer;

/// Async-std: its executor and its reactor.
#[derive(Debug)]
pub struct AsyncStd;

impl Runtime for AsyncStd {
    type Listener = TcpListener;
    type Stream = TcpStream;
    type Timer = Timer;
    /// The same socket once more, since async-std tells no one when its own can take bytes.
    #[cfg(unix)]
    type Waiter = Option<Async<OwnedFd>>;
    #[cfg(not(unix))]
    type Waiter = ();

    async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        listener.accept().await
    }

    fn spawn(task: impl Future<Output = ()> + Send + 'static) {
        async_std::task::spawn(task);
    }

    async fn blocking<T, F>(work: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        async_std::task::spawn_blocking(work).await
    }

    #[cfg(unix)]
    async fn write_with(
        stream: &mut TcpStream,
        waiter: &mut Option<Async<OwnedFd>>,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<usize> + Send,
    ) -> io::Result<Option<usize>> {
        let socket = match waiter {
            Some(socket) => socket,
            waiter => match registered(stream) {
                Ok(socket) => waiter.insert(socket),
                // Without a descriptor left for it, the bytes go the way that needs none.
                Err(_) => return Ok(None),
            },
        };
        let written = socket.write_with(|socket| op(socket.as_fd()));
        written.await.map(Some)
    }
}

impl FuturesIo for AsyncStd {}

#[cfg(unix)]
fn registered(socket: &TcpStream) -> io::Result<Async<OwnedFd>> {
    Async::new_nonblocking(socket.as_fd().try_clone_to_owned()?)
}
