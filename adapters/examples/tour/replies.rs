//! The replies of the tour. Its page shows each of these functions, and what it needs, as they
//! stand here.

use std::future::poll_fn;
use std::task::Poll;

use embedded_io_async::Read;
use replywire::file::File;
use replywire::json::{Filter, Orjson, Part, Python, Ujson};
use replywire::{
    Cors, Draft, Error, Head, HeaderName, Headers, HttpDate, Preflight, SetCookie, Status, head,
};
use replywire_embedded::{Answer, Request, Responder, Transport};
use serde::Serialize;

use super::Sleep;
use super::live::Counter;

pub(super) async fn text<T: Transport>(responder: Responder<'_, T>) -> Answer {
    responder.ok().text("Hello, World!").await
}

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

pub(super) async fn json<T: Transport>(responder: Responder<'_, T>) -> Answer {
    responder.ok().json(&READING).await
}

pub(super) async fn json_ujson<T: Transport>(responder: Responder<'_, T>) -> Answer {
    responder.ok().document(Ujson::of("</script>")).await
}

pub(super) async fn json_orjson<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let document = Orjson::of(&[1e-5, f64::NAN]);
    responder.ok().document(document).await
}

/// The part of a reading that everyone may see.
const PUBLIC: Filter<'static> = Filter::new()
    .exclude(&[Part::Name("ok"), Part::In("samples", &[Part::At(-1)])])
    .exclude_none();

pub(super) async fn json_model<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let document = Python::of(&READING).filtered(&PUBLIC);
    responder.ok().document(document).await
}

pub(super) async fn json_rows<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let mut rows = responder.ok().array(Python).await?;
    for celsius in [21.5, 21.25, 20.75] {
        let celsius = measured(celsius).await;
        let row = Reading { celsius, ..READING };
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

pub(super) async fn json_large<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let numbers: Vec<u32> = (0..100_000).collect();
    responder.ok().json(&numbers).await
}

const SESSION: SetCookie<'static> = SetCookie::new("sid", "31d4d96e407aad42").http_only();
const THEME: SetCookie<'static> = SetCookie::new("theme", "dark").path("/cookies");

pub(super) async fn cookies_set<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let reply = responder.ok().cookie(&SESSION.max_age(3600));
    reply.cookie(&THEME).text("two cookies set").await
}

pub(super) async fn cookies_delete<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let now = responder.exchange().date().unwrap_or(LAST_MODIFIED);
    let reply = responder.ok().cookie(&SESSION.deleting(now));
    let reply = reply.cookie(&THEME.deleting(now));
    reply.text("two cookies deleted").await
}

const LAST_MODIFIED: HttpDate = HttpDate::from_civil(2026, 11, 1, 12, 0, 0).unwrap();

pub(super) async fn headers<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let reply = responder.ok().header("X-Cat-Dog", "alone in the world");
    let reply = reply.header(HeaderName::CACHE_CONTROL, "max-age=60");
    let reply = reply.header(HeaderName::LAST_MODIFIED, LAST_MODIFIED);
    let reply = reply.header(HeaderName::AGE, 12u32);
    reply.bytes("text/markdown", b"# Headers\n").await
}

const CORS: Cors<'static> = Cors::new()
    .origins(&["https://app.example"])
    .methods(&["GET", "PUT"])
    .expose_headers(&["x-request-id"])
    .credentials();

pub(super) async fn cors<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Answer {
    let mut headers = Headers::<512>::new();
    headers.set("x-request-id", 7u32)?;
    CORS.simple(request.header("origin"), &mut headers)?;
    let reply = responder.ok().headers(&headers);
    reply.text("for https://app.example").await
}

pub(super) async fn preflight<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Answer {
    if let Some(preflight) = Preflight::read(request.method(), request.headers()) {
        return responder.ok().preflight(&CORS, &preflight).await;
    }
    let reply = responder.status(Status::NO_CONTENT);
    let reply = reply.header(HeaderName::ALLOW, "GET, HEAD, OPTIONS");
    reply.empty().await
}

pub(super) async fn draft<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let mut draft = Draft::new();
    authenticate(&mut draft)?;
    create(&mut draft)?;
    responder.ok().join(&draft).text("made").await
}

/// The first stage of the draft.
fn authenticate(draft: &mut Draft<512>) -> Result<(), Error> {
    draft.append(HeaderName::LINK, "</text>; rel=next")?;
    draft.cookie(&SESSION)
}

/// The second stage of the draft.
fn create(draft: &mut Draft<512>) -> Result<(), Error> {
    draft.set_status(Status::CREATED);
    draft.append(HeaderName::LINK, "</json>; rel=alternate")?;
    draft.headers_mut().add_vary("Cookie")
}

pub(super) async fn redirect<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let reply = responder.status(Status::TEMPORARY_REDIRECT);
    reply.redirect("/text?caf\u{e9} au lait").await
}

pub(super) async fn empty<T: Transport>(responder: Responder<'_, T>) -> Answer {
    responder.status(Status::NO_CONTENT).empty().await
}

/// A head that is one copy from read-only memory.
const TEAPOT: Head = head!(
    Status::IM_A_TEAPOT,
    "content-type" => "text/html; charset=utf-8",
    "cache-control" => "no-store",
);

pub(super) async fn error<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let reply = responder.head(TEAPOT);
    let page = "<h1>418</h1><p>This server makes no coffee.";
    reply.html(page).await
}

pub(super) async fn not_found<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let reply = responder.status(Status::NOT_FOUND);
    reply.text(Status::NOT_FOUND.reason()).await
}

pub(super) async fn not_allowed<T: Transport>(
    methods: &str,
    responder: Responder<'_, T>,
) -> Answer {
    let reply = responder.status(Status::METHOD_NOT_ALLOWED);
    let reply = reply.header(HeaderName::ALLOW, methods);
    reply.text(Status::METHOD_NOT_ALLOWED.reason()).await
}

/// A file as firmware has it; its etag is computed at compile time.
const PAGE: &[u8] = b"<!doctype html><title>Replywire</title><p>A file in memory.</p>\n";
static PAGE_FILE: File<'static> = File::of(PAGE).media_type("text/html");

pub(super) async fn file<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Answer {
    let reply = responder
        .ok()
        .header(HeaderName::CACHE_CONTROL, "max-age=60");
    reply.file(request, PAGE_FILE, PAGE).await
}

pub(super) async fn hints<T: Transport>(mut responder: Responder<'_, T>) -> Answer {
    const PRELOAD: &str = "</style.css>; rel=preload; as=style";
    let hints = responder.early_hints().header(HeaderName::LINK, PRELOAD);
    hints.inform().await?;
    let reply = responder.ok().header(HeaderName::LINK, PRELOAD);
    reply.html("<p>hinted</p>").await
}

/// The length of the body that is never whole in memory.
pub(crate) const LARGE: u64 = 1_000_000;

pub(super) async fn large<T: Transport>(
    responder: Responder<'_, T>,
    dots: impl Read<Error: Send + Sync + 'static>,
) -> Answer {
    let reply = responder.ok().media_type("text/plain");
    reply.sized(LARGE, dots).await
}

pub(super) async fn events<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
    sleep: Sleep,
) -> Answer {
    responder.ok().events(Counter::new(request, sleep)).await
}

pub(super) async fn echo<T: Transport>(mut responder: Responder<'_, T>) -> Answer {
    let mut room = [0; 4096];
    let content = responder.read_all(&mut room).await?;
    let reply = responder.ok();
    reply.bytes("application/octet-stream", content).await
}
