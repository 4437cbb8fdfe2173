use std::cell::{Cell, RefCell};
use std::future::{Ready, pending, ready};
use std::net::{SocketAddr, TcpStream};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use super::*;
use crate::Observe;
use crate::threads::Never;

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

type Ended = Result<(), ConnectionError<io::Error>>;

#[derive(Debug)]
struct Nowhere;

impl Runtime for Nowhere {
    type Listener = ();
    type Stream = TcpStream;
    type Timer = Never;
    type Waiter = ();

    async fn accept((): &()) -> io::Result<(TcpStream, SocketAddr)> {
        pending().await
    }

    fn spawn(_: impl Future<Output = ()> + Send + 'static) {}
}

/// A listener whose connections cannot be opened.
struct Scripted<F>(F);

impl<F: FnMut() -> Option<io::Result<()>> + Send> Listen<Nowhere> for Scripted<F> {
    type Stream = TcpStream;
    type Opening = Ready<io::Result<Incoming<Nowhere, TcpStream>>>;

    async fn accept(&mut self) -> io::Result<Self::Opening> {
        let Some(outcome) = (self.0)() else {
            return pending().await;
        };
        outcome.map(|()| ready(Err(ErrorKind::Unsupported.into())))
    }
}

fn connections(most: usize) -> Connections<Nowhere, ()> {
    let config = Config {
        connections: most,
        ..Config::default()
    };
    Connections::new(Served::new((), config, None))
}

/// The errors that a hook was told.
#[derive(Default)]
struct Errors(Mutex<Vec<String>>);

impl Errors {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Observe for Errors {
    fn accept_failed(&self, error: &io::Error) {
        self.0.lock().unwrap().push(error.to_string());
    }
}

fn observed() -> (Arc<Errors>, Served<()>) {
    let errors = Arc::new(Errors::default());
    let hook = Hook::new(Arc::clone(&errors));
    let served = Served::new((), Config::default(), Some(Arc::new(hook)));
    (errors, served)
}

fn taken(connections: &Connections<Nowhere, ()>) -> Slot<Nowhere, ()> {
    match poll(connections.slot(), &Arc::default()) {
        Poll::Ready(slot) => slot,
        Poll::Pending => panic!("there is a slot"),
    }
}

#[test]
fn the_hook_is_told_of_each_error_of_accepting_and_the_server_goes_on() {
    let (errors, served) = observed();
    let connections = Connections::<Nowhere, ()>::new(served);
    let outcomes = Mutex::new(vec![
        Ok(()),
        Err(ErrorKind::ConnectionReset.into()),
        Err(ErrorKind::ConnectionAborted.into()),
    ]);
    let begun = Cell::new(0);
    let serve = connections.accept_each(Scripted(|| outcomes.lock().unwrap().pop()), |_, _slot| {
        begun.set(begun.get() + 1);
    });
    assert!(poll(serve, &Arc::default()).is_pending());
    assert_eq!(begun.get(), 1);
    assert_eq!(errors.take(), ["connection aborted", "connection reset"]);
}

#[test]
fn the_hook_is_told_once_of_an_opening_that_fails_panics_or_is_dropped() {
    let (errors, served) = observed();
    let connections = connections(1);
    let slot = taken(&connections);
    let handle = slot.slot.handle();
    let open = |opening: Pin<Box<dyn Future<Output = io::Result<()>>>>| {
        poll(
            open::<Nowhere, _, _>(Box::pin(opening), &handle, &served),
            &Arc::default(),
        )
    };
    let is_failed = |opened| matches!(opened, Poll::Ready(Err(_)));
    assert!(matches!(open(Box::pin(ready(Ok(())))), Poll::Ready(Ok(()))));
    assert_eq!(errors.take(), [""; 0]);
    let failed = ready(Err(ErrorKind::InvalidData.into()));
    assert!(is_failed(open(Box::pin(failed))));
    assert_eq!(errors.take(), ["invalid data"]);
    let panics = async { resume_unwind(Box::new("row 7")) };
    assert!(is_failed(open(Box::pin(panics))));
    assert_eq!(errors.take(), ["opening panicked: row 7"]);
    assert!(open(Box::pin(pending())).is_pending());
    assert_eq!(errors.take(), ["connection dropped"]);
    connections.slots.enter(Phase::Closing);
    assert!(is_failed(open(Box::pin(pending()))));
    assert_eq!(errors.take(), ["connection aborted"]);
}

#[test]
fn no_more_connections_begin_than_there_are_slots() {
    let connections = connections(2);
    let (accepted, held) = (AtomicUsize::new(0), RefCell::new(Vec::new()));
    let accepts = || accepted.load(Ordering::Relaxed);
    let server = Arc::<Count>::default();
    let mut serve = pin!(connections.accept_each(
        Scripted(|| {
            accepted.fetch_add(1, Ordering::Relaxed);
            Some(Ok(()))
        }),
        |_, slot| held.borrow_mut().push(slot),
    ));
    assert!(poll(serve.as_mut(), &server).is_pending());
    // The third one waits.
    assert_eq!((accepts(), held.borrow().len()), (3, 2));
    drop(held.borrow_mut().pop());
    assert_eq!(server.take(), 1);
    assert!(poll(serve.as_mut(), &server).is_pending());
    assert_eq!((accepts(), held.borrow().len()), (4, 2));
}

#[test]
fn the_connection_that_has_been_idle_longest_makes_room_and_no_other_meanwhile() {
    let connections = connections(3);
    let slots: Vec<_> = (0..3).map(|_| taken(&connections)).collect();
    let handles: Vec<_> = slots.iter().map(|slot| slot.slot.handle()).collect();
    let server = Arc::<Count>::default();
    let mut next = Box::pin(connections.slot());
    assert!(poll(next.as_mut(), &server).is_pending());
    assert!(!handles.iter().any(|handle| handle.is_evicted()));

    // The first that becomes idle is taken at once.
    handles[1].set_idle(true);
    assert_eq!(server.take(), 1);
    assert!(poll(next.as_mut(), &server).is_pending());
    assert!(handles[1].is_evicted());
    handles[0].set_idle(true);
    handles[2].set_idle(true);
    for _ in 0..3 {
        assert!(poll(next.as_mut(), &server).is_pending());
    }
    assert!(!handles[0].is_evicted() && !handles[2].is_evicted());

    let mut slots = slots.into_iter();
    let (first, second) = (slots.next(), slots.next());
    drop(second);
    let Poll::Ready(_last) = poll(next.as_mut(), &server) else {
        panic!("there is room");
    };
    // One that was idle, and is no longer, stays.
    handles[0].set_busy();
    let mut next = Box::pin(connections.slot());
    assert!(poll(next.as_mut(), &server).is_pending());
    assert!(!handles[0].is_evicted() && handles[2].is_evicted());
    // Where one was evicted while a request arrived, another is in its place.
    handles[0].set_idle(true);
    assert!(poll(next.as_mut(), &server).is_pending());
    assert!(!handles[0].is_evicted());
    handles[2].set_busy();
    assert!(!handles[2].is_evicted());
    assert!(poll(next.as_mut(), &server).is_pending());
    assert!(handles[0].is_evicted());
    drop(first);
}

#[test]
fn accepting_goes_on_after_an_error_once_an_idle_connection_has_made_room() {
    const TOO_MANY_OPEN_FILES: i32 = 24;
    let connections = connections(9);
    let idle = taken(&connections);
    let handle = idle.slot.handle();
    handle.set_idle(true);
    let task = Arc::<Count>::default();
    let mut held = Box::pin(idle.slot.hold(pending::<Ended>()));
    assert!(poll(held.as_mut(), &task).is_pending());

    let (tries, begun) = (AtomicUsize::new(0), Cell::new(0));
    let server = Arc::<Count>::default();
    let mut serve = pin!(connections.accept_each(
        Scripted(|| match tries.fetch_add(1, Ordering::Relaxed) {
            0 => Some(Err(ErrorKind::ConnectionAborted.into())),
            1 => Some(Err(io::Error::from_raw_os_error(TOO_MANY_OPEN_FILES))),
            2 => Some(Ok(())),
            _ => None,
        }),
        |_, _| begun.set(begun.get() + 1),
    ));
    assert!(poll(serve.as_mut(), &server).is_pending());
    // One that has gone before it was accepted is passed over.
    assert_eq!((tries.load(Ordering::Relaxed), begun.get()), (2, 0));
    assert!(handle.is_evicted());
    assert_eq!(task.take(), 1);
    assert!(poll(serve.as_mut(), &server).is_pending());
    assert_eq!(tries.load(Ordering::Relaxed), 2, "tried without need");

    drop(held);
    assert_eq!(server.take(), 1);
    assert!(poll(serve.as_mut(), &server).is_pending());
    assert_eq!((tries.load(Ordering::Relaxed), begun.get()), (4, 1));
}

#[test]
fn a_connection_is_woken_to_close_and_dropped_when_it_is_cut() {
    let connections = connections(1);
    let task = Arc::<Count>::default();
    let slot = taken(&connections).slot;
    let handle = slot.handle();
    let alive = Arc::new(());
    let in_work = Arc::clone(&alive);
    let mut connection = Box::pin(slot.hold(async move {
        pending::<()>().await;
        drop(in_work);
        Ended::Ok(())
    }));
    assert!(poll(connection.as_mut(), &task).is_pending());
    assert!(!handle.is_closing());
    let waits = Arc::<Count>::default();
    let closing = || poll(poll_fn(|cx| handle.poll_closing(cx)), &waits);
    assert!(closing().is_pending());

    let server = Arc::<Count>::default();
    let mut finish = Box::pin(connections.shut_down());
    assert!(poll(finish.as_mut(), &server).is_pending());
    assert!(handle.is_closing() && closing().is_ready());
    assert_eq!((task.take(), waits.take()), (1, 1));
    // It is polled by another task from now on.
    let other = Arc::<Count>::default();
    assert!(poll(connection.as_mut(), &other).is_pending());

    drop(finish);
    assert_eq!((task.take(), other.take()), (0, 1));
    assert_eq!(Arc::strong_count(&alive), 2);
    assert!(matches!(
        poll(connection.as_mut(), &other),
        Poll::Ready(Err(_))
    ));
    drop(connection);
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn a_server_has_finished_when_the_last_slot_is_given_back() {
    let connections = connections(2);
    let server = Arc::<Count>::default();
    let mut slots = vec![taken(&connections), taken(&connections)];
    let mut finish = Box::pin(connections.shut_down());
    while let Some(slot) = slots.pop() {
        assert!(poll(finish.as_mut(), &server).is_pending());
        drop(slot);
        assert_eq!(server.take(), 1);
    }
    assert!(poll(finish.as_mut(), &server).is_ready());
    assert_eq!((connections.open(), connections.busy()), (0, 0));
}

#[test]
fn a_connection_that_was_evicted_takes_no_room_while_it_ends_unless_descriptors_are_short() {
    let connections = connections(1);
    let server = Arc::<Count>::default();
    let first = taken(&connections);
    let handle = first.slot.handle();
    handle.set_idle(true);
    let mut next = Box::pin(connections.slot());
    assert!(poll(next.as_mut(), &server).is_pending());
    assert!(handle.is_evicted() && handle.leave_room());
    assert_eq!(server.take(), 1);
    let Poll::Ready(second) = poll(next.as_mut(), &server) else {
        panic!("there is room");
    };
    assert_eq!(connections.open(), 2);
    drop(first);
    assert_eq!(connections.open(), 1);
    let mut next = Box::pin(connections.slot());
    assert!(poll(next.as_mut(), &server).is_pending());
    drop(next);

    let mut asked = None;
    let room = poll_fn(|cx| connections.slots.make_room(&mut asked, cx));
    assert!(poll(room, &server).is_pending());
    assert!(!second.slot.handle().leave_room());
}

#[test]
fn a_connection_that_has_sent_nothing_is_spared_for_a_while() {
    let connections = connections(2);
    let server = Arc::<Count>::default();
    let slots = [taken(&connections), taken(&connections)];
    let [old, new] = slots.each_ref().map(|slot| slot.slot.handle());
    old.set_idle(false);
    let count = connections.slots.last_count();
    new.set_idle(false);
    let mut next = Box::pin(connections.slot());
    assert!(poll(next.as_mut(), &server).is_pending());
    assert!(!old.is_evicted() && !new.is_evicted());
    connections.slots.evict_silent_since(count);
    assert!(poll(next.as_mut(), &server).is_pending());
    assert!(old.is_evicted() && !new.is_evicted());
}

#[test]
fn a_wait_for_a_shutdown_ends_with_its_connection_and_takes_no_other_ones_waker() {
    let connections = connections(1);
    let first = taken(&connections);
    let (old, waits) = (first.slot.handle(), Arc::<Count>::default());
    let closing = |handle: &SlotHandle, count| poll(poll_fn(|cx| handle.poll_closing(cx)), count);
    assert!(closing(&old, &waits).is_pending());
    drop(first);
    assert_eq!(waits.take(), 1);
    // The next connection is in the same place.
    let second = taken(&connections);
    let (new, other) = (second.slot.handle(), Arc::<Count>::default());
    assert!(closing(&new, &other).is_pending());
    assert!(closing(&old, &waits).is_ready());
    connections.slots.enter(Phase::Closing);
    assert_eq!((waits.take(), other.take()), (0, 1));
}

#[test]
fn a_listener_that_has_room_tries_again_whoever_waits_in_its_task() {
    let connections = connections(1);
    let server = Arc::<Count>::default();
    let first = taken(&connections);
    let handle = first.slot.handle();
    handle.set_idle(true);
    let mut asked = None;
    let mut room = pin!(poll_fn(|cx| connections.slots.make_room(&mut asked, cx)));
    assert!(poll(room.as_mut(), &server).is_pending());
    assert!(handle.is_evicted());
    let mut next = Box::pin(connections.slot());
    assert!(poll(next.as_mut(), &server).is_pending());
    // One that was to make room goes on.
    handle.set_busy();
    assert_eq!(server.take(), 1);
    handle.set_idle(false);
    assert!(poll(next.as_mut(), &server).is_pending());
    assert!(poll(room.as_mut(), &server).is_ready());
    assert!(!handle.is_evicted());
}
