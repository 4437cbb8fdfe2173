//! A runtime of one thread, made of `poll(2)` and the standard library, as the README of
//! `replywire-std` tells how to add one. It polls all of its tasks in turn, however many there are.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use replywire_std::{Runtime, Streams};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

#[derive(Debug)]
pub struct Executor;

replywire_std::adapter!(
    runtime: Executor,
    listener: Arc<TcpListener>,
    stream: Arc<TcpStream>,
    streams: Borrow<Arc<TcpStream>>
);

impl Runtime for Executor {
    type Listener = Arc<TcpListener>;
    type Stream = Arc<TcpStream>;
    type Timer = Timer;
    type Waiter = ();

    async fn accept(listener: &Self::Listener) -> io::Result<(Self::Stream, SocketAddr)> {
        let (stream, peer) = poll_fn(|_| tried(listener, PollFlags::IN, listener.accept())).await?;
        stream.set_nonblocking(true)?;
        Ok((Arc::new(stream), peer))
    }

    fn spawn(task: impl Future<Output = ()> + Send + 'static) {
        TURN.with_borrow_mut(|turn| {
            turn.spawned.push(Box::pin(task));
            turn.next = Some(Instant::now());
        });
    }
}

impl<S: Borrow<Arc<TcpStream>>> Streams<S> for Executor {
    fn poll_read(s: &mut S, _: &mut Context<'_>, buf: &mut [u8]) -> Tried<usize> {
        let stream = (*s).borrow();
        tried(stream, PollFlags::IN, (&**stream).read(buf))
    }

    fn poll_write(s: &mut S, _: &mut Context<'_>, bytes: &[u8]) -> Tried<usize> {
        let stream = (*s).borrow();
        tried(stream, PollFlags::OUT, (&**stream).write(bytes))
    }

    fn poll_close(s: &mut S, _: &mut Context<'_>) -> Tried<()> {
        Poll::Ready((*s).borrow().shutdown(Shutdown::Write))
    }
}

/// A timer is the time it goes off.
#[derive(Debug)]
pub struct Timer(Instant);

impl replywire_std::Timer for Timer {
    type Instant = Instant;

    fn after(length: Duration) -> Option<Instant> {
        Instant::now().checked_add(length)
    }

    fn since(instant: Instant) -> Duration {
        instant.elapsed()
    }

    fn at(instant: Instant) -> Self {
        Self(instant)
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        if self.0 <= Instant::now() {
            return Poll::Ready(());
        }
        TURN.with_borrow_mut(|turn| turn.next = turn.next.into_iter().chain([self.0]).min());
        Poll::Pending
    }
}

thread_local!(static TURN: RefCell<Turn> = RefCell::default());

/// The waits that the tasks of a thread have asked for in their turn.
#[derive(Default)]
struct Turn {
    next: Option<Instant>,
    sockets: Vec<(Weak<dyn AsFd>, PollFlags)>,
    spawned: Vec<Task>,
}

type Task = Pin<Box<dyn Future<Output = ()>>>;
type Tried<R> = Poll<io::Result<R>>;

/// Makes a call that would block a wait: the tasks have another turn when it would not.
fn tried<T: AsFd + 'static, R>(io: &Arc<T>, on: PollFlags, result: io::Result<R>) -> Tried<R> {
    if matches!(&result, Err(error) if error.kind() == io::ErrorKind::WouldBlock) {
        let io: Weak<T> = Arc::downgrade(io);
        TURN.with_borrow_mut(|turn| turn.sockets.push((io, on)));
        return Poll::Pending;
    }
    Poll::Ready(result)
}

/// Begins another turn by a byte, from whatever thread; without room for it, one begins anyway.
struct Bell(UnixStream);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let _ = (&self.0).write(&[0]);
    }
}

/// Runs `main` to its end, and what it spawns until then.
pub fn block_on(main: impl Future<Output = ()>) {
    let (bell, mut rung) = UnixStream::pair().unwrap();
    bell.set_nonblocking(true).unwrap();
    rung.set_nonblocking(true).unwrap();
    let waker = Waker::from(Arc::new(Bell(bell)));
    let cx = &mut Context::from_waker(&waker);
    let (mut main, mut tasks) = (pin!(main), Vec::<Task>::new());
    while main.as_mut().poll(cx).is_pending() {
        // A task that panics has ended.
        tasks.retain_mut(|task| {
            let polled = catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(cx)));
            matches!(polled, Ok(Poll::Pending))
        });
        let mut turn = TURN.take();
        tasks.append(&mut turn.spawned);
        // Those of tasks that have ended are closed.
        let open = |(io, on): (Weak<dyn AsFd>, _)| Some((io.upgrade()?, on));
        let sockets: Vec<_> = turn.sockets.into_iter().filter_map(open).collect();
        let mut fds = vec![PollFd::new(&rung, PollFlags::IN)];
        fds.extend(sockets.iter().map(|(io, on)| PollFd::new(io, *on)));
        let now = Instant::now();
        let length = turn.next.map(|at| at.saturating_duration_since(now));
        let length = length.map(|length| Timespec::try_from(length).unwrap());
        let _ = poll(&mut fds, length.as_ref());
        while let Ok(1..) = rung.read(&mut [0; 64]) {}
    }
    drop(TURN.take());
}
