//! The routes of the examples of all adapters: every kind of reply, over any transport.

use std::fmt::Display;
use std::future::poll_fn;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::Poll;

use embedded_io_async::Read;
use replywire::file::File;
use replywire::json::{Filter, Orjson, Part, Python, Ujson};
use replywire::{
    Cors, Draft, Error, Head, HeaderName, Headers, HttpDate, Preflight, SetCookie, Status, head,
};
use replywire_embedded::{Answer, Request, Responder, Transport};
use replywire_files::{FileTransport, Folder};
use replywire_std::{AccessLog, LogForm};
use serde::Serialize;

use self::live::Counter;
pub(crate) use self::live::Sleep;

#[path = "live.rs"]
mod live;

/// The address to listen on and the folder to serve: the arguments, if there are any.
pub(crate) fn arguments() -> Result<(String, Option<Arc<Folder>>), String> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let folder = match args.next() {
        None => None,
        Some(path) => {
            let folder =
                Folder::open(&path).map_err(|error| format!("cannot open {path}: {error}"))?;
            Some(Arc::new(folder.at(FILES).html(true).precompressed(true)))
        }
    };
    match args.next() {
        Some(_) => Err("too many arguments; usage: serve [ADDRESS [FOLDER]]".to_owned()),
        None => Ok((address, folder)),
    }
}

/// The path of the folder.
const FILES: &str = "/files";

/// Prints what there is to try `at` this address.
pub(crate) fn announce(at: impl Display) {
    println!("Listening on http://{at}/ - stop with Ctrl-C. Try:");
    for (path, what) in ROUTES {
        println!("  curl -i http://{at}{path:<16} # {what}");
    }
    println!("  curl -i -d ping http://{at}/echo         # the request's content");
    println!("  curl -i http://{at}/files/NAME       # a file of the folder, if there is one");
    println!("  curl -i -X OPTIONS -H 'Origin: https://app.example' \\");
    println!("       -H 'Access-Control-Request-Method: PUT' http://{at}/cors  # a preflight");
}

/// The log of the server: a line for each exchange, in the Common Log Format.
pub(crate) fn log() -> AccessLog<fn(&str)> {
    AccessLog::new(LogForm::Common, |line| eprintln!("{line}"))
}

/// Says what went wrong, if anything did.
pub(crate) fn exit(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("serve: {message}");
            ExitCode::from(2)
        }
    }
}

/// The routes that the page lists.
const ROUTES: [(&str, &str); 21] = [
    ("/", "this page, HTML"),
    ("/text", "plain text"),
    ("/json", "JSON from a serde value"),
    ("/json/ujson", "as ujson writes: / escaped"),
    ("/json/orjson", "as orjson writes: NaN is null"),
    ("/json/model", "the same value through a response model"),
    ("/json/large", "100,000 numbers through a buffer of 12 KiB"),
    ("/json/rows", "elements that come one by one"),
    ("/cookies/set", "two cookies"),
    ("/cookies/delete", "the same cookies deleted"),
    ("/redirect", "a redirect to /text"),
    ("/headers", "headers of several kinds"),
    ("/empty", "204, neither body nor length"),
    ("/error", "an error page"),
    ("/cors", "a reply that one other origin may read"),
    ("/draft", "a draft response that two stages fill, joined"),
    ("/hints", "103 Early Hints, then a page"),
    ("/live", "a page whose counter moves"),
    ("/events", "the server-sent events of that page"),
    ("/page", "a file in memory: an etag, ranges"),
    ("/large", "1,000,000 bytes through a buffer of 12 KiB"),
];

const CORS: Cors<'static> = Cors::new()
    .origins(&["https://app.example"])
    .methods(&["GET", "PUT"])
    .expose_headers(&["x-request-id"])
    .credentials();

/// A head that is one copy from read-only memory.
const TEAPOT: Head = head!(
    Status::IM_A_TEAPOT,
    "content-type" => "text/html; charset=utf-8",
    "cache-control" => "no-store",
);

#[derive(Serialize)]
struct Reading {
    sensor: &'static str,
    celsius: f64,
    ok: bool,
    samples: [u32; 3],
    note: Option<&'static str>,
}

const READING: Reading = Reading {
    sensor: "roof",
    celsius: 21.5,
    ok: true,
    samples: [3, 5, 8],
    note: None,
};

/// The part of a reading that everyone may see.
const PUBLIC: Filter<'static> = Filter::new()
    .exclude(&[Part::Name("ok"), Part::In("samples", &[Part::At(-1)])])
    .exclude_none();

/// A file as firmware has it; its etag is computed at compile time.
const PAGE: &[u8] = b"<!doctype html><title>Replywire</title><p>A file in memory.</p>\n";
static PAGE_FILE: File<'static> = File::of(PAGE).media_type("text/html");

/// Answers every request; `dots` has [`LARGE`] bytes, read as the runtime reads.
pub(crate) async fn answer<T: FileTransport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
    dots: impl Read<Error: Send + Sync + 'static>,
    sleep: Sleep,
    folder: Option<&Arc<Folder>>,
) -> Answer {
    if let Some(folder) = folder
        && is_below(request.path(), FILES)
    {
        return Ok(folder.answer(request, responder).await?);
    }
    match (request.method(), request.path()) {
        ("GET" | "HEAD", path) => get(path, request, responder, dots, sleep).await,
        ("POST", "/echo") => echo(responder).await,
        ("OPTIONS", "/cors") => preflight(request, responder).await,
        (_, path) => refuse(path, responder).await,
    }
}

/// Answers a `GET`, or a `HEAD`: whether a body is sent is decided by the library.
async fn get<T: Transport>(
    path: &str,
    request: &Request<'_>,
    responder: Responder<'_, T>,
    dots: impl Read<Error: Send + Sync + 'static>,
    sleep: Sleep,
) -> Answer {
    match path {
        "/" => responder.ok().html(&index()).await,
        "/live" => responder.ok().html(live::PAGE).await,
        "/events" => responder.ok().events(Counter::new(request, sleep)).await,
        "/text" => responder.ok().text("Hello, World!").await,
        "/json" => responder.ok().json(&READING).await,
        "/json/ujson" => responder.ok().document(Ujson::of("</script>")).await,
        "/json/orjson" => responder.ok().document(Orjson::of(&[1e-5, f64::NAN])).await,
        "/json/model" => {
            let document = Python::of(&READING).filtered(&PUBLIC);
            responder.ok().document(document).await
        }
        "/json/large" => {
            let numbers: Vec<u32> = (0..100_000).collect();
            responder.ok().json(&numbers).await
        }
        "/json/rows" => rows(responder).await,
        "/cookies/set" => {
            let reply = responder.ok().cookie(&SESSION.max_age(3600));
            reply.cookie(&THEME).text("two cookies set").await
        }
        "/cookies/delete" => {
            let now = responder.exchange().date().unwrap_or(LAST_MODIFIED);
            let reply = responder.ok().cookie(&SESSION.deleting(now));
            let reply = reply.cookie(&THEME.deleting(now));
            reply.text("two cookies deleted").await
        }
        "/redirect" => {
            let reply = responder.status(Status::TEMPORARY_REDIRECT);
            reply.redirect("/text?caf\u{e9} au lait").await
        }
        "/headers" => {
            let reply = responder.ok().header("X-Cat-Dog", "alone in the world");
            let reply = reply.header(HeaderName::CACHE_CONTROL, "max-age=60");
            let reply = reply.header(HeaderName::LAST_MODIFIED, LAST_MODIFIED);
            let reply = reply.header(HeaderName::AGE, 12u32);
            reply.bytes("text/markdown", b"# Headers\n").await
        }
        "/empty" => responder.status(Status::NO_CONTENT).empty().await,
        "/error" => {
            let reply = responder.head(TEAPOT);
            reply
                .html("<h1>418</h1><p>This server makes no coffee.")
                .await
        }
        "/cors" => {
            let mut headers = Headers::<512>::new();
            headers.set("x-request-id", 7u32)?;
            CORS.simple(request.header("origin"), &mut headers)?;
            responder
                .ok()
                .headers(&headers)
                .text("for https://app.example")
                .await
        }
        "/draft" => {
            let mut draft = Draft::new();
            authenticate(&mut draft)?;
            create(&mut draft)?;
            responder.ok().join(&draft).text("made").await
        }
        "/hints" => hints(responder).await,
        "/page" => {
            let reply = responder
                .ok()
                .header(HeaderName::CACHE_CONTROL, "max-age=60");
            reply.file(request, PAGE_FILE, PAGE).await
        }
        // A body of known length that is never whole in memory.
        "/large" => {
            responder
                .ok()
                .media_type("text/plain")
                .sized(LARGE, dots)
                .await
        }
        _ => refuse(path, responder).await,
    }
}

/// Says what the page will need before the page is ready.
async fn hints<T: Transport>(mut responder: Responder<'_, T>) -> Answer {
    const PRELOAD: &str = "</style.css>; rel=preload; as=style";
    let hints = responder.early_hints().header(HeaderName::LINK, PRELOAD);
    hints.inform().await?;
    let reply = responder.ok().header(HeaderName::LINK, PRELOAD);
    reply.html("<p>hinted</p>").await
}

/// True if `path` is that of the folder, or of something in it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Says which other origins may do what.
async fn preflight<T: Transport>(request: &Request<'_>, responder: Responder<'_, T>) -> Answer {
    let Some(preflight) = Preflight::read(request.method(), request.headers()) else {
        let reply = responder.status(Status::NO_CONTENT);
        return reply
            .header(HeaderName::ALLOW, "GET, HEAD, OPTIONS")
            .empty()
            .await;
    };
    responder.ok().preflight(&CORS, &preflight).await
}

/// Says that there is nothing, or which methods there are.
async fn refuse<T: Transport>(path: &str, responder: Responder<'_, T>) -> Answer {
    let known = ROUTES.iter().any(|(known, _)| *known == path);
    let methods = match path {
        "/echo" => "POST",
        "/cors" => "GET, HEAD, OPTIONS",
        _ if known => "GET, HEAD",
        _ => {
            let reply = responder.status(Status::NOT_FOUND);
            return reply.text(Status::NOT_FOUND.reason()).await;
        }
    };
    let reply = responder.status(Status::METHOD_NOT_ALLOWED);
    let reply = reply.header(HeaderName::ALLOW, methods);
    reply.text(Status::METHOD_NOT_ALLOWED.reason()).await
}

/// The length of `/large`.
pub(crate) const LARGE: u64 = 1_000_000;

/// An array of readings that are taken while it is sent.
async fn rows<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let mut rows = responder.ok().array(Python).await?;
    for celsius in [21.5, 21.25, 20.75] {
        let row = Reading {
            celsius: measured(celsius).await,
            ..READING
        };
        rows.item(Python::of(&row).filtered(&PUBLIC)).await?;
    }
    rows.end().await
}

/// A measurement that takes a moment: other tasks get their turn.
async fn measured(celsius: f64) -> f64 {
    let mut is_done = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut is_done, true) {
            return Poll::Ready(celsius);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

/// Reads the request's content, up to a limit, and sends it back.
async fn echo<T: Transport>(mut responder: Responder<'_, T>) -> Answer {
    let mut content = [0; 4096];
    let mut len = 0;
    let status = loop {
        if responder.remaining() == Some(0) {
            break Status::OK;
        }
        let Some(room) = content.get_mut(len..).filter(|room| !room.is_empty()) else {
            break Status::CONTENT_TOO_LARGE;
        };
        match responder.read(room).await? {
            0 => break Status::OK,
            n => len += n,
        }
    };
    let content = content.get(..len).unwrap_or_default();
    let reply = responder.status(status);
    match status {
        Status::OK => reply.bytes("application/octet-stream", content).await,
        _ => reply.text(status.reason()).await,
    }
}

const SESSION: SetCookie<'static> = SetCookie::new("sid", "31d4d96e407aad42").http_only();
const THEME: SetCookie<'static> = SetCookie::new("theme", "dark").path("/cookies");

const LAST_MODIFIED: HttpDate = HttpDate::from_civil(2026, 11, 1, 12, 0, 0).unwrap();

/// The first stage of `/draft`.
fn authenticate(draft: &mut Draft<512>) -> Result<(), Error> {
    draft.append(HeaderName::LINK, "</text>; rel=next")?;
    draft.cookie(&SESSION)
}

/// The second stage of `/draft`.
fn create(draft: &mut Draft<512>) -> Result<(), Error> {
    draft.set_status(Status::CREATED);
    draft.append(HeaderName::LINK, "</json>; rel=alternate")?;
    draft.headers_mut().add_vary("Cookie")
}

fn index() -> String {
    let mut page = String::from("<!doctype html><title>Replywire</title><h1>Replywire</h1><ul>");
    for (path, what) in ROUTES {
        page += &format!("<li><a href=\"{path}\">{path}</a>: {what}");
    }
    page
}
