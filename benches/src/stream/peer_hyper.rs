//! hyper by itself, with a body of frames.

use std::convert::Infallible;
use std::io;

use futures_util::StreamExt;
use http_body_util::StreamBody;
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};

use super::source::Source;
use crate::server::serve_hyper;

pub(super) fn serve() -> io::Result<()> {
    serve_hyper(service_fn(answer))
}

async fn answer(
    request: Request<Incoming>,
) -> Result<Response<impl hyper::body::Body<Data = bytes::Bytes, Error = Infallible>>, io::Error> {
    let source = Source::at(request.uri().path()).ok_or(io::ErrorKind::NotFound)?;
    let frames = source.map(|bytes| bytes.map(Frame::data));
    Ok(Response::new(StreamBody::new(frames)))
}
