use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;

use crate::driver::Driver;
use crate::head::{Fields, ReplyHead};
use crate::reply_body::ReplyBody;

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

    /// The head, and the rest to come. `None` where the handler has no page for it, or even the
    /// head of one has no room; or a reply without a body has broken off.
    ///
    /// The head of a reply without a body waits while the driver is at work: a host asks for
    /// nothing after it.
    pub(crate) fn poll_head<F: Fields>(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<(ReplyHead<F>, ReplyBody)>> {
        let Some(driver) = &mut self.0 else {
            return Poll::Pending;
        };
        let goes_on = driver.poll(cx);
        if driver.is_running() && !goes_on {
            return Poll::Pending;
        }
        let head = driver.take_head::<F>(cx);
        let head = head.filter(|head| driver.is_whole() || head.body_len != Some(0));
        let given = head.zip(self.0.take());
        Poll::Ready(given.map(|(mut head, driver)| {
            let first = std::mem::take(&mut head.body);
            let body = ReplyBody::new(first, head.body_len, driver);
            (head, body)
        }))
    }
}

impl Future for Answering {
    type Output = http::Response<ReplyBody>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_head(cx).map(|given| match given {
            Some((head, body)) => head.response(body),
            None => {
                let mut response = http::Response::new(ReplyBody::whole(Bytes::new()));
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response
            }
        })
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").finish_non_exhaustive()
    }
}
