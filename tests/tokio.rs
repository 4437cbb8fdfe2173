//! `replywire-tokio` over real sockets.

use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use conformance::served::{App, FILE_LEN, PING_AFTER, file_byte};
use replywire::request::{Exchange, Refusal};
use replywire::{Error, Place, Reply, Response, Status};
use replywire_tokio::{
    AccessLog, Answer, Answered, Cause, Closed, Config, DynHandler, FromStream, Handler, LogForm,
    Request, Responder, Server, Unanswered, handler_fn, serve_connection,
};
use smol::stream::Stream;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

mod one_thread {
    conformance::listeners!(conformance::runtimes::TokioOneThread);
    conformance::upgrades!(conformance::runtimes::TokioOneThread);
    conformance::web_sockets!(conformance::runtimes::TokioOneThread);
    conformance::tls!(conformance::runtimes::TokioOneThread);
    conformance::served!(conformance::runtimes::TokioOneThread);
    conformance::observed!(conformance::runtimes::TokioOneThread);
    conformance::openings!(conformance::runtimes::TokioOneThread);
    conformance::lines!(conformance::runtimes::TokioOneThread);
    conformance::lives!(conformance::runtimes::TokioOneThread);
    conformance::sources!(conformance::runtimes::TokioOneThread);
    conformance::grown!(conformance::runtimes::TokioOneThread);
    conformance::file_replies!(conformance::runtimes::TokioOneThread);
    #[cfg(unix)]
    conformance::lives_over_unix_sockets!(conformance::runtimes::TokioOneThread);
}

mod many_threads {
    conformance::listeners!(conformance::runtimes::TokioManyThreads);
    conformance::upgrades!(conformance::runtimes::TokioManyThreads);
    conformance::web_sockets!(conformance::runtimes::TokioManyThreads);
    conformance::tls!(conformance::runtimes::TokioManyThreads);
    conformance::served!(conformance::runtimes::TokioManyThreads);
    conformance::observed!(conformance::runtimes::TokioManyThreads);
    conformance::openings!(conformance::runtimes::TokioManyThreads);
    conformance::lines!(conformance::runtimes::TokioManyThreads);
    conformance::lives!(conformance::runtimes::TokioManyThreads);
    conformance::sources!(conformance::runtimes::TokioManyThreads);
    conformance::grown!(conformance::runtimes::TokioManyThreads);
    conformance::file_replies!(conformance::runtimes::TokioManyThreads);
    #[cfg(unix)]
    conformance::lives_over_unix_sockets!(conformance::runtimes::TokioManyThreads);
}

#[test]
fn the_futures_of_servers_and_connections_are_send() {
    fn sent<A, T: Send>(_: impl Fn(A) -> T) -> usize {
        size_of::<T>()
    }
    sent(|(listener, app): (TcpListener, App)| {
        Server::new(app).serve_until(listener, pending::<()>())
    });
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

/// Fails by the path, with pages of its own.
struct Pages;

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Handler<S> for Pages {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, S>) -> Answer {
        match request.path() {
            "/panic" => panic!("a handler that is wrong"),
            "/fail" => Err(Unanswered::because("no such row")),
            path => {
                let number: u32 = path.trim_start_matches('/').parse()?;
                responder.ok().text(number).await
            }
        }
    }

    fn error_page<'b>(
        &self,
        refusal: Refusal,
        cause: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> Option<Result<Reply<'b>, Error>> {
        let page = Response::to(exchange, buf, refusal.status());
        match cause.cause() {
            Cause::Panicked => panic!("a page that is wrong, too"),
            Cause::Refused(Refusal::VersionNotSupported) => {
                Some(Err(Error::Location(Place::UNKNOWN)))
            }
            Cause::Refused(Refusal::FieldsTooLarge) => None,
            // It answers another exchange than this one.
            Cause::Refused(_) => Some(Response::to(&Exchange::GET, &mut [], Status::OK).empty()),
            _ => Some(page.json_by_hand(&*cause.to_string())),
        }
    }
}

#[tokio::test]
async fn error_pages_are_the_handlers_own_or_the_default_where_these_are_wrong() {
    let default = |status: &str| {
        let (_, phrase) = status.split_once(' ').unwrap();
        let length = phrase.len();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: {length}\r\n\r\n{phrase}"
        )
    };
    let own = |text: &str| {
        let length = text.len();
        format!(
            "HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\n\
             connection: close\r\ncontent-length: {length}\r\n\r\n{text}"
        )
    };
    let parsed = own("\"handler failed: invalid digit found in string\"");
    let row = own("\"handler failed: no such row\"");
    let (head, _) = row.split_once('"').unwrap();
    for (request, want) in [
        ("GET /x HTTP/1.1\r\nhost: x\r\n\r\n", parsed.as_str()),
        ("GET /fail HTTP/1.1\r\nhost: x\r\n\r\n", &row),
        ("HEAD /fail HTTP/1.1\r\nhost: x\r\n\r\n", head),
        (
            "GET /panic HTTP/1.1\r\nhost: x\r\n\r\n",
            &default("500 Internal Server Error"),
        ),
        (
            "GET / HTTP/9.9\r\n\r\n",
            &default("505 HTTP Version Not Supported"),
        ),
        ("GET / HTTP/1.1\r\n\r\n", &default("400 Bad Request")),
    ] {
        let (mut client, stream) = duplex(1024);
        tokio::spawn(async {
            let _ = serve_connection(stream, &Pages, Config::default()).await;
        });
        client.write_all(request.as_bytes()).await.unwrap();
        let mut reply = String::new();
        client.read_to_string(&mut reply).await.unwrap();
        let date = reply.find("date: ").unwrap();
        reply.replace_range(date..date + 37, "");
        assert_eq!(reply, want);
    }
}

#[tokio::test]
async fn the_access_log_has_one_line_for_each_request_that_none_can_forge() {
    for form in [LogForm::Common, LogForm::Json] {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let log = AccessLog::new(form, move |line: &str| {
            kept.lock().unwrap().push(line.to_owned())
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(Server::new(Pages).observe(log).serve(listener));
        let requests = [
            "GET /7 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
            "GET /\"200\"\\\u{e9} HTTP/1.0\r\n\r\n",
            "GET /panic HTTP/1.1\r\nhost: x\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
        ];
        let mut lengths = Vec::new();
        for request in requests {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut reply = Vec::new();
            stream.read_to_end(&mut reply).await.unwrap();
            lengths.push(reply.len());
        }
        served.abort();
        let _ = served.await;
        let lines = lines.lock().unwrap();
        assert_eq!(lines.len(), requests.len(), "{lines:#?}");
        let want = [
            ("GET /7 HTTP/1.1", 200, ""),
            (
                "GET /\\x22200\\x22\\x5C\\xC3\\xA9 HTTP/1.0",
                500,
                "handler failed: invalid digit found in string",
            ),
            (
                "GET /panic HTTP/1.1",
                500,
                "handler panicked: a handler that is wrong",
            ),
            ("-", 400, "request refused: malformed or ambiguous request"),
        ];
        for ((line, length), (request, status, failure)) in lines.iter().zip(lengths).zip(want) {
            if form == LogForm::Json {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                assert_eq!(line["status"], status);
                assert_eq!(line["bytes"], length);
                assert!(line["peer"].as_str().unwrap().starts_with("127.0.0.1:"));
                assert_eq!(line["failure"].as_str().unwrap_or_default(), failure);
                assert_eq!(line["whole"], true);
                assert!(
                    line["seconds"].is_f64() || line["method"].is_null(),
                    "{line}"
                );
                continue;
            }
            let (start, rest) = line.split_once("] ").unwrap();
            assert!(start.starts_with("127.0.0.1 - - ["), "{line}");
            let cause = match failure {
                "" => String::new(),
                failure => format!(" \"{failure}\""),
            };
            assert_eq!(rest, format!("\"{request}\" {status} {length}{cause}"));
        }
    }
}
