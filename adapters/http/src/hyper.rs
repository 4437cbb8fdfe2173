use std::convert::Infallible;
use std::error::Error;

use http_body::Body;
use hyper::service::Service;
use replywire_std::Runtime;

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

    fn call(&self, request: http::Request<B>) -> Unfailing {
        Unfailing(self.answer(request))
    }
}
