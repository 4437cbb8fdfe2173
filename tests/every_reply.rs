//! The lines that a handler writes for every reply, on all that a connection sends, over a
//! transport in memory.

use std::convert::Infallible;

use conformance::script::{Script, poll_times};
use replywire::body::Event;
use replywire::request::Refusal;
use replywire::{Error, HeaderName, Status};
use replywire_embedded::{
    Answered, Buffers, Cause, Chunks, Closed, ConnectionError, Handler, Limits, Request, Responder,
    TemplateLines, Transport, Unanswered, every_reply, serve_connection,
};

struct App;

impl<T: Transport> Handler<T> for App {
    async fn handle(
        &self,
        request: &Request<'_>,
        mut responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        match request.path() {
            "/fail" => Err(Unanswered::new()),
            "/login" => {
                let refusal = Refusal::of(Status::UNAUTHORIZED);
                Err(refusal.header(HeaderName::WWW_AUTHENTICATE, "Basic"))?
            }
            "/hints" => {
                let hints = responder.early_hints().header(HeaderName::LINK, "</a>");
                hints.inform().await?;
                responder.ok().text("hints").await
            }
            "/own" => {
                responder
                    .ok()
                    .header("x-frame-options", "SAMEORIGIN")
                    .text("own")
                    .await
            }
            "/read" => {
                let mut content = [0; 8];
                let n = responder.read(&mut content).await?;
                responder.ok().body(&content[..n]).await
            }
            "/stream" => responder.ok().events(Once(true)).await,
            "/upgrade" => {
                let reply = responder.status(Status::SWITCHING_PROTOCOLS);
                Ok(reply.upgrade(request, "echo").await?.finish().await?)
            }
            path => responder.status(Status::NOT_FOUND).text(path).await,
        }
    }

    fn every_reply(
        &self,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        let target = request.map_or("-", |request| request.target());
        match target {
            "/no-lines" => Err(Cause::Background.into()),
            "/bad-line" => {
                lines.header("x y", "z");
                Ok(())
            }
            "/long-line" => {
                lines.header("x", "y".repeat(2000).as_str());
                Ok(())
            }
            target => {
                lines
                    .header("x-frame-options", "DENY")
                    .header("x-id", target);
                Ok(())
            }
        }
    }
}

struct Once(bool);

impl Chunks for Once {
    type Chunk<'c> = Event<'c>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
        let is_next = std::mem::take(&mut self.0);
        Ok(is_next.then(|| Event::new().data("now")))
    }
}

type Outcome = Result<Closed, ConnectionError<Infallible>>;

/// Serves a connection with a reply buffer of `len` bytes.
fn served(script: &mut Script, len: usize) -> Outcome {
    let (mut request, mut reply) = ([0; 256], vec![0xaa; len]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new();
    let serving = serve_connection(script, &App, buffers, &limits);
    poll_times(serving, 10_000).expect("it comes to its end")
}

/// A request, and the replies to it.
type Case = (&'static str, &'static str);

const CASES: [Case; 6] = [
    (
        "GET /a HTTP/1.1\r\nhost: x\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\n\
         x-frame-options: DENY\r\nx-id: /a\r\ncontent-length: 2\r\n\r\n/a",
    ),
    (
        "HEAD /own HTTP/1.1\r\nhost: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx-frame-options: SAMEORIGIN\r\n\
         content-type: text/plain; charset=utf-8\r\nx-id: /own\r\ncontent-length: 3\r\n\r\n",
    ),
    (
        "GET /hints HTTP/1.1\r\nhost: x\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nx-frame-options: DENY\r\nx-id: /hints\r\n\r\n\
         HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         x-frame-options: DENY\r\nx-id: /hints\r\ncontent-length: 5\r\n\r\nhints",
    ),
    (
        "POST /read HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nx-frame-options: DENY\r\nx-id: /read\r\n\r\n",
    ),
    (
        "hi",
        "HTTP/1.1 200 OK\r\nx-frame-options: DENY\r\nx-id: /read\r\ncontent-length: 2\r\n\r\nhi",
    ),
    (
        "GET /stream HTTP/1.1\r\nhost: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
         cache-control: no-cache\r\nx-accel-buffering: no\r\nx-frame-options: DENY\r\n\
         x-id: /stream\r\ntransfer-encoding: chunked\r\n\r\nb\r\ndata: now\n\n\r\n0\r\n\r\n",
    ),
];

/// The requests after which a connection ends.
const LAST: [Case; 7] = [
    (
        "GET /fail HTTP/1.1\r\nhost: x\r\n\r\n",
        "HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain; charset=utf-8\r\n\
         x-frame-options: DENY\r\nx-id: /fail\r\nconnection: close\r\ncontent-length: 21\r\n\r\n\
         Internal Server Error",
    ),
    (
        "GET / HTTP/1.1\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
         x-frame-options: DENY\r\nx-id: -\r\nconnection: close\r\ncontent-length: 11\r\n\r\n\
         Bad Request",
    ),
    (
        "POST /read HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nz",
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
         x-frame-options: DENY\r\nx-id: /read\r\nconnection: close\r\ncontent-length: 11\r\n\r\n\
         Bad Request",
    ),
    (
        "GET /upgrade HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nx-frame-options: DENY\r\nx-id: /upgrade\r\n\
         connection: upgrade\r\nupgrade: echo\r\n\r\n",
    ),
    ("GET /no-lines HTTP/1.1\r\nhost: x\r\n\r\n", WITHOUT_LINES),
    ("GET /bad-line HTTP/1.1\r\nhost: x\r\n\r\n", WITHOUT_LINES),
    ("GET /long-line HTTP/1.1\r\nhost: x\r\n\r\n", WITHOUT_LINES),
];

/// The page where there are no lines, because of a mistake in them.
const WITHOUT_LINES: &str = "HTTP/1.1 500 Internal Server Error\r\n\
    content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: 21\r\n\r\n\
    Internal Server Error";

#[test]
fn each_of_many_replies_has_the_lines_of_its_own_request() {
    for last in LAST {
        let cases = || CASES.iter().chain([&last]);
        let want: String = cases().map(|(_, reply)| *reply).collect();
        let together: String = cases().map(|(request, _)| *request).collect();
        let pieces = cases().map(|(request, _)| request.to_string());
        let want_of = |together: bool| match together {
            // Content that is there already is not waited for.
            true => want.replace(CASES[3].1, ""),
            false => want.clone(),
        };
        for max_write in [1, 7, usize::MAX] {
            for len in [512, 600, 4096] {
                let scripts = [
                    (true, Script::new([&together])),
                    (false, Script::new(pieces.clone())),
                    (false, Script::new(pieces.clone()).hesitates()),
                ];
                for (is_together, script) in scripts {
                    let mut script = script.max_write(max_write);
                    let outcome = served(&mut script, len);
                    assert_eq!(outcome, Ok(Closed::Server), "{}", last.0);
                    let got = String::from_utf8(script.wire()).unwrap();
                    assert_eq!(got, want_of(is_together), "{} {len}", last.0);
                }
            }
        }
    }
}

#[test]
fn a_reply_buffer_of_any_length_gives_whole_replies_or_none() {
    for (request, reply) in CASES.iter().take(3).chain(&LAST) {
        let page_with_lines = LAST[0]
            .1
            .replace("/fail", request.split(' ').nth(1).unwrap());
        let mut is_whole = false;
        for len in 0..=600 {
            let mut script = Script::new([request]);
            let _ = served(&mut script, len);
            let got = String::from_utf8(script.wire()).unwrap();
            let first = reply.split("HTTP/1.1 200").next().unwrap();
            let is_page = [page_with_lines.as_str(), WITHOUT_LINES, ""]
                .iter()
                .any(|page| got == *page || got == format!("{first}{page}"));
            let fits = got == *reply;
            let head_only = got.replace("content-length: 21\r\n\r\nInternal Server Error", "");
            assert!(
                fits || is_page || request.starts_with("HEAD") && !head_only.is_empty(),
                "{request} {len} {got}",
            );
            assert!(fits || !is_whole, "{request} {len}");
            is_whole = fits;
        }
        assert!(is_whole, "{request}");
    }
}

#[test]
fn the_line_of_a_refusal_is_beside_those_of_every_reply() {
    let mut script = Script::new(["GET /login HTTP/1.1\r\nhost: x\r\n\r\n"]);
    assert_eq!(served(&mut script, 512), Ok(Closed::Server));
    assert_eq!(
        String::from_utf8(script.wire()).unwrap(),
        "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\n\
         content-type: text/plain; charset=utf-8\r\nx-frame-options: DENY\r\nx-id: /login\r\n\
         connection: close\r\ncontent-length: 12\r\n\r\nUnauthorized",
    );
}

#[test]
fn lines_that_are_added_to_a_handler_follow_its_own() {
    let handler = every_reply(&App, |request, lines| {
        let target = request.map_or("-", |request| request.target());
        lines
            .header("x-frame-options", "NONE")
            .header("x-id", target.len());
    });
    let mut script = Script::new(["GET /a HTTP/1.1\r\nhost: x\r\n\r\n"]);
    let (mut request, mut reply) = ([0; 256], [0; 1024]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new();
    let serving = serve_connection(&mut script, &handler, buffers, &limits);
    assert_eq!(poll_times(serving, 100), Some(Ok(Closed::Peer)));
    assert_eq!(
        String::from_utf8(script.wire()).unwrap(),
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\nx-id: /a\r\n\
         x-frame-options: NONE\r\nx-id: 2\r\ncontent-length: 2\r\n\r\n/a",
    );
}

#[test]
fn a_mistake_in_lines_is_a_cause_of_its_own() {
    let failure = Unanswered::from(Cause::Template(Error::Overflow { needed: 9 }));
    assert_eq!(
        failure.to_string(),
        "lines of every reply not written: buffer too small, 9 bytes needed"
    );
}

/// Answers with a field of as many bytes as the path tells, and long lines besides.
struct Long;

impl<T: Transport> Handler<T> for Long {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let len = request.path().trim_start_matches('/').parse()?;
        responder.ok().header("a", &"x".repeat(len)).empty().await
    }

    fn every_reply(
        &self,
        _: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        lines.header("b", &"y".repeat(240));
        Ok(())
    }
}

#[test]
fn a_reply_has_the_same_room_beside_its_lines_whatever_waits_before_it() {
    let get = |len: usize| format!("GET /{len} HTTP/1.1\r\nhost: x\r\n\r\n");
    let sent = |requests: String| {
        let (mut request, mut reply) = ([0; 256], [0xaa; 1280]);
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let mut script = Script::new([requests]);
        let limits = Limits::new();
        let served = serve_connection(&mut script, &Long, buffers, &limits);
        poll_times(served, 10_000).expect("an end").unwrap();
        String::from_utf8(script.wire()).unwrap()
    };
    for second in (300..560).step_by(20) {
        let alone = sent(get(second));
        for first in 0..160 {
            let both = sent([get(first), get(second)].concat());
            assert!(both.ends_with(&alone), "{first} {second} {both}");
        }
    }
}
