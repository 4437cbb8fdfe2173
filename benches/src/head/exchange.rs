//! A request and its reply, over a connection in memory that stays open.
//!
//! Client and server share one thread and one runtime, so the CPU time of the thread holds both;
//! the client is the same for all, and `floor` shows what it and the connection cost with a server
//! that reads a head and writes a reply it has ready. The other servers make the five fields of
//! `runtime` from the same values, and tell the time by the clock.
//!
//! Nobody limits the time that a peer may take in `exchange`. In `exchange-timed` each server has
//! the limits that it offers: hyper for a request's head, Replywire for its default phases.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, SERVER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use replywire::{HeaderName, Status};
use replywire_tokio::{
    Answered, Config, Handler, Responder, Timeouts, Unanswered, serve_connection,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::runtime::{Builder, Runtime};

use super::runtime::WANT;
use super::{PAGE, any_order_and_date};
use crate::measure::{Contender, Work};

const REQUEST: &[u8] = b"GET /page HTTP/1.1\r\n\
    host: localhost\r\n\
    user-agent: ratios\r\n\
    accept: */*\r\n\
    \r\n";

pub(super) fn work() -> Work {
    Work::new("exchange", WANT)
        .normal(
            any_order_and_date,
            contender("replywire", |connection| {
                serve_replywire(connection, Timeouts::NONE)
            }),
        )
        .normal(
            any_order_and_date,
            contender("http+hyper", |connection| {
                serve_hyper(connection, http1::Builder::new())
            }),
        )
        .normal(any_order_and_date, contender("floor", serve_ready))
}

pub(super) fn timed_work() -> Work {
    Work::new("exchange-timed", WANT)
        .normal(
            any_order_and_date,
            contender("replywire", |connection| {
                serve_replywire(connection, Timeouts::default())
            }),
        )
        .normal(
            any_order_and_date,
            contender("http+hyper", |connection| {
                let mut builder = http1::Builder::new();
                builder
                    .timer(TokioTimer::new())
                    .header_read_timeout(Duration::from_secs(10));
                serve_hyper(connection, builder)
            }),
        )
}

fn contender<F>(name: &'static str, serve: fn(DuplexStream) -> F) -> Contender
where
    F: Future<Output = ()> + Send + 'static,
{
    Contender::batch(
        name,
        Connection::new(serve),
        Connection::exchange,
        |connection| {
            connection.exchange(1);
            connection.reply.to_vec()
        },
    )
}

struct Connection {
    runtime: Runtime,
    client: DuplexStream,
    reply: [u8; WANT.len()],
}

impl Connection {
    fn new<F>(serve: fn(DuplexStream) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let (client, server) = duplex(4096);
        runtime.spawn(serve(server));
        Self {
            runtime,
            client,
            reply: [0; WANT.len()],
        }
    }

    fn exchange(&mut self, times: u64) {
        self.runtime.block_on(async {
            for _ in 0..times {
                self.client
                    .write_all(black_box(REQUEST))
                    .await
                    .expect("a connection");
                // The fields are the same for all, so the length is.
                self.client
                    .read_exact(black_box(&mut self.reply))
                    .await
                    .expect("a reply");
            }
        });
    }
}

async fn serve_replywire(connection: DuplexStream, timeouts: Timeouts) {
    let mut config = Config::default();
    config.timeouts = timeouts;
    serve_connection(connection, &Page, config)
        .await
        .expect("a client that keeps to the protocol");
}

struct Page;

impl Handler<DuplexStream> for Page {
    async fn handle(
        &self,
        _: &replywire_tokio::Request<'_>,
        responder: Responder<'_, DuplexStream>,
    ) -> Result<Answered, Unanswered> {
        let page = black_box(&PAGE);
        let sent = responder.send(|exchange, buf| {
            replywire::Response::to(exchange, buf, Status::OK)
                .header(HeaderName::SERVER, page.server)
                .header(HeaderName::CACHE_CONTROL, page.cache_control)
                .header(HeaderName::ETAG, page.etag)
                .html(page.body)
        });
        Ok(sent.await?)
    }
}

async fn serve_hyper(connection: DuplexStream, builder: http1::Builder) {
    builder
        .serve_connection(TokioIo::new(connection), service_fn(page))
        .await
        .expect("a client that keeps to the protocol");
}

async fn page(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let page = black_box(&PAGE);
    let value = |text| HeaderValue::from_str(text).expect("a value");
    // hyper adds date and length.
    let response = Response::builder()
        .header(SERVER, value(page.server))
        .header(CACHE_CONTROL, value(page.cache_control))
        .header(ETAG, value(page.etag))
        .header(
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        )
        .body(Full::new(Bytes::from_static(page.body.as_bytes())))
        .expect("a response");
    Ok(response)
}

async fn serve_ready(mut connection: DuplexStream) {
    let mut request = [0; 1024];
    let mut len = 0;
    loop {
        match connection.read(&mut request[len..]).await {
            Ok(0) | Err(_) => return,
            Ok(n) => len += n,
        }
        if request[..len].ends_with(b"\r\n\r\n") {
            len = 0;
            if connection.write_all(WANT).await.is_err() {
                return;
            }
        }
    }
}
