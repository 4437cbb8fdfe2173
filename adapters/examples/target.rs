//! The routes of the black-box targets of all adapters: a fixed set that any HTTP test tool can be
//! pointed at.
//!
//! | path | reply |
//! | --- | --- |
//! | `/`, `/hello` | `OK`; to other methods than `GET` and `HEAD` the content of the request |
//! | `/plain`, `/html`, `/json` | a body of this type |
//! | `/empty204`, `/notmod304` | no body |
//! | `/redirect?to=` | `307` |
//! | `/cookie?name=&value=` | a `set-cookie` line; see below |
//! | `/cookies` | the request's cookies as JSON |
//! | `/header?name=&value=` | a header line |
//! | `/download?filename=` | an attachment |
//! | `/big?n=` | one text of so many bytes `x`, up to 16 MiB, which is buffered as a whole |
//! | `/bigjson?n=` | the array of the numbers below `n`, up to 2,000,000, likewise |
//! | `/stream?n=` | `chunk 0`, `chunk 1` and so on; their number as a trailer field `x-chunks` |
//! | `/sse?n=` | server-sent events, of which each leaves alone |
//! | `/background` | `OK` at once; the next request waits for 20 ms of work |
//! | `/silent` | server-sent events that never come, without pings |
//! | `/sleep?ms=` | `slept`, after this time |
//! | `/drip?n=&ms=` | `chunk 0`, `chunk 1` and so on, this time apart |
//! | `/panic` | the handler panics |
//! | `/future4k` | `OK`, by a handler whose future is larger than 4 KiB |
//! | `/authority` | the authority that counts |
//! | `/peer` | the address of the client |
//! | `/upgrade` | `101` to the protocol `echo`, where it is asked for: each byte comes back |
//! | `/echo`, `/echo-json` | to `POST`, the content of the request, up to 64 KiB |
//! | `/discard` | `OK`; the content is not read |
//! | `/status/CODE?body=` | this status, and the body `x` unless `body` is `0` |
//! | `/failures` | the numbers of replies and failures so far, and the last failure, as JSON |
//! | `/static/` | the folder: files, `index.html`, `404.html` |
//!
//! `/cookie` takes `path`, `domain`, `samesite`, `secure`, `httponly` and `max_age`, too; all but
//! the name may be missing.
//!
//! The environment may say `TARGET_CONNECTIONS`, the most connections at once, `TARGET_UNOBSERVED`
//! for a server without a hook, and for tokio `TARGET_ONE_THREAD`.
//!
//! Whatever is wrong with a parameter is answered `400 Bad Request` with a reason that is one of
//! [`Refusal`]'s, and the connection stays.
//!
//! A status below 200 ends no exchange (RFC 9110 § 15.2), so `/status/CODE` sends it as an interim
//! reply before a `200 OK`; but for `101`, after which a client would speak another protocol: that
//! is refused. `CONNECT` is answered `501` everywhere, because a status of 2xx would promise a
//! tunnel (RFC 9110 § 9.3.6).

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Display;
use std::io;
use std::ops::Range;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use embedded_io_async::{Read, Write};
use replywire::body::{Event, Trailers};
use replywire::{Disposition, HeaderName, Headers, Response, SameSite, SetCookie, Status};
use replywire_embedded::{
    Answered, Cause, Chunks, ContentError, Request, Responder, Transport, Unanswered,
};
use replywire_files::{FileTransport, Folder};
use replywire_std::{Accepted, Config, Counters, Ended, Observe, Replied};
use serde::Serialize;
use serde_json::Value;

pub(crate) use self::misbehave::Sleep;
use self::misbehave::{Drip, Silent, fail, give_way, keep_4k, time};
use self::parameters::{LONGEST, Parameters, Refusal};

mod big;
mod misbehave;
mod parameters;

/// The address to listen on and the folder to serve.
pub(crate) fn arguments() -> Result<(String, Arc<Folder>), String> {
    let mut args = std::env::args().skip(1);
    let (Some(address), Some(path), None) = (args.next(), args.next(), args.next()) else {
        return Err("usage: target ADDRESS FOLDER".to_owned());
    };
    let folder = Folder::open(&path).map_err(|error| format!("cannot open {path}: {error}"))?;
    Ok((address, Arc::new(folder.at(STATIC).html(true))))
}

/// The limits of the server: those of the library, but for what the environment says.
pub(crate) fn config() -> Result<Config, String> {
    let mut config = Config::default().largest_reply(big::LARGEST);
    if let Ok(text) = std::env::var("TARGET_CONNECTIONS") {
        let count = text.parse();
        config.connections = count.map_err(|_| format!("no count of connections: {text}"))?;
    }
    Ok(config)
}

/// Tells if the server has a hook, which `/failures` shows.
pub(crate) fn is_observed() -> bool {
    std::env::var_os("TARGET_UNOBSERVED").is_none()
}

/// Prints the address.
pub(crate) fn announce(at: impl Display) {
    println!("Listening on http://{at}/ - stop with Ctrl-C.");
}

/// Says what went wrong, if anything did.
pub(crate) fn exit(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("target: {message}");
            ExitCode::from(2)
        }
    }
}

/// The path of the folder.
const STATIC: &str = "/static";

/// The most content that is read.
const CONTENT: usize = 64 * 1024;

/// The most chunks or events of a stream, and how many there are if nothing is said.
const COUNT: u32 = 1_000_000;
const FEW: u32 = 3;

/// The most bytes of a URL to redirect to, of which each may become three.
const URL: usize = 2048;

/// The time that the background work takes.
const WORK: Duration = Duration::from_millis(20);

/// A hook of the server that counts, and keeps the text of the last failure.
#[derive(Default)]
pub(crate) struct Failures {
    counters: Counters,
    last: Mutex<String>,
}

impl Failures {
    fn told(&self) -> Told {
        Told {
            replies: self.counters.replies(),
            failures: self.counters.failures(),
            last: self
                .last
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }

    fn keep(&self, failure: Option<&dyn Display>) {
        if let Some(failure) = failure {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = failure.to_string();
        }
    }
}

#[derive(Serialize)]
struct Told {
    replies: u64,
    failures: u64,
    last: String,
}

impl Observe for Failures {
    fn accept_failed(&self, error: &io::Error) {
        self.counters.accept_failed(error);
        self.keep(Some(error));
    }

    fn accepted(&self, connection: &Accepted) {
        self.counters.accepted(connection);
    }

    fn replied(&self, reply: &Replied<'_>) {
        self.counters.replied(reply);
        self.keep(reply.failure.map(|failure| failure as _));
    }

    fn ended(&self, end: &Ended<'_>) {
        self.counters.ended(end);
        self.keep(end.failure.map(|failure| failure as _));
    }
}

/// Answers every request.
pub(crate) async fn answer<T: FileTransport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
    folder: &Arc<Folder>,
    failures: &Failures,
    sleep: Sleep,
) -> Result<Answered, Unanswered> {
    let (method, path) = (request.method(), request.path());
    if method == "CONNECT" {
        return plain(responder, Status::NOT_IMPLEMENTED).await;
    }
    if is_below(path, STATIC) {
        return Ok(folder.answer(request, responder).await?);
    }
    let is_get = matches!(method, "GET" | "HEAD");
    match (path, is_get, method) {
        ("/" | "/hello", false, _) | ("/echo", _, "POST") => echo(responder).await,
        ("/echo-json", _, "POST") => echo_json(responder).await,
        ("/echo" | "/echo-json", ..) => other_method(responder, "POST").await,
        ("/big", true, _) => big::text(request, responder).await,
        ("/bigjson", true, _) => big::array(request, responder).await,
        ("/background", true, _) => work(responder).await,
        ("/cookies", true, _) => cookies(request, responder).await,
        ("/sse", true, _) => events(request, responder).await,
        ("/stream", true, _) => stream(request, responder).await,
        ("/silent", true, _) => responder.ok().events(Silent).await,
        ("/sleep", true, _) => slow(request, responder, sleep).await,
        ("/drip", true, _) => drip(request, responder, sleep).await,
        ("/panic", true, _) => fail(),
        ("/peer", true, _) => {
            let peer = responder.peer().map(|peer| peer.to_string());
            responder.ok().text(peer.unwrap_or_default().as_str()).await
        }
        ("/upgrade", true, _) => upgrade(request, responder).await,
        ("/failures", true, _) => responder.ok().json(&failures.told()).await,
        ("/future4k", true, _) => {
            keep_4k().await;
            plain(responder, Status::OK).await
        }
        ("/discard", ..) => responder.ok().text("OK").await,
        (_, true, _) if REPLIES.contains(&path) => reply(request, responder).await,
        _ => match path.strip_prefix("/status/") {
            Some(code) => status(code, request.query(), responder).await,
            None if REPLIES.contains(&path) || STREAMS.contains(&path) => {
                other_method(responder, "GET, HEAD").await
            }
            None => plain(responder, Status::NOT_FOUND).await,
        },
    }
}

/// The paths of what is answered to `GET` and `HEAD`: through a buffer, and otherwise.
const REPLIES: [&str; 12] = [
    "/",
    "/hello",
    "/plain",
    "/html",
    "/json",
    "/empty204",
    "/notmod304",
    "/redirect",
    "/cookie",
    "/header",
    "/download",
    "/authority",
];
const STREAMS: [&str; 14] = [
    "/background",
    "/big",
    "/bigjson",
    "/cookies",
    "/failures",
    "/sse",
    "/stream",
    "/silent",
    "/sleep",
    "/drip",
    "/panic",
    "/future4k",
    "/peer",
    "/upgrade",
];

/// True if `path` is that of the folder, or of something in it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers with the reason phrase.
async fn plain<T: Transport>(
    responder: Responder<'_, T>,
    status: Status,
) -> Result<Answered, Unanswered> {
    responder.status(status).text(status.reason()).await
}

/// Answers that the path knows other methods.
async fn other_method<T: Transport>(
    responder: Responder<'_, T>,
    methods: &str,
) -> Result<Answered, Unanswered> {
    const STATUS: Status = Status::METHOD_NOT_ALLOWED;
    let reply = responder.status(STATUS).header(HeaderName::ALLOW, methods);
    reply.text(STATUS.reason()).await
}

/// Answers why a request is refused.
async fn refused<T: Transport>(
    responder: Responder<'_, T>,
    refusal: Refusal,
) -> Result<Answered, Unanswered> {
    let reply = responder.status(Status::BAD_REQUEST);
    reply.text(&refusal.to_string()).await
}

/// The replies of [`REPLIES`].
async fn reply<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let query = request.query();
    match request.path() {
        "/plain" => responder.ok().text("Hello, World!").await,
        "/html" => {
            let page = "<!doctype html><title>Hello</title><p>Hello, World!";
            responder.ok().html(page).await
        }
        "/json" => responder.ok().json(&Hello { hello: "world" }).await,
        "/empty204" => responder.status(Status::NO_CONTENT).empty().await,
        "/notmod304" => {
            let reply = responder.status(Status::NOT_MODIFIED);
            reply.header(HeaderName::ETAG, "\"abc\"").empty().await
        }
        "/redirect" => match url(query) {
            Ok(url) => {
                let reply = responder.status(Status::TEMPORARY_REDIRECT);
                reply.redirect(&url).await
            }
            Err(refusal) => refused(responder, refusal).await,
        },
        "/cookie" => match cookie(query) {
            Ok(lines) => responder.ok().headers(&lines).text("OK").await,
            Err(refusal) => refused(responder, refusal).await,
        },
        "/header" => match header(query) {
            Ok(lines) => responder.ok().headers(&lines).text("OK").await,
            Err(refusal) => refused(responder, refusal).await,
        },
        "/download" => match file_name(query) {
            Ok(name) => {
                let reply = responder.ok().disposition(&Disposition::attachment(&name));
                reply.bytes("application/octet-stream", b"abc").await
            }
            Err(refusal) => refused(responder, refusal).await,
        },
        "/authority" => responder.ok().text(request.authority()).await,
        _ => responder.ok().text("OK").await,
    }
}

#[derive(Serialize)]
struct Hello {
    hello: &'static str,
}

/// The URL that a redirect leads to.
fn url(query: Option<&str>) -> Result<String, Refusal> {
    let parameters = Parameters::read(query)?;
    match parameters.required("to")? {
        "" => Err(Refusal::Missing),
        to if to.len() > URL => Err(Refusal::Long),
        to => Ok(to.to_owned()),
    }
}

/// Lines of at most two parameters and what is around them.
type Lines = Headers<{ 2 * LONGEST + 256 }>;

/// The line of a cookie.
fn cookie(query: Option<&str>) -> Result<Lines, Refusal> {
    let parameters = Parameters::read(query)?;
    let text = |name| parameters.text(name);
    let mut cookie = SetCookie::new(
        parameters.required("name")?,
        text("value")?.unwrap_or_default(),
    );
    if let Some(path) = text("path")? {
        cookie = cookie.path(path);
    }
    if let Some(domain) = text("domain")? {
        cookie = cookie.domain(domain);
    }
    if let Some(same_site) = text("samesite")? {
        cookie = cookie.same_site(SameSite::parse(same_site)?);
    }
    if parameters.flag("secure")? == Some(true) {
        cookie = cookie.secure();
    }
    if parameters.flag("httponly")? == Some(true) {
        cookie = cookie.http_only();
    }
    if let Some(seconds) = parameters.number("max_age")? {
        cookie = cookie.max_age(seconds);
    }
    let mut lines = Lines::new();
    lines.cookie(&cookie)?;
    Ok(lines)
}

/// A line of a name and a value.
fn header(query: Option<&str>) -> Result<Lines, Refusal> {
    let parameters = Parameters::read(query)?;
    let value = parameters.text("value")?.unwrap_or_default();
    let mut lines = Lines::new();
    lines.append(parameters.required("name")?, value)?;
    Ok(lines)
}

/// The name of a download, of which the library leaves what is safe.
fn file_name(query: Option<&str>) -> Result<String, Refusal> {
    Ok(Parameters::read(query)?.required("filename")?.to_owned())
}

/// Answers with any status, and with the body `x` unless the query says otherwise.
async fn status<T: Transport>(
    code: &str,
    query: Option<&str>,
    mut responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let (mut status, has_body) = match wanted(code, query) {
        Ok(wanted) => wanted,
        Err(refusal) => return refused(responder, refusal).await,
    };
    if status.is_informational() {
        responder.interim(status).inform().await?;
        status = Status::OK;
    }
    let reply = responder.status(status);
    match has_body {
        true => reply.text("x").await,
        false => reply.empty().await,
    }
}

/// The status of a path, and whether a body is asked for.
fn wanted(code: &str, query: Option<&str>) -> Result<(Status, bool), Refusal> {
    let has_body = Parameters::read(query)?.flag("body")?.unwrap_or(true);
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    let code = code.parse().ok().filter(|_| is_code);
    match code.and_then(Status::new) {
        None => Err(Refusal::Status),
        Some(Status::SWITCHING_PROTOCOLS) => Err(Refusal::Switch),
        Some(status) => Ok((status, has_body)),
    }
}

/// Answers with the request's cookies: an object, whatever was sent as one (RFC 6265 § 4.2.1). Of
/// two with a name the first counts, which is that of the longer path (§ 5.4).
async fn cookies<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let mut cookies = BTreeMap::new();
    for (name, value) in request.fields().cookies() {
        let [name, value] = [name, value].map(String::from_utf8_lossy);
        if !name.is_empty() {
            let first = cookies.entry(name.into_owned());
            first.or_insert_with(|| value.into_owned());
        }
    }
    let sent = responder
        .document(|exchange, buf| Response::to(exchange, buf, Status::OK).json_stream(&cookies));
    Ok(sent.await?)
}

/// Sends numbered chunks, which gather.
async fn stream<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let count = match Parameters::read(request.query()).and_then(|it| count(&it)) {
        Ok(count) => count,
        Err(refusal) => return refused(responder, refusal).await,
    };
    let takes_trailers = responder.exchange().takes_trailers();
    let mut reply = responder.ok().media_type("text/plain");
    if takes_trailers {
        reply = reply.header("trailer", "x-chunks");
    }
    reply.stream(Numbered::new(count)).await
}

/// Sends numbered events, of which each leaves alone.
async fn events<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let count = match Parameters::read(request.query()).and_then(|it| count(&it)) {
        Ok(count) => count,
        Err(refusal) => return refused(responder, refusal).await,
    };
    responder.ok().events(Events::new(count)).await
}

/// Answers after the time that is asked for.
async fn slow<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
    sleep: Sleep,
) -> Result<Answered, Unanswered> {
    match Parameters::read(request.query()).and_then(|parameters| time(&parameters)) {
        Ok(length) => sleep(length).await,
        Err(refusal) => return refused(responder, refusal).await,
    }
    responder.ok().text("slept").await
}

/// Sends numbered chunks, the time apart that is asked for.
async fn drip<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
    sleep: Sleep,
) -> Result<Answered, Unanswered> {
    let asked = Parameters::read(request.query())
        .and_then(|parameters| Ok((count(&parameters)?, time(&parameters)?)));
    let (count, every) = match asked {
        Ok(asked) => asked,
        Err(refusal) => return refused(responder, refusal).await,
    };
    let reply = responder.ok().media_type("text/plain");
    reply.stream(Drip::new(count, every, sleep)).await
}

/// The number of chunks or events that are asked for.
fn count(parameters: &Parameters) -> Result<u32, Refusal> {
    match parameters.number("n")? {
        Some(count) if count > COUNT => Err(Refusal::Count),
        count => Ok(count.unwrap_or(FEW)),
    }
}

/// Lines that are all there.
struct Numbered {
    numbers: Range<u32>,
    text: String,
    trailers: [u8; 32],
}

impl Numbered {
    fn new(count: u32) -> Self {
        Self {
            numbers: 0..count,
            text: String::new(),
            trailers: [0; 32],
        }
    }
}

impl Chunks for Numbered {
    type Chunk<'c> = &'c [u8];
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<&[u8]>, Infallible> {
        let Some(number) = self.numbers.next() else {
            return Ok(None);
        };
        self.text = format!("chunk {number}\n");
        Ok(Some(self.text.as_bytes()))
    }

    fn trailers(&mut self) -> Trailers<'_> {
        // All numbers were given.
        Trailers::new(&mut self.trailers).field("x-chunks", self.numbers.end)
    }
}

/// Events of which each takes a moment: other tasks get their turn.
struct Events {
    numbers: Range<u32>,
    id: String,
    data: String,
}

impl Events {
    fn new(count: u32) -> Self {
        Self {
            numbers: 0..count,
            id: String::new(),
            data: String::new(),
        }
    }
}

impl Chunks for Events {
    type Chunk<'c> = Event<'c>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
        let Some(number) = self.numbers.next() else {
            return Ok(None);
        };
        give_way().await;
        self.id = number.to_string();
        self.data = format!("{{\"i\": {number}}}");
        Ok(Some(Event::new().id(&self.id).data(&self.data)))
    }
}

/// Answers at once, and works before the connection is used again.
async fn work<T: FileTransport>(responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
    let work = T::blocking(|| {
        std::thread::sleep(WORK);
        Ok(())
    });
    responder.ok().background_always(work).text("OK").await
}

/// Sends each byte of the connection back, where the client asks for that.
async fn upgrade<T: Transport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    const PROTOCOL: &str = "echo";
    if !request.offers_upgrade(PROTOCOL) {
        return refused(responder, Refusal::Upgrade).await;
    }
    let reply = responder.status(Status::SWITCHING_PROTOCOLS);
    let mut upgraded = reply.upgrade(request, PROTOCOL).await?;
    let mut buf = [0; 1024];
    loop {
        let n = upgraded
            .read(&mut buf)
            .await
            .map_err(|_| Cause::Connection)?;
        let bytes = buf.get(..n).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(upgraded.finish().await?);
        }
        upgraded
            .write_all(bytes)
            .await
            .map_err(|_| Cause::Connection)?;
        upgraded.flush().await.map_err(|_| Cause::Connection)?;
    }
}

/// Sends the request's content back.
async fn echo<T: Transport>(mut responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
    let Some(content) = content(&mut responder).await? else {
        return plain(responder, Status::CONTENT_TOO_LARGE).await;
    };
    let reply = responder.ok();
    reply.bytes("application/octet-stream", &content).await
}

/// Reads the request's content as JSON and writes it again.
async fn echo_json<T: Transport>(mut responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
    let Some(content) = content(&mut responder).await? else {
        return plain(responder, Status::CONTENT_TOO_LARGE).await;
    };
    let Ok(value) = serde_json::from_slice::<Value>(&content) else {
        return refused(responder, Refusal::Json).await;
    };
    let sent = responder
        .document(|exchange, buf| Response::to(exchange, buf, Status::OK).json_stream(&value));
    Ok(sent.await?)
}

/// The request's content, or `None` where it is too large.
async fn content<T: Transport>(
    responder: &mut Responder<'_, T>,
) -> Result<Option<Vec<u8>>, ContentError<T::Error>> {
    match responder.read_to_vec(CONTENT).await {
        Ok(content) => Ok(Some(content)),
        Err(ContentError::TooLong) => Ok(None),
        Err(error) => Err(error),
    }
}
