use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::StatusCode;

use crate::convert::status_code;
use crate::driver::Driver;
use crate::reply_body::ReplyBody;
use crate::reply_head::{Fields, ReplyHead};

/// The answer to a request, up to the head of the reply: made by
/// [`Hosted::answer`](crate::Hosted::answer).
///
/// Dropping it drops the handler's future.
#[must_use = "a request is not answered before this is awaited"]
pub struct Answering(Option<Driver>);

impl Answering {
    pub(crate) const fn new(driver: Driver) -> Self {
        Self(Some(driver))
    }

    /// Waits for the head. That of a reply without a body waits while the driver is at work: a host
    /// asks for nothing after it.
    pub(crate) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(driver) = &mut self.0 else {
            return Poll::Pending;
        };
        match driver.poll(cx) || !driver.is_running() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// The head that has come, its `fields`, and the rest to come. `None` where the handler has no
    /// page for it, or even the head of one has no room; or a reply without a body has broken off.
    pub(crate) fn take_head(
        &mut self,
        cx: &Context<'_>,
        fields: &mut impl Fields,
    ) -> Option<(ReplyHead, ReplyBody)> {
        let driver = self.0.as_mut()?;
        let mut head = driver.take_head(cx, fields)?;
        if !driver.is_whole() && head.body_len == Some(0) {
            return None;
        }
        let first = std::mem::take(&mut head.body);
        // One that has nothing left to do is dropped where it is.
        let is_needed = !driver.is_all_taken();
        let rest = self.0.take_if(|_| is_needed);
        self.0 = None;
        let body = ReplyBody::new(first, head.body_len, rest);
        Some((head, body))
    }
}

impl Future for Answering {
    type Output = http::Response<ReplyBody>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(self.poll_head(cx));
        let mut response = http::Response::new(ReplyBody::whole(Bytes::new()));
        match self.take_head(cx, response.headers_mut()) {
            Some((head, body)) => {
                *response.status_mut() = status_code(head.status);
                *response.body_mut() = body;
            }
            None => {
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response.headers_mut().clear();
            }
        }
        Poll::Ready(response)
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").finish_non_exhaustive()
    }
}
