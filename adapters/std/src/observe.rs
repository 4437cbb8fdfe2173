use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use replywire::Status;
use replywire::request::Version;
use replywire_embedded::Unanswered;

/// A hook that sees what becomes of the connections of a server: each connection, each request,
/// each reply and each end exactly once, and the cause of every failure.
///
/// It is called by the tasks of the connections, several at a time, so it must not block: a log
/// that may wait belongs to a thread of its own. It cannot change a reply. A panic of a hook is
/// caught, and the connection goes on as if it had returned.
///
/// ```
/// use replywire_std::{Observe, Replied};
///
/// struct Failures;
///
/// impl Observe for Failures {
///     fn replied(&self, reply: &Replied<'_>) {
///         if let Some(failure) = reply.failure {
///             eprintln!("{:?} {:?}: {failure}", reply.method, reply.target);
///         }
///     }
/// }
/// ```
///
/// [`AccessLog`](crate::AccessLog) and [`Counters`](crate::Counters) are ready; a pair of hooks is
/// a hook.
#[doc(alias(
    "Trace",
    "TraceLayer",
    "Logger",
    "on_response",
    "on_failure",
    "middleware"
))]
pub trait Observe: Send + Sync {
    /// Tells whether the clock is to be read for the times of connections and exchanges. By default
    /// it is not; asked once, when the server begins.
    fn wants_times(&self) -> bool {
        false
    }

    /// No connection was accepted because of this error, or one was not opened, as its handshake
    /// failed; the server goes on.
    fn accept_failed(&self, error: &io::Error) {
        let _ = error;
    }

    /// A connection has its slot, and is served from now on.
    fn accepted(&self, connection: &Accepted) {
        let _ = connection;
    }

    /// A request has come whose head is right, and its handler begins.
    fn requested(&self, request: &Requested<'_>) {
        let _ = request;
    }

    /// An exchange is over: the stream has taken the whole reply, or there is none, or it broke
    /// off. So for each request, and for each one that was refused.
    fn replied(&self, reply: &Replied<'_>) {
        let _ = reply;
    }

    /// A connection has ended, after all of its exchanges.
    fn ended(&self, end: &Ended<'_>) {
        let _ = end;
    }
}

/// A connection that was accepted.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Accepted {
    /// The number of the connection: the first of its server is 1.
    pub connection: u64,
    /// The address of the peer, where the stream is a socket that the server has accepted.
    pub peer: Option<SocketAddr>,
}

/// A request whose handler begins.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Requested<'e> {
    /// The connection.
    pub connection: Accepted,
    /// The method, as it was sent.
    pub method: &'e str,
    /// The target, as it was sent: it may hold any character but spaces and controls.
    pub target: &'e str,
    /// The version.
    pub version: Version,
}

/// The end of an exchange.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Replied<'e> {
    /// The connection.
    pub connection: Accepted,
    /// The method; `None` where the head was refused.
    pub method: Option<&'e str>,
    /// The target; `None` where the head was refused.
    pub target: Option<&'e str>,
    /// The version; `None` where the head was refused.
    pub version: Option<Version>,
    /// The status of the reply; `None` where there is none.
    pub status: Option<Status>,
    /// The bytes of the reply that the stream has taken, its head and its body.
    pub bytes: u64,
    /// The stream has taken all of the reply.
    pub is_whole: bool,
    /// The time since the head had come, where the hook [wants times](Observe::wants_times).
    pub took: Option<Duration>,
    /// The failure of the exchange: of the handler, the reply or the connection, or the refusal.
    pub failure: Option<&'e Unanswered>,
}

/// The end of a connection.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Ended<'e> {
    /// The connection.
    pub connection: Accepted,
    /// The number of its exchanges.
    pub exchanges: u64,
    /// The time since it was accepted, where the hook [wants times](Observe::wants_times).
    pub took: Option<Duration>,
    /// The failure of the connection, unless that was told as one of an exchange.
    pub failure: Option<&'e Unanswered>,
}

macro_rules! forward {
    ($self:ident => $($hook:expr),+) => {
        fn wants_times(&$self) -> bool {
            [$($hook.wants_times()),+].contains(&true)
        }

        fn accept_failed(&$self, error: &io::Error) {
            $(each(|| $hook.accept_failed(error));)+
        }

        fn accepted(&$self, connection: &Accepted) {
            $(each(|| $hook.accepted(connection));)+
        }

        fn requested(&$self, request: &Requested<'_>) {
            $(each(|| $hook.requested(request));)+
        }

        fn replied(&$self, reply: &Replied<'_>) {
            $(each(|| $hook.replied(reply));)+
        }

        fn ended(&$self, end: &Ended<'_>) {
            $(each(|| $hook.ended(end));)+
        }
    };
}

/// Calls one hook, whose panic keeps no other from being called.
fn each(call: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(call));
}

impl<A: Observe, B: Observe> Observe for (A, B) {
    forward!(self => self.0, self.1);
}

impl<O: Observe + ?Sized> Observe for Arc<O> {
    forward!(self => (**self));
}
