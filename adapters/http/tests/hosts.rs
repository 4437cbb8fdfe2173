//! The black-box target through other servers: the fields and bodies of our own.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what is not as expected ends the test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::{App, HttpServer, web};
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use replywire::{Response, Status};
use replywire_embedded::Transport;
use replywire_files::{FileTransport, Folder};
use replywire_http::{FolderHandler, Handler, Hosted};
use replywire_std::{Answer, Request, Responder, chunks_from_fn};
use replywire_tokio::Tokio;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower::ServiceExt;

#[path = "shared/target.rs"]
#[expect(dead_code, reason = "the part of it that starts a server")]
mod target;

struct Target {
    folder: Arc<Folder>,
    failures: target::Failures,
}

impl Target {
    async fn answer<T: FileTransport>(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Answer {
        const SLEEP: target::Sleep = |length| Box::pin(tokio::time::sleep(length));
        target::answer(request, responder, &self.folder, &self.failures, SLEEP).await
    }
}

impl Handler<Tokio> for Target {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: replywire_http::Responder<'_, Tokio>,
    ) -> Answer {
        self.answer(request, responder).await
    }
}

impl replywire_tokio::Handler for Target {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: replywire_tokio::Responder<'_>,
    ) -> Answer {
        self.answer(request, responder).await
    }
}

fn target() -> Target {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hosts");
    fs::create_dir_all(&path).unwrap();
    let file = path.join("page.txt");
    if fs::read(&file).ok().as_deref() != Some(&content()) {
        fs::write(&file, content()).unwrap();
        let modified = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_001);
        let file = fs::File::options().write(true).open(&file).unwrap();
        file.set_modified(modified).unwrap();
    }
    Target {
        folder: Arc::new(Folder::open(&path).unwrap().at("/static").html(true)),
        failures: target::Failures::default(),
    }
}

fn content() -> Vec<u8> {
    (0..100_000_u32).map(|n| b'a' + (n % 23) as u8).collect()
}

/// A server in a runtime of its own.
struct Server {
    address: SocketAddr,
    _runtime: Runtime,
}

#[derive(Clone, Copy, Debug)]
enum Host {
    Actix,
    Axum,
    Hyper,
    Own,
}

const HOSTS: [Host; 3] = [Host::Hyper, Host::Axum, Host::Actix];

impl Server {
    fn of<H>(host: Host, handler: H) -> Self
    where
        H: Handler<Tokio> + replywire_tokio::Handler + 'static,
    {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        match host {
            Host::Actix => {
                let service = Hosted::<Tokio, H>::new(handler);
                let listener = listener.into_std().unwrap();
                std::thread::spawn(move || {
                    let app = move || App::new().default_service(web::to(service.clone()));
                    let server = HttpServer::new(app).workers(1).listen(listener).unwrap();
                    actix_web::rt::System::new().block_on(server.run())
                });
            }
            Host::Own => {
                runtime.spawn(replywire_tokio::serve(listener, handler));
            }
            Host::Hyper => {
                let service = Hosted::<Tokio, H>::new(handler);
                runtime.spawn(async move {
                    loop {
                        let (stream, _) = listener.accept().await.unwrap();
                        let service = service.clone();
                        let serving =
                            http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                        tokio::spawn(async move { drop(serving.await) });
                    }
                });
            }
            Host::Axum => {
                let service = Hosted::<Tokio, H>::new(handler);
                let router = axum::Router::new().fallback_service(service);
                runtime.spawn(async move { axum::serve(listener, router).await });
            }
        }
        Self {
            address,
            _runtime: runtime,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    fn ask(&self, request: &str) -> Got {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        Got::read(&mut BufReader::new(stream), request.starts_with("HEAD "))
    }
}

#[derive(Debug, PartialEq)]
struct Got {
    /// The code: a phrase is the host's.
    status: String,
    /// All but those of the connection and `date`; their order is kept for each name.
    fields: BTreeMap<String, Vec<String>>,
    body: Vec<u8>,
    trailers: Vec<String>,
    is_whole: bool,
}

impl Got {
    fn read(stream: &mut impl BufRead, is_head: bool) -> Self {
        let mut line = String::new();
        let mut next = |stream: &mut dyn BufRead| {
            line.clear();
            // A field may hold bytes that are no UTF-8.
            let mut bytes = Vec::new();
            let n = stream.read_until(b'\n', &mut bytes).unwrap_or(0);
            line.extend(bytes.iter().map(|byte| char::from(*byte)));
            (n > 0).then(|| line.trim_end().to_owned())
        };
        // A host may break off before the head has left.
        let Some(mut status) = next(stream) else {
            return Self {
                status: String::new(),
                fields: BTreeMap::new(),
                body: Vec::new(),
                trailers: Vec::new(),
                is_whole: false,
            };
        };
        while status.starts_with("HTTP/1.1 1") {
            while next(stream).unwrap() != "" {}
            status = next(stream).unwrap();
        }
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        loop {
            let line = next(stream).unwrap();
            let Some((name, value)) = line.split_once(": ").or(line.split_once(':')) else {
                break;
            };
            fields
                .entry(name.to_ascii_lowercase())
                .or_default()
                .push(value.to_owned());
        }
        let is_chunked = fields.remove("transfer-encoding").is_some();
        fields.remove("connection");
        fields.remove("date");
        let code = &status[9..12];
        let (mut body, mut trailers, mut is_whole) = (Vec::new(), Vec::new(), true);
        if is_head || code == "204" || code == "304" {
        } else if is_chunked {
            loop {
                let Some(size) = next(stream) else {
                    is_whole = false;
                    break;
                };
                let size = usize::from_str_radix(&size, 16).unwrap();
                if size == 0 {
                    while let Some(line) = next(stream).filter(|line| !line.is_empty()) {
                        trailers.push(line);
                    }
                    break;
                }
                let mut chunk = vec![0; size + 2];
                is_whole = stream.read_exact(&mut chunk).is_ok();
                body.extend_from_slice(&chunk[..size]);
            }
        } else if let Some(len) = fields.get("content-length") {
            body = vec![0; len[0].parse().unwrap()];
            is_whole = stream.read_exact(&mut body).is_ok();
        } else {
            stream.read_to_end(&mut body).unwrap();
        }
        Self {
            status: code.to_owned(),
            fields,
            body,
            trailers,
            is_whole,
        }
    }
}

const PATHS: [&str; 42] = [
    "/",
    "/hello",
    "/plain",
    "/html",
    "/json",
    "/empty204",
    "/notmod304",
    "/redirect?to=/a%20b",
    "/redirect?to=//evil.example",
    "/cookie?name=a&value=b",
    "/cookie?name=a&value=b&path=/&domain=example.org&samesite=lax&secure=1&httponly=1&max_age=60",
    "/cookie?name=a%20b&value=c",
    "/cookies",
    "/header?name=x-a&value=%e9t%c3%a9",
    "/header?name=x-a&value=a%0d%0ab:c",
    "/download?filename=r%C3%A9sum%C3%A9.pdf",
    "/download?filename=%22a%5Cb",
    "/stream?n=0",
    "/stream?n=3",
    "/stream?n=5000",
    "/sse?n=3",
    "/background",
    "/sleep?ms=5",
    "/drip?n=3&ms=5",
    "/panic",
    "/future4k",
    "/authority",
    "/upgrade",
    "/status/200",
    "/status/200?body=0",
    "/status/205",
    "/status/404",
    "/status/418",
    "/status/103",
    "/status/599",
    "/status/999?body=0",
    "/static/",
    "/static/page.txt",
    "/static/page%2etxt?x",
    "/static/../page.txt",
    "/nothing",
    "/static/none",
];

#[test]
fn every_route_has_the_fields_and_the_body_that_it_has_on_our_own_server() {
    let own = Server::of(Host::Own, target());
    for host in HOSTS {
        let hosted = Server::of(host, target());
        for path in PATHS {
            for method in ["GET", "HEAD", "DELETE", "OPTIONS"] {
                let request =
                    format!("{method} {path} HTTP/1.1\r\nhost: a\r\ncookie: c=1; d=2\r\n\r\n");
                let want = own.ask(&request);
                assert_eq!(hosted.ask(&request), want, "{host:?} {method} {path}");
            }
        }
    }
}

#[test]
fn no_answer_has_a_field_of_the_connection_or_the_date() {
    let runtime = Runtime::new().unwrap();
    let hosted = Hosted::<Tokio, _>::new(target());
    runtime.block_on(async {
        let wrong = ["/\u{e9}", "/static/%2e%2e/a", "ftp://a/"];
        for path in PATHS.into_iter().chain(wrong) {
            for method in ["GET", "HEAD", "DELETE", "OPTIONS"] {
                for host in ["a", "a b"] {
                    let request = http::Request::builder().method(method).uri(path);
                    let Ok(request) = request.header("host", host).body(String::new()) else {
                        continue;
                    };
                    let answered = hosted.answer(request).await;
                    for name in ["connection", "date", "keep-alive", "transfer-encoding"] {
                        let value = answered.headers().get(name);
                        assert_eq!(value, None, "{method} {path} {name}");
                    }
                }
            }
        }
    });
}

#[test]
fn files_keep_ranges_validators_and_conditions() {
    let own = Server::of(Host::Own, target());
    let ask = |lines: &str| format!("GET /static/page.txt HTTP/1.1\r\nhost: a\r\n{lines}\r\n");
    let tag = own.ask(&ask("")).fields["etag"][0].clone();
    for host in HOSTS {
        let hosted = Server::of(host, target());
        for lines in [
            "range: bytes=0-99\r\n".to_owned(),
            "range: bytes=-5\r\n".to_owned(),
            "range: bytes=99999-\r\n".to_owned(),
            "range: bytes=100000-\r\n".to_owned(),
            format!("if-none-match: {tag}\r\n"),
            format!("if-match: {tag}\r\n"),
            "if-match: \"other\"\r\n".to_owned(),
            format!("range: bytes=5-6\r\nif-range: {tag}\r\n"),
            "range: bytes=5-6\r\nif-range: \"other\"\r\n".to_owned(),
            "if-modified-since: Tue, 14 Nov 2023 22:13:21 GMT\r\n".to_owned(),
            "range: bytes=5-6\r\nif-range: Tue, 14 Nov 2023 22:13:21 GMT\r\n".to_owned(),
        ] {
            let want = own.ask(&ask(&lines));
            assert_eq!(hosted.ask(&ask(&lines)), want, "{host:?} {lines}");
        }
        // The boundary is a new one each time.
        let both = hosted.ask(&ask("range: bytes=0-1,50000-50001\r\n"));
        assert!(both.status == "206", "{both:?}");
        let parts = String::from_utf8(both.body).unwrap();
        let range = "Content-Range: bytes 50000-50001/100000";
        assert!(parts.contains(range), "{parts}");
    }
}

#[test]
fn content_comes_back_with_a_length_and_in_chunks() {
    let own = Server::of(Host::Own, target());
    for host in HOSTS {
        let hosted = Server::of(host, target());
        for content in [
            "content-length: 5\r\n\r\nhello".to_owned(),
            "content-length: 0\r\n\r\n".to_owned(),
            "transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nx: y\r\n\r\n".to_owned(),
            format!("content-length: 60000\r\n\r\n{}", "x".repeat(60_000)),
        ] {
            for path in ["/echo", "/discard"] {
                let request = format!("POST {path} HTTP/1.1\r\nhost: a\r\n{content}");
                let want = own.ask(&request);
                assert_eq!(hosted.ask(&request), want, "{host:?} {path}");
            }
        }
    }
}

/// Sends two chunks, then nothing for ever, or ticks.
struct Events {
    ticks: bool,
    made: Arc<AtomicUsize>,
    dropped: Arc<AtomicUsize>,
}

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Events {
    async fn answer<T: Transport>(&self, responder: Responder<'_, T>) -> Answer {
        let counted = Counted(Arc::clone(&self.dropped));
        let made = Arc::clone(&self.made);
        let ticks = self.ticks;
        let events = chunks_from_fn(async move || {
            let _ = &counted;
            match made.fetch_add(1, Ordering::SeqCst) {
                0 => Ok::<_, std::convert::Infallible>(Some("first\n")),
                1 => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    Ok(Some("second\n"))
                }
                _ if ticks => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Ok(Some("tick\n"))
                }
                _ => std::future::pending().await,
            }
        });
        responder.ok().stream(events).await
    }
}

impl Handler<Tokio> for Events {
    async fn handle(
        &self,
        _: &Request<'_>,
        responder: replywire_http::Responder<'_, Tokio>,
    ) -> Answer {
        self.answer(responder).await
    }
}

impl replywire_tokio::Handler for Events {
    async fn handle(&self, _: &Request<'_>, responder: replywire_tokio::Responder<'_>) -> Answer {
        self.answer(responder).await
    }
}

#[test]
fn a_chunk_arrives_before_the_next_is_made_and_a_client_that_leaves_drops_the_handler() {
    for host in HOSTS {
        let (made, dropped) = (Arc::default(), Arc::default());
        let events = Events {
            // It does not look for the end of a connection while it has nothing to write.
            ticks: matches!(host, Host::Actix),
            made: Arc::clone(&made),
            dropped: Arc::clone(&dropped),
        };
        let server = Server::of(host, events);
        let mut stream = server.connect();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .unwrap();
        let begun = Instant::now();
        let mut got = Vec::new();
        while !got.ends_with(b"first\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            got.push(byte[0]);
        }
        assert!(begun.elapsed() < Duration::from_millis(150), "{host:?}");
        while !got.ends_with(b"second\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            got.push(byte[0]);
        }
        assert_eq!(dropped.load(Ordering::SeqCst), 0, "{host:?}");
        drop(stream);
        let left = Instant::now();
        while dropped.load(Ordering::SeqCst) == 0 {
            assert!(left.elapsed() < Duration::from_secs(10), "{host:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Fails at a place that the path tells, or works after its reply.
struct Late(Arc<AtomicUsize>);

impl Handler<Tokio> for Late {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: replywire_http::Responder<'_, Tokio>,
    ) -> Answer {
        let done = Arc::clone(&self.0);
        let work = async move || {
            tokio::time::sleep(Duration::from_millis(50)).await;
            done.fetch_add(1, Ordering::SeqCst);
            Ok::<_, std::convert::Infallible>(())
        };
        match request.path() {
            "/breaks" => {
                let mut left = 3;
                let chunks = chunks_from_fn(async move || {
                    left -= 1;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    match left {
                        0 => Err(std::io::Error::other("the source has failed")),
                        _ => Ok(Some("some\n")),
                    }
                });
                responder.ok().stream(chunks).await
            }
            "/short" => responder.ok().sized(9, &b"short"[..]).await,
            "/fails" => Err(std::io::Error::other("no reply"))?,
            "/long" => responder.ok().text(&*"long ".repeat(1_000_000)).await,
            "/cookies" => {
                let cookie = |name| replywire::SetCookie::new(name, "1");
                let reply = responder.ok().cookie(&cookie("a")).cookie(&cookie("b"));
                reply.text("two").await
            }
            _ => responder.ok().background(work()).text("done").await,
        }
    }

    fn error_page<'b>(
        &self,
        _: replywire::request::Refusal,
        cause: &replywire_http::Unanswered,
        exchange: &replywire::request::Exchange<'b>,
        buf: &'b mut [u8],
    ) -> replywire_http::ErrorPage<'b> {
        let response = Response::to(exchange, buf, Status::BAD_GATEWAY);
        Some(response.text(format_args!("{cause}")))
    }
}

impl replywire_tokio::Handler for Late {
    async fn handle(&self, _: &Request<'_>, _: replywire_tokio::Responder<'_>) -> Answer {
        Err(replywire_http::Unanswered::new())
    }
}

#[test]
fn a_failure_is_a_page_before_the_head_and_a_broken_reply_after_it() {
    for host in HOSTS {
        let server = Server::of(host, Late(Arc::default()));
        let ask = |path: &str| server.ask(&format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
        let page = ask("/fails");
        assert_eq!(page.status, "502", "{host:?}");
        assert_eq!(page.body, b"handler failed: no reply");
        assert!(!ask("/breaks").is_whole, "{host:?}");
        assert!(!ask("/short").is_whole, "{host:?}");
        let long = ask("/long");
        assert!(long.is_whole && long.body.len() == 5_000_000, "{host:?}");
        assert_eq!(ask("/cookies").fields["set-cookie"].len(), 2, "{host:?}");
    }
}

#[test]
fn work_after_a_reply_holds_up_nobody_and_comes_to_its_end() {
    for host in HOSTS {
        let done = Arc::default();
        let server = Server::of(host, Late(Arc::clone(&done)));
        let got = server.ask("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        assert_eq!(got.body, b"done", "{host:?}");
        let begun = Instant::now();
        while done.load(Ordering::SeqCst) == 0 {
            assert!(begun.elapsed() < Duration::from_secs(10), "{host:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn http_1_0_is_answered_by_the_end_of_the_connection() {
    let own = Server::of(Host::Own, target());
    for host in HOSTS {
        let hosted = Server::of(host, target());
        for path in ["/stream?n=3", "/json", "/static/page.txt", "/sse?n=2"] {
            let request = format!("GET {path} HTTP/1.0\r\nhost: a\r\n\r\n");
            let want = own.ask(&request);
            assert_eq!(hosted.ask(&request), want, "{host:?} {path}");
        }
    }
}

#[test]
fn trailer_fields_are_frames_after_the_body() {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        for (te, want) in [(Some("trailers"), Some("3")), (None, None)] {
            let mut request = http::Request::get("http://a/stream?n=3");
            if let Some(te) = te {
                request = request.header("te", te);
            }
            let hosted = Hosted::<Tokio, _>::new(target());
            let answered = hosted.answer(request.body(String::new()).unwrap()).await;
            let body = answered.into_body().collect().await.unwrap();
            let trailers = body.trailers().cloned();
            assert_eq!(body.to_bytes(), "chunk 0\nchunk 1\nchunk 2\n");
            let trailers = trailers
                .as_ref()
                .map(|fields| fields["x-chunks"].to_str().unwrap());
            assert_eq!(trailers, want);
        }
    });
}

#[test]
fn the_authority_of_a_url_goes_for_host() {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let request = http::Request::get("https://example.org:8443/authority?x")
            .version(http::Version::HTTP_2)
            .body(String::new())
            .unwrap();
        let answered = Hosted::<Tokio, _>::new(target()).answer(request).await;
        let body = answered.into_body().collect().await.unwrap();
        assert_eq!(body.to_bytes(), "example.org:8443");
    });
}

#[test]
fn a_folder_whose_path_the_host_has_taken_away_redirects_to_where_it_is() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("nested");
    fs::create_dir_all(path.join("sub/below")).unwrap();
    fs::write(path.join("sub/index.html"), "sub").unwrap();
    fs::write(path.join("sub/below/index.html"), "below").unwrap();
    let folder = FolderHandler::new(Folder::open(&path).unwrap().html(true));
    let hosted = Hosted::<Tokio, _>::new(folder);
    let router = axum::Router::new().nest_service("/static", hosted);
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        for (target, location) in [
            ("/static/sub", "./sub/"),
            ("/static/sub/below?a=/b", "./below/?a=/b"),
        ] {
            let request = http::Request::get(target).header("host", "a");
            let request = request.body(axum::body::Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(
                response.status(),
                http::StatusCode::TEMPORARY_REDIRECT,
                "{target}"
            );
            assert_eq!(response.headers()["location"], location, "{target}");
        }
    });
}
