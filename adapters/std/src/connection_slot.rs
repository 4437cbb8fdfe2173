use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// The slot of one connection, which is given back when it is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionSlot {
    id: u64,
    slots: Arc<Slots>,
}

impl ConnectionSlot {
    /// The word that the server shuts down, for the connection.
    pub(crate) fn closing(&self) -> Closing {
        Closing(Some(Arc::clone(&self.slots)))
    }

    /// Does `work`, which is the connection, in this slot. It is polled when the server shuts
    /// down, and dropped when the grace time is over or the server is dropped.
    pub(crate) async fn hold(self, work: impl Future<Output = ()>) {
        let mut work = pin!(work);
        let mut woken = None;
        poll_fn(|cx| {
            if !matches!(&woken, Some(waker) if cx.waker().will_wake(waker)) {
                woken = Some(cx.waker().clone());
                let before = self.slots.lock().wakers.insert(self.id, cx.waker().clone());
                drop(before);
            }
            match self.slots.phase() {
                CUT => Poll::Ready(()),
                _ => work.as_mut().poll(cx),
            }
        })
        .await;
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        taken.count -= 1;
        let own = taken.wakers.remove(&self.id);
        let server = taken.server.take();
        drop(taken);
        drop(own);
        if let Some(server) = server {
            server.wake();
        }
    }
}

/// Tells a connection that its server shuts down.
#[derive(Debug)]
pub(crate) struct Closing(Option<Arc<Slots>>);

impl Closing {
    /// The word for a connection without a server.
    pub(crate) const NEVER: Self = Self(None);

    /// Tells whether the server shuts down.
    pub(crate) fn is_set(&self) -> bool {
        match &self.0 {
            Some(slots) => slots.phase() != OPEN,
            None => false,
        }
    }
}

const OPEN: u8 = 0;
const CLOSING: u8 = 1;
const CUT: u8 = 2;

/// The slots of a server that are taken.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    /// `OPEN`, `CLOSING` or `CUT`.
    phase: AtomicU8,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    count: usize,
    /// The last slot that was taken.
    last: u64,
    wakers: HashMap<u64, Waker>,
    /// Set while the server waits for a slot to be given back.
    server: Option<Waker>,
}

impl Slots {
    /// Takes a slot, of at most so many.
    pub(crate) fn take(
        self: &Arc<Self>,
        most: usize,
        cx: &mut Context<'_>,
    ) -> Poll<ConnectionSlot> {
        let mut taken = self.lock();
        if taken.count < most {
            taken.count += 1;
            taken.last += 1;
            return Poll::Ready(ConnectionSlot {
                id: taken.last,
                slots: Arc::clone(self),
            });
        }
        wait(taken, cx)
    }

    /// Waits until all slots have been given back.
    pub(crate) fn all_given_back(&self, cx: &mut Context<'_>) -> Poll<()> {
        let taken = self.lock();
        match taken.count {
            0 => Poll::Ready(()),
            _ => wait(taken, cx),
        }
    }

    /// Tells the connections that the server shuts down.
    pub(crate) fn close(&self) {
        self.enter(CLOSING);
    }

    /// Has the connections dropped.
    pub(crate) fn cut(&self) {
        self.enter(CUT);
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Nothing panics while it holds the lock.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn phase(&self) -> u8 {
        self.phase.load(Ordering::Acquire)
    }

    fn enter(&self, phase: u8) {
        self.phase.store(phase, Ordering::Release);
        // Who comes for the lock later sees the phase.
        let wakers: Vec<Waker> = self.lock().wakers.values().cloned().collect();
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// Has the server woken when a slot is given back.
fn wait<R>(mut taken: MutexGuard<'_, Taken>, cx: &mut Context<'_>) -> Poll<R> {
    let before = taken.server.replace(cx.waker().clone());
    // Wakers are dropped and woken without the lock: they may run what takes it.
    drop(taken);
    drop(before);
    Poll::Pending
}
