use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::observe::{Accepted, Ended, Observe, Replied};

/// Counts connections, replies and failures, as a [hook](Observe) of a server.
///
/// Each number is exact; those that are read at the same moment need not fit each other.
///
/// ```
/// use std::sync::Arc;
/// use replywire_std::Counters;
///
/// let counters = Arc::new(Counters::new());
/// // Server::new(handler).observe(Arc::clone(&counters))
/// assert_eq!((counters.replies(), counters.failures()), (0, 0));
/// ```
#[derive(Debug, Default)]
#[doc(alias("metrics", "prometheus"))]
pub struct Counters {
    accepted: AtomicU64,
    accept_errors: AtomicU64,
    ended: AtomicU64,
    replies: AtomicU64,
    failures: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    /// Counters that stand at zero.
    pub const fn new() -> Self {
        Self {
            accepted: AtomicU64::new(0),
            accept_errors: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            replies: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// The connections that were accepted.
    pub fn connections_accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// The tries to accept a connection that have failed.
    pub fn accept_errors(&self) -> u64 {
        self.accept_errors.load(Ordering::Relaxed)
    }

    /// The connections that have ended.
    pub fn connections_ended(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// The replies that streams have taken whole, error pages among them.
    pub fn replies(&self) -> u64 {
        self.replies.load(Ordering::Relaxed)
    }

    /// The failures of exchanges, connections and tries to accept one.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// The bytes of replies that streams have taken.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Adds one if `is_so`.
fn count(number: &AtomicU64, is_so: bool) {
    number.fetch_add(is_so.into(), Ordering::Relaxed);
}

impl Observe for Counters {
    fn accept_failed(&self, _: &io::Error) {
        count(&self.accept_errors, true);
        count(&self.failures, true);
    }

    fn accepted(&self, _: &Accepted) {
        count(&self.accepted, true);
    }

    fn replied(&self, reply: &Replied<'_>) {
        count(&self.replies, reply.is_whole);
        count(&self.failures, reply.failure.is_some());
        self.bytes.fetch_add(reply.bytes, Ordering::Relaxed);
    }

    fn ended(&self, end: &Ended<'_>) {
        count(&self.ended, true);
        count(&self.failures, end.failure.is_some());
    }
}
