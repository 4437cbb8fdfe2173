//! A router of axum on our own server, and the same one on hyper: the same answers.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what is not as expected ends the test"
)]

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use replywire_http::ServiceHandler;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use self::wire::{Got, line, request};

#[path = "../examples/routes/mod.rs"]
mod routes;
mod wire;

/// A server in a runtime of its own.
struct Server {
    address: SocketAddr,
    _runtime: Runtime,
}

impl Server {
    fn start(serve: impl FnOnce(&Runtime, TcpListener)) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        serve(&runtime, listener);
        Self {
            address,
            _runtime: runtime,
        }
    }

    /// By our own server.
    fn own(router: Router) -> Self {
        let handler = ServiceHandler::new(router).peer(|extensions, peer| {
            extensions.insert(ConnectInfo(peer));
        });
        Self::start(|runtime, listener| {
            runtime.spawn(replywire_tokio::serve(listener, handler));
        })
    }

    /// By hyper.
    fn hyper(router: Router) -> Self {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        Self::start(|runtime, listener| {
            runtime.spawn(async move { axum::serve(listener, service).await });
        })
    }

    fn connect(&self) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(self.address).unwrap();
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).unwrap();
        BufReader::new(stream)
    }

    fn ask(&self, request: &str) -> Got {
        let mut conn = self.connect();
        conn.get_mut().write_all(request.as_bytes()).unwrap();
        Got::read(&mut conn, request.starts_with("HEAD "))
    }
}

/// A reply of hyper's, with what is meant to differ: the phrases of some statuses; the version is
/// the server's and not the client's, the end of a connection is told to clients of HTTP/1.0 too,
/// and `HEAD` has the fields of `GET` where the length is not known.
fn in_our_words(mut theirs: Got) -> Got {
    let has = |name: &str| theirs.fields.iter().any(|field| field.starts_with(name));
    let is_old = theirs.status_line.starts_with("HTTP/1.0 ");
    let has_content = !["204", "304"].contains(&&theirs.status_line[9..12]);
    let is_framed = has("content-length: ") || has("transfer-encoding: ");
    let is_told = has("connection: ");
    if is_old && !is_told {
        theirs.fields.push("connection: close".to_owned());
    }
    if has_content && !is_framed && !is_old {
        theirs.fields.push("transfer-encoding: chunked".to_owned());
    }
    for (from, to) in [
        ("HTTP/1.0", "HTTP/1.1"),
        ("I'm a teapot", "I'm a Teapot"),
        ("Unprocessable Entity", "Unprocessable Content"),
    ] {
        theirs.status_line = theirs.status_line.replacen(from, to, 1);
    }
    theirs.fields.sort();
    theirs
}

fn with_content(first: &str, media_type: &str, content: &str) -> String {
    let media_type = format!("content-type: {media_type}");
    let len = format!("content-length: {}", content.len());
    request(first, &[&media_type, &len], content)
}

/// Requests after which the connection goes on.
fn requests() -> Vec<String> {
    let mut all = Vec::new();
    for path in [
        "/",
        "/items/7",
        "/items/seven",
        "/search?q=a%20b%26c&limit=3",
        "/search?q=a",
        "/search?limit=300",
        "/lines",
        "/events",
        "/old",
        "/cookies",
        "/fails",
        "/file",
        "/peer",
        "/none",
        "/form",
    ] {
        for method in ["GET", "HEAD", "OPTIONS"] {
            all.push(request(&format!("{method} {path}"), &["accept: */*"], ""));
        }
    }
    let (form, json) = ("application/x-www-form-urlencoded", "application/json");
    all.extend([
        request("DELETE /items/7", &[], ""),
        with_content("PUT /items/7", json, r#"{"id":7,"name":"seven"}"#),
        with_content("PUT /items/7", json, r#"{"id":7}"#),
        with_content("PUT /items/7", "text/plain", "{}"),
        with_content("POST /form", form, "id=7&name=a+b%c3%a9"),
        with_content("POST /form", form, "id=seven"),
        with_content("POST /upload", "text/plain", ""),
        with_content("POST /upload", "application/x-a", &"upload ".repeat(20_000)),
        with_content("POST /echo", "text/plain", "some"),
        with_content("POST /echo", "text/plain", &"more ".repeat(10_000)),
        request(
            "POST /upload",
            &["transfer-encoding: chunked"],
            "5\r\nsome \r\n4\r\nmore\r\n0\r\n\r\n",
        ),
        request("GET http://b/search?q=absolute", &[], ""),
    ]);
    all
}

#[test]
fn each_request_is_answered_as_by_hyper() {
    let (own, hyper) = (
        Server::own(routes::router()),
        Server::hyper(routes::router()),
    );
    for request in requests() {
        let closing = request.replacen("host: a", "host: a\r\nconnection: close", 1);
        let old = request.replacen(" HTTP/1.1", " HTTP/1.0", 1);
        // There is no content in chunks from a client of HTTP/1.0.
        let is_old_too = !request.contains("transfer-encoding");
        for request in [request, closing]
            .into_iter()
            .chain(is_old_too.then_some(old))
        {
            let want = hyper.ask(&request);
            assert!(want.is_whole, "{request}");
            assert_eq!(own.ask(&request), in_our_words(want), "{request}");
        }
    }
}

#[test]
fn a_connection_goes_on_and_takes_requests_before_their_answers() {
    let (own, hyper) = (
        Server::own(routes::router()),
        Server::hyper(routes::router()),
    );
    let requests = requests();
    let replies = |server: &Server, at_once: bool| {
        let mut conn = server.connect();
        let mut writer = conn.get_ref().try_clone().unwrap();
        if at_once {
            let all = requests.concat();
            std::thread::spawn(move || writer.write_all(all.as_bytes()).unwrap());
            let reply = |request: &String| Got::read(&mut conn, request.starts_with("HEAD "));
            return requests.iter().map(reply).collect::<Vec<_>>();
        }
        let reply = |request: &String| {
            writer.write_all(request.as_bytes()).unwrap();
            Got::read(&mut conn, request.starts_with("HEAD "))
        };
        requests.iter().map(reply).collect()
    };
    for at_once in [false, true] {
        let (ours, theirs) = (replies(&own, at_once), replies(&hyper, at_once));
        for ((request, ours), theirs) in requests.iter().zip(ours).zip(theirs) {
            assert!(theirs.is_whole, "{request}");
            assert_eq!(ours, in_our_words(theirs), "{at_once} {request}");
        }
    }
}

#[test]
fn content_goes_back_as_it_comes() {
    let own = Server::own(routes::router());
    for framing in ["content-length: 1000000", "transfer-encoding: chunked"] {
        let mut conn = own.connect();
        conn.get_ref().set_nodelay(true).unwrap();
        let head = request("POST /echo", &[framing], "");
        conn.get_mut().write_all(head.as_bytes()).unwrap();
        let is_chunked = framing.ends_with("chunked");
        let mut fields = Vec::new();
        for n in 0..100 {
            let piece = [b'a' + n % 26; 10_000];
            if is_chunked {
                conn.get_mut().write_all(b"2710\r\n").unwrap();
            }
            conn.get_mut().write_all(&piece).unwrap();
            if is_chunked {
                conn.get_mut().write_all(b"\r\n").unwrap();
            }
            if n == 0 {
                let lines = std::iter::from_fn(|| line(&mut conn));
                fields.extend(lines.take_while(|line| !line.is_empty()));
                assert!(fields.contains(&framing.to_owned()), "{fields:?}");
            }
            // No further piece is sent before this one has come back.
            let mut back = Vec::new();
            while back.len() < piece.len() {
                let most = match is_chunked {
                    true => usize::from_str_radix(&line(&mut conn).unwrap(), 16).unwrap(),
                    false => piece.len(),
                };
                let mut some = vec![0; most];
                conn.read_exact(&mut some).unwrap();
                back.extend(some);
                if is_chunked {
                    assert_eq!(line(&mut conn).unwrap(), "");
                }
            }
            assert!(back == piece, "{n}");
        }
        // What was to come was not known when the reply began.
        assert!(
            fields.contains(&"connection: close".to_owned()),
            "{fields:?}"
        );
        if is_chunked {
            conn.get_mut().write_all(b"0\r\n\r\n").unwrap();
            assert_eq!(line(&mut conn).as_deref(), Some("0"));
            assert_eq!(line(&mut conn).as_deref(), Some(""));
        }
        assert_eq!(conn.read(&mut [0]).unwrap(), 0);
    }
}

#[test]
fn a_client_is_asked_for_content_by_the_first_poll() {
    let own = Server::own(routes::router());
    for (path, is_asked) in [("/upload", true), ("/echo", true), ("/fails", false)] {
        let mut conn = own.connect();
        let fields = ["expect: 100-continue", "content-length: 4"];
        let head = request(&format!("POST {path}"), &fields, "");
        conn.get_mut().write_all(head.as_bytes()).unwrap();
        let first = line(&mut conn).unwrap();
        assert_eq!(first == "HTTP/1.1 100 Continue", is_asked, "{path} {first}");
    }
}
