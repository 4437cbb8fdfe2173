//! The content of a request of actix-web, which stays in its thread, for a handler that may not.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use actix_web::web::Payload;
use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};

/// The side of actix-web: it reads where the handler waits for content.
pub(crate) struct Feed {
    payload: Payload,
    trough: Arc<Trough>,
}

#[derive(Default)]
struct Trough(Mutex<Place>);

#[derive(Default)]
struct Place {
    /// The handler, where it waits for content.
    waiting: Option<Waker>,
    next: Option<Result<Bytes, io::Error>>,
    is_ended: bool,
}

impl Trough {
    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the handler what it waits for: `None` is the end.
    fn put(&self, next: Option<Result<Bytes, io::Error>>) {
        let mut place = self.place();
        place.is_ended = next.is_none();
        place.next = next;
        if let Some(waker) = place.waiting.take() {
            waker.wake();
        }
    }
}

impl Feed {
    /// The content that `payload` has, and the side of the handler.
    pub(crate) fn new(payload: Payload) -> (Self, Content) {
        let trough = Arc::<Trough>::default();
        let content = Content(Arc::clone(&trough));
        (Self { payload, trough }, content)
    }

    /// Reads, if the handler waits for it; true when it has got something.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        if self.trough.place().waiting.is_none() {
            return false;
        }
        match Pin::new(&mut self.payload).poll_next(cx) {
            Poll::Pending => false,
            Poll::Ready(next) => {
                self.trough
                    .put(next.map(|next| next.map_err(io::Error::other)));
                true
            }
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        // Work that goes on after the reply has no content to read.
        self.trough
            .put(Some(Err(io::ErrorKind::ConnectionAborted.into())));
    }
}

/// The side of the handler.
pub(crate) struct Content(Arc<Trough>);

impl Body for Content {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let mut place = self.0.place();
        match place.next.take() {
            Some(next) => Poll::Ready(Some(next.map(Frame::data))),
            None if place.is_ended => Poll::Ready(None),
            None => {
                place.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}
