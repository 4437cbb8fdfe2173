//! The way of a request's content from where it is read to a body that is polled elsewhere.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

/// The place of one piece of content, which is read when it is waited for.
#[derive(Default)]
pub(crate) struct Trough(Mutex<Place>);

#[derive(Default)]
struct Place {
    /// The body, where it waits for content.
    waiting: Option<Waker>,
    /// The reader, where it waits for the body to.
    reader: Option<Waker>,
    next: Option<Bytes>,
    end: Option<End>,
}

#[derive(Clone, Copy)]
enum End {
    /// All of it has come.
    Whole,
    /// It has failed, and never comes to its end.
    Failed(io::ErrorKind),
}

impl Trough {
    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the body what it waits for; no bytes are the end.
    pub(crate) fn put(&self, read: io::Result<Bytes>) {
        let mut place = self.place();
        match read {
            Ok(bytes) if bytes.is_empty() => place.end = Some(End::Whole),
            Ok(bytes) => place.next = Some(bytes),
            Err(error) => place.end = Some(End::Failed(error.kind())),
        }
        if let Some(waker) = place.waiting.take() {
            waker.wake();
        }
    }

    /// Waits until the body waits for content. The task is woken, too, when it no longer does.
    pub(crate) fn poll_wanted(&self, cx: &Context<'_>) -> Poll<()> {
        let mut place = self.place();
        place.reader = Some(cx.waker().clone());
        match place.waiting {
            Some(_) => Poll::Ready(()),
            None => Poll::Pending,
        }
    }

    /// Has the reader wait: nobody wants content any more.
    #[cfg(feature = "tower")]
    pub(crate) fn leave(&self) {
        let mut place = self.place();
        place.waiting = None;
        if let Some(waker) = place.reader.take() {
            waker.wake();
        }
    }

    /// Waits for the next piece; `None` is the end.
    pub(crate) fn poll_next(&self, cx: &Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut place = self.place();
        if let Some(next) = place.next.take() {
            return Poll::Ready(Some(Ok(next)));
        }
        match place.end {
            Some(End::Whole) => Poll::Ready(None),
            Some(End::Failed(kind)) => Poll::Ready(Some(Err(kind.into()))),
            None => {
                place.waiting = Some(cx.waker().clone());
                // A reader in the same task looks for itself.
                let reader = place.reader.take();
                if let Some(waker) = reader.filter(|waker| !waker.will_wake(cx.waker())) {
                    waker.wake();
                }
                Poll::Pending
            }
        }
    }
}
