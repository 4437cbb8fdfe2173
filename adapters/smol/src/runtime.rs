use std::future::Future;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(unix)]
use std::sync::Arc;

#[cfg(target_os = "linux")]
use replywire_std::CoreRuntime;
use replywire_std::{FuturesIo, Runtime};
#[cfg(unix)]
use smol::Async;
use smol::net::{TcpListener, TcpStream};

#[cfg(target_os = "linux")]
use crate::per_core;
use crate::timer::Timer;

/// Smol: its global executor and the reactor of its own.
#[derive(Debug)]
pub struct Smol;

impl Runtime for Smol {
    type Listener = TcpListener;
    type Stream = TcpStream;
    type Timer = Timer;
    type Waiter = ();

    async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        listener.accept().await
    }

    fn spawn(task: impl Future<Output = ()> + Send + 'static) {
        #[cfg(target_os = "linux")]
        per_core::spawn(task);
        #[cfg(not(target_os = "linux"))]
        smol::spawn(task).detach();
    }

    async fn blocking<T, F>(work: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        smol::unblock(work).await
    }

    #[cfg(unix)]
    async fn write_with(
        stream: &mut TcpStream,
        _: &mut (),
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<usize> + Send,
    ) -> io::Result<Option<usize>> {
        let socket: Arc<Async<std::net::TcpStream>> = stream.clone().into();
        let written = socket.write_with(|socket| op(socket.as_fd()));
        written.await.map(Some)
    }
}

#[cfg(target_os = "linux")]
impl CoreRuntime for Smol {
    fn run<F: Future>(future: F) -> io::Result<F::Output> {
        Ok(per_core::run(future))
    }

    fn listener(listener: std::net::TcpListener) -> io::Result<TcpListener> {
        Ok(Async::new_nonblocking(listener)?.into())
    }
}

impl FuturesIo for Smol {}
