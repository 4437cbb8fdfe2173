//! `replywire-tokio` over real sockets.

use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use conformance::served::{App, FILE_LEN, PING_AFTER, file_byte};
use replywire::{Response, Status};
use replywire_tokio::{
    Answer, Answered, Closed, Config, DynHandler, FromStream, Handler, Request, Responder, Server,
    Unanswered, handler_fn, serve_connection,
};
use smol::stream::Stream;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

mod one_thread {
    conformance::listeners!(conformance::runtimes::TokioOneThread);
    conformance::upgrades!(conformance::runtimes::TokioOneThread);
    conformance::tls!(conformance::runtimes::TokioOneThread);
    conformance::served!(conformance::runtimes::TokioOneThread);
    conformance::observed!(conformance::runtimes::TokioOneThread);
    conformance::lives!(conformance::runtimes::TokioOneThread);
    conformance::sources!(conformance::runtimes::TokioOneThread);
    conformance::file_replies!(conformance::runtimes::TokioOneThread);
    #[cfg(unix)]
    conformance::lives_over_unix_sockets!(conformance::runtimes::TokioOneThread);
}

mod many_threads {
    conformance::listeners!(conformance::runtimes::TokioManyThreads);
    conformance::upgrades!(conformance::runtimes::TokioManyThreads);
    conformance::tls!(conformance::runtimes::TokioManyThreads);
    conformance::served!(conformance::runtimes::TokioManyThreads);
    conformance::observed!(conformance::runtimes::TokioManyThreads);
    conformance::lives!(conformance::runtimes::TokioManyThreads);
    conformance::sources!(conformance::runtimes::TokioManyThreads);
    conformance::file_replies!(conformance::runtimes::TokioManyThreads);
    #[cfg(unix)]
    conformance::lives_over_unix_sockets!(conformance::runtimes::TokioManyThreads);
}

#[test]
fn the_futures_of_servers_and_connections_are_send() {
    fn sent<A, T: Send>(_: impl Fn(A) -> T) -> usize {
        size_of::<T>()
    }
    sent(|(listener, app): (TcpListener, App)| Server::new(app).serve_until(listener, pending()));
    let size = sent(|(stream, app): (TcpStream, App)| async move {
        let _ = serve_connection(stream, &app, Config::default()).await;
    });
    println!("size of a future: a connection of tokio, with its handler: {size} bytes");
}

#[tokio::test(start_paused = true)]
async fn limits_are_by_tokios_clock() {
    let (mut client, stream) = duplex(1024);
    let served = tokio::spawn(async {
        let app = App::default();
        serve_connection(stream, &app, Config::default()).await
    });
    let began = Instant::now();
    for _ in 0..2 {
        tokio::time::advance(Duration::from_secs(9)).await;
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut text = Vec::new();
        while !text.ends_with(b"\r\n\r\nhi") {
            assert_ne!(client.read_buf(&mut text).await.unwrap(), 0);
        }
    }
    assert!(matches!(served.await.unwrap(), Ok(Closed::Server)));
    let took = began.elapsed().as_secs_f64();
    // The client does not end its half, which is waited for, for a second.
    assert!((94.0..94.1).contains(&took), "{took} seconds");
}

#[tokio::test]
async fn a_stream_that_is_no_socket_is_sent_the_same_file() {
    let (mut client, stream) = duplex(1 << 16);
    tokio::spawn(async {
        let app = App::default();
        let _ = serve_connection(stream, &app, Config::default()).await;
    });
    client
        .write_all(b"GET /file HTTP/1.0\r\n\r\n")
        .await
        .unwrap();
    let mut reply = Vec::new();
    client.read_to_end(&mut reply).await.unwrap();
    let head = reply.len() - usize::try_from(FILE_LEN).unwrap();
    assert!(reply[..head].ends_with(b"content-length: 16777216\r\n\r\n"));
    let mut body = (0..).zip(&reply[head..]);
    assert!(body.all(|(at, byte)| *byte == file_byte(at)));
}

#[tokio::test(start_paused = true)]
async fn pings_are_by_tokios_clock() {
    let (mut client, stream) = duplex(1024);
    let served = tokio::spawn(async {
        let app = App::default();
        let _ = serve_connection(stream, &app, Config::default()).await;
    });
    client
        .write_all(b"GET /kept HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        client.read_buf(&mut text).await.unwrap();
    }
    let began = Instant::now();
    for count in 1..=100 {
        let mut ping = [0; 13];
        client.read_exact(&mut ping).await.unwrap();
        assert_eq!(&ping, b"8\r\n: ping\n\n\r\n");
        let want = PING_AFTER * count;
        let took = began.elapsed();
        assert!((want..want + PING_AFTER / 2).contains(&took), "{took:?}");
    }
    served.abort();
}

/// Does each of what takes its time.
struct Streams;

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for Streams {
    async fn handle(
        &self,
        _: &Request<'_>,
        mut responder: Responder<'_, S>,
    ) -> Result<Answered, Unanswered> {
        responder
            .inform(|exchange, buf| Response::to(exchange, buf, Status::EARLY_HINTS).empty())
            .await?;
        let chunks = FromStream::new(Numbers(0));
        let work = async { Ok::<_, io::Error>(()) };
        responder.ok().background(work).stream(chunks).await
    }
}

/// A stream of the digits.
struct Numbers(u8);

impl Stream for Numbers {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0 += 1;
        Poll::Ready((self.0 <= 9).then(|| Ok(vec![b'0' + self.0])))
    }
}

#[tokio::test]
async fn streams_interim_replies_and_background_work_are_send() {
    let (mut client, stream) = duplex(1024);
    tokio::spawn(async {
        let _ = serve_connection(stream, &Streams, Config::default()).await;
    });
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 103 Early Hints\r\n"), "{reply}");
    assert!(
        reply.ends_with("\r\n\r\n9\r\n123456789\r\n0\r\n\r\n"),
        "{reply}"
    );
}

async fn hello<S: AsyncRead + AsyncWrite + Send + Unpin>(
    request: &Request<'_>,
    responder: Responder<'_, S>,
) -> Answer {
    responder.ok().text(request.path()).await
}

/// Answers with a text of its own.
struct Fixed(&'static str);

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for Fixed {
    async fn handle(&self, _: &Request<'_>, responder: Responder<'_, S>) -> Answer {
        responder.ok().text(self.0).await
    }
}

async fn answered_by(handler: impl Handler<DuplexStream> + 'static) -> String {
    let (mut client, stream) = duplex(1024);
    tokio::spawn(async move {
        let _ = serve_connection(stream, &handler, Config::default()).await;
    });
    client.write_all(b"GET /a HTTP/1.0\r\n\r\n").await.unwrap();
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    reply.rsplit_once("\r\n\r\n").unwrap().1.to_owned()
}

#[tokio::test]
async fn references_objects_and_async_functions_are_handlers() {
    static FIXED: Fixed = Fixed("a reference");
    assert_eq!(answered_by(&FIXED).await, "a reference");
    assert_eq!(answered_by(Arc::new(Fixed("shared"))).await, "shared");
    let objects: [Arc<dyn DynHandler<DuplexStream>>; 2] =
        [Arc::new(Fixed("an object")), Arc::new(handler_fn(hello))];
    for (object, want) in objects.into_iter().zip(["an object", "/a"]) {
        assert_eq!(answered_by(object).await, want);
    }
    let object: Box<dyn DynHandler<DuplexStream>> = Box::new(Fixed("a box"));
    assert_eq!(answered_by(object).await, "a box");
    assert_eq!(answered_by(handler_fn(hello)).await, "/a");
    let closure = async |_: &Request<'_>, responder: Responder<'_, DuplexStream>| {
        responder.ok().text("a closure").await
    };
    assert_eq!(answered_by(handler_fn(closure)).await, "a closure");
}
