use std::future::Future;
use std::io;
use std::os::fd::BorrowedFd;

/// A connection whose socket can be asked for, where it has one.
pub trait Socket {
    /// Has `op` write to the socket, by a call of the system such as `sendfile`: as often as it would
    /// block, when the socket can take bytes again. `None` where the bytes of the connection are not
    /// those of a socket, such as with TLS.
    ///
    /// It is a write like any other: the peer may take no longer for it.
    fn kernel<R>(
        &mut self,
        op: impl FnMut(BorrowedFd<'_>) -> io::Result<R>,
    ) -> impl Future<Output = Option<io::Result<R>>>;
}
