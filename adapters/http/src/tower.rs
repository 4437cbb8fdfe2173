use std::convert::Infallible;
use std::error::Error;
use std::task::{Context, Poll};

use http_body::Body;
use replywire_std::Runtime;
use tower_service::Service;

use crate::{Handler, Hosted, ReplyBody, Unfailing};

impl<R, H, B> Service<http::Request<B>> for Hosted<R, H>
where
    R: Runtime,
    H: Handler<R> + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    type Response = http::Response<ReplyBody>;
    type Error = Infallible;
    type Future = Unfailing;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Unfailing {
        Unfailing(self.answer(request))
    }
}
