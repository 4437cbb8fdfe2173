use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;

use crate::driver::Driver;
use crate::passage::Passage;
use crate::reply_body::ReplyBody;

/// The answer to a request, up to the head of the reply: made by
/// [`Hosted::answer`](crate::Hosted::answer).
///
/// Dropping it drops the handler's future.
#[must_use = "a request is not answered before this is awaited"]
pub struct Answering(Option<(Arc<Passage>, Driver)>);

impl Answering {
    pub(crate) const fn new(passage: Arc<Passage>, driver: Driver) -> Self {
        Self(Some((passage, driver)))
    }
}

impl Future for Answering {
    type Output = http::Response<ReplyBody>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some((passage, driver)) = &mut self.0 else {
            return Poll::Pending;
        };
        driver.poll(passage, cx);
        let head = passage.take_head(cx);
        if head.is_none() && driver.is_running() {
            return Poll::Pending;
        }
        match (head, self.0.take()) {
            (Some(head), Some((passage, driver))) => {
                let body = ReplyBody::new(head.body, head.body_len, passage, driver);
                Poll::Ready(head.response.map(|()| body))
            }
            // The handler has no page for it, or even the head of one has no room.
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
