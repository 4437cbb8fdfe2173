use std::future::Future;
use std::io;
#[cfg(unix)]
use std::os::fd::BorrowedFd;

use replywire_embedded::Transport;

/// A connection of a runtime that files can be sent over.
pub trait FileTransport: Transport<Error = io::Error> {
    /// Runs work that waits for the disk where that keeps no other task from running.
    fn blocking<R, F>(work: F) -> impl Future<Output = io::Result<R>> + Send
    where
        R: Send + 'static,
        F: FnOnce() -> io::Result<R> + Send + 'static;

    /// Has `op` write to the connection's socket, by a call of the system such as `sendfile`: as
    /// often as it would block, when the socket can take bytes again. `None` means that the bytes
    /// of the connection are not those of a socket, such as with TLS, or that it cannot be lent;
    /// then `op` was not called. It returns how many bytes it wrote.
    ///
    /// It is a write like any other: the peer may take no longer for it.
    #[cfg(unix)]
    fn kernel(
        &mut self,
        op: impl FnMut(BorrowedFd<'_>) -> io::Result<usize> + Send,
    ) -> impl Future<Output = Option<io::Result<usize>>>;
}
