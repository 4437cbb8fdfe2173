//! A wish to stop, which several threads wait for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A wish to stop.
#[derive(Debug, Default)]
pub(crate) struct Stop(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    is_set: bool,
    wakers: Vec<Waker>,
}

impl Stop {
    /// Has all who wait stop.
    pub(crate) fn set(&self) {
        let mut waiting = self.waiting();
        waiting.is_set = true;
        let wakers = std::mem::take(&mut waiting.wakers);
        drop(waiting);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Waits until it is set.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        let mut waiting = self.waiting();
        if waiting.is_set {
            return Poll::Ready(());
        }
        if !waiting
            .wakers
            .iter()
            .any(|waker| waker.will_wake(cx.waker()))
        {
            waiting.wakers.push(cx.waker().clone());
        }
        Poll::Pending
    }

    /// Sets it as soon as the outcome is dropped, by a panic too.
    pub(crate) fn set_on_drop(&self) -> SetOnDrop<'_> {
        SetOnDrop(self)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Nothing panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sets a [`Stop`] when it is dropped.
#[derive(Debug)]
pub(crate) struct SetOnDrop<'s>(&'s Stop);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.set();
    }
}
