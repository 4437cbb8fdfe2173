//! The example of all adapters: every kind of reply, over any transport, and a page that shows each
//! with the Rust that makes it and with its bytes.

use std::fmt::Display;
use std::net::SocketAddr;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use embedded_io_async::Read;
use replywire::HeaderName;
use replywire_embedded::{Answer, Request, Responder, Transport};
use replywire_files::{FileTransport, Folder};
use replywire_std::{AccessLog, Counters, LogForm, Runtime};

use self::counts::Counts;
use self::page::Page;
pub(crate) use self::replies::LARGE;

mod counts;
mod live;
mod page;
mod replies;
mod snippet;
mod stops;
mod wire;

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
fn announce(at: impl Display) {
    println!("Listening on http://{at}/ - stop with Ctrl-C. The page shows all; or try:");
    for (path, what) in routes() {
        println!("  curl -i http://{at}{path:<16} # {what}");
    }
    println!("  curl -i -d ping http://{at}/echo         # the request's content");
    println!("  curl -i http://{at}/files/NAME       # a file of the folder, if there is one");
    println!("  curl -i -X OPTIONS -H 'Origin: https://app.example' \\");
    println!("       -H 'Access-Control-Request-Method: PUT' http://{at}/cors  # a preflight");
}

/// The paths to `GET`, and what is there.
fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let stops = stops::all().filter(|stop| stop.method == "GET" && stop.fields.is_empty());
    let stops = stops.filter(|stop| stop.name != "not-found");
    [
        ("/", "the page of the tour"),
        ("/cors", "a reply that one other origin may read"),
        ("/live", "a page whose counter moves"),
        ("/counters", "the counters of the server, as events"),
    ]
    .into_iter()
    .chain(stops.map(|stop| (stop.path, stop.what)))
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

/// Waits by the timer of a runtime.
pub(crate) type Sleep = fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// The log of the server: a line for each exchange, in the Common Log Format.
type Log = AccessLog<fn(&str)>;

/// The tour of one server.
pub(crate) struct Tour {
    address: SocketAddr,
    folder: Option<Arc<Folder>>,
    counters: Arc<Counters>,
}

impl Tour {
    /// The tour of a server that listens here, of which it tells.
    pub(crate) fn new(address: SocketAddr, folder: Option<Arc<Folder>>) -> Self {
        announce(address);
        let counters = Arc::default();
        Self {
            address,
            folder,
            counters,
        }
    }

    /// The hook of the server.
    pub(crate) fn hook(&self) -> (Arc<Counters>, Log) {
        let log: Log = AccessLog::stderr(LogForm::Common);
        (Arc::clone(&self.counters), log)
    }

    /// Answers every request; `dots` has [`LARGE`] bytes, read as the runtime reads.
    pub(crate) async fn answer<R: Runtime, T: FileTransport>(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
        dots: impl Read<Error: Send + Sync + 'static>,
        sleep: Sleep,
    ) -> Answer {
        if let Some(folder) = &self.folder
            && is_below(request.path(), FILES)
        {
            return Ok(folder.answer(request, responder).await?);
        }
        match (request.method(), request.path()) {
            ("GET" | "HEAD", "/counters") => {
                let counts = Counts::new(Arc::clone(&self.counters), sleep);
                responder.ok().events(counts).await
            }
            ("GET" | "HEAD", path) => match path.strip_prefix("/wire/") {
                Some(stop) => wire::answer::<R, _>(stop, request, responder, self.address).await,
                None => get(path, request, responder, dots, sleep).await,
            },
            ("POST", "/echo") => replies::echo(responder).await,
            ("OPTIONS", "/cors") => replies::preflight(request, responder).await,
            (_, path) => refuse(path, responder).await,
        }
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
        "/" => page(responder).await,
        "/live" => responder.ok().html(live::PAGE).await,
        "/events" => replies::events(request, responder, sleep).await,
        "/text" => replies::text(responder).await,
        "/json" => replies::json(responder).await,
        "/json/ujson" => replies::json_ujson(responder).await,
        "/json/orjson" => replies::json_orjson(responder).await,
        "/json/model" => replies::json_model(responder).await,
        "/json/large" => replies::json_large(responder).await,
        "/json/rows" => replies::json_rows(responder).await,
        "/cookies/set" => replies::cookies_set(responder).await,
        "/cookies/delete" => replies::cookies_delete(responder).await,
        "/redirect" => replies::redirect(responder).await,
        "/headers" => replies::headers(responder).await,
        "/empty" => replies::empty(responder).await,
        "/error" => replies::error(responder).await,
        "/cors" => replies::cors(request, responder).await,
        "/draft" => replies::draft(responder).await,
        "/hints" => replies::hints(responder).await,
        "/page" => replies::file(request, responder).await,
        "/large" => replies::large(responder, dots).await,
        _ => refuse(path, responder).await,
    }
}

/// The page, written once.
static PAGE: LazyLock<String> = LazyLock::new(|| Page.to_string());

/// Sends the page, which may load nothing but what is in it and from this server.
async fn page<T: Transport>(responder: Responder<'_, T>) -> Answer {
    const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src data:; \
        script-src 'unsafe-inline'; style-src 'unsafe-inline'";
    let reply = responder.ok();
    let reply = reply.header(HeaderName::CONTENT_SECURITY_POLICY, POLICY);
    reply.html(PAGE.as_str()).await
}

/// True if `path` is that of the folder, or of something in it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Says that there is nothing, or which methods there are.
async fn refuse<T: Transport>(path: &str, responder: Responder<'_, T>) -> Answer {
    match path {
        "/echo" => replies::not_allowed("POST", responder).await,
        "/cors" => replies::not_allowed("GET, HEAD, OPTIONS", responder).await,
        _ if routes().any(|(known, _)| known == path) => {
            replies::not_allowed("GET, HEAD", responder).await
        }
        _ => replies::not_found(responder).await,
    }
}
