use std::future::{Future, poll_fn};
use std::io;
use std::task::Poll;

use crate::{Incoming, Runtime};

/// A source of connections that a [`Server`](crate::Server) of the runtime `R` accepts.
///
/// Listeners of the runtime are one, and so is a `Vec` of them. [`Handshake`](crate::Handshake)
/// makes one of TLS. One of your own, here of streams that there are already:
///
/// ```
/// use std::future::{Ready, ready};
/// use std::io;
///
/// use replywire_std::{Incoming, Listen, Runtime};
///
/// struct Given<S>(Vec<S>);
///
/// impl<R: Runtime, S: Send + 'static> Listen<R> for Given<S> {
///     type Stream = S;
///     type Opening = Ready<io::Result<Incoming<R, S>>>;
///
///     async fn accept(&mut self) -> io::Result<Self::Opening> {
///         match self.0.pop() {
///             Some(stream) => Ok(ready(Ok(Incoming::new(stream)))),
///             None => std::future::pending().await,
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no listener for the runtime `{R}`",
    label = "a server cannot accept connections of it"
)]
pub trait Listen<R: Runtime>: Send {
    /// The streams that handlers answer over.
    type Stream: Send + 'static;

    /// Opens a connection that was accepted. It is polled in the connection's own task, so that a
    /// peer which takes its time holds up no other.
    type Opening: Future<Output = io::Result<Incoming<R, Self::Stream>>> + Send + 'static;

    /// Accepts the next connection.
    ///
    /// After an error it is called again: at once where the peer has gone, with a descriptor more
    /// where there were too few, and else a moment later. Dropping the future loses none.
    fn accept(&mut self) -> impl Future<Output = io::Result<Self::Opening>> + Send;
}

/// All of the listeners, such as those that a service manager has handed over; none gives none. One
/// that fails slows the others down; those of [`Server::listen`](crate::Server::listen) do not.
impl<R: Runtime, L: Listen<R>> Listen<R> for Vec<L> {
    type Stream = L::Stream;
    type Opening = L::Opening;

    async fn accept(&mut self) -> io::Result<L::Opening> {
        // Whichever was asked last is asked first the next time, so that none is passed over.
        let (accepted, at) = {
            let accepting = self.iter_mut().map(|listener| Box::pin(listener.accept()));
            let mut accepting: Vec<_> = accepting.collect();
            poll_fn(|cx| {
                for (at, accept) in accepting.iter_mut().enumerate() {
                    if let Poll::Ready(accepted) = accept.as_mut().poll(cx) {
                        return Poll::Ready((accepted, at));
                    }
                }
                Poll::Pending
            })
            .await
        };
        let first = at.saturating_add(1).min(self.len());
        self.rotate_left(first);
        accepted
    }
}
