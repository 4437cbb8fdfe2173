use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use http_body::Body;

use crate::BrokenOff;
use crate::actix::feed::Feed;
use crate::reply_body::ReplyBody;

/// A [`ReplyBody`] as a body of actix-web, which has no trailer fields.
#[must_use = "a body is sent by a host"]
pub struct ActixBody {
    body: Fed<ReplyBody>,
    size: BodySize,
}

impl ActixBody {
    /// A body that actix-web takes to have this size.
    pub(crate) const fn new(size: BodySize, body: Fed<ReplyBody>) -> Self {
        Self { body, size }
    }
}

impl MessageBody for ActixBody {
    type Error = BrokenOff;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        let frame = self.body.poll(cx, |body, cx| Pin::new(body).poll_frame(cx));
        frame.map(|frame| match frame? {
            Ok(frame) => frame.into_data().ok().map(Ok),
            Err(error) => Some(Err(error)),
        })
    }

    fn try_into_bytes(mut self) -> Result<Bytes, Self> {
        // A handler that goes on may read; and that to `HEAD` has the size of what is not sent.
        let size = Some(self.size).filter(|_| self.body.feed.is_none());
        let is_all = |len| size == Some(BodySize::Sized(len));
        self.body.of.take_whole(is_all).ok_or(self)
    }
}

impl fmt::Debug for ActixBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixBody")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// The future or the body of a handler, and the content that it may wait for.
pub(crate) struct Fed<T> {
    pub(crate) of: T,
    feed: Option<Feed>,
}

impl<T> Fed<T> {
    pub(crate) const fn new(of: T, feed: Option<Feed>) -> Self {
        Self { of, feed }
    }

    /// The content, for what comes after this.
    pub(crate) const fn take_feed(&mut self) -> Option<Feed> {
        self.feed.take()
    }

    /// Polls as long as there is content for the handler.
    pub(crate) fn poll<O>(
        &mut self,
        cx: &mut Context<'_>,
        mut poll: impl FnMut(&mut T, &mut Context<'_>) -> Poll<O>,
    ) -> Poll<O> {
        loop {
            let polled = poll(&mut self.of, cx);
            let is_fed = |feed: &mut Feed| feed.poll(cx);
            if polled.is_ready() || !self.feed.as_mut().is_some_and(is_fed) {
                return polled;
            }
        }
    }
}
