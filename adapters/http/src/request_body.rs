use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::trough::Trough;

/// The content of a request, for a service that [`ServiceHandler`](crate::ServiceHandler) has
/// answer it.
///
/// It is read from the connection as the body is polled, up to 16 KiB at a time, within the
/// connection's limits; a client that waits for `100 Continue` is sent it with the first poll. A
/// body that is not polled to its end costs nothing: what is left is dropped as that of any other
/// request.
///
/// Its error has the kind [`TimedOut`](io::ErrorKind::TimedOut) for content that stalls,
/// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) for one that ends early,
/// [`InvalidData`](io::ErrorKind::InvalidData) for chunks that are none, and
/// [`ConnectionAborted`](io::ErrorKind::ConnectionAborted) after the reply, when nobody reads any
/// more. A service that answers all the same is not overruled; the connection closes then.
#[must_use = "content is read by polling it"]
pub struct RequestBody {
    trough: Option<Arc<Trough>>,
    /// The bytes to come, where they are known.
    left: Option<u64>,
}

impl RequestBody {
    /// The content of a request that has none.
    pub(crate) const fn empty() -> Self {
        Self {
            trough: None,
            left: Some(0),
        }
    }

    /// Content of `left` bytes, if it is known how many.
    pub(crate) const fn new(trough: Arc<Trough>, left: Option<u64>) -> Self {
        Self {
            trough: Some(trough),
            left,
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let next = match &self.trough {
            Some(trough) if self.left != Some(0) => trough.poll_next(cx),
            _ => return Poll::Ready(None),
        };
        next.map(|next| match next {
            Some(Ok(bytes)) => {
                let len = bytes.len() as u64;
                self.left = self.left.map(|left| left.saturating_sub(len));
                Some(Ok(Frame::data(bytes)))
            }
            Some(Err(error)) => Some(Err(error)),
            None => {
                self.trough = None;
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.trough.is_none() || self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        match self.left {
            Some(left) => SizeHint::with_exact(left),
            None if self.trough.is_none() => SizeHint::with_exact(0),
            None => SizeHint::default(),
        }
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if let Some(trough) = &self.trough {
            trough.leave();
        }
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
