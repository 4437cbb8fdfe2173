//! The routes of the examples of all adapters: every kind of reply, over any transport.

use std::fmt::Display;
use std::future::poll_fn;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::Poll;

use embedded_io_async::Read;
use replywire::file::File;
use replywire::json::{Dialect, Filter, Lenient, Part, Slashed, Strict};
use replywire::request::Exchange;
use replywire::{
    Cors, Draft, Error, Head, HeaderName, Headers, HttpDate, Preflight, Reply, Response, SetCookie,
    Status, head,
};
use replywire_embedded::{Answered, Request, Responder, Transport, Unanswered};
use replywire_files::{FileTransport, Folder};
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
    ("/json/slashed", "as ujson writes: / escaped"),
    ("/json/lenient", "as orjson writes: NaN is null"),
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
    dots: impl Read,
    sleep: Sleep,
    folder: Option<&Arc<Folder>>,
) -> Result<Answered, Unanswered> {
    if let Some(folder) = folder
        && is_below(request.path(), FILES)
    {
        return Ok(folder.answer(request, responder).await?);
    }
    match (request.method(), request.path()) {
        ("GET" | "HEAD", "/events") => {
            let counter = Counter::new(request, sleep);
            let sent = responder.stream(
                |exchange, buf| Response::to(exchange, buf, Status::OK).events(),
                counter,
            );
            Ok(sent.await?)
        }
        ("GET" | "HEAD", "/hints") => hints(responder).await,
        ("GET" | "HEAD", "/page") => {
            let sent = responder.file(request, PAGE_FILE, PAGE, |exchange, buf| {
                Response::to(exchange, buf, Status::OK)
                    .header(HeaderName::CACHE_CONTROL, "max-age=60")
            });
            Ok(sent.await?)
        }
        ("GET" | "HEAD", "/large") => large(responder, dots).await,
        ("GET" | "HEAD", "/json/large") => numbers(responder).await,
        ("GET" | "HEAD", "/json/rows") => rows(responder).await,
        ("POST", "/echo") => echo(responder).await,
        _ => Ok(responder
            .send(|exchange, buf| buffered(request, exchange, buf))
            .await?),
    }
}

/// Says what the page will need before the page is ready.
async fn hints<T: Transport>(mut responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
    const PRELOAD: &str = "</style.css>; rel=preload; as=style";
    responder
        .inform(|exchange, buf| {
            Response::to(exchange, buf, Status::EARLY_HINTS)
                .header(HeaderName::LINK, PRELOAD)
                .empty()
        })
        .await?;
    let sent = responder.send(|exchange, buf| {
        Response::to(exchange, buf, Status::OK)
            .header(HeaderName::LINK, PRELOAD)
            .html("<p>hinted</p>")
    });
    Ok(sent.await?)
}

/// True if `path` is that of the folder, or of something in it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The replies that fit the buffer: no I/O, so no `async`.
fn buffered<'b>(
    request: &Request<'_>,
    exchange: &Exchange,
    buf: &'b mut [u8],
) -> Result<Reply<'b>, Error> {
    let ok = |buf| Response::to(exchange, buf, Status::OK);
    match (request.method(), request.path()) {
        ("GET" | "HEAD", "/") => ok(buf).html(&index()),
        ("GET" | "HEAD", "/live") => ok(buf).html(live::PAGE),
        ("GET" | "HEAD", "/text") => ok(buf).text("Hello, World!"),
        ("GET" | "HEAD", "/json") => ok(buf).json(&READING),
        ("GET" | "HEAD", "/json/slashed") => ok(buf).document(&Slashed::of("</script>")),
        ("GET" | "HEAD", "/json/lenient") => ok(buf).document(&Lenient::of(&[1e-5, f64::NAN])),
        ("GET" | "HEAD", "/json/model") => {
            ok(buf).document(&Strict::of(&READING).filtered(&PUBLIC))
        }
        ("GET" | "HEAD", "/cookies/set") => ok(buf)
            .cookie(&SESSION.max_age(3600))
            .cookie(&THEME)
            .text("two cookies set"),
        ("GET" | "HEAD", "/cookies/delete") => {
            let now = exchange.date().unwrap_or(LAST_MODIFIED);
            ok(buf)
                .cookie(&SESSION.deleting(now))
                .cookie(&THEME.deleting(now))
                .text("two cookies deleted")
        }
        ("GET" | "HEAD", "/redirect") => Response::to(exchange, buf, Status::TEMPORARY_REDIRECT)
            .redirect("/text?caf\u{e9} au lait"),
        ("GET" | "HEAD", "/headers") => ok(buf)
            .header("X-Cat-Dog", "alone in the world")
            .header(HeaderName::CACHE_CONTROL, "max-age=60")
            .header(HeaderName::LAST_MODIFIED, LAST_MODIFIED)
            .header(HeaderName::AGE, 12u32)
            .bytes("text/markdown", b"# Headers\n"),
        ("GET" | "HEAD", "/empty") => Response::to(exchange, buf, Status::NO_CONTENT).empty(),
        ("GET" | "HEAD", "/error") => Response::with_head(exchange, buf, TEAPOT)
            .html("<h1>418</h1><p>This server makes no coffee."),
        ("GET" | "HEAD", "/cors") => {
            let mut headers = Headers::<512>::new();
            headers.set("x-request-id", 7u32)?;
            CORS.simple(request.header("origin"), &mut headers)?;
            ok(buf).headers(&headers).text("for https://app.example")
        }
        ("OPTIONS", "/cors") => match Preflight::read(request.method(), request.headers()) {
            Some(preflight) => CORS.preflight(&preflight, exchange, buf),
            None => Response::to(exchange, buf, Status::NO_CONTENT)
                .header(HeaderName::ALLOW, "GET, HEAD, OPTIONS")
                .empty(),
        },
        ("GET" | "HEAD", "/draft") => {
            let mut draft = Draft::new();
            authenticate(&mut draft)?;
            create(&mut draft)?;
            Response::join(exchange, buf, Status::OK, &draft).text("made")
        }
        (_, path) => {
            let known = ROUTES.iter().any(|(known, _)| *known == path);
            let (status, methods) = match path {
                "/echo" => (Status::METHOD_NOT_ALLOWED, "POST"),
                "/cors" => (Status::METHOD_NOT_ALLOWED, "GET, HEAD, OPTIONS"),
                _ if known => (Status::METHOD_NOT_ALLOWED, "GET, HEAD"),
                _ => (Status::NOT_FOUND, ""),
            };
            let response = Response::to(exchange, buf, status);
            let response = match methods {
                "" => response,
                _ => response.header(HeaderName::ALLOW, methods),
            };
            response.text(status.reason())
        }
    }
}

/// The length of `/large`.
pub(crate) const LARGE: u64 = 1_000_000;

/// A body of known length that is never whole in memory.
async fn large<T: Transport>(
    responder: Responder<'_, T>,
    dots: impl Read,
) -> Result<Answered, Unanswered> {
    let sent = responder.transfer(
        |exchange, buf| {
            Response::to(exchange, buf, Status::OK)
                .media_type("text/plain")
                .sized(LARGE)
        },
        dots,
    );
    Ok(sent.await?)
}

/// A JSON document that is never whole in memory, but for its numbers.
async fn numbers<T: Transport>(responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
    let numbers: Vec<u32> = (0..100_000).collect();
    let sent = responder
        .document(|exchange, buf| Response::to(exchange, buf, Status::OK).json_stream(&numbers));
    Ok(sent.await?)
}

/// An array of readings that are taken while it is sent.
async fn rows<T: Transport>(responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
    let mut rows = responder
        .elements(|exchange, buf| Response::to(exchange, buf, Status::OK).array_stream(Strict))
        .await?;
    for celsius in [21.5, 21.25, 20.75] {
        let row = Reading {
            celsius: measured(celsius).await,
            ..READING
        };
        rows.item(Strict::of(&row).filtered(&PUBLIC)).await?;
    }
    Ok(rows.end().await?)
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
async fn echo<T: Transport>(mut responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
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
    let sent = responder.send(|exchange, buf| {
        let response = Response::to(exchange, buf, status);
        match status {
            Status::OK => response.bytes("application/octet-stream", content),
            _ => response.text(status.reason()),
        }
    });
    Ok(sent.await?)
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
