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

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{pending, ready};
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

    use super::*;

    #[derive(Debug)]
    struct Never;

    impl Timer for Never {
        type Instant = ();

        fn after(_: Duration) -> Option<()> {
            None
        }

        fn at((): ()) -> Self {
            Self
        }

        fn set(&mut self, (): ()) {}

        fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
            Poll::Pending
        }
    }

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Count {
        fn take(&self) -> usize {
            self.0.swap(0, Ordering::Relaxed)
        }
    }

    fn poll<R>(work: impl Future<Output = R>, count: &Arc<Count>) -> Poll<R> {
        let waker = Waker::from(Arc::clone(count));
        pin!(work).poll(&mut Context::from_waker(&waker))
    }

    #[test]
    fn no_more_connections_are_accepted_than_there_are_places() {
        let connections = Connections::new(2);
        let (accepted, held) = (Cell::new(0), Cell::new(Vec::new()));
        let server = Arc::<Count>::default();
        let mut serve = pin!(connections.accept_until::<Never, u32, _>(
            pending(),
            || {
                accepted.set(accepted.get() + 1);
                ready(Ok(accepted.get()))
            },
            |_, place| {
                let mut places = held.take();
                places.push(place);
                held.set(places);
            },
        ));
        assert!(poll(serve.as_mut(), &server).is_pending());
        assert_eq!(accepted.get(), 2);

        let mut places = held.take();
        drop(places.pop());
        held.set(places);
        assert_eq!(server.take(), 1);
        assert!(poll(serve.as_mut(), &server).is_pending());
        assert_eq!(accepted.get(), 3);
    }

    #[test]
    fn a_connection_is_woken_to_close_and_dropped_when_it_is_cut() {
        let connections = Connections::new(1);
        let task = Arc::<Count>::default();
        let Poll::Ready(place) = poll(poll_fn(|cx| connections.place(cx)), &task) else {
            panic!("there is a place");
        };
        let closing = place.closing();
        let alive = Arc::new(());
        let in_work = Arc::clone(&alive);
        let mut connection = Box::pin(place.hold(async move {
            pending::<()>().await;
            drop(in_work);
        }));
        assert!(poll(connection.as_mut(), &task).is_pending());
        assert!(!closing.is_set());

        let server = Arc::<Count>::default();
        let mut finish = Box::pin(connections.finish::<Never>(Duration::ZERO));
        assert!(poll(finish.as_mut(), &server).is_pending());
        assert!(closing.is_set());
        assert_eq!(task.take(), 1);
        // It is polled by another task from now on.
        let other = Arc::<Count>::default();
        assert!(poll(connection.as_mut(), &other).is_pending());

        drop(finish);
        assert_eq!((task.take(), other.take()), (0, 1));
        assert_eq!(Arc::strong_count(&alive), 2);
        assert!(poll(connection.as_mut(), &other).is_ready());
        assert_eq!(Arc::strong_count(&alive), 1);
    }

    #[test]
    fn a_server_has_finished_when_the_last_place_is_given_back() {
        let connections = Connections::new(2);
        let server = Arc::<Count>::default();
        let mut places = Vec::new();
        while let Poll::Ready(place) = poll(poll_fn(|cx| connections.place(cx)), &server) {
            places.push(place);
        }
        let mut finish = Box::pin(connections.finish::<Never>(Duration::ZERO));
        while let Some(place) = places.pop() {
            assert!(poll(finish.as_mut(), &server).is_pending());
            drop(place);
            assert_eq!(server.take(), 1);
        }
        assert!(poll(finish.as_mut(), &server).is_ready());
    }
}
