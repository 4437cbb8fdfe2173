//! The content of a request of actix-web, which stays in its thread, for a handler that may not.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::dev::Payload;
use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame};

use crate::trough::Trough;

/// The side of actix-web: it reads where the handler waits for content.
pub(crate) struct Feed {
    payload: Payload,
    trough: Arc<Trough>,
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
        if self.trough.poll_wanted(cx).is_pending() {
            return false;
        }
        loop {
            let read = match Pin::new(&mut self.payload).poll_next(cx) {
                Poll::Pending => return false,
                Poll::Ready(Some(Ok(bytes))) if bytes.is_empty() => continue,
                Poll::Ready(next) => next.unwrap_or(Ok(Bytes::new())),
            };
            self.trough.put(read.map_err(io::Error::other));
            return true;
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        // Work that goes on after the reply has no content to read.
        self.trough
            .put(Err(io::ErrorKind::ConnectionAborted.into()));
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
        let next = self.0.poll_next(cx);
        next.map(|next| Some(next?.map(Frame::data)))
    }
}
