use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
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
    /// The body of a reply with this head.
    pub(crate) fn new(head: &http::Response<()>, body: Fed<ReplyBody>) -> Self {
        let length = head.headers().get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        let size = match (length, body.of.size_hint().exact()) {
            // To `HEAD` it is that of the body which is not sent.
            (Some(length), _) => BodySize::Sized(length),
            (None, Some(0)) => BodySize::None,
            (None, _) => BodySize::Stream,
        };
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
    of: T,
    feed: Feed,
}

impl<T> Fed<T> {
    pub(crate) const fn new(of: T, feed: Feed) -> Self {
        Self { of, feed }
    }

    /// Another with the same content.
    pub(crate) fn with<U>(self, of: U) -> Fed<U> {
        Fed {
            of,
            feed: self.feed,
        }
    }

    /// Polls as long as there is content for the handler.
    fn poll<O>(
        &mut self,
        cx: &mut Context<'_>,
        mut poll: impl FnMut(&mut T, &mut Context<'_>) -> Poll<O>,
    ) -> Poll<O> {
        loop {
            let polled = poll(&mut self.of, cx);
            if polled.is_ready() || !self.feed.poll(cx) {
                return polled;
            }
        }
    }
}

impl<F: Future + Unpin> Fed<F> {
    pub(crate) async fn run(&mut self) -> F::Output {
        poll_fn(|cx| self.poll(cx, |future, cx| Pin::new(future).poll(cx))).await
    }
}
