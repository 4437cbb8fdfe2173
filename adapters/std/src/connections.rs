use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::{Timer, timeout};

/// The connections of a server: how many there may be, and when they are to end.
///
/// Dropping it drops what runs in their places.
#[derive(Debug)]
pub struct Connections {
    shared: Arc<Shared>,
    most: usize,
}

impl Connections {
    /// None yet, and never more than `most` at once.
    pub fn new(most: usize) -> Self {
        Self {
            shared: Arc::default(),
            most,
        }
    }

    /// Hands every connection that `accept` gives to `begin`, with a place of its own, until
    /// `shutdown` is done. While there is no place, none is accepted.
    pub async fn accept_until<T: Timer, C, A>(
        &self,
        shutdown: impl Future<Output = ()>,
        accept: impl Fn() -> A,
        begin: impl Fn(C, Place),
    ) where
        A: Future<Output = io::Result<C>>,
    {
        let serve = async {
            loop {
                let place = poll_fn(|cx| self.place(cx)).await;
                match accept().await {
                    Ok(accepted) => begin(accepted, place),
                    Err(_) => {
                        // Too many open files, or the peer has left: it passes.
                        let never = std::future::pending::<()>();
                        timeout::<T, _>(Duration::from_millis(50), never).await;
                    }
                }
            }
        };
        let mut shutdown = pin!(shutdown);
        let mut serve = pin!(serve);
        poll_fn(|cx| match shutdown.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => serve.as_mut().poll(cx),
        })
        .await;
    }

    /// Tells the connections that the server shuts down, and waits until they have ended; what has
    /// not after the grace time is dropped.
    pub async fn finish<T: Timer>(self, grace: Duration) {
        self.shared.enter(CLOSING);
        let ended = poll_fn(|cx| self.ended(cx));
        let _ = timeout::<T, _>(grace, ended).await;
    }

    fn place(&self, cx: &mut Context<'_>) -> Poll<Place> {
        let mut open = self.shared.open();
        if open.count < self.most {
            open.count += 1;
            open.last += 1;
            return Poll::Ready(Place {
                id: open.last,
                shared: Arc::clone(&self.shared),
            });
        }
        wait(open, cx)
    }

    fn ended(&self, cx: &mut Context<'_>) -> Poll<()> {
        let open = self.shared.open();
        match open.count {
            0 => Poll::Ready(()),
            _ => wait(open, cx),
        }
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        self.shared.enter(CUT);
    }
}

/// The server is woken when a place is given back.
fn wait<R>(mut open: MutexGuard<'_, Open>, cx: &mut Context<'_>) -> Poll<R> {
    let before = open.server.replace(cx.waker().clone());
    // Wakers are dropped and woken without the lock: they may run what takes it.
    drop(open);
    drop(before);
    Poll::Pending
}

/// The place of one connection, which is given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    id: u64,
    shared: Arc<Shared>,
}

impl Place {
    /// What tells the connection that the server shuts down.
    pub fn closing(&self) -> Closing {
        Closing(Some(Arc::clone(&self.shared)))
    }

    /// Does `work`, which is the connection, in this place. It is polled when the server shuts
    /// down, and dropped when the grace time is over or the server is dropped.
    pub async fn hold(self, work: impl Future<Output = ()>) {
        let mut work = pin!(work);
        let mut woken = None;
        poll_fn(|cx| {
            if !matches!(&woken, Some(waker) if cx.waker().will_wake(waker)) {
                woken = Some(cx.waker().clone());
                let before = self
                    .shared
                    .open()
                    .wakers
                    .insert(self.id, cx.waker().clone());
                drop(before);
            }
            match self.shared.phase() {
                CUT => Poll::Ready(()),
                _ => work.as_mut().poll(cx),
            }
        })
        .await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.shared.open();
        open.count -= 1;
        let own = open.wakers.remove(&self.id);
        let server = open.server.take();
        drop(open);
        drop(own);
        if let Some(server) = server {
            server.wake();
        }
    }
}

/// Tells a connection that its server shuts down.
#[derive(Debug)]
pub struct Closing(Option<Arc<Shared>>);

impl Closing {
    /// For a connection without a server.
    pub const NEVER: Self = Self(None);

    /// Whether the server shuts down.
    pub fn is_set(&self) -> bool {
        match &self.0 {
            Some(shared) => shared.phase() != OPEN,
            None => false,
        }
    }
}

const OPEN: u8 = 0;
const CLOSING: u8 = 1;
const CUT: u8 = 2;

#[derive(Debug, Default)]
struct Shared {
    /// `OPEN`, `CLOSING` or `CUT`.
    phase: AtomicU8,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    count: usize,
    /// The last place.
    last: u64,
    wakers: HashMap<u64, Waker>,
    /// Set while the server waits for a place to be given back.
    server: Option<Waker>,
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, Open> {
        // Nothing panics while it holds the lock.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn phase(&self) -> u8 {
        self.phase.load(Ordering::Acquire)
    }

    fn enter(&self, phase: u8) {
        self.phase.store(phase, Ordering::Release);
        // Who comes for the lock later sees the phase.
        let wakers: Vec<Waker> = self.open().wakers.values().cloned().collect();
        wakers.into_iter().for_each(Waker::wake);
    }
}
