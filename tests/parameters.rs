//! The reference's response classes, parameter by parameter: `parameters.md` has the call here for
//! each, and each of its tests compares what is sent with what the reference sent, which
//! `interop/parameters.py` has recorded in `parameters.json`.
//!
//! Lines are compared as a set, for the length comes last here. The reference leaves the framing of
//! a body without a length to its server, so `transfer-encoding` is compared with none.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::OnceLock;

use conformance::buffer;
use conformance::drive::{FileWay, drive, drive_file};
use conformance::line::{Line, Log, Logs, Steps, chunk};
use conformance::reply::{Framing, strict};
use conformance::script::poll_times;
use conformance::source_files::workspace;
use conformance::vector::reference_tag;
use regex::Regex;
use replywire::body::{Content, ContentWriter};
use replywire::file::{File, FilePlan};
use replywire::json::{NdArray, Orjson, Ujson};
use replywire::request::Exchange;
use replywire::{
    Cors, Disposition, ETag, Error, Headers, HttpDate, Reply, Response, SameSite, SetCookie, Status,
};
use replywire_embedded::{
    Answer, Buffers, Closed, Handler, Limits, Request, Responder, serve_connection,
};
use serde::{Deserialize, Serialize};

/// A reply of the reference; its texts have a character for each byte.
#[derive(Deserialize)]
struct Recorded {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// The works that ran after it.
    #[serde(default)]
    ran: Vec<String>,
}

fn recorded() -> &'static BTreeMap<String, Recorded> {
    static ALL: OnceLock<BTreeMap<String, Recorded>> = OnceLock::new();
    ALL.get_or_init(|| serde_json::from_str(include_str!("parameters.json")).unwrap())
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|char| u8::try_from(char).unwrap())
        .collect()
}

/// Compares a reply with the one of the reference that has this name.
pub(crate) fn same(name: &str, wire: &[u8]) {
    let want = &recorded()[name];
    let reply = strict(wire, "GET").unwrap();
    let fields = want
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), bytes(value)));
    let fields: BTreeSet<_> = fields.collect();
    let mut got: BTreeSet<_> = reply.fields.iter().cloned().collect();
    assert_eq!(
        got.len(),
        reply.fields.len(),
        "{name}: a line is there twice"
    );
    if reply.framing == Framing::Chunked {
        assert!(
            got.remove(&("transfer-encoding".to_owned(), b"chunked".to_vec())),
            "{name}"
        );
    }
    assert_eq!((reply.status, got), (want.status, fields), "{name}");
    assert_eq!(reply.body, bytes(&want.body), "{name}");
}

/// Compares a reply that lies in memory.
pub(crate) fn same_reply(
    name: &str,
    status: Status,
    end: impl FnOnce(Response<'_>) -> Result<Reply<'_>, Error>,
) {
    let mut buf = buffer(512);
    same(
        name,
        end(Response::to(&Exchange::GET, &mut buf, status))
            .unwrap()
            .as_bytes(),
    );
}

/// The lines that some rows are given.
fn own(response: Response<'_>) -> Response<'_> {
    response
        .header("X-Cat-Dog", "alone in the world")
        .header("Content-Language", "en-US")
}

#[test]
fn content() {
    same_reply("response", Status::OK, |response| response.empty());
    same_reply("response.content.text", Status::OK, |response| {
        response.body("café".as_bytes())
    });
    same_reply("response.content.bytes", Status::OK, |response| {
        response.body(b"\x00\xff")
    });
}

#[test]
fn status_and_headers() {
    same_reply("response.status_code", Status::CREATED, |response| {
        response.body(b"hi")
    });
    same_reply("response.headers", Status::OK, |response| {
        own(response).body(b"hi")
    });
}

#[test]
fn media_type() {
    same_reply("response.media_type", Status::OK, |response| {
        response.bytes("text/css", b"a{}")
    });
    same_reply("response.media_type.other", Status::OK, |response| {
        response.bytes("application/cbor", b"\x80")
    });
}

/// The works after a reply.
pub(crate) type Works = Pin<Box<dyn Future<Output = Result<(), Infallible>>>>;

/// A handler that is given works to be done after its reply, which are logged.
struct Worker<F> {
    answer: F,
    works: usize,
    logs: Logs,
}

impl<F> Handler<Line> for Worker<F>
where
    F: AsyncFn(&Request<'_>, Responder<'_, Line>, Works) -> Answer,
{
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
        let (logs, works) = (self.logs.clone(), self.works);
        let works = async move {
            for at in 0..works {
                logs.add(Log::Worked(at));
            }
            Ok(())
        };
        (self.answer)(request, responder, Box::pin(works)).await
    }
}

/// Serves a request of a row by `answer`, and compares what was sent and done.
pub(crate) fn same_with_work<F>(name: &str, method: &str, answer: F)
where
    F: AsyncFn(&Request<'_>, Responder<'_, Line>, Works) -> Answer,
{
    let mut line = Line::new(format!("{method} / HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes());
    let logs = line.logs.clone();
    let works = recorded()[name].ran.len();
    let worker = Worker {
        answer,
        works,
        logs: logs.clone(),
    };
    let (mut request, mut reply) = (buffer(512), buffer(512));
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new();
    let served = serve_connection(&mut line, &worker, buffers, &limits);
    assert_eq!(poll_times(served, 1 << 10), Some(Ok(Closed::Peer)));
    same(name, &logs.wire());
    let all = logs.all();
    let is_work = |log: &&Log| matches!(log, Log::Worked(_));
    assert_eq!(all.iter().filter(is_work).count(), works, "{name}");
    let first = all.iter().position(|log| is_work(&log));
    let is_write = |log: &Log| matches!(log, Log::Wrote(_));
    let after = first.map_or(&[][..], |first| &all[first..]);
    assert!(!after.iter().any(is_write), "{name}: {all:?}");
}

#[test]
fn background_work() {
    for name in [
        "response.background",
        "response.background.several",
        "attribute.background",
    ] {
        same_with_work(name, "GET", async |_, responder, works| {
            responder.ok().background(works).body(b"hi").await
        });
    }
    same_with_work("json.background", "GET", async |_, responder, works| {
        responder.ok().background(works).json(&VALUE).await
    });
    same_with_work("redirect.background", "GET", async |_, responder, works| {
        let reply = responder.status(Status::TEMPORARY_REDIRECT);
        reply.background(works).redirect("/items/7").await
    });
    same_with_work(
        "streaming.background",
        "GET",
        async |_, responder, works| {
            let source = Steps::new([chunk("a")], &Default::default());
            responder.ok().background(works).stream(source).await
        },
    );
    let tag = reference_tag("784111777.0", FILE.len());
    same_with_work(
        "file.background",
        "GET",
        async |request, responder, works| {
            let reply = responder.ok().background(works);
            reply.file(request, file(&tag), FILE).await
        },
    );
}

#[test]
fn html_and_plain_text() {
    same_reply("html", Status::OK, |response| response.html("<p>hi"));
    same_reply("html.status_code", Status::NOT_FOUND, |response| {
        own(response).html("<p>no")
    });
    same_reply("plain", Status::OK, |response| response.text("hi"));
    same_reply("plain.media_type", Status::OK, |response| {
        response.media_type("text/csv").text("a,b")
    });
}

#[derive(Serialize)]
struct Value {
    name: &'static str,
    tags: (&'static str, (), bool),
    n: f64,
}

const VALUE: Value = Value {
    name: "café",
    tags: ("a/b", (), true),
    n: 1.5,
};

#[test]
fn json() {
    same_reply("json", Status::OK, |response| response.json(&VALUE));
    same_reply("json.none", Status::OK, |response| response.json(&()));
    same_reply(
        "json.status_code",
        Status::UNPROCESSABLE_CONTENT,
        |response| own(response).json(&VALUE),
    );
    same_reply("json.media_type", Status::OK, |response| {
        response.media_type("application/problem+json").json(&VALUE)
    });
}

#[test]
fn ujson_and_orjson() {
    same_reply("ujson", Status::OK, |response| {
        response.document(Ujson::of(&VALUE))
    });
    same_reply("orjson", Status::OK, |response| {
        response.document(Orjson::of(&VALUE))
    });
    same_reply("orjson.keys", Status::OK, |response| {
        response.document(Orjson::of(&BTreeMap::from([(2, "a"), (3, "b")])))
    });
    same_reply("orjson.numpy", Status::OK, |response| {
        let array = NdArray::new(&[2, 2], &[1, 2, 3, 4]).unwrap();
        response.document(Orjson::of(&array))
    });
}

#[test]
fn redirect() {
    const USUAL: Status = Status::TEMPORARY_REDIRECT;
    same_reply("redirect", USUAL, |response| {
        response.redirect("https://example.org/café 1?a=%20")
    });
    same_reply("redirect.url_object", USUAL, |response| {
        response.redirect("/items/7")
    });
    same_reply("redirect.status_code", Status::SEE_OTHER, |response| {
        own(response).redirect("/items/7")
    });
}

/// Compares a reply whose body comes in chunks.
fn same_stream(
    name: &str,
    status: Status,
    begin: impl FnOnce(Response<'_>) -> Response<'_>,
    chunks: &[&[u8]],
) {
    let mut buf = buffer(512);
    let response = begin(Response::to(&Exchange::GET, &mut buf, status));
    let driven = drive(response.stream().unwrap(), chunks, &[]);
    assert_eq!(driven.result, Ok(()));
    same(name, &driven.sent);
}

#[test]
fn streaming() {
    for name in ["streaming.async", "streaming.plain"] {
        same_stream(name, Status::OK, |response| response, &[b"a", b"b", b"c"]);
    }
    same_stream("streaming.status_code", Status::ACCEPTED, own, &[b"a"]);
    same_stream("streaming.media_type", Status::OK, typed, &[b"a\n"]);
}

fn typed(response: Response<'_>) -> Response<'_> {
    response.media_type("text/csv")
}

const FILE: &[u8] = b"held in a file";

/// The file of the reference's replies, `report.txt`, with the reference's tag.
fn file(tag: &str) -> File<'_> {
    File::new(FILE.len() as u64)
        .guess_type_from_name("report.txt")
        .modified(784_111_777, 0)
        .etag(ETag::strong(tag).unwrap())
}

fn plan(file: File<'_>) -> FilePlan<'_> {
    file.plan::<&str, &str>(&Exchange::GET, [])
}

/// Compares a reply with a file, sent through a buffer of this size.
fn same_file(
    name: &str,
    status: Status,
    room: usize,
    begin: impl FnOnce(Response<'_>) -> Response<'_>,
    describe: impl for<'f> FnOnce(File<'f>) -> File<'f>,
) {
    let tag = reference_tag("784111777.0", FILE.len());
    let plan = plan(describe(file(&tag)));
    let mut buf = buffer(room);
    let response = begin(Response::to(&Exchange::GET, &mut buf, status));
    let driven = drive_file(response.file(&plan).unwrap(), FILE, FileWay::Filled, &[]);
    assert_eq!(driven.result, Ok(()));
    same(name, &driven.sent);
}

#[test]
fn files() {
    for name in ["file", "file.stat_result"] {
        same_file(name, Status::OK, 512, |response| response, |file| file);
    }
    same_file("file.status_code", Status::NOT_FOUND, 512, own, |file| file);
    same_file(
        "file.media_type",
        Status::OK,
        512,
        |response| response,
        |file| file.media_type("application/pdf"),
    );
    same_file("file.filename", Status::OK, 512, attachment, |file| {
        file.guess_type_from_name("report.html")
    });
    same_file(
        "file.content_disposition_type",
        Status::OK,
        512,
        inline,
        |file| file,
    );
    // As small as the head.
    same_file(
        "file.chunk_size",
        Status::OK,
        250,
        |response| response,
        |file| file,
    );
}

fn attachment(response: Response<'_>) -> Response<'_> {
    response.disposition(&Disposition::attachment("report.html"))
}

fn inline(response: Response<'_>) -> Response<'_> {
    response.disposition(&Disposition::inline("report.txt"))
}

#[test]
fn attributes() {
    let mut buf = buffer(512);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).body(b"hi");
    let reply = reply.unwrap().edit().status(Status::NOT_FOUND).finish();
    let reply = reply.unwrap();
    assert_eq!(
        (reply.status(), reply.body()),
        (Status::NOT_FOUND, &b"hi"[..])
    );
    same("attribute.status_code", reply.as_bytes());
    // Set on a finished response they change nothing.
    same_reply("attribute.media_type", Status::OK, |response| {
        response.body(b"hi")
    });
    same_reply("attribute.body", Status::OK, |response| {
        response.body(b"ho")
    });
}

/// Compares a reply whose lines were edited.
fn same_headers(name: &str, edit: impl FnOnce(&mut Headers<128>) -> Result<(), Error>) {
    let mut headers = Headers::new();
    headers.append("x-a", "1").unwrap();
    headers.append("x-b", "2").unwrap();
    edit(&mut headers).unwrap();
    same_reply(name, Status::OK, |response| {
        response.headers(&headers).body(b"hi")
    });
}

#[test]
fn headers() {
    same_headers("headers.get", |headers| {
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        let mut seen = vec![text(headers.get("x-a").unwrap())];
        seen.push(text(headers.get("x-c").unwrap_or(b"none")));
        seen.extend(headers.get_all("x-b").map(text));
        seen.extend(headers.iter().map(|(name, _)| name.to_owned()));
        headers.set("x-seen", seen.join(",").as_str())
    });
    same_headers("headers.set", |headers| headers.set("X-A", "3"));
    same_headers("headers.append", |headers| headers.append("x-a", "3"));
    same_headers("headers.setdefault", |headers| {
        assert_eq!(headers.set_default("x-a", "3"), Ok(&b"1"[..]));
        headers.set_default("x-c", "4").map(drop)
    });
    same_headers("headers.update", |headers| {
        headers.update([("x-b", "3"), ("x-c", "4")])
    });
    same_headers("headers.delete", |headers| {
        headers.remove("x-a");
        Ok(())
    });
    same_headers("headers.add_vary_header", |headers| {
        headers.add_vary("Accept")?;
        headers.add_vary("Origin")
    });
}

#[test]
fn a_class_of_ones_own() {
    struct Xml(&'static str);
    impl Content for Xml {
        fn media_type(&self) -> &str {
            "application/xml"
        }

        fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
            write!(out, "<a>{}</a>", self.0)
        }
    }
    same_reply("render", Status::OK, |response| response.content(Xml("x")));
}

#[test]
fn lines_that_are_added_by_default() {
    same_reply("init_headers.204", Status::NO_CONTENT, |response| {
        response.empty()
    });
    same_reply("init_headers.304", Status::NOT_MODIFIED, |response| {
        response.header("etag", "\"a\"").empty()
    });
    same_reply("init_headers.content_type", Status::OK, |response| {
        response.header("content-type", "text/x-own").html("hi")
    });
}

fn same_cookie(name: &str, cookie: SetCookie<'_>) {
    same_reply(name, Status::OK, |response| {
        response.cookie(&cookie).body(b"hi")
    });
}

fn now() -> HttpDate {
    HttpDate::from_unix(784_111_777).unwrap()
}

#[test]
fn set_cookie() {
    let sid = SetCookie::quoting("sid", "1");
    let date = HttpDate::from_civil(2037, 1, 22, 12, 0, 0).unwrap();
    same_cookie("set_cookie.key", SetCookie::quoting("sid", ""));
    same_cookie("set_cookie.value", SetCookie::new("sid", "31d4d96e"));
    same_cookie(
        "set_cookie.value.quoted",
        SetCookie::quoting("sid", "a b;\"c\""),
    );
    same_cookie("set_cookie.max_age", sid.max_age(3600));
    same_cookie("set_cookie.expires.date", sid.expires(date));
    let text = "Thu, 22 Jan 2037 12:00:00 GMT";
    same_cookie("set_cookie.expires.text", sid.expires_text(text));
    same_cookie("set_cookie.expires.seconds", sid.expires_in(now(), 10));
    same_cookie("set_cookie.path", sid.path("/items"));
    same_cookie("set_cookie.path.none", sid.path(""));
    same_cookie("set_cookie.domain", sid.domain("example.org"));
    same_cookie("set_cookie.secure", sid.secure());
    same_cookie("set_cookie.httponly", sid.http_only());
    same_cookie("set_cookie.samesite", sid.same_site(SameSite::STRICT));
    same_cookie("set_cookie.samesite.none", sid.any_site());
    same_cookie(
        "set_cookie.samesite.text",
        sid.same_site(SameSite::NONE).secure(),
    );
    same_cookie("set_cookie.partitioned", sid.partitioned().secure());
}

#[test]
fn delete_cookie() {
    let sid = SetCookie::quoting("sid", "").deleting(now());
    same_cookie("delete_cookie.key", sid);
    same_cookie("delete_cookie.path", sid.path("/items"));
    same_cookie("delete_cookie.domain", sid.domain("example.org"));
    same_cookie("delete_cookie.secure", sid.secure());
    same_cookie("delete_cookie.httponly", sid.http_only());
    same_cookie("delete_cookie.samesite", sid.same_site(SameSite::STRICT));
    same_cookie("delete_cookie.partitioned", sid.partitioned().secure());
}

#[test]
fn expose_headers() {
    const CORS: Cors = Cors::new()
        .origins(&["https://app.example"])
        .expose_headers(&["X-Cat-Dog"]);
    let mut headers = Headers::<256>::new();
    CORS.simple(Some(b"https://app.example"), &mut headers)
        .unwrap();
    same_reply("cors.expose_headers", Status::OK, |response| {
        response.headers(&headers).body(b"hi")
    });
}

/// The parameters, attributes and methods of the reference, by what has them.
pub(crate) const REFERENCE: [(&str, &str); 13] = [
    (
        "Response",
        "content status_code headers media_type background",
    ),
    (
        "HTMLResponse",
        "content status_code headers media_type background",
    ),
    (
        "PlainTextResponse",
        "content status_code headers media_type background",
    ),
    (
        "JSONResponse",
        "content status_code headers media_type background",
    ),
    (
        "UJSONResponse",
        "content status_code headers media_type background",
    ),
    (
        "ORJSONResponse",
        "content status_code headers media_type background",
    ),
    ("RedirectResponse", "url status_code headers background"),
    (
        "StreamingResponse",
        "content status_code headers media_type background body_iterator",
    ),
    (
        "FileResponse",
        "path status_code headers media_type background filename stat_result method \
         content_disposition_type chunk_size",
    ),
    (
        "response",
        "status_code media_type charset body background headers render init_headers",
    ),
    (
        "set_cookie",
        "key value max_age expires path domain secure httponly samesite partitioned",
    ),
    (
        "delete_cookie",
        "key path domain secure httponly samesite partitioned",
    ),
    ("CORSMiddleware", "expose_headers"),
];

/// The rows of the table: what the reference has, the call here, the test.
pub(crate) fn table() -> Vec<[&'static str; 3]> {
    let rows = include_str!("parameters.md")
        .lines()
        .filter(|line| line.starts_with("| `"));
    let cells = rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        cells
            .try_into()
            .unwrap_or_else(|_| panic!("three cells: {row}"))
    });
    cells.collect()
}

/// The names in a cell of the first column, each after the class or function that has it.
pub(crate) fn named(item: &str) -> Vec<(String, String)> {
    static NAMED: OnceLock<Regex> = OnceLock::new();
    let regex = NAMED.get_or_init(|| Regex::new(r"`(\w+)[(.]([\w, ]+)\)?`").unwrap());
    let mut all = Vec::new();
    for found in regex.captures_iter(item) {
        let (_, [of, names]) = found.extract();
        all.extend(
            names
                .split(", ")
                .map(|name| (of.to_owned(), name.to_owned())),
        );
    }
    all
}

#[test]
fn the_table_has_all_of_the_reference() {
    let known: BTreeSet<_> = table()
        .into_iter()
        .flat_map(|[item, ..]| named(item))
        .collect();
    for (of, names) in REFERENCE {
        for name in names.split_whitespace() {
            assert!(
                known.contains(&(of.to_owned(), name.to_owned())),
                "{of}: {name}"
            );
        }
    }
}

#[test]
fn each_row_names_a_test_and_each_recorded_reply_is_compared() {
    let read = |name: &str| std::fs::read_to_string(workspace().join("tests").join(name)).unwrap();
    let texts = read("parameters.rs") + &read("fastapi.rs");
    let tests = Regex::new(r"#\[test\]\s*fn (\w+)").unwrap();
    let tests: BTreeSet<_> = tests
        .captures_iter(&texts)
        .map(|test| test[1].to_owned())
        .collect();
    for [item, call, test] in table() {
        let is_left_out = test == "–" && call.starts_with("none: ");
        assert!(
            is_left_out || tests.contains(test.trim_matches('`')),
            "{item}: {test}"
        );
    }
    for name in recorded().keys() {
        assert!(texts.contains(&format!("\"{name}\"")), "{name}");
    }
}
