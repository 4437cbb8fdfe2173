use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::driver::Driver;
use crate::error::BrokenOff;
use crate::passage::Passage;

/// The body of a reply, whose frames are made as they are asked for, by the handler itself.
///
/// Dropping it before its end drops the handler's future: the client has left. After the last frame
/// may come trailer fields.
#[must_use = "a body is sent by a host"]
pub struct ReplyBody {
    /// The frame that came with the head.
    first: Option<Bytes>,
    rest: Option<Rest>,
    /// The bytes to come, where they are known.
    left: Option<u64>,
}

/// The frames that come later.
struct Rest {
    passage: Arc<Passage>,
    driver: Driver,
}

impl ReplyBody {
    /// A body that is there.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self {
            left: Some(bytes.len() as u64),
            first: Some(bytes).filter(|bytes| !bytes.is_empty()),
            rest: None,
        }
    }

    /// A body of `left` bytes, if it is known how many, of which the driver makes the rest.
    pub(crate) fn new(
        first: Bytes,
        left: Option<u64>,
        passage: Arc<Passage>,
        driver: Driver,
    ) -> Self {
        let is_all = driver.is_whole() && passage.is_empty();
        Self {
            first: Some(first).filter(|bytes| !bytes.is_empty()),
            rest: (!is_all).then_some(Rest { passage, driver }),
            left,
        }
    }

    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        let Some(Rest { passage, driver }) = &mut self.rest else {
            return Poll::Ready(None);
        };
        if let Some(frame) = passage.take_frame(cx) {
            return Poll::Ready(Some(Ok(frame)));
        }
        driver.poll(passage, cx);
        match passage.take_frame(cx) {
            Some(frame) => Poll::Ready(Some(Ok(frame))),
            None if driver.is_running() => Poll::Pending,
            None if driver.is_whole() => Poll::Ready(None),
            None => {
                self.rest = None;
                Poll::Ready(Some(Err(BrokenOff)))
            }
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        self.poll_data(cx).map(|data| match data {
            Some(Ok(data)) => {
                let len = data.len() as u64;
                self.left = self.left.map(|left| left.saturating_sub(len));
                Some(Ok(Frame::data(data)))
            }
            Some(Err(error)) => Some(Err(error)),
            None => {
                let trailers = self.rest.take()?.passage.take_trailers()?;
                Some(Ok(Frame::trailers(trailers)))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        // Where the length is not known, a host would take the end of what is empty for a length.
        self.left == Some(0) && self.first.is_none() && self.rest.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyBody")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
