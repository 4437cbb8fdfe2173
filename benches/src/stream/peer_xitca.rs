//! xitca-http, with a body from a stream; what accepts connections is as short as hyper's.

use std::convert::Infallible;
use std::io;
use std::rc::Rc;

use tokio::net::TcpListener;
use tokio::task::{LocalSet, spawn_local};
use xitca_http::HttpServiceBuilder;
use xitca_http::body::{RequestBody, ResponseBody, StreamDataBody};
use xitca_http::config::HttpServiceConfig;
use xitca_http::http::{IntoResponse, Request, RequestExt, Response, StatusCode};
use xitca_io::net::TcpStream;
use xitca_service::{Service, fn_service};

use super::source::Source;
use crate::server::{announce, runtime};

/// What gathers leaves when it is `WRITE` bytes, or the source waits.
pub(super) fn serve<const WRITE: usize>() -> io::Result<()> {
    LocalSet::new().block_on(&runtime()?, async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        let config = HttpServiceConfig::new().max_write_buf_size::<WRITE>();
        let builder = HttpServiceBuilder::h1().config(config);
        let answer = fn_service(answer).call(()).await;
        let service = builder.call(answer).await;
        let service = Rc::new(service.map_err(|_| io::Error::other("no service"))?);
        loop {
            let (stream, peer) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let stream = TcpStream::from_std(stream.into_std()?)?;
            let service = Rc::clone(&service);
            spawn_local(async move {
                // The client leaves when it has heard enough.
                let _ = service.call((stream, peer)).await;
            });
        }
    })
}

type Body = ResponseBody<StreamDataBody<Source>>;

async fn answer(request: Request<RequestExt<RequestBody>>) -> Result<Response<Body>, Infallible> {
    let source = Source::at(request.uri().path());
    Ok(match source {
        Some(source) => request.into_response(ResponseBody::body(StreamDataBody::new(source))),
        None => {
            let mut reply = request.into_response(ResponseBody::empty());
            *reply.status_mut() = StatusCode::NOT_FOUND;
            reply
        }
    })
}
