//! Runtimes of tests of work that may block.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Runtime, Timer, set_blocking_limit};

/// A runtime with a new thread for each job, which is of these tests' own.
#[derive(Debug)]
pub(crate) struct Threads;

/// A runtime without a thread.
#[derive(Debug)]
pub(crate) struct NoThreads;

macro_rules! runtimes {
    ($($runtime:ident $blocking:item)*) => {
        $(impl Runtime for $runtime {
            type Listener = ();
            type Stream = TcpStream;
            type Timer = Never;
            type Waiter = ();

            async fn accept((): &()) -> io::Result<(TcpStream, SocketAddr)> {
                Err(io::ErrorKind::Unsupported.into())
            }

            fn spawn(_: impl Future<Output = ()> + Send + 'static) {}

            $blocking
        })*
    };
}

runtimes! {
    Threads
    fn blocking<T, F>(work: F) -> impl Future<Output = io::Result<T>> + Send
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        crate::thread::run(work)
    }
    NoThreads
    async fn blocking<T, F>(_: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

#[derive(Debug)]
pub(crate) struct Never;

impl Timer for Never {
    type Instant = ();

    fn after(_: Duration) -> Option<()> {
        None
    }

    fn since((): ()) -> Duration {
        Duration::ZERO
    }

    fn at((): ()) -> Self {
        Self
    }

    fn set(&mut self, (): ()) {}

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

/// The limit is that of the process, so one test at a time has jobs.
pub(crate) fn alone(limit: usize) -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    set_blocking_limit(limit.try_into().unwrap());
    alone
}

pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Waits until this holds, and a while for it to hold no more.
pub(crate) fn until(mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(20), "in time");
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(Duration::from_millis(20));
    assert!(holds(), "it holds no more");
}
