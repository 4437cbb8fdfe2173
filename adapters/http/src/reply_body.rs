use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::driver::Driver;
use crate::error::BrokenOff;

/// The body of a reply, whose frames are made as they are asked for, by the handler itself.
///
/// Dropping it before its end drops the handler's future: the client has left. After the last frame
/// may come trailer fields.
#[must_use = "a body is sent by a host"]
pub struct ReplyBody {
    /// The frame that came with the head, or the last one, which is held back while the driver is
    /// at work: a host that has all bytes of a known length asks for no more.
    next: Option<Bytes>,
    /// The driver, which makes the frames that come later.
    rest: Option<Driver>,
    /// The bytes to come, where they are known.
    left: Option<u64>,
}

impl ReplyBody {
    /// A body that is there.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self {
            left: Some(bytes.len() as u64),
            next: Some(bytes).filter(|bytes| !bytes.is_empty()),
            rest: None,
        }
    }

    /// A body of `left` bytes, if it is known how many, of which a driver makes the `rest`.
    pub(crate) fn new(first: Bytes, left: Option<u64>, rest: Option<Driver>) -> Self {
        Self {
            next: Some(first).filter(|bytes| !bytes.is_empty()),
            rest,
            left,
        }
    }

    /// Takes all bytes, where they are there, nothing is at work, and `is_all` of their length.
    #[cfg(feature = "actix")]
    pub(crate) fn take_whole(&mut self, is_all: impl FnOnce(u64) -> bool) -> Option<Bytes> {
        let len = self.next.as_ref().map_or(0, |bytes| bytes.len() as u64);
        let is_whole = self.rest.is_none() && self.left.is_some() && is_all(len);
        is_whole.then(|| self.next.take().unwrap_or_default())
    }

    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        let Some(driver) = &mut self.rest else {
            return Poll::Ready(self.next.take().map(Ok));
        };
        let left = self.left;
        let is_not_last = |frame: &mut Bytes| left.is_none_or(|left| (frame.len() as u64) < left);
        let mut is_polled = false;
        loop {
            let had_none = self.next.is_none();
            if had_none {
                self.next = driver.passage().and_then(|passage| passage.take_frame(cx));
            }
            if let Some(frame) = self.next.take_if(is_not_last) {
                return Poll::Ready(Some(Ok(frame)));
            }
            if driver.is_whole() {
                return Poll::Ready(self.next.take().map(Ok));
            }
            if !driver.is_running() {
                self.rest = None;
                self.next = None;
                return Poll::Ready(Some(Err(BrokenOff)));
            }
            // A driver that waits for its frame to be taken is not woken by this task.
            let has_taken = had_none && self.next.is_some();
            if is_polled && !has_taken {
                return Poll::Pending;
            }
            // The head has been taken.
            driver.poll(cx);
            is_polled = true;
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
                let trailers = self.rest.take()?.passage()?.take_trailers()?;
                Some(Ok(Frame::trailers(trailers)))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        // Where the length is not known, a host would take the end of what is empty for a length.
        self.left == Some(0) && self.next.is_none() && self.rest.is_none()
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
