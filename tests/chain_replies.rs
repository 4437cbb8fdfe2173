//! Replies that are one chain: the same bytes whatever room there is and whatever waits before
//! them, and nothing of one that was dropped unless it was whole.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::pin;
use std::task::Poll;

use conformance::buffer;
use conformance::line::{Act, Broken, Line, Log, Logs, Steps, chunk};
use conformance::reply::strict;
use conformance::script::poll_times;
use embedded_io_async::{ErrorType, Read, Write};
use replywire::body::JsonLine;
use replywire::file::File;
use replywire::json::{ByHand, Orjson, Python};
use replywire::request::Refusal;
use replywire::{Cors, Error, HeaderName, Place, Preflight, SetCookie, Status, head};
use replywire_embedded::{
    Answer, Answered, Buffers, Cause, Chunks, Closed, ConnectionError, Handler, Items, Limits,
    Request, Responder, Transport, Unanswered, chunks_from_fn, error_pages, serve_connection,
};

/// Replies with a body in memory, and their bytes.
const REPLIES: [(&str, &str); 15] = [
    ("/empty", "HTTP/1.1 204 No Content\r\n\r\n"),
    (
        "/body",
        "HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 4\r\n\r\nbody",
    ),
    (
        "/bytes",
        "HTTP/1.1 200 OK\r\ncontent-type: text/markdown; charset=utf-8\r\n\
         content-length: 5\r\n\r\n# One",
    ),
    (
        "/text",
        "HTTP/1.1 200 OK\r\nx-path: /text\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 12\r\n\r\nhello, world",
    ),
    (
        "/html",
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\
         content-length: 12\r\n\r\n<p>hello</p>",
    ),
    (
        "/json",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 23\r\n\r\n\
         [10,11,12,13,14,15,\"k\"]",
    ),
    (
        "/by-hand",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n\
         [1,2,3,4]",
    ),
    (
        "/document",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n\
         [1.5,null]",
    ),
    (
        "/redirect",
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: /caf%C3%A9\r\ncontent-length: 0\r\n\r\n",
    ),
    (
        "/created",
        "HTTP/1.1 201 Created\r\nlocation: /caf%C3%A9\r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nhi",
    ),
    (
        "/local",
        "HTTP/1.1 303 See Other\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n",
    ),
    (
        "/head",
        "HTTP/1.1 404 Not Found\r\ncache-control: no-store\r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\nno",
    ),
    (
        "/file",
        "HTTP/1.1 200 OK\r\ncache-control: max-age=60\r\ncontent-type: text/html; charset=utf-8\r\n\
         accept-ranges: bytes\r\netag: \"e\"\r\ncontent-length: 14\r\n\r\n<h1>hello</h1>",
    ),
    (
        "/logout",
        "HTTP/1.1 204 No Content\r\nset-cookie: id=; expires=Thu, 01 Jan 1970 00:00:00 GMT; \
         Max-Age=0; Path=/; SameSite=lax; Secure\r\n\r\n",
    ),
    (
        "/sized",
        "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nmeasured",
    ),
];

/// Replies whose chunks depend on the room, and their content.
const STREAMS: [(&str, &str); 7] = [
    ("/stream", "onetwothree"),
    ("/events", "onetwothree"),
    ("/lines", "7\n7\n"),
    ("/read", "read until it ends"),
    ("/array", "[1,2]"),
    ("/items", "[3,2,1,0]"),
    ("/object", "{\"a\":1,\"b\":2}"),
];

/// A text that is longer than any buffer here.
const LONG: usize = 3000;

const PAGE: &[u8] = b"<h1>hello</h1>";

const CORS: Cors<'_> = Cors::new()
    .origins(&["https://a.example"])
    .methods(&["GET", "PUT"]);

struct Site {
    logs: Logs,
}

impl Handler<Line> for Site {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Line>,
    ) -> Result<Answered, Unanswered> {
        let steps = || Steps::new([chunk("one"), chunk("two"), chunk("three")], &self.logs);
        match request.path() {
            "/empty" => responder.status(Status::NO_CONTENT).empty().await,
            "/problem" => responder.status(Status::GONE).problem().await,
            "/logout" => {
                let reply = responder.status(Status::NO_CONTENT);
                let cookie = SetCookie::new("id", "1").secure();
                reply.delete_cookie(&cookie).empty().await
            }
            "/body" => responder.ok().header("x-a", 1u32).body(b"body").await,
            "/bytes" => responder.ok().bytes("text/markdown", b"# One").await,
            "/text" => {
                let reply = responder.ok().header("x-path", request.path());
                reply.text("hello, world").await
            }
            path @ ("/preflight" | "/preflight-refused") => {
                let method = if path == "/preflight" {
                    "PUT"
                } else {
                    "DELETE"
                };
                let asked = [
                    ("origin", "https://a.example"),
                    ("access-control-request-method", method),
                ];
                let preflight = Preflight::read("OPTIONS", asked).unwrap();
                let reply = responder.ok().header("x-a", 1u32);
                reply.preflight(&CORS, &preflight).await
            }
            "/html" => responder.ok().html("<p>hello</p>").await,
            "/json" => {
                let value = (10, 11, 12, 13, 14, 15, "k");
                responder.ok().json(&value).await
            }
            "/by-hand" => responder.ok().json_by_hand(&[1, 2, 3, 4]).await,
            "/document" => {
                let document = Orjson::of(&[1.5, f64::NAN]);
                responder.ok().document(document).await
            }
            "/redirect" => {
                let reply = responder.status(Status::TEMPORARY_REDIRECT);
                reply.redirect("/caf\u{e9}").await
            }
            "/created" => responder.created("/caf\u{e9}").text("hi").await,
            "/local" => {
                responder
                    .status(Status::SEE_OTHER)
                    .redirect_local("/next")
                    .await
            }
            "/head" => {
                let head = head!(Status::NOT_FOUND, "cache-control" => "no-store");
                responder.head(head).text("no").await
            }
            "/file" => {
                let file = File::new(PAGE.len() as u64)
                    .media_type("text/html")
                    .ranges::<4>();
                let file = file.etag(replywire::ETag::strong("e").unwrap());
                let reply = responder
                    .ok()
                    .header(HeaderName::CACHE_CONTROL, "max-age=60");
                reply.file(request, file, PAGE).await
            }
            "/sized" => responder.ok().sized(8, &b"measured, and more"[..]).await,
            "/stream" => responder.ok().stream(steps()).await,
            "/events" => responder.ok().events(steps()).await,
            "/lines" => responder.ok().json_lines(Lines(2)).await,
            "/read" => responder.ok().transfer(&b"read until it ends"[..]).await,
            "/array" => {
                let mut array = responder.ok().array(Python).await?;
                array.item(Python::by_hand(&1)).await?;
                array.item(Python::by_hand(&2)).await?;
                array.end().await
            }
            "/items" => responder.ok().json_array(Countdown(Some(4))).await,
            "/object" => {
                let mut object = responder.ok().object(Python).await?;
                object.member("a", Python::by_hand(&1)).await?;
                object.member("b", Python::by_hand(&2)).await?;
                object.end().await
            }
            "/long" => responder.ok().text(&"x".repeat(LONG)).await,
            "/long-json" => {
                responder
                    .ok()
                    .json_by_hand(&[123_456_789; LONG / 10][..])
                    .await
            }
            path => panic!("{path}"),
        }
    }
}

/// So many lines.
struct Lines(u8);

impl Chunks for Lines {
    type Chunk<'c> = JsonLine<ByHand<'c, u32>>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Self::Chunk<'_>>, Infallible> {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or_default();
        Ok(left.map(|_| JsonLine::new(Python::by_hand(&7))))
    }
}

/// The numbers below this; where there is none, the source fails.
struct Countdown(Option<u32>);

impl Items for Countdown {
    type Item = u32;
    type Error = Broken;

    async fn next_item(&mut self) -> Result<Option<u32>, Broken> {
        let left = self.0.as_mut().ok_or(Broken)?;
        // What has gathered leaves meanwhile.
        yielded().await;
        let next = left.checked_sub(1);
        *left = next.unwrap_or_default();
        Ok(next)
    }
}

/// Waits once.
async fn yielded() {
    let mut is_over = false;
    poll_fn(|cx| match mem::replace(&mut is_over, true) {
        true => Poll::Ready(()),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

type Served = Result<Closed, ConnectionError<Broken>>;

/// The end of a connection, if it came to one, and what was written.
fn serve<H: Handler<Line>>(
    handler: &H,
    mut line: Line,
    room: usize,
    polls: usize,
) -> (Option<Served>, Vec<u8>) {
    let logs = line.logs.clone();
    let (mut request, mut reply) = (buffer(1024), buffer(room));
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let served = poll_times(
        serve_connection(&mut line, handler, buffers, &Limits::new()),
        polls,
    );
    (served, logs.wire())
}

fn get(paths: &[&str]) -> String {
    let requests = paths.iter();
    requests
        .map(|path| format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"))
        .collect()
}

/// The replies to requests that come at once.
fn replies(paths: &[&str], room: usize) -> Vec<u8> {
    let line = Line::new(get(paths));
    let site = Site {
        logs: Logs::default(),
    };
    let (served, wire) = serve(&site, line, room, 1 << 16);
    assert_eq!(served, Some(Ok(Closed::Peer)), "{paths:?} in {room}");
    wire
}

/// The least reply buffer whose room for a chain holds so many bytes.
fn least(head: usize) -> usize {
    (head..).find(|room| room - room / 4 >= head).unwrap()
}

fn head_len(reply: &str) -> usize {
    reply.find("\r\n\r\n").unwrap() + 4
}

#[test]
fn a_reply_has_the_same_bytes_in_every_buffer_that_holds_its_head() {
    for (path, want) in REPLIES {
        let least = least(head_len(want));
        for room in least..least + 120 {
            let got = replies(&[path], room);
            assert_eq!(String::from_utf8_lossy(&got), want, "{room}");
        }
        // One byte less is too little, and the handler is told.
        let site = Site {
            logs: Logs::default(),
        };
        let (served, wire) = serve(&site, Line::new(get(&[path])), least - 1, 1 << 16);
        assert_eq!(served, Some(Ok(Closed::Server)));
        let wire = String::from_utf8_lossy(&wire);
        assert!(
            wire.is_empty() || wire.starts_with("HTTP/1.1 500 "),
            "{wire}"
        );
    }
}

#[test]
fn replies_to_requests_that_come_together_are_those_to_requests_one_by_one() {
    let longest = REPLIES.map(|(_, want)| head_len(want)).into_iter().max();
    let least = least(longest.unwrap());
    let mut runs = 0;
    for (first, one) in REPLIES {
        for (second, two) in REPLIES {
            for room in (least..least * 6).step_by(7) {
                for (third, three) in [REPLIES[3], REPLIES[5], REPLIES[11]] {
                    let got = replies(&[first, second, third], room);
                    let want = [one, two, three].concat();
                    assert_eq!(String::from_utf8_lossy(&got), want, "{room}");
                    runs += 1;
                }
            }
        }
    }
    assert!(runs > 50_000, "{runs}");
}

#[test]
fn a_preflight_is_answered_by_a_chain_in_every_room_whatever_waits_before_it() {
    for (path, status, text) in [
        ("/preflight", "200 OK", "OK"),
        (
            "/preflight-refused",
            "400 Bad Request",
            "Disallowed CORS method",
        ),
    ] {
        let want = format!(
            "HTTP/1.1 {status}\r\nx-a: 1\r\n\
             vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers, \
             Access-Control-Request-Private-Network\r\n\
             access-control-allow-methods: GET, PUT\r\naccess-control-max-age: 600\r\n\
             access-control-allow-headers: \
             Accept, Accept-Language, Content-Language, Content-Type\r\n\
             access-control-allow-origin: https://a.example\r\n\
             content-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\r\n{text}",
            text.len(),
        );
        // All of it has room, for it is short.
        let least = least(want.len());
        for room in least..least + 120 {
            for before in [3, 5] {
                let (first, one) = REPLIES[before];
                let got = replies(&[first, path], room);
                assert_eq!(
                    String::from_utf8_lossy(&got),
                    [one, &want].concat(),
                    "{room}"
                );
            }
        }
    }
}

#[test]
fn streams_have_the_same_content_whatever_waits_before_them() {
    for (path, content) in STREAMS {
        for room in (300..1000).step_by(13) {
            for before in [&[][..], &["/text"], &["/text", "/json"], &[path]] {
                let paths = [before, &[path]].concat();
                let got = replies(&paths, room);
                let last = replies(&[path], room);
                assert!(got.ends_with(&last), "{path} {room}");
                let body = strict(&last, "GET").unwrap().body;
                let body = String::from_utf8(body).unwrap();
                assert_eq!(body, content);
            }
        }
    }
}

#[test]
fn bodies_that_are_larger_than_the_buffer_arrive_whole() {
    let text = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: {LONG}\r\n\r\n{}",
        "x".repeat(LONG)
    );
    let numbers = format!("[{}]", vec!["123456789"; LONG / 10].join(","));
    let json = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3001\r\n\r\n{numbers}"
    );
    let small = REPLIES[3].1;
    for room in (128..=8192).step_by(62) {
        for (path, want) in [("/long", &text), ("/long-json", &json)] {
            let got = replies(&["/text", path, "/text"], room);
            let want = [small, want, small].concat();
            assert!(got == want.as_bytes(), "{path} {room}");
        }
    }
}

#[test]
fn a_long_text_is_written_from_where_it_lies_after_its_head() {
    let line = Line::new(get(&["/text", "/long"]));
    let logs = line.logs.clone();
    let site = Site {
        logs: Logs::default(),
    };
    serve(&site, line, 1024, 1 << 16).0.unwrap().unwrap();
    let lens: Vec<_> = logs.writes().iter().map(Vec::len).collect();
    assert_eq!(lens, [REPLIES[3].1.len(), 82, LONG]);
}

#[test]
fn replies_to_requests_that_come_together_leave_in_one_write() {
    let paths = ["/text", "/json", "/by-hand", "/file"];
    let line = Line::new(get(&paths[..3]));
    let logs = line.logs.clone();
    let site = Site {
        logs: Logs::default(),
    };
    serve(&site, line, 2048, 1 << 16).0.unwrap().unwrap();
    assert_eq!(logs.writes().len(), 1);
}

#[test]
fn problem_details_leave_whole_or_not_at_all() {
    let want = "HTTP/1.1 410 Gone\r\ncontent-type: application/problem+json\r\n\
                content-length: 29\r\n\r\n{\"status\":410,\"title\":\"Gone\"}";
    for room in 0..=2 * want.len() {
        let site = Site {
            logs: Logs::default(),
        };
        let (_, wire) = serve(&site, Line::new(get(&["/problem"])), room, 1 << 16);
        let wire = String::from_utf8(wire).unwrap();
        match room >= least(want.len()) {
            true => assert_eq!(wire, want),
            false => assert!(
                wire.is_empty() || wire.starts_with("HTTP/1.1 500 "),
                "{room}"
            ),
        }
    }
}

#[test]
fn error_pages_are_made_by_a_closure_for_a_handler_that_fails() {
    struct Fails;

    impl Handler<Line> for Fails {
        async fn handle(&self, _: &Request<'_>, _: Responder<'_, Line>) -> Answer {
            Err(Unanswered::new())
        }
    }
    let handler = error_pages(Fails, |refusal, _, response| {
        assert_eq!(refusal, Refusal::HandlerFailed);
        response.problem()
    });
    let want = "HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/problem+json\r\n\
                connection: close\r\ncontent-length: 46\r\n\r\n\
                {\"status\":500,\"title\":\"Internal Server Error\"}";
    let (_, wire) = serve(&handler, Line::new(get(&["/"])), 512, 1 << 16);
    assert_eq!(String::from_utf8_lossy(&wire), want);
}

#[test]
fn elements_leave_while_their_source_waits() {
    let line = Line::new(get(&["/items"]));
    let logs = line.logs.clone();
    let site = Site { logs: logs.clone() };
    serve(&site, line, 2048, 1 << 16).0.unwrap().unwrap();
    let writes = logs.writes();
    let first = String::from_utf8(writes[0].clone()).unwrap();
    assert_eq!(head_len(&first), first.len());
    let rest: Vec<_> = writes[1..]
        .iter()
        .map(|write| String::from_utf8_lossy(write))
        .collect();
    assert_eq!(
        rest,
        [
            "2\r\n[3\r\n",
            "2\r\n,2\r\n",
            "2\r\n,1\r\n",
            "2\r\n,0\r\n",
            "1\r\n]\r\n0\r\n\r\n"
        ]
    );
}

#[test]
fn a_source_of_elements_is_asked_for_none_where_there_is_no_body() {
    struct Rows;

    impl Handler<Line> for Rows {
        async fn handle(&self, request: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
            let answer = responder.ok().json_array(Countdown(None)).await;
            match (request.method(), &answer) {
                ("HEAD", Ok(_)) => answer,
                ("GET", Err(failure)) if failure.cause() == Cause::Source => answer,
                _ => panic!("{answer:?}"),
            }
        }
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let line = Line::new("HEAD / HTTP/1.1\r\nhost: x\r\n\r\n");
    let (served, wire) = serve(&Rows, line, 1024, 1 << 16);
    assert_eq!(served, Some(Ok(Closed::Peer)));
    assert_eq!(String::from_utf8_lossy(&wire), head);
    let (served, wire) = serve(&Rows, Line::new(get(&["/"])), 1024, 1 << 16);
    assert_eq!(served, Some(Ok(Closed::Server)));
    assert!(wire.starts_with(b"HTTP/1.1 500 Internal Server Error\r\n"));
}

#[test]
fn head_and_old_versions_and_close_are_seen_to() {
    for (path, want) in REPLIES {
        let (head, body) = want.split_at(head_len(want));
        let has_length = head.contains("content-length");
        let fields = head.find("content-length").unwrap_or(head.len() - 2);
        let closing = format!(
            "{}connection: close\r\n{}",
            &head[..fields],
            &head[fields..]
        );
        let file_head = path == "/file";
        for (method, version, option) in [
            ("HEAD", "1.1", ""),
            ("GET", "1.0", ""),
            ("GET", "1.1", "connection: close\r\n"),
            ("HEAD", "1.1", "connection: close\r\n"),
        ] {
            let request = format!("{method} {path} HTTP/{version}\r\nhost: x\r\n{option}\r\n");
            let site = Site {
                logs: Logs::default(),
            };
            let (served, wire) = serve(&site, Line::new(request), 1024, 1 << 16);
            let closes = version == "1.0" || !option.is_empty();
            let ended = match closes {
                true => Closed::Server,
                false => Closed::Peer,
            };
            assert_eq!(served, Some(Ok(ended)));
            let head = if closes { &closing } else { head };
            let body = if method == "HEAD" { "" } else { body };
            assert_eq!(String::from_utf8_lossy(&wire), [head, body].concat());
        }
        assert!(has_length || ["/empty", "/logout"].contains(&path) || file_head);
    }
}

#[test]
fn mistakes_are_told_by_the_ending_and_answered_for() {
    let causes: [(&str, Cause); 5] = [
        ("/name", Cause::Reply(Error::HeaderName(Place::UNKNOWN))),
        ("/value", Cause::Reply(Error::HeaderValue(Place::UNKNOWN))),
        ("/interim", Cause::Reply(Error::InterimStatus)),
        ("/location", Cause::Reply(Error::Location(Place::UNKNOWN))),
        ("/source", Cause::Source),
    ];
    struct Wrong;
    impl Handler<Line> for Wrong {
        async fn handle(
            &self,
            request: &Request<'_>,
            responder: Responder<'_, Line>,
        ) -> Result<Answered, Unanswered> {
            match request.path() {
                "/name" => responder.ok().header("a b", "c").text("text").await,
                "/value" => responder.ok().header("a", "b\n").empty().await,
                "/interim" => responder.status(Status::EARLY_HINTS).empty().await,
                "/location" => responder.ok().redirect_local("//x").await,
                _ => {
                    let source = Steps::new([conformance::line::Next::Fail], &Logs::default());
                    responder.ok().stream(source).await
                }
            }
        }
    }
    struct Told<H>(H, std::cell::RefCell<Option<Cause>>);
    impl<H: Handler<Line>> Handler<Line> for Told<H> {
        async fn handle(
            &self,
            request: &Request<'_>,
            responder: Responder<'_, Line>,
        ) -> Result<Answered, Unanswered> {
            let answered = self.0.handle(request, responder).await;
            *self.1.borrow_mut() = answered.as_ref().err().map(Unanswered::cause);
            answered
        }
    }
    for (path, cause) in causes {
        let told = Told(Wrong, Default::default());
        let (served, wire) = serve(&told, Line::new(get(&["/name", path])), 512, 1 << 16);
        assert_eq!(served, Some(Ok(Closed::Server)));
        assert!(wire.starts_with(b"HTTP/1.1 500 "));
        let (_, wire) = serve(&told, Line::new(get(&[path])), 512, 1 << 16);
        assert_eq!(told.1.take(), Some(cause));
        assert!(wire.starts_with(b"HTTP/1.1 500 "), "{path}");
    }
}

/// Gives up the reply to the second request after so many polls, and waits then.
struct GivesUp {
    site: Site,
    after: usize,
}

impl Handler<Line> for GivesUp {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Line>,
    ) -> Result<Answered, Unanswered> {
        if !request.headers().any(|(name, _)| name == "x-give-up") {
            return self.site.handle(request, responder).await;
        }
        let mut polls = 0;
        let answered = {
            let mut work = pin!(self.site.handle(request, responder));
            poll_fn(|cx| {
                if polls == self.after {
                    return Poll::Ready(None);
                }
                polls += 1;
                work.as_mut().poll(cx).map(Some)
            })
            .await
        };
        answered.unwrap_or(Err(Unanswered::new()))
    }
}

const PATHS: [&str; 11] = [
    "/text",
    "/json",
    "/long",
    "/long-json",
    "/file",
    "/sized",
    "/stream",
    "/events",
    "/lines",
    "/array",
    "/object",
];

#[test]
fn of_a_reply_that_was_given_up_nothing_leaves_unless_it_was_whole_or_the_connection_breaks() {
    let (mut wholes, mut broken, mut refused) = (0, 0, 0);
    for path in PATHS {
        for room in [256, 400, 2048] {
            let before = replies(&["/text"], room);
            let whole = replies(&[path], room);
            for after in 0.. {
                let request = format!(
                    "{}GET {path} HTTP/1.1\r\nhost: x\r\nx-give-up: 1\r\n\r\n",
                    get(&["/text"])
                );
                let acts = [Act::Pend, Act::Take(90)].repeat(200);
                let site = Site {
                    logs: Logs::default(),
                };
                let handler = GivesUp { site, after };
                let line = Line::new(request).acts(acts);
                let (served, wire) = serve(&handler, line, room, 1 << 16);
                let rest = wire.strip_prefix(&before[..]).expect("what waited before");
                let case = format!("{path} {room} {after}: {}", rest.escape_ascii());
                match served {
                    Some(Ok(Closed::Broken)) => {
                        // Nothing is known of a write that was given up.
                        assert!(whole.starts_with(rest) && rest != whole, "{case}");
                        broken += 1;
                    }
                    Some(Ok(Closed::Server)) if rest.starts_with(b"HTTP/1.1 500 ") => {
                        strict(rest, "GET").unwrap_or_else(|error| panic!("{case} {error}"));
                        refused += 1;
                    }
                    Some(Ok(Closed::Server | Closed::Peer)) => {
                        assert_eq!(rest, whole, "{case}");
                        wholes += 1;
                        if served == Some(Ok(Closed::Peer)) {
                            break;
                        }
                    }
                    other => panic!("{case}: {other:?}"),
                }
            }
        }
    }
    assert!(
        wholes >= 33 && broken > 200 && refused > 33,
        "{wholes} {broken} {refused}"
    );
}

#[test]
fn a_drop_of_the_connection_at_every_await_has_sent_a_beginning() {
    for path in PATHS {
        for room in [256, 2048] {
            let paths = ["/text", path, "/text"];
            let whole = replies(&paths, room);
            for polls in 0.. {
                let acts = [Act::Pend, Act::Take(70)].repeat(300);
                let site = Site {
                    logs: Logs::default(),
                };
                let line = Line::new(get(&paths)).acts(acts);
                let (served, wire) = serve(&site, line, room, polls);
                assert!(whole.starts_with(&wire), "{path} {polls}");
                if served.is_some() {
                    assert_eq!(wire, whole);
                    break;
                }
            }
        }
    }
}

/// Waits after its reply is whole, and before the loop has it back.
struct Waits;

impl Handler<Line> for Waits {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Line>,
    ) -> Result<Answered, Unanswered> {
        let answered = responder.ok().text(request.path()).await;
        for _ in 0..request.path().len() {
            conformance::line::once_pending().await;
        }
        answered
    }
}

#[test]
fn a_reply_that_is_whole_leaves_while_its_handler_goes_on() {
    let paths = ["/a", "/", "/bc", "/def"];
    let want: String = paths
        .iter()
        .map(|path| {
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                 content-length: {}\r\n\r\n{path}",
                path.len()
            )
        })
        .collect();
    for room in 120..1000 {
        for max in [1, 7, 1000] {
            for pends in 0..4 {
                let mut acts = vec![Act::Pend; pends];
                acts.push(Act::Take(max));
                let line = Line::new(get(&paths)).acts(acts.repeat(500));
                let (served, wire) = serve(&Waits, line, room, 1 << 16);
                assert_eq!(served, Some(Ok(Closed::Peer)));
                assert_eq!(String::from_utf8_lossy(&wire), want, "{room} {max} {pends}");
            }
        }
    }
}

/// Begins a reply, and drops the chain, or the future of its ending.
struct Drops {
    ends: bool,
}

impl Handler<Line> for Drops {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Line>,
    ) -> Result<Answered, Unanswered> {
        if request.path() == "/text" {
            return responder.ok().text("text").await;
        }
        let reply = responder.ok().header("x-lost", "1");
        match self.ends {
            true => drop(reply.text("lost")),
            false => drop(reply),
        }
        conformance::line::once_pending().await;
        Err(Unanswered::new())
    }
}

#[test]
fn nothing_of_a_chain_that_was_dropped_leaves() {
    const WANT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                        content-length: 4\r\n\r\ntext\
                        HTTP/1.1 500 Internal Server Error\r\n\
                        content-type: text/plain; charset=utf-8\r\n\
                        connection: close\r\ncontent-length: 21\r\n\r\nInternal Server Error";
    for ends in [false, true] {
        for room in 150..600 {
            let line = Line::new(get(&["/text", "/lost"]));
            let (served, wire) = serve(&Drops { ends }, line, room, 1 << 16);
            assert_eq!(served, Some(Ok(Closed::Server)));
            assert_eq!(String::from_utf8_lossy(&wire), WANT, "{room}");
        }
    }
}

/// Works after a reply of any kind.
struct Works {
    logs: Logs,
    path: &'static str,
}

impl Handler<Line> for Works {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Line>,
    ) -> Result<Answered, Unanswered> {
        if request.path() == "/text" {
            return responder.ok().text("text").await;
        }
        let work = async {
            self.logs.add(Log::Worked(0));
            conformance::line::once_pending().await;
            self.logs.add(Log::Worked(1));
            Ok::<_, Infallible>(())
        };
        let reply = responder.ok().background(work);
        match self.path {
            "/long" => reply.text(&"x".repeat(LONG)).await,
            "/array" => {
                let mut array = reply.array(Python).await?;
                array.item(Python::by_hand(&1)).await?;
                array.end().await
            }
            "/file" => {
                let file = File::new(PAGE.len() as u64);
                reply.file(request, file, PAGE).await
            }
            "/stream" => reply.stream(Lines(3)).await,
            "/sized" => reply.sized(4, &b"read"[..]).await,
            _ => reply.html("short").await,
        }
    }
}

#[test]
fn work_begins_when_the_reply_has_left_whole_and_ends_before_the_next_is_written() {
    for path in ["/html", "/long", "/array", "/file", "/stream", "/sized"] {
        for room in [256, 2048] {
            let mut line = Line::new(get(&["/text", "/work", "/text"]))
                .acts([Act::Pend, Act::Take(50)].repeat(300));
            let logs = line.logs.clone();
            let handler = Works {
                logs: logs.clone(),
                path,
            };
            let (mut request, mut reply) = (buffer(1024), buffer(room));
            let buffers = Buffers {
                request: &mut request,
                reply: &mut reply,
            };
            let limits = Limits::new();
            let served = serve_connection(&mut line, &handler, buffers, &limits);
            assert_eq!(poll_times(served, 1 << 16), Some(Ok(Closed::Peer)));
            let all = logs.all();
            let place = |at| all.iter().position(|log| *log == Log::Worked(at)).unwrap();
            let wrote = |logs: &[Log]| -> Vec<u8> {
                let writes = logs.iter().filter_map(|log| match log {
                    Log::Wrote(bytes) => Some(&bytes[..]),
                    _ => None,
                });
                writes.collect::<Vec<_>>().concat()
            };
            let text = wrote(&all[place(1)..]);
            let before = wrote(&all[..place(0)]);
            assert!(wrote(&all[place(0)..place(1)]).is_empty());
            let worked = before.strip_prefix(&text[..]).expect("the first reply");
            strict(worked, "GET").unwrap_or_else(|error| panic!("{path} {room}: {error}"));
        }
    }
}

/// A connection of a server whose shutdown this tells.
struct Shutting<'s> {
    input: &'static [u8],
    wire: Vec<u8>,
    is_closing: &'s Cell<bool>,
}

impl ErrorType for Shutting<'_> {
    type Error = Infallible;
}

impl Read for Shutting<'_> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        let n = self.input.len().min(buf.len());
        buf[..n].copy_from_slice(&self.input[..n]);
        self.input = &self.input[n..];
        Ok(n)
    }
}

impl Write for Shutting<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.wire.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Transport for Shutting<'_> {
    fn is_closing(&self) -> bool {
        self.is_closing.get()
    }
}

/// Begins a reply, has the server shut down, and ends the reply in one of these ways.
struct Late<'s>(&'s Cell<bool>, usize);

impl<T: Transport> Handler<T> for Late<'_> {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
        let reply = responder.ok();
        self.0.set(true);
        match self.1 {
            0 => reply.text("hi").await,
            1 => reply.json_by_hand(&7).await,
            2 => reply.stream(chunks_from_fn(async || None::<&str>)).await,
            3 => reply.sized(2, &b"hi"[..]).await,
            4 => reply.file(request, File::new(2), &b"hi"[..]).await,
            _ => reply.array(Python).await?.end().await,
        }
    }
}

#[test]
fn a_reply_that_ends_after_the_shutdown_has_begun_says_that_the_connection_closes() {
    for way in 0..6 {
        let is_closing = Cell::new(false);
        let mut line = Shutting {
            input: b"GET / HTTP/1.1\r\nhost: a\r\n\r\n",
            wire: Vec::new(),
            is_closing: &is_closing,
        };
        let (mut request, mut reply) = (buffer(256), buffer(512));
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let late = Late(&is_closing, way);
        let limits = Limits::new();
        let served = serve_connection(&mut line, &late, buffers, &limits);
        assert_eq!(
            poll_times(served, 1 << 10),
            Some(Ok(Closed::Server)),
            "{way}"
        );
        let wire = String::from_utf8(line.wire).unwrap();
        assert!(wire.contains("\r\nconnection: close\r\n"), "{way}: {wire}");
    }
}

#[test]
fn work_that_is_always_done_is_done_where_the_handler_gives_up() {
    struct GivesUp<'s>(&'s Cell<usize>);
    impl<T: Transport> Handler<T> for GivesUp<'_> {
        async fn handle(&self, request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
            let work = async {
                self.0.set(self.0.get() + 1);
                Ok::<(), Infallible>(())
            };
            let reply = responder.ok();
            match request.path() {
                "/always" => reply.background_always(work).fail(Cause::Handler).await,
                "/elements" => {
                    let reply = reply.header("a", "\n").background_always(work);
                    reply.array(Python).await?.end().await
                }
                _ => reply.background(work).fail(Cause::Handler).await,
            }
        }
    }
    for (path, done) in [("always", 1), ("elements", 1), ("other", 0)] {
        let works = Cell::new(0);
        let mut line = Line::new(format!("GET /{path} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes());
        let logs = line.logs.clone();
        let (mut request, mut reply) = (buffer(256), buffer(512));
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let limits = Limits::new();
        let handler = GivesUp(&works);
        let served = serve_connection(&mut line, &handler, buffers, &limits);
        assert_eq!(
            poll_times(served, 1 << 10),
            Some(Ok(Closed::Server)),
            "{path}"
        );
        assert!(logs.wire().starts_with(b"HTTP/1.1 500 "), "{path}");
        assert_eq!(works.get(), done, "{path}");
    }
}
