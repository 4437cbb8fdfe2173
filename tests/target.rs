//! The black-box targets of the adapters, as a test tool sees them: the same bytes from each.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use crate::example;

#[test]
fn the_target_over_tokio_answers_as_written_here() {
    answers_as_written_here("replywire-tokio");
}

#[test]
fn the_target_over_smol_answers_as_written_here() {
    answers_as_written_here("replywire-smol");
}

#[test]
fn the_target_over_async_std_answers_as_written_here() {
    answers_as_written_here("replywire-async-std");
}

fn answers_as_written_here(package: &str) {
    let server = Server::start(package);
    every_route_answers_these_bytes(&server);
    every_route_answers_a_request_that_comes_byte_by_byte(&server);
    every_route_answers_head_with_the_same_head(&server);
    every_route_answers_http_1_0_and_closes(&server);
    other_methods_get_405_and_other_paths_404(&server);
    content_comes_back(&server);
    every_status_is_framed_for_every_method(&server);
    interim_statuses_come_before_a_final_one(&server);
    what_is_wrong_with_parameters_is_told(&server);
    every_character_of_a_value_is_written_or_refused(&server);
    values_up_to_the_limit_are_taken(&server);
    what_is_no_request_is_answered_and_closed(&server);
    background_work_holds_the_next_request_only(&server);
    the_time_that_is_asked_for_passes(&server);
    silence_is_a_head_alone(&server);
    the_authority_is_that_of_the_target_or_of_host(&server);
    the_peer_is_this_client(&server);
    each_byte_of_an_upgraded_connection_comes_back(&server);
    a_buffered_reply_has_any_size_up_to_its_bound(&server);
}

#[test]
fn a_panic_over_tokio_is_answered_and_closes() {
    a_panic_is_answered_and_closes("replywire-tokio");
}

#[test]
fn a_panic_over_smol_is_answered_and_closes() {
    a_panic_is_answered_and_closes("replywire-smol");
}

#[test]
fn a_panic_over_async_std_is_answered_and_closes() {
    a_panic_is_answered_and_closes("replywire-async-std");
}

fn a_panic_is_answered_and_closes(package: &str) {
    let server = Server::start(package);
    let head = "HTTP/1.1 500 Internal Server Error\r\n\
                content-type: text/plain; charset=utf-8\r\n\
                connection: close\r\ncontent-length: 21\r\n\r\n";
    let request = |method| format!("{method} /panic HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}");
    assert_eq!(server.ask(&request("HEAD")), head);
    let want = format!("{head}Internal Server Error");
    assert_eq!(server.ask(&request("GET")), want);
    // What came before it is not lost, and the server goes on.
    let plain = "GET /plain HTTP/1.1\r\nhost: x\r\n\r\n";
    let plained = text("200 OK", "", "Hello, World!");
    assert_eq!(
        server.ask(&format!("{plain}{}", request("GET"))),
        plained + &want
    );
    assert_eq!(server.ask(PROBE), PROBED);
    // The hook has seen them all: each once.
    let failures = "GET /failures HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let told = server.ask(failures);
    let want = "{\"replies\":5,\"failures\":3,\"last\":\"handler panicked: as asked for\"}";
    assert!(told.ends_with(want), "{told}");
}

/// The fields that each request has.
const FIELDS: &str =
    "host: x\r\ncookie: b=\"2\"; a=1; c; =d; a=3; e= f=g \r\nCookie: \"=;h=\r\n\r\n";

/// A request to follow another, and its reply: it shows that the two agree where the first ends.
const PROBE: &str = "GET /plain HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
const PROBED: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                      connection: close\r\ncontent-length: 13\r\n\r\nHello, World!";

/// The answers to `GET`, but for the dates.
const ROUTES: &[(&str, &str)] = &[
    (
        "/",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/hello",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "http://x/hello?a=b",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/plain",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 13\r\n\r\nHello, World!",
    ),
    (
        "/html",
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: 51\r\n\r\n\
         <!doctype html><title>Hello</title><p>Hello, World!",
    ),
    (
        "/json",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n\
         {\"hello\":\"world\"}",
    ),
    ("/empty204", "HTTP/1.1 204 No Content\r\n\r\n"),
    (
        "/notmod304",
        "HTTP/1.1 304 Not Modified\r\netag: \"abc\"\r\n\r\n",
    ),
    (
        "/redirect?to=/plain",
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: /plain\r\ncontent-length: 0\r\n\r\n",
    ),
    (
        "/redirect?to=https%3A%2F%2Fexample.org%2Fcaf%C3%A9%3Fa%3D%2525%26b",
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: https://example.org/caf%C3%A9?a=%25&b\r\n\
         content-length: 0\r\n\r\n",
    ),
    (
        "/redirect?to=/%0d%0aset-cookie:+a=b%00%22",
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: /%0D%0Aset-cookie:%20a=b%00%22\r\n\
         content-length: 0\r\n\r\n",
    ),
    (
        "/cookie?name=sid&value=31d4d96e",
        "HTTP/1.1 200 OK\r\nset-cookie: sid=31d4d96e; Path=/; SameSite=lax\r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/cookie?name=sid&value=a%25b&path=/a+b&domain=example.org&samesite=None&secure=1\
         &httponly=true&max_age=-5",
        "HTTP/1.1 200 OK\r\nset-cookie: sid=a%b; Domain=example.org; HttpOnly; Max-Age=-5; \
         Path=/a b; SameSite=None; Secure\r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/cookie?name=a&path=&domain=&samesite=strict&secure=0&httponly=false\
         &max_age=9223372036854775807",
        "HTTP/1.1 200 OK\r\nset-cookie: a=; Max-Age=9223372036854775807; SameSite=strict\r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/cookies",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 46\r\n\r\n\
         {\"\\\"\":\"\",\"a\":\"1\",\"b\":\"\\\"2\\\"\",\"e\":\"f=g\",\"h\":\"\"}",
    ),
    (
        "/header?name=X-Cat&value=caf%C3%A9%09+dog",
        "HTTP/1.1 200 OK\r\nx-cat: caf\u{e9}\t dog\r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/header?name=content-type&value=text/csv",
        "HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/header?name=x",
        "HTTP/1.1 200 OK\r\nx: \r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/download?filename=a.txt",
        "HTTP/1.1 200 OK\r\ncontent-disposition: attachment; filename=\"a.txt\"\r\n\
         content-type: application/octet-stream\r\ncontent-length: 3\r\n\r\nabc",
    ),
    (
        "/download?filename=..%2F..%5Ca%22;%0d%0a%00%E2%82%AC%F0%9F%98%80.txt",
        "HTTP/1.1 200 OK\r\ncontent-disposition: attachment; filename=\"a_;__.txt\"; \
         filename*=utf-8''a%22%3B%E2%82%AC%F0%9F%98%80.txt\r\n\
         content-type: application/octet-stream\r\ncontent-length: 3\r\n\r\nabc",
    ),
    (
        "/download?filename=",
        "HTTP/1.1 200 OK\r\ncontent-disposition: attachment; filename=\"download\"\r\n\
         content-type: application/octet-stream\r\ncontent-length: 3\r\n\r\nabc",
    ),
    (
        "/stream",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         transfer-encoding: chunked\r\n\r\n\
         18\r\nchunk 0\nchunk 1\nchunk 2\n\r\n0\r\n\r\n",
    ),
    (
        "/stream?n=1",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         transfer-encoding: chunked\r\n\r\n8\r\nchunk 0\n\r\n0\r\n\r\n",
    ),
    (
        "/stream?n=0",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "/sse?n=2",
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
         cache-control: no-cache\r\nx-accel-buffering: no\r\ntransfer-encoding: chunked\r\n\r\n\
         16\r\ndata: {\"i\": 0}\nid: 0\n\n\r\n16\r\ndata: {\"i\": 1}\nid: 1\n\n\r\n0\r\n\r\n",
    ),
    (
        "/sse?n=0",
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
         cache-control: no-cache\r\nx-accel-buffering: no\r\ntransfer-encoding: chunked\r\n\r\n\
         0\r\n\r\n",
    ),
    (
        "/background",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/sleep?ms=1",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 5\r\n\r\nslept",
    ),
    (
        "/sleep?ms=0",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 5\r\n\r\nslept",
    ),
    (
        "/drip?ms=1",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         transfer-encoding: chunked\r\n\r\n\
         8\r\nchunk 0\n\r\n8\r\nchunk 1\n\r\n8\r\nchunk 2\n\r\n0\r\n\r\n",
    ),
    (
        "/drip?n=2&ms=0",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         transfer-encoding: chunked\r\n\r\n10\r\nchunk 0\nchunk 1\n\r\n0\r\n\r\n",
    ),
    (
        "/drip?n=0&ms=600000",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "/future4k",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "http://b.example:81/authority?a=http://c",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 12\r\n\r\nb.example:81",
    ),
    (
        "/discard",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nOK",
    ),
    (
        "/status/200?body=0",
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    ),
    (
        "/status/404",
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 1\r\n\r\nx",
    ),
    (
        "/status/999?body=1",
        "HTTP/1.1 999 \r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 1\r\n\r\nx",
    ),
    (
        "/static/hi.txt",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\naccept-ranges: bytes\r\n\
         last-modified: Tue, 14 Nov 2023 22:13:20 GMT\r\netag: \"17979cfe362a0000-3\"\r\n\
         content-length: 3\r\n\r\nhi\n",
    ),
    (
        "/static/",
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\naccept-ranges: bytes\r\n\
         last-modified: Tue, 14 Nov 2023 22:13:20 GMT\r\netag: \"17979cfe362a0000-5\"\r\n\
         content-length: 5\r\n\r\n<p>hi",
    ),
    (
        "/static",
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: /static/\r\ncontent-length: 0\r\n\r\n",
    ),
    (
        "/static/no",
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 9\r\n\r\nNot Found",
    ),
    (
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 9\r\n\r\nNot Found",
    ),
    (
        "/statics",
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 9\r\n\r\nNot Found",
    ),
];

fn every_route_answers_these_bytes(server: &Server) {
    for (target, want) in ROUTES {
        let request = format!("GET {target} HTTP/1.1\r\n{FIELDS}{PROBE}");
        assert_eq!(server.ask(&request), format!("{want}{PROBED}"), "{target}");
    }
}

fn every_route_answers_a_request_that_comes_byte_by_byte(server: &Server) {
    for (target, want) in ROUTES {
        let request = format!("GET {target} HTTP/1.1\r\n{FIELDS}{PROBE}");
        let mut stream = server.connect();
        for byte in request.bytes() {
            stream.write_all(&[byte]).unwrap();
        }
        assert_eq!(read(stream), format!("{want}{PROBED}"), "{target}");
    }
}

fn every_route_answers_head_with_the_same_head(server: &Server) {
    for (target, want) in ROUTES {
        let request = format!("HEAD {target} HTTP/1.1\r\n{FIELDS}{PROBE}");
        let (head, _) = want.split_once("\r\n\r\n").unwrap();
        assert_eq!(
            server.ask(&request),
            format!("{head}\r\n\r\n{PROBED}"),
            "{target}"
        );
    }
}

fn a_buffered_reply_has_any_size_up_to_its_bound(server: &Server) {
    let most = 16 << 20;
    // The reply buffer has 12 KiB, with the head.
    let around = (12_000..12_500).step_by(20);
    let sizes = [0, 1, 12_287, 12_288, 12_289, 1 << 20, most - 1, most];
    for size in sizes.into_iter().chain(around) {
        let want = text("200 OK", "", &"x".repeat(size));
        let (head, _) = want.split_once("\r\n\r\n").unwrap();
        let request = |method| format!("{method} /big?n={size} HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}");
        let reply = server.ask(&request("GET"));
        assert!(reply == format!("{want}{PROBED}"), "{size}");
        let reply = server.ask(&request("HEAD"));
        assert_eq!(reply, format!("{head}\r\n\r\n{PROBED}"));
        let reply = server.ask(&format!("GET /big?n={size} HTTP/1.0\r\n\r\n"));
        assert!(reply == to_http_1_0(&want), "{size}");
    }
    for count in [0, 1, 2, 2600, 2700, 2800, 100_000, 2_000_000] {
        let numbers: Vec<_> = (0..count).map(|number| number.to_string()).collect();
        let json = format!("[{}]", numbers.join(","));
        let want =
            text("200 OK", "", &json).replacen("text/plain; charset=utf-8", "application/json", 1);
        let ask =
            |method| format!("{method} /bigjson?n={count} HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}");
        assert!(
            server.ask(&ask("GET")) == format!("{want}{PROBED}"),
            "{count}"
        );
        let (head, _) = want.split_once("\r\n\r\n").unwrap();
        assert_eq!(server.ask(&ask("HEAD")), format!("{head}\r\n\r\n{PROBED}"));
    }
}

fn every_route_answers_http_1_0_and_closes(server: &Server) {
    for (target, want) in ROUTES {
        let want = to_http_1_0(want);
        // With no `host`, which HTTP/1.0 does not need, and what would keep the connection there.
        let fields = FIELDS.replacen("host: x", "connection: keep-alive", 1);
        for method in ["GET", "HEAD"] {
            let request = format!("{method} {target} HTTP/1.0\r\n{fields}{PROBE}");
            let want = match method {
                "HEAD" => want.split_inclusive("\r\n\r\n").next().unwrap(),
                _ => &want,
            };
            assert_eq!(server.ask(&request), want, "{method} {target}");
        }
    }
}

/// The same reply on a connection that closes, to a client that knows no chunks.
fn to_http_1_0(reply: &str) -> String {
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    if let Some(head) = head.strip_suffix("transfer-encoding: chunked") {
        let mut rest = body;
        let mut body = String::new();
        while let Some((size, chunk)) = rest.split_once("\r\n") {
            let (chunk, more) = chunk.split_at(usize::from_str_radix(size, 16).unwrap());
            body += chunk;
            rest = more.strip_prefix("\r\n").unwrap();
        }
        return format!("{head}connection: close\r\n\r\n{body}");
    }
    match head.rsplit_once("\r\n") {
        Some((head, length)) if length.starts_with("content-length: ") => {
            format!("{head}\r\nconnection: close\r\n{length}\r\n\r\n{body}")
        }
        _ => format!("{head}\r\nconnection: close\r\n\r\n"),
    }
}

/// A reply with a text that says what is wrong.
fn text(status: &str, fields: &str, text: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{fields}content-type: text/plain; charset=utf-8\r\n\
         content-length: {}\r\n\r\n{text}",
        text.len()
    )
}

fn other_methods_get_405_and_other_paths_404(server: &Server) {
    let mut requests = String::new();
    let mut wanted = String::new();
    for (methods, allowed, paths) in [
        (
            ["POST", "PUT", "DELETE", "OPTIONS", "get", "FOO"],
            "GET, HEAD",
            &[
                "/plain",
                "/html",
                "/json",
                "/empty204",
                "/notmod304",
                "/redirect",
                "/cookie",
                "/cookies",
                "/header",
                "/download",
                "/big",
                "/bigjson",
                "/stream",
                "/sse",
                "/background",
                "/silent",
                "/sleep",
                "/drip",
                "/panic",
                "/future4k",
                "/peer",
                "/upgrade",
                "/authority",
                "/static/hi.txt",
                "/static",
            ][..],
        ),
        (
            ["GET", "PUT", "DELETE", "OPTIONS", "post", "FOO"],
            "POST",
            &["/echo", "/echo-json"],
        ),
    ] {
        for path in paths {
            for method in methods {
                requests +=
                    &format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi");
                let allow = format!("allow: {allowed}\r\n");
                wanted += &text("405 Method Not Allowed", &allow, "Method Not Allowed");
            }
        }
    }
    for path in ["/no", "/plain/", "//", "/%70lain", "/status"] {
        for method in ["GET", "POST", "FOO"] {
            requests += &format!("{method} {path} HTTP/1.1\r\nhost: x\r\n\r\n");
            wanted += &text("404 Not Found", "", "Not Found");
        }
    }
    assert_eq!(server.ask(&(requests + PROBE)), wanted + PROBED);

    // What follows would be meant for a tunnel.
    assert_eq!(
        server.ask(&format!("CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}")),
        "HTTP/1.1 501 Not Implemented\r\ncontent-type: text/plain; charset=utf-8\r\n\
         connection: close\r\ncontent-length: 15\r\n\r\nNot Implemented"
    );
    for line in ["CONNECT /", "GET *", "GET x", "OPTIONS x:80"] {
        assert_eq!(
            server.ask(&format!("{line} HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}")),
            "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: 11\r\n\r\nBad Request"
        );
    }
}

fn content_comes_back(server: &Server) {
    let echoed = |content: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n\
             content-length: {}\r\n\r\n{content}",
            content.len()
        )
    };
    let json = |json: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{json}",
            json.chars().count()
        )
    };
    let no_json = text("400 Bad Request", "", "invalid JSON");
    let ok = text("200 OK", "", "OK");

    for (method, path) in [
        ("POST", "/"),
        ("PUT", "/hello"),
        ("FOO", "/"),
        ("OPTIONS", "/"),
        ("POST", "/echo"),
    ] {
        for content in ["", "x", "GET / HTTP/1.1\r\n\r\n", &"x".repeat(64 * 1024)] {
            for request in sent_with(method, path, content) {
                assert_eq!(server.ask(&(request + PROBE)), echoed(content) + PROBED);
            }
        }
    }
    for (content, want) in [
        (
            "{\"b\" : [1.50, \"\\u00e9\", {}],\n\"a\":null}",
            json("{\"a\":null,\"b\":[1.5,\"\u{c3}\u{a9}\",{}]}"),
        ),
        ("-1e2", json("-100.0")),
        ("18446744073709551615", json("18446744073709551615")),
        ("\"<\\/script>\"", json("\"</script>\"")),
        ("", no_json.clone()),
        ("{", no_json.clone()),
        ("[1,]", no_json.clone()),
        ("1 2", no_json.clone()),
        ("NaN", no_json.clone()),
        ("1e999", no_json.clone()),
        ("\"\u{1}\"", no_json.clone()),
        ("\"\\ud800\"", no_json.clone()),
        (&"[".repeat(60_000), no_json.clone()),
    ] {
        for request in sent_with("POST", "/echo-json", content) {
            assert_eq!(
                server.ask(&(request + PROBE)),
                want.clone() + PROBED,
                "{content}"
            );
        }
    }
    for content in ["", "x", "GET / HTTP/1.1\r\n\r\n"] {
        for request in sent_with("POST", "/discard", content) {
            assert_eq!(server.ask(&(request + PROBE)), ok.clone() + PROBED);
        }
    }

    // What is too large is not read, nor what a client waits to be asked for.
    let too_large = "HTTP/1.1 413 Content Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n\
                     connection: close\r\ncontent-length: 17\r\n\r\nContent Too Large";
    for path in ["/", "/echo", "/echo-json"] {
        for request in sent_with("POST", path, &"x".repeat(200_000)) {
            assert_eq!(server.ask(&(request + PROBE)), too_large);
        }
        // What is a little too large may have arrived, and then the connection stays.
        for request in sent_with("POST", path, &"x".repeat(64 * 1024 + 1)) {
            let reply = server.ask(&(request + PROBE));
            let kept = text("413 Content Too Large", "", "Content Too Large") + PROBED;
            assert!(reply == too_large || reply == kept, "{reply}");
        }
        assert_eq!(
            server.ask(&format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
                 content-length: 18446744073709551615\r\n\r\n"
            )),
            too_large
        );
    }
    let mut stream = server.connect();
    let head =
        "POST /echo HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(format!("hi{PROBE}").as_bytes()).unwrap();
    assert_eq!(read(stream), echoed("hi") + PROBED);

    // Content that breaks off or is coded wrong is answered, and then there is no next request.
    for (framing, content) in [
        ("content-length: 3", "hi"),
        ("transfer-encoding: chunked", "2\r\nhi"),
        ("transfer-encoding: chunked", "2\r\nhi!\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked", "x\r\n"),
    ] {
        let mut stream = server.connect();
        let request = format!("POST /echo HTTP/1.1\r\nhost: x\r\n{framing}\r\n\r\n{content}");
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(
            read(stream),
            "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: 11\r\n\r\nBad Request",
            "{content}"
        );
    }
}

/// A request with content of a known length, and in chunks.
fn sent_with(method: &str, path: &str, content: &str) -> [String; 2] {
    let start = format!("{method} {path} HTTP/1.1\r\nhost: x\r\n");
    let mut chunks = String::new();
    let (first, rest) = content.split_at(content.len() / 3);
    for chunk in [first, rest] {
        if !chunk.is_empty() {
            chunks += &format!("{:X};a=\"b\"\r\n{chunk}\r\n", chunk.len());
        }
    }
    [
        format!("{start}content-length: {}\r\n\r\n{content}", content.len()),
        format!("{start}transfer-encoding: chunked\r\n\r\n{chunks}0\r\nx: y\r\n\r\n"),
    ]
}

fn every_status_is_framed_for_every_method(server: &Server) {
    for method in ["GET", "HEAD", "POST", "FOO"] {
        for (query, body) in [("", "x"), ("?body=0", "")] {
            let mut requests = String::new();
            for code in 200..=999 {
                requests += &format!("{method} /status/{code}{query} HTTP/1.1\r\nhost: x\r\n\r\n");
            }
            let replies = server.ask(&(requests + PROBE));
            let mut rest = &*replies;
            for code in 200..=999 {
                let (line, after) = rest.split_once("\r\n").unwrap();
                assert!(line.starts_with(&format!("HTTP/1.1 {code} ")), "{line}");
                rest = after
                    .strip_prefix(&*framed(method, code, body, ""))
                    .unwrap_or_else(|| panic!("{method} {code}: {:.200}", after));
            }
            assert_eq!(rest, PROBED, "{method}{query}");

            for code in [200, 204, 205, 206, 299, 304, 404, 500, 999] {
                let reply = server.ask(&format!(
                    "{method} /status/{code}{query} HTTP/1.0\r\n\r\n{PROBE}"
                ));
                let (line, after) = reply.split_once("\r\n").unwrap();
                assert!(line.starts_with(&format!("HTTP/1.1 {code} ")), "{line}");
                assert_eq!(
                    after,
                    framed(method, code, body, "connection: close\r\n"),
                    "{method} {code}"
                );
            }
        }
    }
}

/// The text after the status line.
fn framed(method: &str, code: u16, body: &str, closes: &str) -> String {
    let media_type = match body {
        "" => "",
        _ => "content-type: text/plain; charset=utf-8\r\n",
    };
    let length = match code {
        204 | 304 => String::new(),
        205 => "content-length: 0\r\n".to_owned(),
        _ => format!("content-length: {}\r\n", body.len()),
    };
    let body = match (method, code) {
        ("HEAD", _) | (_, 204 | 205 | 304) => "",
        _ => body,
    };
    format!("{media_type}{closes}{length}\r\n{body}")
}

fn interim_statuses_come_before_a_final_one(server: &Server) {
    let last = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n";
    for code in (100..=199).filter(|code| *code != 101) {
        let ask = |version: &str, fields: &str| {
            server.ask(&format!(
                "GET /status/{code} HTTP/{version}\r\n{fields}\r\n{PROBE}"
            ))
        };
        let reply = ask("1.1", "host: x\r\n");
        let (line, after) = reply.split_once("\r\n").unwrap();
        assert!(line.starts_with(&format!("HTTP/1.1 {code} ")), "{line}");
        assert_eq!(
            after,
            format!("\r\n{last}content-length: 1\r\n\r\nx{PROBED}")
        );
        let reply = ask("1.1", "host: x\r\nconnection: close\r\n");
        let (_, after) = reply.split_once("\r\n").unwrap();
        assert_eq!(
            after,
            format!("\r\n{last}connection: close\r\ncontent-length: 1\r\n\r\nx")
        );
        // RFC 9110 § 15.2: HTTP/1.0 has none.
        assert_eq!(
            ask("1.0", ""),
            format!("{last}connection: close\r\ncontent-length: 1\r\n\r\nx")
        );
    }
}

fn what_is_wrong_with_parameters_is_told(server: &Server) {
    let long = "x".repeat(4097);
    let escape = "invalid percent-encoding";
    let utf8 = "parameter not UTF-8";
    let missing = "parameter missing";
    let twice = "parameter given twice";
    let too_long = "parameter too long";
    let number = "invalid number";
    for (target, reason) in [
        ("/header?name=a&value=%", escape),
        ("/header?name=a&value=%4", escape),
        ("/header?name=a&value=%4x", escape),
        ("/header?name=a&value=%%41", escape),
        ("/header?name=a&value=%u0041", escape),
        ("/header?name=a&%zz=b", escape),
        ("/header?name=a&value=%ff", utf8),
        ("/header?name=a&value=%C0%80", utf8),
        ("/header?name=a&value=%ED%A0%80", utf8),
        ("/header?name=a&%ff", utf8),
        ("/header", missing),
        ("/header?", missing),
        ("/header?value=a", missing),
        ("/header?Name=a", missing),
        ("/header?name=a&name=a", twice),
        ("/header?name=a&value=b&value=c", twice),
        (&format!("/header?name=a&value={long}"), too_long),
        (&format!("/header?name=a&other={long}"), too_long),
        (
            "/header?name=a&value=%0d%0aset-cookie:+b=c",
            "invalid header value: byte 1, in field line 1",
        ),
        (
            "/header?name=a&value=%0a",
            "invalid header value: byte 1, in field line 1",
        ),
        (
            "/header?name=a&value=b%00",
            "invalid header value: byte 2, in field line 1",
        ),
        (
            "/header?name=a&value=+b",
            "invalid header value: byte 1, in field line 1",
        ),
        (
            "/header?name=a&value=b%09",
            "invalid header value: byte 2, in field line 1",
        ),
        (
            "/header?name=a&value=%E2%82%AC",
            "character above U+00FF in a field: byte 1, in field line 1",
        ),
        ("/header?name=&value=b", "invalid header name: field line 1"),
        (
            "/header?name=a:b",
            "invalid header name: byte 2, in field line 1",
        ),
        (
            "/header?name=a+b",
            "invalid header name: byte 2, in field line 1",
        ),
        (
            "/header?name=a%0d%0ab",
            "invalid header name: byte 2, in field line 1",
        ),
        (
            "/header?name=caf%C3%A9",
            "invalid header name: byte 4, in field line 1",
        ),
        (
            "/header?name=Content-Length&value=5",
            "header written by the library alone: field line 1",
        ),
        (
            "/header?name=transfer-encoding&value=chunked",
            "header written by the library alone: field line 1",
        ),
        (
            "/header?name=CONNECTION&value=close",
            "header written by the library alone: field line 1",
        ),
        ("/cookie?value=a", missing),
        ("/cookie?name=&value=a", "invalid cookie name: field line 1"),
        (
            "/cookie?name=a%3Db&value=a",
            "invalid cookie name: byte 2, in field line 1",
        ),
        (
            "/cookie?name=a%0d%0a&value=a",
            "invalid cookie name: byte 2, in field line 1",
        ),
        (
            "/cookie?name=a;b&value=a",
            "invalid cookie name: byte 2, in field line 1",
        ),
        (
            "/cookie?name=caf%C3%A9&value=a",
            "invalid cookie name: byte 4, in field line 1",
        ),
        (
            "/cookie?name=Path&value=a",
            "cookie named like an attribute: field line 1",
        ),
        (
            "/cookie?name=a&value=b;+Domain=evil",
            "invalid cookie value: byte 2, in field line 1",
        ),
        (
            "/cookie?name=a&value=b%00",
            "invalid cookie value: byte 2, in field line 1",
        ),
        (
            "/cookie?name=a&value=b%0d%0ax:+y",
            "invalid cookie value: byte 2, in field line 1",
        ),
        (
            "/cookie?name=a&value=%22b%22",
            "invalid cookie value: byte 1, in field line 1",
        ),
        (
            "/cookie?name=a&value=%C3%A9",
            "invalid cookie value: byte 1, in field line 1",
        ),
        (
            "/cookie?name=a&path=/;+Secure",
            "invalid cookie path: byte 2, in field line 1",
        ),
        (
            "/cookie?name=a&path=/%0d%0a",
            "invalid cookie path: byte 2, in field line 1",
        ),
        (
            "/cookie?name=a&path=%00",
            "invalid cookie path: byte 1, in field line 1",
        ),
        (
            "/cookie?name=a&domain=b;+Path=/",
            "invalid cookie domain: byte 2, in field line 1",
        ),
        (
            "/cookie?name=a&domain=%C3%A9",
            "invalid cookie domain: byte 1, in field line 1",
        ),
        (
            &format!("/cookie?name=a&path=/{}", &long[..1024]),
            "invalid cookie path: byte 1025, in field line 1",
        ),
        ("/cookie?name=a&samesite=", "invalid same-site text"),
        ("/cookie?name=a&samesite=maybe", "invalid same-site text"),
        ("/cookie?name=a&samesite=lax;+x", "invalid same-site text"),
        (
            "/cookie?name=a&samesite=none",
            "same-site none without secure: field line 1",
        ),
        (
            "/cookie?name=a&samesite=none&secure=0",
            "same-site none without secure: field line 1",
        ),
        (
            "/cookie?name=__Host-a&value=b",
            "cookie breaks the rule of its name prefix: field line 1",
        ),
        ("/cookie?name=a&secure=", "flag neither true nor false"),
        ("/cookie?name=a&secure", "flag neither true nor false"),
        ("/cookie?name=a&httponly=yes", "flag neither true nor false"),
        ("/cookie?name=a&max_age=", number),
        ("/cookie?name=a&max_age=1.5", number),
        ("/cookie?name=a&max_age=%2B1", number),
        ("/cookie?name=a&max_age=1+", number),
        ("/cookie?name=a&max_age=9223372036854775808", number),
        ("/cookie?name=a&max_age=0x1", number),
        (
            &format!("/cookie?name=a&value={}", &long[..4096]),
            "cookie longer than 4096 bytes: field line 1",
        ),
        ("/redirect", missing),
        ("/redirect?to=", missing),
        ("/redirect?to=%ff", utf8),
        (&format!("/redirect?to=/{}", &long[..2048]), too_long),
        ("/download", missing),
        ("/download?filename=a&filename=b", twice),
        ("/download?filename=%", escape),
        ("/stream?n=", number),
        ("/stream?n=-1", number),
        ("/stream?n=x", number),
        ("/stream?n=1000001", "count above its bound"),
        ("/stream?n=4294967296", number),
        ("/big", "parameter missing"),
        ("/big?n=", number),
        ("/big?n=16777217", "count above its bound"),
        ("/bigjson?n=2000001", "count above its bound"),
        ("/bigjson?n=1&n=2", twice),
        ("/stream?n=1&n=2", twice),
        ("/sse?n=99999999999999999999", number),
        ("/sse?n=4294967295", "count above its bound"),
        ("/sleep?ms=", number),
        ("/sleep?ms=-1", number),
        ("/sleep?ms=1&ms=1", twice),
        ("/sleep?ms=600001", "time above its bound"),
        ("/drip?ms=x", number),
        ("/drip?ms=600001", "time above its bound"),
        ("/drip?ms=4294967296", number),
        ("/drip?n=1000001&ms=1", "count above its bound"),
        ("/status/", "no status from 100 to 999"),
        ("/status/99", "no status from 100 to 999"),
        ("/status/099", "no status from 100 to 999"),
        ("/status/1000", "no status from 100 to 999"),
        ("/status/+20", "no status from 100 to 999"),
        ("/status/2%300", "no status from 100 to 999"),
        ("/status/200/", "no status from 100 to 999"),
        ("/status/\u{662}\u{660}\u{660}", "no status from 100 to 999"),
        ("/status/101", "no other protocol to switch to"),
        ("/status/200?body=2", "flag neither true nor false"),
    ] {
        let want = text("400 Bad Request", "", reason);
        let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}");
        assert_eq!(server.ask(&request), want.clone() + PROBED, "{target}");
        // So it is for HEAD and HTTP/1.0.
        let (head, _) = want.split_once("\r\n\r\n").unwrap();
        let request = format!("HEAD {target} HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}");
        assert_eq!(
            server.ask(&request),
            format!("{head}\r\n\r\n{PROBED}"),
            "{target}"
        );
        let request = format!("GET {target} HTTP/1.0\r\n\r\n{PROBE}");
        assert_eq!(server.ask(&request), to_http_1_0(&want), "{target}");
    }
}

fn every_character_of_a_value_is_written_or_refused(server: &Server) {
    let escaped = |char: char| {
        let mut bytes = [0; 4];
        let bytes = char.encode_utf8(&mut bytes).bytes();
        bytes.map(|byte| format!("%{byte:02x}")).collect::<String>()
    };
    let mut requests = String::new();
    let mut wanted = String::new();
    for char in '\0'..='\u{17f}' {
        let escaped = escaped(char);
        requests += &format!("GET /header?name=a&value=b{escaped}c HTTP/1.1\r\nhost: x\r\n\r\n");
        wanted += &match char {
            '\0'..='\u{8}' | '\n'..='\u{1f}' | '\u{7f}' => text(
                "400 Bad Request",
                "",
                "invalid header value: byte 2, in field line 1",
            ),
            '\0'..='\u{ff}' => text("200 OK", &format!("a: b{char}c\r\n"), "OK"),
            _ => text(
                "400 Bad Request",
                "",
                "character above U+00FF in a field: byte 2, in field line 1",
            ),
        };
        requests += &format!("GET /header?name=a{escaped}b HTTP/1.1\r\nhost: x\r\n\r\n");
        wanted += &match char {
            'A'..='Z' | 'a'..='z' | '0'..='9' => {
                let lower = char.to_ascii_lowercase();
                text("200 OK", &format!("a{lower}b: \r\n"), "OK")
            }
            _ if "!#$%&'*+-.^_`|~".contains(char) => {
                text("200 OK", &format!("a{char}b: \r\n"), "OK")
            }
            _ => text(
                "400 Bad Request",
                "",
                "invalid header name: byte 2, in field line 1",
            ),
        };
        requests += &format!("GET /cookie?name=a&value=b{escaped}c HTTP/1.1\r\nhost: x\r\n\r\n");
        wanted += &match char {
            '!'..='~' if !"\",;\\".contains(char) => {
                let line = format!("set-cookie: a=b{char}c; Path=/; SameSite=lax\r\n");
                text("200 OK", &line, "OK")
            }
            _ => text(
                "400 Bad Request",
                "",
                "invalid cookie value: byte 2, in field line 1",
            ),
        };
        requests += &format!("GET /cookie?name=a&path=/{escaped}c HTTP/1.1\r\nhost: x\r\n\r\n");
        wanted += &match char {
            ' '..='~' if char != ';' => {
                let line = format!("set-cookie: a=; Path=/{char}c; SameSite=lax\r\n");
                text("200 OK", &line, "OK")
            }
            _ => text(
                "400 Bad Request",
                "",
                "invalid cookie path: byte 2, in field line 1",
            ),
        };
    }
    assert_eq!(server.ask(&(requests + PROBE)), wanted + PROBED);
}

fn values_up_to_the_limit_are_taken(server: &Server) {
    let long = "x".repeat(4096);
    let url = format!("/{}", "\u{e9}".repeat(1023));
    for (target, want) in [
        (
            format!("/header?name=a&value={long}"),
            text("200 OK", &format!("a: {long}\r\n"), "OK"),
        ),
        (
            format!("/header?name={long}"),
            text("200 OK", &format!("{long}: \r\n"), "OK"),
        ),
        (
            format!("/cookie?name=a&value={}", &long[1..]),
            text(
                "200 OK",
                &format!("set-cookie: a={}; Path=/; SameSite=lax\r\n", &long[1..]),
                "OK",
            ),
        ),
        (
            format!("/redirect?to={url}"),
            format!(
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: /{}\r\ncontent-length: 0\r\n\r\n",
                "%C3%A9".repeat(1023)
            ),
        ),
        (
            format!("/download?filename={long}"),
            format!(
                "HTTP/1.1 200 OK\r\ncontent-disposition: attachment; filename=\"{}\"\r\n\
                 content-type: application/octet-stream\r\ncontent-length: 3\r\n\r\nabc",
                &long[..255]
            ),
        ),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}");
        assert_eq!(server.ask(&request), want + PROBED);
    }

    // A request as large as the buffer, of what takes the most room as JSON.
    let quotes = "\"".repeat(8000);
    let reply = server.ask(&format!(
        "GET /cookies HTTP/1.1\r\nhost: x\r\ncookie: a={quotes}\r\n\r\n{PROBE}"
    ));
    let (head, after) = reply.split_once("\r\n\r\n").unwrap();
    assert!(head.ends_with("\r\ncontent-length: 16008"), "{head}");
    let body = after.strip_suffix(PROBED).unwrap();
    assert_eq!(body.matches("\\\"").count(), 8000);

    for count in [999, 100_000] {
        let request = format!("GET /stream?n={count} HTTP/1.0\r\n\r\n");
        let reply = server.ask(&request);
        let (_, body) = reply.split_once("\r\n\r\n").unwrap();
        let lines: Vec<_> = body.lines().collect();
        assert_eq!(lines.len(), count);
        for (number, line) in lines.iter().enumerate() {
            assert_eq!(*line, format!("chunk {number}"));
        }
    }
}

fn what_is_no_request_is_answered_and_closed(server: &Server) {
    for request in [
        &b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n"[..],
        b"GET /header?name=a&value=\0 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /header?name=a&value=\x7f HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /plain b HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /plain HTTP/1.1\r\n\r\n",
        b"GET /plain HTTP/1.1\r\nhost: x\r\na\0: b\r\n\r\n",
        b"GET /plain HTTP/1.1\nhost: x\n\n",
        b"GET /plain HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx",
    ] {
        let mut stream = server.connect();
        stream.write_all(request).unwrap();
        stream.write_all(PROBE.as_bytes()).unwrap();
        assert_eq!(
            read(stream),
            "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: 11\r\n\r\nBad Request",
            "{}",
            request.escape_ascii()
        );
    }
}

fn background_work_holds_the_next_request_only(server: &Server) {
    let start = Instant::now();
    let mut stream = server.connect();
    let request = format!("GET /background HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}");
    stream.write_all(request.as_bytes()).unwrap();
    assert_eq!(read(stream), text("200 OK", "", "OK") + PROBED);
    assert!(start.elapsed() >= Duration::from_millis(20));
}

fn the_peer_is_this_client(server: &Server) {
    let mut stream = server.connect();
    let address = stream.local_addr().unwrap().to_string();
    stream.write_all(b"GET /peer HTTP/1.0\r\n\r\n").unwrap();
    let len = address.len();
    let want = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         connection: close\r\ncontent-length: {len}\r\n\r\n{address}"
    );
    assert_eq!(read(stream), want);
}

fn each_byte_of_an_upgraded_connection_comes_back(server: &Server) {
    let mut stream = server.connect();
    let mut bytes = b"GET /upgrade HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n\
                      upgrade: ECHO\r\n\r\n"
        .to_vec();
    bytes.extend("GET / HTTP/1.1\r\n\r\n".repeat(100).bytes());
    stream.write_all(&bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let want = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\
                upgrade: echo\r\n\r\n"
        .to_owned()
        + &"GET / HTTP/1.1\r\n\r\n".repeat(100);
    assert_eq!(read(stream), want);
    for fields in [
        "",
        "upgrade: echo\r\n",
        "connection: upgrade\r\nupgrade: h2c\r\n",
    ] {
        let request = format!("GET /upgrade HTTP/1.1\r\nhost: x\r\n{fields}\r\n{PROBE}");
        let want = text("400 Bad Request", "", "no upgrade to echo asked for");
        assert_eq!(server.ask(&request), want + PROBED, "{fields}");
    }
}

fn the_time_that_is_asked_for_passes(server: &Server) {
    for target in ["/sleep?ms=30", "/drip?n=4&ms=10"] {
        let start = Instant::now();
        server.ask(&format!("GET {target} HTTP/1.0\r\n\r\n"));
        assert!(start.elapsed() >= Duration::from_millis(30), "{target}");
    }
}

fn silence_is_a_head_alone(server: &Server) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
                cache-control: no-cache\r\nx-accel-buffering: no\r\n";
    let request = format!("HEAD /silent HTTP/1.1\r\nhost: x\r\n\r\n{PROBE}");
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n");
    assert_eq!(server.ask(&request), format!("{chunked}{PROBED}"));
    for (request, want) in [
        ("GET /silent HTTP/1.1\r\nhost: x\r\n\r\n", chunked),
        (
            "GET /silent HTTP/1.0\r\n\r\n",
            format!("{head}connection: close\r\n\r\n"),
        ),
    ] {
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut got = String::new();
        for line in BufReader::new(stream).lines().map(Result::unwrap) {
            if !line.starts_with("date: ") {
                got += &line;
                got += "\r\n";
            }
            if line.is_empty() {
                break;
            }
        }
        assert_eq!(got, want);
    }
}

fn the_authority_is_that_of_the_target_or_of_host(server: &Server) {
    for (target, host, want) in [
        ("/authority", "a.example", "a.example"),
        ("/authority?http://b/", "a.example:80", "a.example:80"),
        ("/authority", "[::1]:80", "[::1]:80"),
        ("/authority", "", ""),
        ("http://b.example/authority", "a.example", "b.example"),
        ("http://b.example:8080/authority", "", "b.example:8080"),
        ("http://[::1]/authority", "a.example", "[::1]"),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n\r\n{PROBE}");
        let want = text("200 OK", "", want) + PROBED;
        assert_eq!(server.ask(&request), want, "{target} {host}");
    }
}

/// The server on a port of its own; it ends with the test.
struct Server {
    child: Child,
    address: String,
    folder: Folder,
}

impl Server {
    fn start(package: &str) -> Self {
        let folder = Folder::new(package);
        let mut child = example(
            package,
            "target",
            &["127.0.0.1:0", folder.0.to_str().unwrap()],
        )
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        let address = first
            .strip_prefix("Listening on http://")
            .and_then(|rest| rest.split_once('/'))
            .expect("the address")
            .0
            .to_owned();
        Self {
            child,
            address,
            folder,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    /// The answers to requests, until the server closes.
    fn ask(&self, requests: &str) -> String {
        let stream = self.connect();
        let mut writer = stream.try_clone().unwrap();
        thread::scope(|scope| {
            // The server may answer, and close, before it has read everything.
            scope.spawn(move || writer.write_all(requests.as_bytes()));
            read(stream)
        })
    }
}

/// Reads replies up to the end of the connection, as Latin-1 and without the `date` lines.
fn read(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text: String = bytes.into_iter().map(char::from).collect();
    text.split_inclusive("\r\n")
        .filter(|line| !line.starts_with("date: "))
        .collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder.0);
    }
}

/// A folder with files of a known time.
struct Folder(PathBuf);

impl Folder {
    fn new(package: &str) -> Self {
        let name = format!("replywire-target-{package}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        for (name, content) in [("hi.txt", "hi\n"), ("index.html", "<p>hi")] {
            let mut file = File::create(path.join(name)).unwrap();
            file.write_all(content.as_bytes()).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(1_700_000_000))
                .unwrap();
        }
        Self(path)
    }
}

#[test]
fn wrong_arguments_are_one_line_and_exit_code_2() {
    for package in ["replywire-tokio", "replywire-smol", "replywire-async-std"] {
        for (args, want) in [
            (&[][..], "target: usage: target ADDRESS FOLDER\n"),
            (&["127.0.0.1:0"], "target: usage: target ADDRESS FOLDER\n"),
            (
                &["127.0.0.1:0", ".", "more"],
                "target: usage: target ADDRESS FOLDER\n",
            ),
            (
                &["127.0.0.1:0", "no/such/folder"],
                "target: cannot open no/such/folder: ",
            ),
            (&["nonsense", "."], "target: cannot listen on nonsense: "),
        ] {
            let Output {
                status,
                stdout,
                stderr,
            } = example(package, "target", args).output().unwrap();
            let stderr = String::from_utf8(stderr).unwrap();
            assert_eq!(status.code(), Some(2), "{stderr}");
            assert!(stdout.is_empty());
            assert!(stderr.starts_with(want), "{stderr}");
            assert_eq!(stderr.lines().count(), 1, "{stderr}");
        }
        let mut command = example(package, "target", &["127.0.0.1:0", "."]);
        let output = command.env("TARGET_CONNECTIONS", "-1").output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(output.stderr, b"target: no count of connections: -1\n");
    }
}
