use std::fmt::Debug;
use std::future::Future;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::fd::BorrowedFd;
use std::task::{Context, Poll};

use crate::{Socket, Timer, thread};

/// All that a server asks of an async runtime: sockets, timers, tasks, threads that may wait, and
/// what the kernel can do for a socket.
///
/// [`Streams`] is the other half: how the runtime reads and writes.
pub trait Runtime: Debug + Sized + 'static {
    /// Accepts connections.
    type Listener;

    /// The stream of a connection that was accepted: a socket that does not block.
    type Stream: Socket + Debug + Send + 'static;

    /// A timer by the clock of the runtime.
    type Timer: Timer;

    /// The state that [`write_with`](Self::write_with) keeps for a stream from one call to the
    /// next; mostly `()`.
    type Waiter: Debug + Default + Send;

    /// Accepts the next connection, and tells the address of its peer.
    ///
    /// Dropping the future loses none.
    fn accept(
        listener: &Self::Listener,
    ) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send;

    /// Runs a task to its end, which no one waits for. A panic of it must end no other task.
    fn spawn(task: impl Future<Output = ()> + Send + 'static);

    /// Runs work that waits for the disk, or blocks otherwise, on a thread where that keeps no task
    /// from running: by default on a new one. A runtime with a pool of such threads takes one of
    /// them. Handlers reach it by [`blocking`](crate::blocking) and [`Blocking`](crate::Blocking),
    /// which have no more than a number of jobs run at once, on every runtime.
    ///
    /// Work that has begun comes to its end, also where the future is dropped. A panic of it is one
    /// of the task that waits for it.
    ///
    /// # Errors
    ///
    /// Those of `work`, and one of the runtime where it has no thread for it or shuts down.
    fn blocking<T, F>(work: F) -> impl Future<Output = io::Result<T>> + Send
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        thread::run(work)
    }

    /// Has `op` write to the socket by a call of the system such as `sendfile`: as often as it
    /// would block, when the socket can take bytes again. `None` means that the stream cannot be
    /// lent, and that `op` was not called; so it is by default.
    ///
    /// # Errors
    ///
    /// Those of `op`.
    #[cfg(unix)]
    fn write_with(
        stream: &mut Self::Stream,
        waiter: &mut Self::Waiter,
        op: impl FnMut(BorrowedFd<'_>) -> io::Result<usize> + Send,
    ) -> impl Future<Output = io::Result<Option<usize>>> + Send {
        let _ = (stream, waiter, op);
        async { Ok(None) }
    }
}

/// Reads and writes streams of the type `S`, by the runtime's own traits.
///
/// Each function works like that of the same name in `futures-io`: where it returns `Pending`, the
/// task is woken when it is worth another try.
#[diagnostic::on_unimplemented(
    message = "`{S}` is no stream of the runtime `{Self}`",
    label = "the runtime cannot read and write it"
)]
pub trait Streams<S>: Runtime {
    /// Reads some bytes into `buf`, which is not empty; zero is the end.
    fn poll_read(stream: &mut S, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>>;

    /// Writes some of `bytes`, which are not empty.
    fn poll_write(stream: &mut S, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Writes some of `parts`, of which the first is not empty, as if they were one. By default it
    /// writes of the first alone.
    fn poll_write_vectored(
        stream: &mut S,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = parts.first().map_or(&[][..], |part| part);
        Self::poll_write(stream, cx, first)
    }

    /// Tells whether the stream writes several parts by one call of the system. If not, which is
    /// the default, they are written one by one.
    fn is_write_vectored(stream: &S) -> bool {
        let _ = stream;
        false
    }

    /// Writes what the stream itself holds back; a socket holds nothing.
    fn poll_flush(stream: &mut S, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let _ = (stream, cx);
        Poll::Ready(Ok(()))
    }

    /// Ends the direction of the stream to the peer, which may still send: of a socket, by FIN; of
    /// TLS, with its `close_notify` first.
    fn poll_close(stream: &mut S, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}
