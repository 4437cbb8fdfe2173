//! The content of a request as a whole, within a limit.

use conformance::script::{Script, poll_times};
use conformance::size;
use replywire::request::Method;
use replywire_embedded::{
    Answer, Buffers, ContentError, Handler, Limits, Request, Responder, Transport, serve_connection,
};
use serde::Deserialize;

/// Reads the content in the way and up to the limit that the path names, and sends it back.
struct App;

impl<T: Transport> Handler<T> for App {
    async fn handle(&self, request: &Request<'_>, mut responder: Responder<'_, T>) -> Answer {
        let mut room = [0; 64];
        let path = request.segments().decode::<3>(&mut room);
        let (way, most, gives_up) = match path.as_deref() {
            Ok([way @ ("buf" | "vec"), most, after @ ("answer" | "give-up")]) => {
                (*way, most.parse().expect("a limit"), *after == "give-up")
            }
            Ok(["next"]) => return responder.ok().text("next").await,
            path => panic!("{path:?}"),
        };
        let mut buf = vec![0xAA; most];
        let content = match way {
            "buf" => responder
                .read_all(&mut buf)
                .await
                .map(|content| content.to_vec()),
            _ => responder.read_to_vec(most).await,
        };
        match content {
            Ok(content) => responder.ok().body(&content).await,
            Err(ContentError::TooLong) if !gives_up => responder.ok().text("too long").await,
            Err(error) => Err(error.into()),
        }
    }
}

fn answers(script: Script, drain: u64) -> String {
    answers_of(&App, script, drain)
}

fn answers_of(handler: &impl Handler<Script>, mut script: Script, drain: u64) -> String {
    let (mut request, mut reply) = (vec![0; 256], vec![0; 512]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new().headers::<8>().drain(drain);
    let served = poll_times(serve_connection(&mut script, handler, buffers, &limits), 1);
    served.expect("no wait").expect("no failure");
    String::from_utf8(script.wire()).expect("replies are text")
}

const NEXT: &str = "GET /next HTTP/1.1\r\nhost: a\r\n\r\n";
const NEXT_REPLY: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                          content-length: 4\r\n\r\nnext";
const REFUSED: &str = "HTTP/1.1 413 Content Too Large\r\n\
                       content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
                       content-length: 17\r\n\r\nContent Too Large";
const CONTENT: &str = "abcdef";

/// The fields and the bytes of a content: with a length, in one chunk, in many.
fn framed(content: &str) -> [(String, String); 3] {
    let chunks = |pieces: Vec<&str>| {
        let chunk = |piece: &&str| format!("{:x}\r\n{piece}\r\n", piece.len());
        let chunks: String = pieces.iter().map(chunk).collect();
        (
            "transfer-encoding: chunked".to_owned(),
            chunks + "0\r\n\r\n",
        )
    };
    let length = format!("content-length: {}", content.len());
    let whole = Some(content).filter(|content| !content.is_empty());
    let single = (0..content.len()).map(|at| &content[at..=at]);
    [
        (length, content.to_owned()),
        chunks(whole.into_iter().collect()),
        chunks(single.collect()),
    ]
}

/// The wire in two pieces in every way, and byte by byte.
fn pieces(wire: &str) -> impl Iterator<Item = Script> {
    let bytes = wire.as_bytes();
    let halves = (0..bytes.len()).filter(|at| size::takes(*at, 7));
    let halves = halves.map(|at| bytes.split_at(at));
    let halves = halves.map(|(one, other)| Script::new([one, other]));
    halves.chain([Script::new(bytes.chunks(1))])
}

#[test]
fn content_within_the_limit_comes_whole_and_longer_content_is_413() {
    for way in ["buf", "vec"] {
        for most in 0..=CONTENT.len() {
            for len in 0..=CONTENT.len() {
                let content = &CONTENT[..len];
                for (fields, sent) in framed(content) {
                    let wire = format!(
                        "POST /{way}/{most}/give-up HTTP/1.1\r\nhost: a\r\n{fields}\r\n\r\n\
                         {sent}{NEXT}"
                    );
                    let want = match len <= most {
                        true => format!(
                            "HTTP/1.1 200 OK\r\ncontent-length: {len}\r\n\r\n{content}{NEXT_REPLY}"
                        ),
                        false => REFUSED.to_owned(),
                    };
                    for script in pieces(&wire) {
                        assert_eq!(answers(script, 16), want, "{wire}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_handler_may_answer_longer_content_and_the_rest_is_dropped_or_the_connection_closes() {
    for way in ["buf", "vec"] {
        for most in 0..CONTENT.len() {
            for (number, (fields, sent)) in framed(CONTENT).into_iter().enumerate() {
                let wire = format!(
                    "POST /{way}/{most}/answer HTTP/1.1\r\nhost: a\r\n{fields}\r\n\r\n{sent}{NEXT}"
                );
                for (drain, script) in pieces(&wire).flat_map(|it| [(0, it.clone()), (16, it)]) {
                    let got = answers(script, drain);
                    let reply = |close| {
                        format!(
                            "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                             {close}content-length: 8\r\n\r\ntoo long"
                        )
                    };
                    let kept = reply("") + NEXT_REPLY;
                    let closed = reply("connection: close\r\n");
                    assert!(got == kept || got == closed, "{wire}: {got}");
                    if number == 0 && drain == 16 {
                        assert_eq!(got, kept);
                    }
                }
            }
        }
    }
}

#[test]
fn a_client_that_waits_is_asked_only_for_content_within_the_limit() {
    for way in ["buf", "vec"] {
        for (len, want) in [
            (
                2,
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab",
            ),
            (3, REFUSED),
            (u64::MAX, REFUSED),
        ] {
            let head = format!(
                "POST /{way}/2/give-up HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n\
                 content-length: {len}\r\n\r\n"
            );
            assert_eq!(answers(Script::new([&*head, "ab"]), 16), want);
        }
    }
}

#[test]
fn content_that_breaks_off_is_no_content() {
    for way in ["buf", "vec"] {
        for sent in [
            "content-length: 3\r\n\r\nab",
            "transfer-encoding: chunked\r\n\r\n2\r\nab\r\n",
        ] {
            let wire = format!("POST /{way}/8/give-up HTTP/1.1\r\nhost: a\r\n{sent}");
            let got = answers(Script::new([wire]), 16);
            assert!(got.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{got}");
        }
    }
}

/// Reads a value of JSON, or of a form, and sends it back.
struct Values;

#[derive(Deserialize)]
struct Note {
    text: String,
    #[serde(default)]
    marks: Vec<u8>,
}

impl<T: Transport> Handler<T> for Values {
    async fn handle(&self, request: &Request<'_>, mut responder: Responder<'_, T>) -> Answer {
        let note: Note = match request.path() {
            "/json" => responder.read_json(request, 40).await?,
            _ => responder.read_form(request, 40).await?,
        };
        let Note { text, marks } = note;
        responder.ok().text(&format!("{text} {marks:?}")).await
    }
}

#[test]
fn content_is_a_value_or_its_status_says_why_not() {
    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    let long = format!("{{\"text\":\"{}\"}}", "x".repeat(30));
    for (path, kind, content, want) in [
        ("/json", JSON, "{\"text\":\"a\",\"marks\":[7]}", Ok("a [7]")),
        (
            "/json",
            "application/a+json; b=c",
            " {\"text\":\"\\u00e9\"}",
            Ok("\u{e9} []"),
        ),
        (
            "/json",
            FORM,
            "{\"text\":\"a\"}",
            Err("415 Unsupported Media Type"),
        ),
        (
            "/json",
            "text/json",
            "{\"text\":\"a\"}",
            Err("415 Unsupported Media Type"),
        ),
        ("/json", JSON, "", Err("422 Unprocessable Content")),
        (
            "/json",
            JSON,
            "{\"text\":",
            Err("422 Unprocessable Content"),
        ),
        (
            "/json",
            JSON,
            "{\"text\":1}",
            Err("422 Unprocessable Content"),
        ),
        (
            "/json",
            JSON,
            "{\"text\":\"a\"} b",
            Err("422 Unprocessable Content"),
        ),
        ("/json", JSON, &long, Err("413 Content Too Large")),
        (
            "/form",
            FORM,
            "text=a+%26b&marks=1&marks=2",
            Ok("a &b [1, 2]"),
        ),
        ("/form", FORM, "text=%c3%a9", Ok("\u{e9} []")),
        ("/form", JSON, "text=a", Err("415 Unsupported Media Type")),
        ("/form", FORM, "", Err("422 Unprocessable Content")),
        (
            "/form",
            FORM,
            "text=a&marks=x",
            Err("422 Unprocessable Content"),
        ),
        ("/form", FORM, &long, Err("413 Content Too Large")),
    ] {
        for (fields, sent) in framed(content) {
            let wire = format!(
                "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: {kind}\r\n{fields}\r\n\r\n{sent}"
            );
            let got = answers_of(&Values, Script::new([&wire]), 16);
            let (head, body) = got.split_once("\r\n\r\n").expect("a head");
            match want {
                Ok(text) => assert!(head.starts_with("HTTP/1.1 200 ") && body == text, "{got}"),
                Err(status) => assert!(
                    head.starts_with(&format!("HTTP/1.1 {status}")),
                    "{wire} {got}"
                ),
            }
        }
    }
}

/// Answers by path and method, as the documents show it.
struct Routes;

impl<T: Transport> Handler<T> for Routes {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
        let mut room = [0; 64];
        let path = match request.segments().decode::<2>(&mut room) {
            Ok(path) => path,
            Err(error) => return responder.status(error.status()).empty().await,
        };
        match (request.exchange().method(), &*path) {
            (Method::Get | Method::Head, [""]) => responder.ok().text("home").await,
            (_, [""]) => {
                let chain = responder.not_allowed(&[Method::Get]);
                chain.header("x-more", "1").empty().await
            }
            _ => panic!("{path:?}"),
        }
    }
}

#[test]
fn another_method_is_told_which_there_are_and_the_connection_stays() {
    let mut wire = String::new();
    for line in ["PUT /", "OPTIONS /", "HEAD /", "GET /a/b/c", "GET /%ff"] {
        wire += &format!("{line} HTTP/1.1\r\nhost: a\r\n\r\n");
    }
    let (mut request, mut reply) = ([0; 512], [0; 512]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let mut script = Script::new([wire]);
    let limits = Limits::new();
    let served = poll_times(serve_connection(&mut script, &Routes, buffers, &limits), 1);
    served.expect("no wait").expect("no failure");
    assert_eq!(
        String::from_utf8(script.wire()).expect("replies are text"),
        "HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD, OPTIONS\r\nx-more: 1\r\n\
         content-length: 0\r\n\r\n\
         HTTP/1.1 204 No Content\r\nallow: GET, HEAD, OPTIONS\r\nx-more: 1\r\n\r\n\
         HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 4\r\n\r\n\
         HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n\
         HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
    );
}

/// Reads values as [`Values`] does, and sends back what a log would tell.
struct Told;

impl<T: Transport> Handler<T> for Told {
    async fn handle(&self, request: &Request<'_>, mut responder: Responder<'_, T>) -> Answer {
        let read: Result<Note, _> = match request.path() {
            "/json" => responder.read_json(request, 40).await,
            _ => responder.read_form(request, 40).await,
        };
        let told = read.map_or_else(|failure| failure.to_string(), |note| note.text);
        responder.ok().text(&told).await
    }
}

#[test]
fn what_is_told_of_a_wrong_value_has_no_text_of_it() {
    for (path, content, want) in [
        (
            "/json",
            "{\"text\":\n[\"secret\"]}",
            "not the value that is asked for, line 2, column 0",
        ),
        (
            "/json",
            "{\"text\":\"secret",
            "JSON that ends early, line 1, column 15",
        ),
        ("/json", "{\"text\":secret}", "no JSON, line 1, column 9"),
        (
            "/json",
            "{\"text\":\"\",\"marks\":\"secret\"}",
            "not the value that is asked for, line 1, column 27",
        ),
        (
            "/form",
            "text=a&marks=secret",
            "not the form that is asked for",
        ),
        (
            "/form",
            "text=secret&text=secret",
            "not the form that is asked for",
        ),
    ] {
        let kind = match path {
            "/json" => "json",
            _ => "x-www-form-urlencoded",
        };
        let wire = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/{kind}\r\n\
             content-length: {}\r\n\r\n{content}",
            content.len()
        );
        let got = answers_of(&Told, Script::new([wire]), 16);
        let (_, told) = got.split_once("\r\n\r\n").expect("a head");
        assert_eq!(told, format!("request refused: {want}"), "{content}");
    }
}

#[test]
fn content_of_another_kind_or_in_a_coding_is_refused_before_it_is_asked_for() {
    const JSON: &str = "content-type: application/json\r\n";
    const FORM: &str = "content-type: application/x-www-form-urlencoded";
    let text = format!("{{\"text\":\"{}\"}}", "x".repeat(29));
    let form = |charset| format!("{FORM}{charset}\r\n");
    let coded = |kind: &str, coding| format!("{kind}content-encoding: {coding}\r\n");
    let longest = format!("text={}", "x".repeat(35));
    for (path, fields, content, want) in [
        // As long as may be.
        ("/json", JSON.to_owned(), &*text, "100"),
        ("/json", JSON.to_owned(), &format!("{text} "), "413"),
        ("/form", form(""), &longest, "100"),
        ("/form", form(""), &format!("{longest}x"), "413"),
        ("/json", String::new(), &text, "415"),
        ("/json", JSON.repeat(2), &text, "415"),
        ("/json", coded(JSON, "identity"), &text, "100"),
        ("/json", coded(JSON, "Identity, identity"), &text, "100"),
        ("/json", coded(JSON, "gzip"), &text, "415 identity"),
        ("/json", coded(JSON, "identity, br"), &text, "415 identity"),
        (
            "/form",
            coded(&form(""), "deflate"),
            "text=a",
            "415 identity",
        ),
        ("/form", form(""), "text=a", "100"),
        ("/form", form("; charset=UTF-8"), "text=a", "100"),
        ("/form", form("; charset=\"utf-8\""), "text=a", "100"),
        ("/form", form("; charset=latin1"), "text=a", "415"),
        ("/form", String::new(), "text=a", "415"),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n{fields}\
             content-length: {}\r\n\r\n",
            content.len()
        );
        let got = answers_of(&Values, Script::new([&*head, content]), 16);
        let (status, accepted) = want.split_once(' ').unwrap_or((want, ""));
        assert!(
            got.starts_with(&format!("HTTP/1.1 {status} ")),
            "{head}{got}"
        );
        assert_eq!(
            got.contains("HTTP/1.1 200 OK"),
            status == "100",
            "{head}{got}"
        );
        let accepts = got.contains("\r\naccept-encoding: identity\r\n");
        assert_eq!(accepts, accepted == "identity", "{head}{got}");
    }
}
