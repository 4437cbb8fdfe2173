//! The requests that are taken and those that are refused, as they are written on the wire:
//! targets, `host`, lists, trailer fields and chunk extensions; RFC 9112 §§ 3, 6 and 7.

use conformance::script::{Script, poll_times};
use conformance::size;
use regex::bytes::Regex;
use replywire::Response;
use replywire::Status;
use replywire::request::{BodyDecoder, RequestHead};
use replywire_embedded::{
    Answered, Buffers, Handler, Limits, Request, Responder, Transport, Unanswered, serve_connection,
};

/// Reads the content, then says what the request was for.
struct Echo;

impl<T: Transport> Handler<T> for Echo {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let mut responder = responder;
        while let 1.. = responder.read(&mut [0; 16]).await? {}
        let text = format!(
            "{} {} {}",
            request.authority(),
            request.path(),
            request.query().unwrap_or("-")
        );
        let sent = responder.send(|exchange, buf| {
            Response::to(exchange, buf, Status::OK).bytes("a/b", text.as_bytes())
        });
        Ok(sent.await?)
    }
}

/// All that is answered, with a buffer for requests of `room` bytes.
fn answers_in(room: usize, wire: &[u8]) -> String {
    answers_to(room, Script::new([wire]))
}

fn answers_to(room: usize, mut script: Script) -> String {
    let (mut request, mut reply) = (vec![0; room], vec![0; 512]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new().headers::<4>();
    let served = poll_times(serve_connection(&mut script, &Echo, buffers, &limits), 1);
    served.expect("no wait").expect("no failure");
    String::from_utf8(script.wire()).expect("replies are text")
}

/// The status of the first answer.
fn status(wire: &str) -> u16 {
    let answers = answers_in(1024, wire.as_bytes());
    let status = answers.get(9..12).expect(wire);
    status.parse().expect("a status")
}

fn head_status(head: &[u8]) -> u16 {
    match RequestHead::parse::<4>(head) {
        Ok(_) => 200,
        Err(refused) => refused.reason.status().code(),
    }
}

/// All texts of up to `most` of the parts.
fn texts<'p>(parts: &'p [&[u8]], most: u32) -> impl Iterator<Item = Vec<u8>> + 'p {
    (0..=most).flat_map(move |len| {
        (0..parts.len().pow(len)).map(move |number| {
            let part = |place| parts[number / parts.len().pow(place) % parts.len()];
            (0..len).map(part).collect::<Vec<_>>().concat()
        })
    })
}

#[test]
fn a_host_that_is_no_authority_is_refused_in_each_version() {
    for (host, want) in [
        ("", 200),
        ("a", 200),
        ("a:", 200),
        ("a:80", 200),
        ("a:0", 200),
        ("a:00080", 200),
        ("a:65535", 200),
        ("EXAMPLE.org.", 200),
        ("a_b.example", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]", 200),
        ("[::1]:80", 200),
        ("[::ffff:192.0.2.1]:", 200),
        ("%41", 200),
        ("a%2Fb%c3%a9", 200),
        ("!$&'()*+;=-._~", 200),
        ("a b", 400),
        ("a\tb", 400),
        ("user@a", 400),
        ("u:p@a", 400),
        ("a/b", 400),
        ("a/", 400),
        ("a,b", 400),
        ("a, b", 400),
        ("a:xyz", 400),
        ("a:8 0", 400),
        ("a:+80", 400),
        ("a:80:80", 400),
        ("a:65536", 400),
        ("a:99999", 400),
        ("a:18446744073709551696", 400),
        (":", 400),
        (":80", 400),
        ("[::1", 400),
        ("::1", 400),
        ("[]", 400),
        ("[::1]a", 400),
        ("[::1]]", 400),
        ("[[::1]]", 400),
        ("[a b]", 400),
        ("[::g]", 400),
        ("[fe80::1%25eth0]", 400),
        ("a[::1]", 400),
        ("a?b", 400),
        ("a#b", 400),
        ("a\\b", 400),
        ("a|b", 400),
        ("a^b", 400),
        ("a`b", 400),
        ("a{b}", 400),
        ("<a>", 400),
        ("\"a\"", 400),
        ("a%", 400),
        ("a%4", 400),
        ("a%zz", 400),
        ("%4g", 400),
        ("é", 400),
        ("http://a", 400),
        ("//a", 400),
    ] {
        for version in ["1.0", "1.1"] {
            let wire = format!("GET / HTTP/{version}\r\nHost: {host}\r\n\r\n");
            assert_eq!(status(&wire), want, "{wire}");
            // It has to be right where it does not count, too; RFC 9112 § 3.2.
            let wire = format!("GET http://b/ HTTP/{version}\r\nHost: {host}\r\n\r\n");
            assert_eq!(status(&wire), want, "{wire}");
        }
    }
    for (version, want) in [("1.0", 200), ("1.1", 400)] {
        assert_eq!(status(&format!("GET / HTTP/{version}\r\n\r\n")), want);
        let two = format!("GET / HTTP/{version}\r\nhost: a\r\nhost: a\r\n\r\n");
        assert_eq!(status(&two), 400);
    }
}

/// `uri-host [ ":" port ]` as RFC 3986 has it, but for commas, empty names and the order of groups
/// in an address.
const AUTHORITY: &str =
    r"(?:(?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2})+|\[[0-9A-Fa-f:.]+\])(?P<port>:[0-9]*)?";

/// Tells if a text that has the grammar has a port that there can be.
fn port_is_right(expression: &Regex, text: &[u8]) -> bool {
    expression.captures(text).is_some_and(|found| {
        let port = found.name("port").map_or(&b":"[..], |port| port.as_bytes());
        let port = str::from_utf8(&port[1..]).unwrap().trim_start_matches('0');
        port.is_empty() || port.parse::<u16>().is_ok()
    })
}

#[test]
fn every_short_host_is_judged_by_its_grammar() {
    const PARTS: [&[u8]; 14] = [
        b"a", b"G", b"9", b"65535", b":", b"[", b"]", b".", b"%", b"%4", b",", b"@", b"/", b"\xe9",
    ];
    let expression = Regex::new(&format!("(?-u)^(?:{AUTHORITY})$")).unwrap();
    let bytes = (0x21..=0xff).filter(|byte| *byte != 0x7f);
    let single = bytes.flat_map(|byte| [vec![byte], vec![b'a', byte], vec![b'[', byte, b']']]);
    let most = size::either(4, 5);
    let (mut right, mut wrong) = (0, 0);
    for host in single.chain(texts(&PARTS, most)) {
        let head = [b"GET / HTTP/1.1\r\nhost:", &host[..], b"\r\n\r\n"].concat();
        let is_right = host.is_empty() || port_is_right(&expression, &host);
        let want = if is_right { 200 } else { 400 };
        assert_eq!(head_status(&head), want, "{}", host.escape_ascii());
        right += u32::from(is_right);
        wrong += u32::from(!is_right);
    }
    assert!(right > 500 && wrong > 10_000, "{right} and {wrong}");
}

#[test]
fn a_target_that_has_none_of_the_forms_is_refused() {
    for (request, want) in [
        ("GET /", 200),
        ("GET //", 200),
        ("GET //b/c", 200),
        ("GET /?", 200),
        ("GET /a?b?c/d:e@f", 200),
        ("GET /a:80", 200),
        ("GET /http://b/", 200),
        ("GET /%zz%", 200),
        ("GET /é", 200),
        ("GET /a|b\"c<d>e[f]g{h}i\\j^k`l?|\"<>[]{}\\^`", 200),
        ("GET http://b", 200),
        ("GET http://b/", 200),
        ("GET http://b?x", 200),
        ("GET HTTP://b:80/x", 200),
        ("GET http://b:/x", 200),
        ("GET http://b:65535/x", 200),
        ("GET http://[::1]:80/x", 200),
        ("GET https://b/x?y=http://c/", 200),
        ("GET hTTpS://b/x", 200),
        ("OPTIONS *", 200),
        ("OPTIONS /", 200),
        ("OPTIONS http://b", 200),
        ("CONNECT a:80", 200),
        ("CONNECT [::1]:80", 200),
        ("CONNECT %41:0", 200),
        ("GET x", 400),
        ("GET hello", 400),
        ("GET a/b", 400),
        ("GET *", 400),
        ("GET **", 400),
        ("HEAD *", 400),
        ("options *", 400),
        ("OPTIONS **", 400),
        ("OPTIONS *?x", 400),
        ("OPTIONS a:80", 400),
        ("GET a:80", 400),
        ("GET a:80/x", 400),
        ("GET [::1]:80", 400),
        ("GET /a#b", 400),
        ("GET /a?b#c", 400),
        ("GET #", 400),
        ("OPTIONS *#a", 400),
        ("GET http://b#a", 400),
        ("GET http://b/#a", 400),
        ("GET ?x", 400),
        ("GET ?x://h/p", 400),
        ("GET :", 400),
        ("GET ://b/x", 400),
        ("GET http:", 400),
        ("GET http:/x", 400),
        ("GET http:x", 400),
        ("GET http://", 400),
        ("GET http:///x", 400),
        ("GET http://?x", 400),
        ("GET http://:80/x", 400),
        ("GET https:///x", 400),
        ("GET httpss://b/x", 400),
        ("GET ftp://b/x", 400),
        ("GET ws://b/x", 400),
        ("GET file:///x", 400),
        ("GET mailto:a@b", 400),
        ("GET http://u:p@c/x", 400),
        ("GET http://u@c/x", 400),
        ("GET http://b:99999/x", 400),
        ("GET http://b:65536/x", 400),
        ("GET http://b:x/x", 400),
        ("GET http://b,c/x", 400),
        ("GET http://[::1/x", 400),
        ("GET http://b\\c/x", 400),
        ("GET http://é/x", 400),
        ("GET @evil.example", 400),
        ("GET \\x", 400),
        ("CONNECT a", 400),
        ("CONNECT a1", 400),
        ("CONNECT a:", 400),
        ("CONNECT :80", 400),
        ("CONNECT a:80/", 400),
        ("CONNECT a:65536", 400),
        ("CONNECT u@a:80", 400),
        ("CONNECT [::1]", 400),
        ("CONNECT ::1", 400),
        ("CONNECT /", 400),
        ("CONNECT /a:80", 400),
        ("CONNECT *", 400),
        ("CONNECT http://a:80", 400),
        ("CONNECT http://a:80/", 400),
        ("connect a:80", 400),
    ] {
        for version in ["1.0", "1.1"] {
            let wire = format!("{request} HTTP/{version}\r\nhost: a\r\n\r\n");
            assert_eq!(head_status(wire.as_bytes()), want, "{request}");
        }
    }
}

#[test]
fn every_short_target_is_judged_by_its_grammar() {
    const PARTS: [&[u8]; 13] = [
        b"a",
        b"1",
        b"/",
        b"?",
        b"#",
        b":",
        b"*",
        b"@",
        b"http:",
        b"HTTPS://",
        b"http://",
        b"[::1]",
        b"70000",
    ];
    let absolute = format!("(?-u)^(?i:https?)://{AUTHORITY}(?:[/?][^#]*)?$");
    let absolute = Regex::new(&absolute).unwrap();
    let origin = Regex::new("(?-u)^/[^#]*$").unwrap();
    let authority = Regex::new(&format!("(?-u)^{AUTHORITY}$")).unwrap();
    let has_port = Regex::new("(?-u):[0-9]+$").unwrap();
    let most = size::either(4, 5);
    let mut right = 0;
    for target in texts(&PARTS, most).filter(|target| !target.is_empty()) {
        for method in ["GET", "OPTIONS", "CONNECT"] {
            let is_right = match method {
                "CONNECT" => has_port.is_match(&target) && port_is_right(&authority, &target),
                "OPTIONS" if target == b"*" => true,
                _ => origin.is_match(&target) || port_is_right(&absolute, &target),
            };
            let want = if is_right { 200 } else { 400 };
            let line = [method.as_bytes(), b" ", &target].concat();
            let head = [&line[..], b" HTTP/1.1\r\nhost:\r\n\r\n"].concat();
            assert_eq!(head_status(&head), want, "{}", line.escape_ascii());
            right += u32::from(is_right);
        }
    }
    assert!(right > 2_000, "{right}");
}

#[test]
fn the_authority_of_the_target_counts_and_then_host() {
    for (request, host, want) in [
        ("GET /x", "host: a.example\r\n", "a.example /x -"),
        ("GET /x?y", "HOST:\ta.example:80 \r\n", "a.example:80 /x y"),
        (
            "GET http://b.example/x",
            "host: a.example\r\n",
            "b.example /x -",
        ),
        (
            "GET http://b.example:80?x/",
            "host: a.example\r\n",
            "b.example:80 / x/",
        ),
        ("GET HTTPS://b.example", "host:\r\n", "b.example / -"),
        (
            "GET http://[::1]:8/?http://c",
            "host: a\r\n",
            "[::1]:8 / http://c",
        ),
        ("OPTIONS *", "host: a.example\r\n", "a.example * -"),
        (
            "OPTIONS http://b.example",
            "host: a.example\r\n",
            "b.example / -",
        ),
        (
            "CONNECT b.example:443",
            "host: a.example\r\n",
            "b.example:443  -",
        ),
        (
            "GET /http://b/",
            "host: a.example\r\n",
            "a.example /http://b/ -",
        ),
        ("GET //b/x", "host: a.example\r\n", "a.example //b/x -"),
        ("GET /x", "host:\r\n", " /x -"),
    ] {
        for version in ["1.0", "1.1"] {
            let wire = format!("{request} HTTP/{version}\r\n{host}\r\n");
            let answer = answers_in(1024, wire.as_bytes());
            let text = match request.starts_with("CONNECT") {
                // Its reply has no content, so it is told by the head alone.
                true => want,
                false => answer.split_once("\r\n\r\n").unwrap().1,
            };
            assert_eq!(text, want, "{wire}");
            let head = RequestHead::parse::<1>(wire.as_bytes()).unwrap();
            let request = head.request();
            let told = (request.authority(), request.path(), request.query());
            let mut parts = want.split(' ');
            let mut part = || parts.next().unwrap();
            let want = (part(), part(), Some(part()).filter(|query| *query != "-"));
            assert_eq!(told, want, "{wire}");
        }
    }
    let none = RequestHead::parse::<1>(b"GET /x HTTP/1.0\r\n\r\n").unwrap();
    assert_eq!(none.request().authority(), "");
}

#[test]
fn empty_members_of_lists_are_ignored() {
    const CONTENT: &str = "\r\n1\r\nx\r\n0\r\n\r\n";
    for (fields, want) in [
        ("transfer-encoding: ,chunked", 200),
        ("transfer-encoding: chunked,", 200),
        ("transfer-encoding: ,\t, chunked ,,", 200),
        ("transfer-encoding:\r\ntransfer-encoding: chunked", 200),
        ("transfer-encoding: chunked\r\ntransfer-encoding: ,", 200),
        ("transfer-encoding: gzip,, chunked", 501),
        ("transfer-encoding: gzip\r\ntransfer-encoding: chunked", 501),
        ("transfer-encoding: chunked;a=\"b\"", 400),
        ("transfer-encoding:", 400),
        ("transfer-encoding: ,", 400),
        ("transfer-encoding: chunked, chunked", 400),
        ("transfer-encoding: chunked,,gzip", 400),
        ("transfer-encoding: chunked\r\ntransfer-encoding: gzip", 400),
        (
            "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
            400,
        ),
        ("transfer-encoding: ,gzip", 400),
        ("transfer-encoding: chunked gzip", 400),
        ("transfer-encoding: gzip chunked", 400),
        ("expect: 100-continue,\r\ncontent-length: 1", 200),
        ("expect: ,, 100-Continue\r\ncontent-length: 1", 200),
        (
            "expect: 100-continue, 100-continue\r\ncontent-length: 1",
            200,
        ),
        (
            "expect: 100-continue\r\nexpect: 100-continue\r\ncontent-length: 1",
            200,
        ),
        ("expect:\r\ncontent-length: 1", 200),
        ("expect: ,\r\ncontent-length: 1", 200),
        ("expect: 100-continue, tea\r\ncontent-length: 1", 417),
        (
            "expect: tea,\r\nexpect: 100-continue\r\ncontent-length: 1",
            417,
        ),
        ("expect: 100-continue;a\r\ncontent-length: 1", 417),
    ] {
        let wire = format!("POST / HTTP/1.1\r\nhost: a\r\n{fields}\r\n{CONTENT}");
        let interim = "HTTP/1.1 100 Continue\r\n\r\n";
        let answers = answers_in(1024, wire.as_bytes());
        let answer = answers.trim_start_matches(interim);
        assert_eq!(answer[9..12], want.to_string(), "{wire}");
    }
    for (fields, want) in [
        ("connection: ,close", true),
        ("connection: x, ,close,", true),
        ("connection:\r\nconnection: close", true),
        ("connection: ,", false),
    ] {
        let wire = format!("GET / HTTP/1.1\r\nhost: a\r\n{fields}\r\n\r\n");
        let answer = answers_in(1024, wire.as_bytes());
        assert_eq!(answer.contains("connection: close"), want, "{wire}");
    }
    for (value, want) in [
        (",trailers", true),
        ("a;q=1,,trailers,", true),
        (",", false),
    ] {
        let head = format!("GET / HTTP/1.1\r\nhost: a\r\nte: {value}\r\n\r\n");
        let head = RequestHead::parse::<4>(head.as_bytes()).unwrap();
        assert_eq!(head.request().exchange().takes_trailers(), want, "{value}");
    }
}

#[test]
fn a_request_that_two_recipients_could_read_differently_is_so_before_all_else() {
    for (fields, want) in [
        ("content-length: 18446744073709551616", 413),
        (
            "content-length: 18446744073709551616\r\ntransfer-encoding: chunked",
            400,
        ),
        (
            "transfer-encoding: chunked\r\ncontent-length: 18446744073709551616",
            400,
        ),
        (
            "content-length: 18446744073709551616\r\ncontent-length: 1",
            400,
        ),
        ("content-length: 18446744073709551616x", 400),
        ("transfer-encoding: gzip, chunked\r\ncontent-length: 1", 400),
        ("expect: tea\r\ncontent-length: 1\r\ncontent-length: 1", 400),
        ("expect: tea\r\ntransfer-encoding: gzip", 400),
        ("expect: tea\r\nhost: a", 400),
    ] {
        let wire = format!("POST / HTTP/1.1\r\nhost: a\r\n{fields}\r\n\r\n");
        assert_eq!(status(&wire), want, "{wire}");
    }
    assert_eq!(
        status("POST x HTTP/1.1\r\nhost: a\r\nexpect: tea\r\n\r\n"),
        400
    );
    assert_eq!(
        status("POST / HTTP/1.1\r\nhost: a b\r\nexpect: tea\r\n\r\n"),
        400
    );
    assert_eq!(status("POST / HTTP/1.1\r\nexpect: tea\r\n\r\n"), 400);
}

#[test]
fn an_expectation_of_http_1_0_is_sent_no_interim_reply() {
    const REST: &str = "host: a\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n";
    for (version, interim) in [("1.0", ""), ("1.1", "HTTP/1.1 100 Continue\r\n\r\n")] {
        let head = format!("POST /p HTTP/{version}\r\n{REST}");
        let facts = RequestHead::parse::<4>(head.as_bytes()).unwrap();
        assert_eq!(facts.content().expects_continue(), version == "1.1");
        let answers = answers_to(256, Script::new([head.as_bytes(), b"abc"]));
        let close = match version {
            "1.0" => "connection: close\r\n",
            _ => "",
        };
        let want = format!(
            "{interim}HTTP/1.1 200 OK\r\ncontent-type: a/b\r\n{close}\
             content-length: 6\r\n\r\na /p -"
        );
        assert_eq!(answers, want);
    }
}

/// A request whose content in chunks ends in this way, and another one.
fn chunked(ending: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{ending}\
         GET /next HTTP/1.1\r\nhost: a\r\n\r\n"
    )
}

#[test]
fn after_the_last_chunk_come_field_lines_and_nothing_else() {
    for (lines, want) in [
        ("", 200),
        ("x: y\r\n", 200),
        ("x:\r\n", 200),
        ("x:y\r\nSum-1: \ta \"b\" é\t\r\n", 200),
        ("!#$%&'*+-.^_`|~0aZ: y\r\n", 200),
        ("x::\r\n", 200),
        ("GARBAGE LINE\r\n", 400),
        ("GARBAGE\r\n", 400),
        ("x: y\r\nGARBAGE LINE\r\n", 400),
        ("x: y\r\n folded\r\n", 400),
        ("x: y\r\n\tfolded: z\r\n", 400),
        (" x: y\r\n", 400),
        ("x : y\r\n", 400),
        ("x\t: y\r\n", 400),
        (": y\r\n", 400),
        (":\r\n", 400),
        ("(x): y\r\n", 400),
        ("\"x\": y\r\n", 400),
        ("é: y\r\n", 400),
        ("x: \0\r\n", 400),
        ("x: y\rz\r\n", 400),
        ("x: y\n", 400),
        ("GET /smuggled HTTP/1.1\r\nhost: a\r\n", 400),
    ] {
        let answers = answers_in(1024, chunked(&format!("0\r\n{lines}\r\n")).as_bytes());
        assert_eq!(answers[9..12], want.to_string(), "{lines:?}");
        assert_eq!(answers.contains("/next"), want == 200, "{lines:?}");
    }
}

#[test]
fn a_chunk_extension_that_is_none_is_refused() {
    for (extension, want) in [
        ("", 200),
        (" ", 200),
        (";a", 200),
        (";a;b", 200),
        (" ; a ; b ", 200),
        (";a=b", 200),
        (";a = b\t;\tc", 200),
        (";a=\"\"", 200),
        (";a=\"b;c=\\\"d\\\\\" ;e", 200),
        (";a=\"\té\\é\\\t\"", 200),
        (";", 400),
        ("; ", 400),
        (";;;=", 400),
        (";;a", 400),
        (";a;", 400),
        (";=b", 400),
        (";a=", 400),
        (";a=;b", 400),
        (";a==b", 400),
        (";a=b=c", 400),
        (";a b", 400),
        (";a=b c", 400),
        (";a=\"b", 400),
        (";a=\"b\\\"", 400),
        (";a=\"b\"c", 400),
        (";a=b\"c\"", 400),
        (";\"a\"", 400),
        (";a\"b\"", 400),
        (";a,b", 400),
        (";a(b)", 400),
        (";é", 400),
        (";a=é", 400),
        (";a=\"\u{1}\"", 400),
        (";a=\"\\\u{1}\"", 400),
        (" a", 400),
        ("=b", 400),
        ("\"a\"", 400),
    ] {
        for ending in [
            format!("1{extension}\r\nx\r\n0\r\n\r\n"),
            format!("1\r\nx\r\n0{extension}\r\n\r\n"),
        ] {
            let answers = answers_in(1024, chunked(&ending).as_bytes());
            assert_eq!(answers[9..12], want.to_string(), "{ending:?}");
            assert_eq!(answers.contains("/next"), want == 200, "{ending:?}");
        }
    }
}

#[test]
fn every_short_extension_and_trailer_is_judged_by_its_grammar() {
    const PARTS: [&[u8]; 9] = [b"a", b" ", b";", b"=", b"\"", b"\\", b":", b"\r\n", b"\xe9"];
    let token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
    let text = r"\t \x21-\x7e\x80-\xff";
    let quoted = format!(r#""(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[{text}])*""#);
    let extension = format!(r"[\t ]*;[\t ]*{token}(?:[\t ]*=[\t ]*(?:{token}|{quoted}))?");
    let size = Regex::new(&format!(r"(?-u)^(?:{extension})*[\t ]*\r\n\r\n$")).unwrap();
    let trailer = Regex::new(&format!(r"(?-u)^(?:{token}:[{text}]*\r\n)*\r\n$")).unwrap();
    let most = size::either(5, 7);
    for (start, end, expression) in [
        (&b"0"[..], &b"\r\n\r\n"[..], &size),
        (b"0\r\n", b"\r\n", &trailer),
    ] {
        let mut right = 0;
        for middle in texts(&PARTS, most) {
            let wire = [start, &middle, end].concat();
            let mut decoder = BodyDecoder::chunked();
            let mut rest = &wire[..];
            // Lines after an earlier end are those of a next request.
            let is_whole =
                decoder.slice(&mut rest).is_ok() && decoder.is_ended() && rest.is_empty();
            let is_right = match middle.windows(2).any(|pair| pair == b"\r\n") {
                true if start == b"0" => continue,
                _ => expression.is_match(&wire[start.len()..]),
            };
            assert_eq!(is_whole, is_right, "{}", wire.escape_ascii());
            right += u32::from(is_right);
        }
        assert!(right > 50, "{right}");
    }
}

#[test]
fn versions_other_than_two_are_answered_505() {
    for (version, want) in [
        ("HTTP/1.0", 200),
        ("HTTP/1.1", 200),
        ("HTTP/0.9", 505),
        ("HTTP/1.2", 505),
        ("HTTP/1.9", 505),
        ("HTTP/2.0", 505),
        ("HTTP/3.0", 505),
        ("HTTP/2", 400),
        ("HTTP/1.10", 400),
        ("http/1.1", 400),
    ] {
        let wire = format!("GET / {version}\r\nhost: a\r\n\r\n");
        assert_eq!(status(&wire), want, "{version}");
    }
}

#[test]
fn content_in_chunks_needs_64_bytes_of_the_buffer_after_its_head() {
    let head = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    let wire = format!("{head}5\r\nhello\r\n0\r\n\r\n");
    let answer = |room: usize| answers_in(head.len() + room, wire.as_bytes());
    assert_eq!(
        answer(64),
        "HTTP/1.1 200 OK\r\ncontent-type: a/b\r\ncontent-length: 5\r\n\r\na / -"
    );
    assert_eq!(
        answer(63),
        "HTTP/1.1 431 Request Header Fields Too Large\r\n\
         content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
         content-length: 31\r\n\r\nRequest Header Fields Too Large"
    );
    // Content of a known length is read past the buffer.
    let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n";
    let wire = format!("{head}hello");
    assert!(answers_in(head.len(), wire.as_bytes()).starts_with("HTTP/1.1 200 OK\r\n"));
}
