use std::future::{Future, pending, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crate::Timer;
use crate::connection_slot::{ConnectionSlot, Slots};
use crate::timer::timeout;

/// The connections of a server: how many there may be, and when they are to end.
///
/// Dropping it drops what runs in their slots.
#[derive(Debug)]
pub(crate) struct Connections {
    slots: Arc<Slots>,
    most: usize,
}

impl Connections {
    /// No connections yet, and never more than `most` at once.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            slots: Arc::default(),
            most,
        }
    }

    /// Hands every connection that `accept` gives to `begin`, with a slot of its own, until
    /// `shutdown` is done. While there is no slot, none is accepted.
    pub(crate) async fn accept_until<T: Timer, C, A>(
        &self,
        shutdown: impl Future<Output = ()>,
        accept: impl Fn() -> A,
        begin: impl Fn(C, ConnectionSlot),
    ) where
        A: Future<Output = io::Result<C>>,
    {
        let serve = async {
            loop {
                let slot = poll_fn(|cx| self.slots.take(self.most, cx)).await;
                match accept().await {
                    Ok(accepted) => begin(accepted, slot),
                    Err(_) => {
                        // Too many open files, or the peer has left: it passes.
                        timeout::<T, _>(Duration::from_millis(50), pending::<()>()).await;
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

    /// Tells the connections that the server shuts down, and waits until they have ended; those
    /// that have not after the grace time are dropped.
    pub(crate) async fn finish<T: Timer>(self, grace: Duration) {
        self.slots.close();
        let ended = poll_fn(|cx| self.slots.all_given_back(cx));
        let _ = timeout::<T, _>(grace, ended).await;
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        self.slots.cut();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::ready;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Wake, Waker};

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
    fn no_more_connections_are_accepted_than_there_are_slots() {
        let connections = Connections::new(2);
        let (accepted, held) = (Cell::new(0), Cell::new(Vec::new()));
        let server = Arc::<Count>::default();
        let mut serve = pin!(connections.accept_until::<Never, u32, _>(
            pending(),
            || {
                accepted.set(accepted.get() + 1);
                ready(Ok(accepted.get()))
            },
            |_, slot| {
                let mut slots = held.take();
                slots.push(slot);
                held.set(slots);
            },
        ));
        assert!(poll(serve.as_mut(), &server).is_pending());
        assert_eq!(accepted.get(), 2);

        let mut slots = held.take();
        drop(slots.pop());
        held.set(slots);
        assert_eq!(server.take(), 1);
        assert!(poll(serve.as_mut(), &server).is_pending());
        assert_eq!(accepted.get(), 3);
    }

    #[test]
    fn a_connection_is_woken_to_close_and_dropped_when_it_is_cut() {
        let connections = Connections::new(1);
        let task = Arc::<Count>::default();
        let Poll::Ready(slot) = poll(
            poll_fn(|cx| connections.slots.take(connections.most, cx)),
            &task,
        ) else {
            panic!("there is a slot");
        };
        let closing = slot.closing();
        let alive = Arc::new(());
        let in_work = Arc::clone(&alive);
        let mut connection = Box::pin(slot.hold(async move {
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
    fn a_server_has_finished_when_the_last_slot_is_given_back() {
        let connections = Connections::new(2);
        let server = Arc::<Count>::default();
        let mut slots = Vec::new();
        while let Poll::Ready(slot) = poll(
            poll_fn(|cx| connections.slots.take(connections.most, cx)),
            &server,
        ) {
            slots.push(slot);
        }
        let mut finish = Box::pin(connections.finish::<Never>(Duration::ZERO));
        while let Some(slot) = slots.pop() {
            assert!(poll(finish.as_mut(), &server).is_pending());
            drop(slot);
            assert_eq!(server.take(), 1);
        }
        assert!(poll(finish.as_mut(), &server).is_ready());
    }
}
