//! hyper by itself, with a service.

use std::error::Error;
use std::io;

use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::process::{announce, runtime};

type Failure = Box<dyn Error + Send + Sync>;

/// Serves until the process ends.
pub(crate) fn serve_hyper<S, B>(service: S) -> io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error: Into<Failure>, Future: Send>,
    S: Clone + Send + 'static,
    B: Body<Data: Send, Error: Into<Failure>> + Send + 'static,
{
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let service = service.clone();
            tokio::spawn(async move {
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service);
                // The client leaves when it has heard enough.
                let _ = connection.await;
            });
        }
    })
}
