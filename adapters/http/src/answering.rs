use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;

use crate::driver::Driver;
use crate::head::ReplyHead;
use crate::reply_body::ReplyBody;

/// The answer to a request, up to the head of the reply: made by
/// [`Hosted::answer`](crate::Hosted::answer).
///
/// Dropping it drops the handler's future.
#[must_use = "a request is not answered before this is awaited"]
pub struct Answering {
    at_work: Option<Driver>,
    /// The head of a reply without a body, which is held back while the driver is at work: a host
    /// asks for nothing after it.
    head: Option<ReplyHead>,
}

impl Answering {
    pub(crate) const fn new(driver: Driver) -> Self {
        Self {
            at_work: Some(driver),
            head: None,
        }
    }

    /// The head, and the rest to come. `None` where the handler has no page for it, or even the
    /// head of one has no room; or a reply without a body has broken off.
    pub(crate) fn poll_head(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<(ReplyHead, ReplyBody)>> {
        let Some(driver) = &mut self.at_work else {
            return Poll::Pending;
        };
        let head = driver.poll(cx).or_else(|| self.head.take());
        let goes_on = |head: &ReplyHead| head.body_len() != Some(0);
        if driver.is_running() && !head.as_ref().is_some_and(goes_on) {
            self.head = head;
            return Poll::Pending;
        }
        let head = head.filter(|head| driver.is_whole() || goes_on(head));
        let given = head.zip(self.at_work.take());
        Poll::Ready(given.map(|(head, driver)| {
            let body = ReplyBody::new(head.body(), head.body_len(), driver);
            (head, body)
        }))
    }
}

impl Future for Answering {
    type Output = http::Response<ReplyBody>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_head(cx).map(|given| {
            let response = given.and_then(|(head, body)| head.response(body).ok());
            response.unwrap_or_else(|| {
                let mut response = http::Response::new(ReplyBody::whole(Bytes::new()));
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response
            })
        })
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").finish_non_exhaustive()
    }
}
