use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::{Answering, ReplyBody};

/// The [`Answering`] of a service, which does not fail.
#[derive(Debug)]
#[must_use = "a request is not answered before this is awaited"]
pub struct Unfailing(pub(crate) Answering);

impl Future for Unfailing {
    type Output = Result<http::Response<ReplyBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(Ok)
    }
}
