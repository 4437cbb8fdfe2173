use std::sync::atomic::{AtomicU64, Ordering};

/// The standing of a connection in its server: an idle one makes room for another.
///
/// It is `BUSY`, `EVICTED`, or the count at which the connection became idle, with the lowest bit
/// set if it was answered before.
#[derive(Debug, Default)]
pub(crate) struct Standing(AtomicU64);

const BUSY: u64 = 0;
const EVICTED: u64 = u64::MAX;

impl Standing {
    /// The connection is idle from now on, which is so counted.
    pub(crate) fn set_idle(&self, count: u64, was_answered: bool) {
        let since = count << 1 | u64::from(was_answered);
        self.0.store(since, Ordering::SeqCst);
    }

    /// The connection has something to do; true where it was evicted.
    pub(crate) fn set_busy(&self) -> bool {
        self.0.swap(BUSY, Ordering::SeqCst) == EVICTED
    }

    /// Tells whether it was evicted.
    pub(crate) fn is_evicted(&self) -> bool {
        self.0.load(Ordering::SeqCst) == EVICTED
    }

    /// A number that tells since when the connection has been idle, if it is and may be evicted: it
    /// was answered before, or has sent nothing since that count.
    pub(crate) fn idle_since(&self, silent_since: u64) -> Option<u64> {
        match self.0.load(Ordering::SeqCst) {
            BUSY | EVICTED => None,
            since if since & 1 == 0 && since >> 1 > silent_since => None,
            since => Some(since),
        }
    }

    /// Has the connection end, if it has been idle since then.
    pub(crate) fn evict(&self, since: u64) -> bool {
        let order = Ordering::SeqCst;
        let evicted = self.0.compare_exchange(since, EVICTED, order, order);
        evicted.is_ok()
    }
}
