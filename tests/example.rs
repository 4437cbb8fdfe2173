//! The examples of the adapters, as a user runs them.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Output, Stdio};

use conformance::source_files::workspace;
use regex::Regex;

use crate::example;

/// The packages whose example is the tour; each answers the same bytes.
const PACKAGES: [&str; 3] = ["replywire-tokio", "replywire-smol", "replywire-async-std"];

/// The server on a port of its own; it ends with the test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(package: &str) -> Self {
        let mut child = example(
            package,
            "serve",
            &["127.0.0.1:0", env!("CARGO_MANIFEST_DIR")],
        )
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("a line").unwrap();
        let address = first
            .strip_prefix("Listening on http://")
            .and_then(|rest| rest.split_once('/'))
            .expect("the address")
            .0
            .to_owned();
        // The rest of what it prints has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// The answer to a request.
    fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    }

    /// The answer to a request, up to `end`.
    fn begin(&self, request: &str, end: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        while !reply.contains(end) {
            let mut bytes = [0; 1024];
            let n = stream.read(&mut bytes).unwrap();
            assert_ne!(n, 0, "{reply}");
            reply += str::from_utf8(&bytes[..n]).unwrap();
        }
        reply
    }

    /// The first bytes of the answer to a request, at most `limit`.
    fn up_to(&self, limit: usize, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        let mut first = stream.take(limit.try_into().unwrap());
        first.read_to_string(&mut reply).unwrap();
        reply
    }

    /// The answer to a request, without the `date` line.
    fn ask(&self, request: &str) -> String {
        let reply = self.raw(request);
        let (head, body) = reply.split_once("\r\n\r\n").expect("a head");
        let (dates, lines): (Vec<_>, Vec<_>) = head
            .split("\r\n")
            .partition(|line| line.starts_with("date: "));
        assert_eq!(dates.len(), 1, "{head}");
        format!("{}\r\n\r\n{body}", lines.join("\r\n"))
    }

    fn get(&self, path: &str) -> String {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\norigin: https://app.example\r\n\
             connection: close\r\n\r\n"
        ))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_route_of_the_tour_answers_with_its_bytes() {
    for package in PACKAGES {
        answers_with_its_bytes(&Server::start(package), package);
    }
}

fn answers_with_its_bytes(server: &Server, package: &str) {
    for (path, want) in [
        (
            "/text",
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
             content-length: 13\r\n\r\nHello, World!",
        ),
        (
            "/json",
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: 72\r\n\r\n\
             {\"sensor\":\"roof\",\"celsius\":21.5,\"ok\":true,\"samples\":[3,5,8],\"note\":null}",
        ),
        (
            "/json/ujson",
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: 12\r\n\r\n\"<\\/script>\"",
        ),
        (
            "/json/orjson",
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: 14\r\n\r\n[0.00001,null]",
        ),
        (
            "/json/model",
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: 48\r\n\r\n\
             {\"sensor\":\"roof\",\"celsius\":21.5,\"samples\":[3,5]}",
        ),
        (
            "/json/rows",
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
             transfer-encoding: chunked\r\n\r\n96\r\n\
             [{\"sensor\":\"roof\",\"celsius\":21.5,\"samples\":[3,5]},\
             {\"sensor\":\"roof\",\"celsius\":21.25,\"samples\":[3,5]},\
             {\"sensor\":\"roof\",\"celsius\":20.75,\"samples\":[3,5]}]\r\n0\r\n\r\n",
        ),
        (
            "/cookies/set",
            "HTTP/1.1 200 OK\r\n\
             set-cookie: sid=31d4d96e407aad42; HttpOnly; Max-Age=3600; Path=/; SameSite=lax\r\n\
             set-cookie: theme=dark; Path=/cookies; SameSite=lax\r\n\
             content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
             content-length: 15\r\n\r\ntwo cookies set",
        ),
        (
            "/redirect",
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: /text?caf%C3%A9%20au%20lait\r\n\
             connection: close\r\ncontent-length: 0\r\n\r\n",
        ),
        (
            "/headers",
            "HTTP/1.1 200 OK\r\nx-cat-dog: alone in the world\r\ncache-control: max-age=60\r\n\
             last-modified: Sun, 01 Nov 2026 12:00:00 GMT\r\nage: 12\r\n\
             content-type: text/markdown; charset=utf-8\r\nconnection: close\r\n\
             content-length: 10\r\n\r\n# Headers\n",
        ),
        (
            "/empty",
            "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n",
        ),
        (
            "/error",
            "HTTP/1.1 418 I'm a Teapot\r\ncontent-type: text/html; charset=utf-8\r\n\
             cache-control: no-store\r\nconnection: close\r\ncontent-length: 43\r\n\r\n\
             <h1>418</h1><p>This server makes no coffee.",
        ),
        (
            "/nothing",
            "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: 9\r\n\r\nNot Found",
        ),
        (
            "/cors",
            "HTTP/1.1 200 OK\r\nx-request-id: 7\r\nvary: Origin\r\n\
             access-control-allow-credentials: true\r\n\
             access-control-expose-headers: x-request-id\r\n\
             access-control-allow-origin: https://app.example\r\n\
             content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
             content-length: 23\r\n\r\nfor https://app.example",
        ),
        (
            "/draft",
            "HTTP/1.1 201 Created\r\nlink: </text>; rel=next\r\n\
             set-cookie: sid=31d4d96e407aad42; HttpOnly; Path=/; SameSite=lax\r\n\
             link: </json>; rel=alternate\r\nvary: Cookie\r\n\
             content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
             content-length: 4\r\n\r\nmade",
        ),
    ] {
        assert_eq!(server.get(path), want, "{path} of {package}");
    }

    let page = server.get("/page");
    assert_eq!(
        page,
        "HTTP/1.1 200 OK\r\ncache-control: max-age=60\r\n\
         content-type: text/html; charset=utf-8\r\naccept-ranges: bytes\r\n\
         etag: \"afdc14196edbaff6-40\"\r\nconnection: close\r\ncontent-length: 64\r\n\r\n\
         <!doctype html><title>Replywire</title><p>A file in memory.</p>\n",
    );
    assert_eq!(
        server
            .ask("GET /page HTTP/1.1\r\nhost: x\r\nconnection: close\r\nrange: bytes=0-14\r\n\r\n"),
        "HTTP/1.1 206 Partial Content\r\ncache-control: max-age=60\r\n\
         content-type: text/html; charset=utf-8\r\naccept-ranges: bytes\r\n\
         etag: \"afdc14196edbaff6-40\"\r\ncontent-range: bytes 0-14/64\r\n\
         connection: close\r\ncontent-length: 15\r\n\r\n<!doctype html>",
    );

    let file = server.get("/files/example.rs");
    assert!(file.ends_with(include_str!("example.rs")), "{file}");
    assert!(server.get("/files/").starts_with("HTTP/1.1 404 "));
    assert!(
        server
            .get("/files/../Cargo.toml")
            .starts_with("HTTP/1.1 404 ")
    );

    let hints = server.raw("GET /hints HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(
        hints.starts_with(
            "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload; as=style\r\n"
        ),
        "{hints}"
    );
    assert!(hints.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"), "{hints}");

    assert!(server.get("/live").contains("new EventSource('/events')"));
    let events = server.begin(
        "GET /events HTTP/1.1\r\nhost: x\r\nlast-event-id: 41\r\n\r\n",
        "data: {\"counter\":43}\nid: 43\nretry: 500\n\n",
    );
    assert!(
        events.contains("data: {\"counter\":42}\nid: 42\nretry: 500\n\n"),
        "{events}"
    );
    assert!(events.contains("content-type: text/event-stream; charset=utf-8\r\n"));

    let deleted = server.get("/cookies/delete");
    let lines: Vec<_> = deleted
        .lines()
        .filter(|line| line.starts_with("set-cookie: "))
        .collect();
    assert!(
        lines[0].starts_with("set-cookie: sid=; expires=")
            && lines[0].contains(" GMT; HttpOnly; Max-Age=0; Path=/; SameSite=lax")
    );
    assert!(
        lines[1].starts_with("set-cookie: theme=; expires=")
            && lines[1].contains(" GMT; Max-Age=0; Path=/cookies; SameSite=lax")
    );

    let large = server.get("/large");
    let (head, body) = large.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 1000000"));
    assert!(body.len() == 1_000_000 && body.bytes().all(|byte| byte == b'.'));

    let echo = server.ask(
        "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\nping",
    );
    assert!(echo.ends_with("content-length: 4\r\n\r\nping"), "{echo}");

    let preflight = server.ask(
        "OPTIONS /cors HTTP/1.1\r\nhost: x\r\norigin: https://app.example\r\n\
         access-control-request-method: DELETE\r\nconnection: close\r\n\r\n",
    );
    assert!(
        preflight.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{preflight}"
    );
    assert!(
        preflight.ends_with("\r\n\r\nDisallowed CORS method"),
        "{preflight}"
    );
}

/// A card of the page: the name of the stop, its most bytes, the Rust that it shows, its request.
struct Card {
    name: String,
    limit: usize,
    rust: String,
    request: String,
}

fn cards(page: &str) -> Vec<Card> {
    let card = concat!(
        r#"<article id="([\w-]+)" data-limit="(\d+)">(?s:.*?)<pre class="rust"[^>]*>"#,
        r#"<code>(?s:(.*?))</code></pre>(?s:.*?)<pre class="request"[^>]*>(?s:(.*?))</pre>"#,
    );
    let text = |html: &str| {
        let text = html.replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&amp;", "&")
    };
    let cards = Regex::new(card).unwrap();
    let cards = cards.captures_iter(page).map(|card| {
        let (_, [name, limit, rust, request]) = card.extract();
        Card {
            name: name.to_owned(),
            limit: limit.parse().unwrap(),
            rust: text(rust),
            request: text(request),
        }
    });
    cards.collect()
}

#[test]
fn each_stop_of_the_tour_has_its_rust_and_its_bytes() {
    let source = workspace().join("adapters/examples/tour");
    let read = |name| std::fs::read_to_string(source.join(name)).unwrap();
    let replies = read("replies.rs");
    let function = Regex::new(r"(?m)^pub\(super\) (async fn \w+)").unwrap();
    let path = Regex::new("<a href=\"(/[^\"]*)\">").unwrap();
    let routed = Regex::new(r#""(/[\w/]+)" => "#).unwrap();
    let date = Regex::new(r"(?m)^date: .*$|expires=[^;]*").unwrap();
    for package in PACKAGES {
        let server = Server::start(package);
        let page = server.get("/");
        let cards = cards(&page);
        assert_eq!(cards.len(), page.matches("<article ").count());
        for Card {
            name,
            limit,
            rust,
            request,
        } in &cards
        {
            for paragraph in rust.split("\n\n") {
                assert!(
                    !paragraph.is_empty() && replies.contains(paragraph),
                    "{name}"
                );
            }
            assert!(rust.contains("async fn "), "{name}");

            let (head, content) = request.split_once("\n\n").unwrap();
            let head = head.replace("this server", &server.address);
            let request = format!("{}\r\n\r\n{content}", head.replace('\n', "\r\n"));
            let wire = server.up_to(*limit, &request);
            assert!(wire.starts_with("HTTP/1.1 "), "{name}: {wire}");
            let shown = server.raw(&format!(
                "GET /wire/{name} HTTP/1.0\r\nhost: {}\r\n\r\n",
                server.address
            ));
            let (_, shown) = shown.split_once("\r\n\r\n").unwrap();
            let without_times = |text| date.replace_all(text, "").into_owned();
            assert_eq!(
                without_times(shown),
                without_times(&wire),
                "{name} of {package}"
            );
        }
        for function in function.captures_iter(&replies) {
            let begin = format!("{}<", &function[1]);
            assert!(
                cards.iter().any(|card| card.rust.contains(&begin)),
                "{begin}"
            );
        }
        let paths: BTreeSet<_> = path
            .captures_iter(&page)
            .map(|path| path[1].to_owned())
            .collect();
        for route in routed.captures_iter(&read("mod.rs")) {
            assert!(paths.contains(&route[1]), "{}", &route[1]);
        }
    }
}

#[test]
fn the_tour_asks_itself_for_its_stops_alone_and_for_its_own_page() {
    for package in PACKAGES {
        let server = Server::start(package);
        let status = |path: &str, lines: &str| {
            let reply = server.raw(&format!("GET {path} HTTP/1.0\r\nhost: x\r\n{lines}\r\n"));
            reply.split(' ').nth(1).unwrap().to_owned()
        };
        for site in ["cross-site", "same-site", "", "other"] {
            let line = format!("sec-fetch-site: {site}\r\n");
            assert_eq!(status("/wire/text", &line), "403", "{site}");
        }
        for site in ["same-origin", "none"] {
            let line = format!("sec-fetch-site: {site}\r\n");
            assert_eq!(status("/wire/text", &line), "200", "{site}");
        }
        for path in [
            "/wire/",
            "/wire/wire",
            "/wire/counters",
            "/wire//text",
            "/wire/text/",
        ] {
            assert_eq!(status(path, ""), "404", "{path}");
        }
    }
}

#[test]
fn the_counters_of_the_tour_are_told_as_they_change() {
    for package in PACKAGES {
        let server = Server::start(package);
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream
            .write_all(b"GET /counters HTTP/1.1\r\nhost: x\r\n\r\n")
            .unwrap();
        let mut until = |end: &str| {
            let mut reply = String::new();
            while !reply.contains(end) {
                let mut bytes = [0; 1024];
                let n = stream.read(&mut bytes).unwrap();
                assert_ne!(n, 0, "{reply}");
                reply += str::from_utf8(&bytes[..n]).unwrap();
            }
        };
        until("data: {\"open\":1,\"accepted\":1,\"replies\":0,\"bytes\":0,\"failures\":0}");
        let bytes = server.raw("GET /text HTTP/1.0\r\nhost: x\r\n\r\n").len();
        until(&format!(
            "data: {{\"open\":1,\"accepted\":2,\"replies\":1,\"bytes\":{bytes},\"failures\":0}}"
        ));
    }
}

#[test]
fn a_bad_address_and_a_port_in_use_are_one_line_and_exit_code_2() {
    for package in PACKAGES {
        let server = Server::start(package);
        for (args, want) in [
            (&["nonsense"][..], "serve: cannot listen on nonsense: "),
            (&[&server.address], "serve: cannot listen on 127.0.0.1:"),
            (
                &["127.0.0.1:0", "no/such/folder"],
                "serve: cannot open no/such/folder: ",
            ),
            (
                &["127.0.0.1:0", ".", "more"],
                "serve: too many arguments; usage: serve [ADDRESS [FOLDER]]",
            ),
        ] {
            let Output {
                status,
                stdout,
                stderr,
            } = example(package, "serve", args).output().unwrap();
            let stderr = String::from_utf8(stderr).unwrap();
            assert_eq!(status.code(), Some(2), "{stderr}");
            assert!(stdout.is_empty());
            assert!(stderr.starts_with(want), "{stderr}");
            assert_eq!(stderr.lines().count(), 1, "{stderr}");
        }
    }
}
