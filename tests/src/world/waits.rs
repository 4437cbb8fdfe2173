//! Waits for the shutdown of the server that outlive their connections.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::kernel;

/// A wait for the shutdown, or the end of its connection.
struct Wait {
    client: usize,
    closing: Pin<Box<dyn Future<Output = ()>>>,
    is_woken: Arc<Woken>,
}

#[derive(Debug, Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

thread_local!(static WAITS: RefCell<Vec<Wait>> = RefCell::default());

/// Forgets those of the last run.
pub(super) fn forget() {
    drop(WAITS.take());
}

/// Begins to wait, for a client's connection.
pub(super) fn begin(client: usize, closing: impl Future<Output = ()> + 'static) {
    let mut wait = Wait {
        client,
        closing: Box::pin(closing),
        is_woken: Arc::default(),
    };
    if wait.poll().is_pending() {
        WAITS.with_borrow_mut(|waits| waits.push(wait));
    }
}

impl Wait {
    fn poll(&mut self) -> Poll<()> {
        let waker = Waker::from(Arc::clone(&self.is_woken));
        let polled = self.closing.as_mut();
        polled.poll(&mut Context::from_waker(&waker))
    }
}

/// Tells what is wrong if a wait goes on after its connection, or was not woken by its end. Each is
/// polled, as by a task that is woken by something else.
pub(super) fn check() -> Result<(), String> {
    let mut waits = WAITS.take();
    let mut outcome = Ok(());
    waits.retain_mut(|wait| {
        let client = wait.client;
        let has_ended = kernel::on(client, |connection, _| connection.closed_at.is_some());
        let was_woken = wait.is_woken.0.swap(false, Ordering::Relaxed);
        let is_over = wait.poll().is_ready();
        if has_ended && !(was_woken && is_over) {
            outcome = Err(format!("[{client}] a wait for the shutdown goes on"));
        }
        if is_over && !was_woken {
            outcome = Err(format!("[{client}] a wait for the shutdown was not woken"));
        }
        !is_over
    });
    WAITS.set(waits);
    outcome
}
