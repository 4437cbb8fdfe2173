//! `picoserve`, which has JSON of its own. It writes no reason phrase, checks no header, and adds
//! `Connection: keep-alive`. Its timer never goes off.

use core::convert::Infallible;
use core::fmt;

use picoserve::io::{Socket, Write};
use picoserve::mem::{BorrowedBuffer, BorrowedCursor};
use picoserve::response::Json;
use picoserve::routing::get;
use picoserve::time::{Duration, Timer};
use picoserve::{Config, Error, Router, Server, Timeouts};

use crate::{Answer, Uart, send};

static CONFIG: Config = Config::const_default().keep_connection_alive();

/// Answers every request.
pub async fn serve(uart: &'static mut Uart, answer: &'static Answer<'static>, buf: &mut [u8]) {
    let router = Router::new().route(
        "/status",
        get(move || async move {
            Json(&answer.reading)
                .into_response()
                .with_header("Cache-Control", "no-store")
                .with_header("X-Content-Type-Options", "nosniff")
                .with_header("Access-Control-Allow-Origin", "*")
                .with_header("X-Request-Id", answer.request)
                .with_header("Set-Cookie", Session(answer.session))
        }),
    );
    let _ = Server::custom(&router, Never, &CONFIG, buf)
        .serve(Port(uart))
        .await;
}

/// Answers every request with no content.
pub async fn serve_empty(uart: &'static mut Uart, buf: &mut [u8]) {
    let router = Router::new().route("/status", get(|| async { "" }));
    let _ = Server::custom(&router, Never, &CONFIG, buf)
        .serve(Port(uart))
        .await;
}

struct Session<'a>(&'a str);

impl fmt::Display for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sid={}; Max-Age=3600", self.0)
    }
}

struct Never;

impl Timer<Never> for Never {
    async fn delay(&self, _: Duration) {
        core::future::pending().await
    }
}

struct Port(&'static mut Uart);

impl Socket<Never> for Port {
    type Error = Infallible;
    type ReadHalf<'a> = &'a mut Uart;
    type WriteHalf<'a> = WriteHalf;

    fn split(&mut self) -> (&mut Uart, WriteHalf) {
        (self.0, WriteHalf)
    }

    async fn abort<T: Timer<Never>>(self, _: &Timeouts, _: &T) -> Result<(), Error<Infallible>> {
        Ok(())
    }

    async fn shutdown<T: Timer<Never>>(self, _: &Timeouts, _: &T) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}

struct WriteHalf;

impl embedded_io_async::ErrorType for WriteHalf {
    type Error = Infallible;
}

impl embedded_io_async::Write for WriteHalf {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        send(bytes);
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Write for WriteHalf {
    async fn write_with<F: FnOnce(BorrowedCursor<'_>) -> R, R>(
        &mut self,
        f: F,
    ) -> Result<R, Infallible> {
        let mut room = [0; 128];
        let mut room = BorrowedBuffer::new(&mut room);
        let output = f(room.unfilled());
        if !room.is_empty() {
            send(room.filled());
        }
        Ok(output)
    }
}
