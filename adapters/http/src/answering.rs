use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;

use crate::driver::Driver;
use crate::head::ReplyHead;
use crate::passage::Passage;
use crate::reply_body::ReplyBody;

/// The answer to a request, up to the head of the reply: made by
/// [`Hosted::answer`](crate::Hosted::answer).
///
/// Dropping it drops the handler's future.
#[must_use = "a request is not answered before this is awaited"]
pub struct Answering {
    at_work: Option<(Arc<Passage>, Driver)>,
    /// The head of a reply without a body, which is held back while the driver is at work: a host
    /// asks for nothing after it.
    head: Option<ReplyHead>,
}

impl Answering {
    pub(crate) const fn new(passage: Arc<Passage>, driver: Driver) -> Self {
        Self {
            at_work: Some((passage, driver)),
            head: None,
        }
    }
}

impl Future for Answering {
    type Output = http::Response<ReplyBody>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let Some((passage, driver)) = &mut this.at_work else {
            return Poll::Pending;
        };
        driver.poll(passage, cx);
        if this.head.is_none() {
            this.head = passage.take_head(cx);
        }
        let goes_on = |head: &ReplyHead| head.body_len != Some(0);
        if driver.is_running() && !this.head.as_ref().is_some_and(goes_on) {
            return Poll::Pending;
        }
        let is_given = |head: &ReplyHead| driver.is_whole() || goes_on(head);
        let head = this.head.take().filter(is_given);
        match (head, this.at_work.take()) {
            (Some(head), Some((passage, driver))) => {
                let body = ReplyBody::new(head.body, head.body_len, passage, driver);
                Poll::Ready(head.response.map(|()| body))
            }
            // The handler has no page for it, or even the head of one has no room; or a reply
            // without a body has broken off.
            _ => {
                let mut response = http::Response::new(ReplyBody::whole(Bytes::new()));
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                Poll::Ready(response)
            }
        }
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").finish_non_exhaustive()
    }
}
