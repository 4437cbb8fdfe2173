//! `replywire-tokio` over real sockets.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use replywire_tokio::replywire::{Response, Status};
use replywire_tokio::{Config, FromTokio, Handler, Request, Responder, Sent, Server, Unsent};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Answers `/slow` once it is told to go on, and everything else at once.
struct App {
    slow: Arc<Slow>,
}

#[derive(Default)]
struct Slow {
    is_under_way: Notify,
    go_on: Notify,
}

impl Handler for App {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Sent, Unsent> {
        if request.path() == "/slow" {
            self.slow.is_under_way.notify_one();
            self.slow.go_on.notified().await;
        }
        if request.path() == "/endless" {
            let sent = responder.transfer(
                |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                FromTokio(Once(&b"part"[..])),
            );
            return Ok(sent.await?);
        }
        let sent =
            responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).text("hi"));
        Ok(sent.await?)
    }
}

/// Gives its bytes and then nothing, not even its end.
struct Once(&'static [u8]);

impl AsyncRead for Once {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match std::mem::take(&mut self.0) {
            b"" => Poll::Pending,
            bytes => {
                buf.put_slice(bytes);
                Poll::Ready(Ok(()))
            }
        }
    }
}

struct Running {
    address: std::net::SocketAddr,
    slow: Arc<Slow>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn start(config: Config) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let slow = Arc::new(Slow::default());
    let app = App { slow: slow.clone() };
    let (stop, stopped) = oneshot::channel();
    let server = Server::new(app)
        .config(config)
        .serve_until(listener, async {
            let _ = stopped.await;
        });
    Running {
        address,
        slow,
        stop,
        ended: tokio::spawn(server),
    }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        within(self.ended).await.unwrap();
    }
}

/// No test waits for ever.
async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), work)
        .await
        .expect("done in time")
}

/// A reply of this server, which has no further `\r\n\r\n`, without its date.
async fn reply(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.contains("\r\n\r\nhi") {
        let mut room = [0; 512];
        let n = within(stream.read(&mut room)).await.unwrap();
        assert!(n > 0, "the connection ended in {text:?}");
        text += std::str::from_utf8(&room[..n]).unwrap();
    }
    let lines = text
        .split_inclusive("\r\n")
        .filter(|line| !line.starts_with("date: "));
    let rest: String = lines.collect();
    assert!(rest.len() + 37 == text.len(), "one date line in {text:?}");
    rest
}

async fn end(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut rest = Vec::new();
    within(stream.read_to_end(&mut rest)).await.map(|_| rest)
}

const KEPT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                    content-length: 2\r\n\r\nhi";
const CLOSING: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                       connection: close\r\ncontent-length: 2\r\n\r\nhi";

#[tokio::test]
async fn a_connection_is_kept_until_a_request_says_close() {
    let server = start(Config::default()).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(reply(&mut stream).await, KEPT);
    }
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut stream).await, CLOSING);
    assert_eq!(end(&mut stream).await.unwrap(), b"");
    server.stop().await;
}

#[tokio::test]
async fn shutdown_ends_idle_connections_and_finishes_the_others() {
    let server = start(Config::default()).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut idle).await, KEPT);
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();

    within(server.slow.is_under_way.notified()).await;

    let Running {
        address,
        slow,
        stop,
        ended,
    } = server;
    stop.send(()).unwrap();
    assert_eq!(end(&mut idle).await.unwrap(), b"");
    assert!(!ended.is_finished(), "a request is being answered");
    slow.go_on.notify_one();
    assert_eq!(reply(&mut busy).await, CLOSING);
    assert_eq!(end(&mut busy).await.unwrap(), b"");
    within(ended).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn what_outlives_the_grace_time_is_dropped() {
    let mut config = Config::default();
    config.grace = Duration::from_millis(50);
    let server = start(config).await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    within(server.slow.is_under_way.notified()).await;
    server.stop().await;
    assert_ne!(end(&mut busy).await.ok().as_deref(), Some(KEPT.as_bytes()));
}

#[tokio::test]
async fn a_slow_head_is_cut_and_an_idle_connection_ends() {
    let mut config = Config::default();
    config.timeouts.head = Some(Duration::from_millis(300));
    config.timeouts.idle = Some(Duration::from_millis(300));
    let server = start(config).await;

    let mut slow = server.connect().await;
    let dribble = async {
        // Bytes keep coming, but the head has one deadline.
        for byte in b"GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
            if slow.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within(dribble).await;
    assert!(matches!(end(&mut slow).await.as_deref(), Ok([]) | Err(_)));

    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut idle).await, KEPT);
    assert_eq!(end(&mut idle).await.unwrap(), b"");
    server.stop().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let mut config = Config::default();
    config.connections = 1;
    let server = start(config).await;
    let mut first = server.connect().await;
    first
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(reply(&mut first).await, KEPT);
    let mut second = server.connect().await;
    second
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let early = timeout(Duration::from_millis(200), second.read(&mut [0; 8])).await;
    assert!(early.is_err(), "answered beyond the limit");
    drop(first);
    assert_eq!(reply(&mut second).await, KEPT);
    drop(second);
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_is_still_sending_can_read_the_last_reply() {
    let server = start(Config::default()).await;
    let mut stream = server.connect().await;
    let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\n\r\n";
    stream.write_all(head).await.unwrap();
    stream.write_all(&[b'x'; 200_000]).await.unwrap();
    assert_eq!(reply(&mut stream).await, CLOSING);
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn empty_lines_do_not_keep_a_connection() {
    let mut config = Config::default();
    config.timeouts.head = Some(Duration::from_millis(300));
    config.timeouts.idle = Some(Duration::from_millis(300));
    let server = start(config).await;
    let mut stream = server.connect().await;
    let lines = async {
        while stream.write_all(b"\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within(lines).await;
    server.stop().await;
}

#[tokio::test]
async fn a_body_cut_short_at_the_end_of_the_connection_is_a_reset() {
    let mut config = Config::default();
    config.grace = Duration::from_millis(50);
    let server = start(config).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /endless HTTP/1.0\r\n\r\n")
        .await
        .unwrap();
    let mut room = [0; 512];
    let mut text = String::new();
    while !text.ends_with("part") {
        let n = within(stream.read(&mut room)).await.unwrap();
        text += std::str::from_utf8(&room[..n]).unwrap();
    }
    assert!(
        !text.contains("content-length") && !text.contains("chunked"),
        "{text}"
    );
    server.stop().await;
    let cut = end(&mut stream).await.unwrap_err();
    assert_eq!(cut.kind(), io::ErrorKind::ConnectionReset);
}
