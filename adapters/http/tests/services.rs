//! Services on our own server: framing, failures, and what becomes of content.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what is not as expected ends the test"
)]

use std::convert::Infallible;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use replywire_http::{RequestBody, ServiceHandler};
use replywire_std::{Observe, Replied};
use replywire_tokio::{Config, Server, Timeouts};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower::service_fn;

use self::wire::{Got, line, request};

mod wire;

type Failure = Box<dyn Error + Send + Sync>;
type Request = http::Request<RequestBody>;

/// A body of these frames, whose length is told to be `exact`.
#[derive(Default)]
struct Frames {
    exact: Option<u64>,
    frames: Vec<Result<Frame<Bytes>, Failure>>,
    /// The number of its polls.
    polls: Arc<AtomicUsize>,
}

impl Frames {
    fn of(data: &[&'static str]) -> Self {
        let frames = data.iter().rev();
        let frames = frames.map(|data| Ok(Frame::data(Bytes::from_static(data.as_bytes()))));
        Self {
            frames: frames.collect(),
            ..Self::default()
        }
    }

    fn exact(self, len: u64) -> Self {
        let exact = Some(len);
        Self { exact, ..self }
    }

    fn last(mut self, frame: Result<Frame<Bytes>, Failure>) -> Self {
        self.frames.insert(0, frame);
        self
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(self.frames.pop())
    }

    fn size_hint(&self) -> SizeHint {
        self.exact
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The failures that a hook was told of.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Observe for Told {
    fn replied(&self, replied: &Replied<'_>) {
        let failure = replied.failure.map(ToString::to_string);
        self.0.lock().unwrap().push(failure.unwrap_or_default());
    }
}

/// A server with a service, in a runtime of its own.
struct Served {
    address: SocketAddr,
    told: Told,
    _runtime: Runtime,
}

impl Served {
    fn by<F, A>(service: F) -> Self
    where
        F: Fn(Request) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Response<Frames>, Failure>> + Send + 'static,
    {
        let timeouts = Timeouts::new().half_closed(Duration::from_millis(200));
        Self::within(timeouts, service)
    }

    fn within<F, A>(timeouts: Timeouts, service: F) -> Self
    where
        F: Fn(Request) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Response<Frames>, Failure>> + Send + 'static,
    {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let told = Told::default();
        let server = Server::new(ServiceHandler::new(service_fn(service)))
            .config(Config::new().timeouts(timeouts))
            .observe(told.clone());
        runtime.spawn(async move { server.serve(listener).await });
        Self {
            address,
            told,
            _runtime: runtime,
        }
    }

    /// The same reply each time.
    fn reply(reply: impl Fn() -> Response<Frames> + Clone + Send + Sync + 'static) -> Self {
        Self::by(move |_| std::future::ready(Ok(reply())))
    }

    fn connect(&self) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(self.address).unwrap();
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).unwrap();
        BufReader::new(stream)
    }

    /// The reply, and whether the connection can be used for another.
    fn ask(&self, request: &str) -> (Got, bool) {
        let mut conn = self.connect();
        conn.get_mut().write_all(request.as_bytes()).unwrap();
        let got = Got::read(&mut conn, request.starts_with("HEAD "));
        let _ = conn
            .get_mut()
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        (got, line(&mut conn).is_some())
    }

    /// The failures that the hook is told of, once there are as many exchanges.
    fn failures(&self, exchanges: usize) -> Vec<String> {
        let begun = Instant::now();
        loop {
            let told = self.told.0.lock().unwrap().clone();
            if told.len() >= exchanges {
                return told;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{told:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn get() -> String {
    request("GET /", &[], "")
}

fn framing(got: &Got) -> Vec<&str> {
    let names = [
        "connection",
        "content-length",
        "keep-alive",
        "te:",
        "trailer",
        "transfer",
    ];
    let names = [&names[..], &["upgrade", "x-hop"]].concat();
    let fields = got.fields.iter().map(|field| &**field);
    fields
        .filter(|field| names.iter().any(|name| field.starts_with(name)))
        .collect()
}

#[test]
fn framing_is_ours_whatever_the_fields_of_a_service_say() {
    let with = |fields: &'static [(&str, &str)], body: fn() -> Frames| {
        Served::reply(move || {
            let reply = Response::builder();
            let reply = fields
                .iter()
                .fold(reply, |reply, (name, value)| reply.header(*name, *value));
            reply.body(body()).unwrap()
        })
    };
    let hops = &[
        ("connection", "x-hop, keep-alive"),
        ("keep-alive", "timeout=1"),
        ("te", "trailers"),
        ("transfer-encoding", "gzip, chunked"),
        ("upgrade", "websocket"),
        ("x-hop", "1"),
    ];
    let known = || Frames::of(&["so", "me"]).exact(4);
    let unknown = || Frames::of(&["so", "me"]);
    for (served, want) in [
        (with(hops, known), "content-length: 4"),
        (with(hops, unknown), "transfer-encoding: chunked"),
        (with(&[("content-length", "4")], known), "content-length: 4"),
        (
            with(&[("content-length", "4"), ("content-length", "4")], unknown),
            "content-length: 4",
        ),
        (
            with(&[("transfer-encoding", "chunked")], known),
            "content-length: 4",
        ),
    ] {
        let (got, goes_on) = served.ask(&get());
        assert_eq!(got.status_line, "HTTP/1.1 200 OK");
        assert_eq!(framing(&got), [want]);
        assert_eq!(
            (&*got.body, got.is_whole, goes_on),
            (&b"some"[..], true, true),
            "{want}"
        );
    }
    let (got, goes_on) = with(&[("connection", "x, Close")], known).ask(&get());
    assert_eq!(framing(&got), ["connection: close", "content-length: 4"]);
    assert!(got.is_whole && !goes_on);
}

#[test]
fn a_reply_without_content_has_none() {
    let polls = Arc::<AtomicUsize>::default();
    for (status, method, fields) in [
        (200, "HEAD", &["content-length: 4"][..]),
        (204, "GET", &[]),
        (304, "GET", &[]),
    ] {
        let counted = Arc::clone(&polls);
        let served = Served::reply(move || {
            let body = Frames {
                polls: Arc::clone(&counted),
                ..Frames::of(&["some"]).exact(4)
            };
            Response::builder().status(status).body(body).unwrap()
        });
        let (got, goes_on) = served.ask(&request(&format!("{method} /"), &[], ""));
        assert_eq!(framing(&got), fields, "{status}");
        assert!(goes_on, "{status}");
    }
    let head = Served::reply(|| {
        let reply = Response::builder().header("content-length", "7");
        reply.body(Frames::of(&[]).exact(0)).unwrap()
    });
    let (got, goes_on) = head.ask(&request("HEAD /", &[], ""));
    assert_eq!((framing(&got), goes_on), (vec!["content-length: 7"], true));
}

#[test]
fn a_length_that_is_wrong_is_no_reply_or_breaks_it_off() {
    let with = |len: &'static str, body: fn() -> Frames| {
        Served::reply(move || {
            let reply = Response::builder().header("content-length", len);
            reply.body(body()).unwrap()
        })
    };
    // What contradicts itself from the start is no reply.
    for (len, body) in [
        ("5", (|| Frames::of(&["some"]).exact(4)) as fn() -> Frames),
        ("3", || Frames::of(&["some"]).exact(4)),
        ("+4", || Frames::of(&["some"])),
        ("four", || Frames::of(&["some"])),
        ("4, 4", || Frames::of(&["some"])),
        ("18446744073709551616", || Frames::of(&["some"])),
    ] {
        let served = with(len, body);
        let (got, goes_on) = served.ask(&get());
        assert_eq!(&got.status_line[9..12], "500", "{len}");
        assert!(got.is_whole && !goes_on, "{len}");
        let failures = served.failures(1);
        assert!(
            failures[0].starts_with("handler failed: the content-length"),
            "{failures:?}"
        );
    }
    // What turns out so later is never taken for whole.
    let long: &'static str = Box::leak("long ".repeat(100_000).into_boxed_str());
    for (len, body) in [
        ("900000", Frames::of(&[long])),
        ("100000", Frames::of(&[long])),
        ("500001", Frames::of(&[long])),
        ("500000", Frames::of(&[long, "x"])),
    ] {
        let body = Mutex::new(Some(body));
        let body = Arc::new(body);
        let served = Served::reply(move || {
            let reply = Response::builder().header("content-length", len);
            reply
                .body(body.lock().unwrap().take().unwrap_or_default())
                .unwrap()
        });
        let (got, goes_on) = served.ask(&get());
        assert!(
            !goes_on && (!got.is_whole || got.status_line.contains("500")),
            "{len}"
        );
        let failures = served.failures(1);
        assert!(failures[0].contains("body"), "{len} {failures:?}");
    }
}

#[test]
fn a_failure_is_a_page_before_the_head_and_a_broken_reply_after_it() {
    let served = Served::by(|request| async move {
        match request.uri().path() {
            "/fails" => Err("no reply".into()),
            "/panics" => panic!("at once"),
            "/upgrade" => Ok(Response::builder()
                .status(101)
                .body(Frames::of(&[]))
                .unwrap()),
            "/early" => Ok(Response::new(
                Frames::of(&[]).exact(4).last(Err("source".into())),
            )),
            _ => {
                let long: &'static str = Box::leak("long ".repeat(100_000).into_boxed_str());
                Ok(Response::new(
                    Frames::of(&[long]).last(Err("source".into())),
                ))
            }
        }
    });
    for (path, status, failure) in [
        ("/fails", Some("500"), "handler failed: no reply"),
        ("/panics", Some("500"), "handler panicked: at once"),
        ("/upgrade", Some("500"), "reply not written"),
        ("/early", Some("500"), "handler failed: source"),
        ("/late", None, "source of the body failed: source"),
    ] {
        let before = served.failures(0).len();
        let (got, goes_on) = served.ask(&request(&format!("GET {path}"), &[], ""));
        assert!(!goes_on, "{path}");
        match status {
            Some(status) => assert!(got.is_whole && got.status_line[9..].starts_with(status)),
            None => assert!(!got.is_whole, "{path}"),
        }
        let failures = served.failures(before + 1);
        assert!(failures[before].starts_with(failure), "{path} {failures:?}");
    }
}

#[test]
fn trailer_fields_follow_for_a_client_that_takes_them() {
    let served = Served::reply(|| {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", "c0ffee".parse().unwrap());
        let reply = Response::builder().header("trailer", "x-sum");
        reply
            .body(Frames::of(&["some"]).last(Ok(Frame::trailers(trailers))))
            .unwrap()
    });
    let (got, goes_on) = served.ask(&request("GET /", &["te: trailers"], ""));
    assert_eq!(
        framing(&got),
        ["trailer: x-sum", "transfer-encoding: chunked"]
    );
    assert_eq!(
        (got.trailers, goes_on),
        (vec!["x-sum: c0ffee".to_owned()], true)
    );
    let (got, goes_on) = served.ask(&get());
    assert_eq!(framing(&got), ["transfer-encoding: chunked"]);
    assert_eq!((got.trailers, goes_on), (vec![], true));
}

#[test]
fn a_request_is_as_it_was_sent() {
    let served = Served::by(|request| async move {
        let peer = request.extensions().get::<SocketAddr>().unwrap().ip();
        let fields = request.headers().iter();
        let fields: Vec<_> = fields
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect();
        let (method, uri, version) = (request.method(), request.uri(), request.version());
        let len = request.body().size_hint().exact();
        let told = format!(
            "{method} {uri} {version:?} {peer} {len:?} {}",
            fields.join(" ")
        );
        let told: &'static str = told.leak();
        Ok(Response::new(Frames::of(&[told])))
    });
    for (sent, want) in [
        (
            "GET /a?b=c HTTP/1.1\r\nHost: a\r\nx-a: 1\r\nx-a: \x7f2\r\n\r\n",
            None,
        ),
        (
            "GET /a?b=c HTTP/1.1\r\nHost: a\r\nx-a: 1\r\nX-A: \u{e9}\r\n\r\n",
            Some("GET /a?b=c HTTP/1.1 127.0.0.1 Some(0) host=\"a\" x-a=\"1\" x-a=\"\\xc3\\xa9\""),
        ),
        (
            "OPTIONS * HTTP/1.0\r\n\r\n",
            Some("OPTIONS * HTTP/1.0 127.0.0.1 Some(0) "),
        ),
        (
            "PURGE http://b:8/x HTTP/1.1\r\nhost: b:8\r\ncontent-length: 3\r\n\r\nabc",
            Some("PURGE http://b:8/x HTTP/1.1 127.0.0.1 Some(3) host=\"b:8\" content-length=\"3\""),
        ),
        (
            "GET /\"{} HTTP/1.1\r\nhost: a\r\n\r\n",
            Some("GET /\"{} HTTP/1.1 127.0.0.1 Some(0) host=\"a\""),
        ),
    ] {
        let (got, _) = served.ask(sent);
        match want {
            Some(want) => assert_eq!(String::from_utf8_lossy(&got.body), want),
            None => assert!(got.status_line.contains("400"), "{got:?}"),
        }
    }
}

#[test]
fn content_that_fails_is_an_error_of_the_body_and_the_service_may_still_answer() {
    let served = Served::by(|request| async move {
        let content = request.into_body().collect().await;
        let told: &'static str = match content {
            Ok(content) => String::from_utf8(content.to_bytes().to_vec())
                .unwrap()
                .leak(),
            Err(error) => format!("{:?}", error.kind()).leak(),
        };
        Ok(Response::new(Frames::of(&[told])))
    });
    for (content, want) in [
        ("4\r\nsome\r\n0\r\n\r\n", "some"),
        ("4\r\nso", "UnexpectedEof"),
        ("x\r\nsome\r\n0\r\n\r\n", "InvalidData"),
    ] {
        let mut conn = served.connect();
        let sent = request("POST /", &["transfer-encoding: chunked"], content);
        conn.get_mut().write_all(sent.as_bytes()).unwrap();
        conn.get_ref().shutdown(std::net::Shutdown::Write).unwrap();
        let got = Got::read(&mut conn, false);
        assert_eq!((&*got.body, got.is_whole), (want.as_bytes(), true));
    }
}

#[test]
fn content_is_read_wherever_its_body_is_polled_and_not_after_the_reply() {
    let (send, receive) = std::sync::mpsc::channel();
    let served = Served::by(move |request| {
        let send = send.clone();
        async move {
            let mut content = request.into_body();
            let first = tokio::spawn(async move {
                let first = content.frame().await.unwrap().unwrap().into_data().unwrap();
                (first, content)
            });
            let (first, mut content) = first.await?;
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let next = poll_fn(|cx| Pin::new(&mut content).poll_frame(cx)).await;
                let _ = send.send(next.unwrap().unwrap_err().kind());
            });
            let first: &'static str = String::from_utf8(first.to_vec())?.leak();
            Ok(Response::new(
                Frames::of(&[first]).exact(first.len() as u64),
            ))
        }
    });
    let mut conn = served.connect();
    let head = request("POST /", &["content-length: 8"], "some");
    conn.get_mut().write_all(head.as_bytes()).unwrap();
    let got = Got::read(&mut conn, false);
    assert_eq!((&*got.body, got.is_whole), (&b"some"[..], true));
    let kind = receive.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(kind, std::io::ErrorKind::ConnectionAborted);
    // The rest is dropped, and the connection goes on.
    let rest = format!("more{}", request("PUT /", &["content-length: 3"], "new"));
    conn.get_mut().write_all(rest.as_bytes()).unwrap();
    assert_eq!(Got::read(&mut conn, false).body, b"new");
}

#[test]
fn content_that_is_kept_takes_at_most_twice_its_memory() {
    let (send, receive) = std::sync::mpsc::channel();
    let served = Served::by(move |request| {
        let send = send.clone();
        async move {
            let mut content = request.into_body();
            while let Some(frame) = content.frame().await.transpose()? {
                let bytes = frame.into_data().unwrap();
                let len = bytes.len();
                let _ = send.send((len, bytes.try_into_mut().unwrap().capacity()));
            }
            Ok(Response::new(Frames::default()))
        }
    });
    let mut conn = served.connect();
    let mut frames = Vec::new();
    let pieces = [1, 100, 8000, 16_384];
    let len: usize = pieces.iter().sum();
    let head = request("POST /", &[&format!("content-length: {len}")], "");
    conn.get_mut().write_all(head.as_bytes()).unwrap();
    for piece in pieces {
        conn.get_mut().write_all(&vec![b'a'; piece]).unwrap();
        let mut came = 0;
        while came < piece {
            let frame: (usize, usize) = receive.recv_timeout(Duration::from_secs(10)).unwrap();
            came += frame.0;
            frames.push(frame);
        }
    }
    assert!(
        frames.iter().all(|(len, memory)| *memory <= 2 * len),
        "{frames:?}"
    );
}

#[test]
fn a_body_that_is_dropped_waits_for_no_content() {
    let timeouts = Timeouts::new().handler(Some(Duration::from_millis(100)));
    let timeouts = timeouts.content(Duration::from_secs(3600));
    let served = Served::within(timeouts, |request| async move {
        let mut content = request.into_body();
        let first = content.frame();
        let _ = tokio::time::timeout(Duration::from_millis(10), first).await;
        drop(content);
        std::future::pending().await
    });
    let mut conn = served.connect();
    let head = request("POST /", &["content-length: 10"], "");
    conn.get_mut().write_all(head.as_bytes()).unwrap();
    let got = Got::read(&mut conn, false);
    assert_eq!(got.status_line, "HTTP/1.1 503 Service Unavailable");
}

#[test]
fn trailer_fields_that_may_not_follow_are_left_out() {
    let served = Served::reply(|| {
        let mut trailers = HeaderMap::new();
        for (name, value) in [("content-length", "1"), ("x-sum", " c0ffee "), ("te", "a")] {
            trailers.insert(name, value.parse().unwrap());
        }
        Response::new(Frames::of(&["some"]).last(Ok(Frame::trailers(trailers))))
    });
    for (fields, trailers) in [
        (&["te: trailers"][..], vec!["x-sum: c0ffee".to_owned()]),
        (&[], vec![]),
    ] {
        let (got, goes_on) = served.ask(&request("GET /", fields, ""));
        assert_eq!(
            (&*got.body, got.trailers, goes_on),
            (&b"some"[..], trailers, true)
        );
    }
}

#[test]
fn a_client_that_leaves_has_the_service_and_its_body_dropped() {
    struct Dropped(Arc<AtomicUsize>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&dropped);
    let served = Served::by(move |_| {
        let dropped = Dropped(Arc::clone(&counted));
        async move {
            std::future::pending::<Infallible>().await;
            drop(dropped);
            Err("not reached".into())
        }
    });
    let mut conn = served.connect();
    conn.get_mut().write_all(get().as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(conn);
    let begun = Instant::now();
    while dropped.load(Ordering::SeqCst) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(5));
    }
}
