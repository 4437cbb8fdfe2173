//! hyper by itself, with a body of frames.

use std::convert::Infallible;
use std::io;

use futures_util::StreamExt;
use http_body_util::StreamBody;
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::source::Source;
use crate::server::{announce, runtime};

pub(super) fn serve() -> io::Result<()> {
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service_fn(answer));
                // The client leaves when it has heard enough.
                let _ = connection.await;
            });
        }
    })
}

async fn answer(
    request: Request<Incoming>,
) -> Result<Response<impl hyper::body::Body<Data = bytes::Bytes, Error = Infallible>>, io::Error> {
    let source = Source::at(request.uri().path()).ok_or(io::ErrorKind::NotFound)?;
    let frames = source.map(|bytes| bytes.map(Frame::data));
    Ok(Response::new(StreamBody::new(frames)))
}
