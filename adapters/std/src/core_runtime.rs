use std::future::Future;
use std::io;
use std::net::TcpListener;

use crate::Runtime;

/// A runtime of which each thread can have one of its own, for
/// [`Server::per_core`](crate::Server::per_core).
pub trait CoreRuntime: Runtime {
    /// Runs a future to its end on a new runtime of this thread alone, with the tasks that it
    /// [spawns](Runtime::spawn).
    ///
    /// # Errors
    ///
    /// Those of the system where there can be no such runtime.
    fn run<F: Future>(future: F) -> io::Result<F::Output>;

    /// A listener of the runtime that this is called on, of one that does not block.
    ///
    /// # Errors
    ///
    /// Those of the runtime, which may not take it.
    fn listener(listener: TcpListener) -> io::Result<Self::Listener>;
}
