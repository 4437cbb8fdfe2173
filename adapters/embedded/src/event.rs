//! The events of a connection, for whoever counts or logs them.

use replywire::Status;
use replywire::request::{Refused, Request};

use crate::unanswered::Unanswered;

/// An event of a connection, as [`Transport::observe`](crate::Transport::observe) is told it.
///
/// Each exchange begins with [`Request`](Self::Request) or [`Refused`](Self::Refused) and comes to
/// an [`End`](Self::End) before the next begins, or the connection has failed or was dropped.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub enum Event<'e> {
    /// A request whose head is right has come, and the handler begins.
    Request(&'e Request<'e>),
    /// A head was refused, and no handler sees it.
    Refused(Refused),
    /// The handler has failed, before its reply, within it or after it.
    Failed(&'e Unanswered),
    /// There is an interim reply, which waits in the reply buffer.
    Interim {
        /// The status.
        status: Status,
        /// The bytes of it.
        len: usize,
    },
    /// There is a final reply. Where nothing of it leaves, another follows.
    Reply {
        /// The status.
        status: Status,
        /// The bytes of a whole one, which waits in the reply buffer; `None` says that it leaves in
        /// steps, by writes from here on.
        len: Option<usize>,
    },
    /// The final reply that there was has failed before any of it left, and the handler makes
    /// another ([`Again`](crate::Again)).
    Withdrawn,
    /// The exchange is over: its reply is whole, or there is none, or it broke off.
    End,
}
