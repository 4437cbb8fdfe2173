//! A service as one would run it: notes in an embedded database behind a JSON API, with login,
//! files, events, a WebSocket, TLS and an access log.
//!
//! ```text
//! TLS_CERTIFICATES=chain.pem TLS_KEY=key.pem SERVICE_PASSWORD=secret \
//!     cargo run -p replywire-tokio --example service -- 127.0.0.1:8443 DATABASE FOLDER
//! curl --cookie-jar jar --data password=secret https://localhost:8443/login
//! curl --cookie jar --json '{"text":"hello"}' https://localhost:8443/api/notes
//! ```
//!
//! | route | |
//! | --- | --- |
//! | `GET`, `POST /api/notes` | all notes as an array, written while they are read; a new note |
//! | `GET /api/notes.jsonl` | all notes as JSON Lines, in the same way |
//! | `GET`, `PUT`, `DELETE /api/notes/{id}` | one note |
//! | `GET /events`, `/ws` | each change as a server-sent event; a WebSocket that echoes |
//! | `POST /login`, `/logout` | a session, by a form with `password`; its end |
//! | `GET /static/…`, `/panic` | files; a handler that fails |

use std::error::Error;
use std::sync::Arc;

use replywire_tokio::replywire::body::Event;
use replywire_tokio::replywire::json::Python;
use replywire_tokio::replywire::request::Method::{self, Delete, Get, Head, Post, Put};
use replywire_tokio::replywire::request::{Exchange, Pairs, Refusal};
use replywire_tokio::replywire::{HeaderName, HttpDate, Response, Status};
use replywire_tokio::{
    AccessLog, Answer, Blocking, Chain, Chunks, ErrorPage, Folder, Handler, Handshake, Incoming,
    KeepAlive, LogForm, NoWork, Request, Responder, Server, TemplateLines, Unanswered, blocking,
    chunks,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use self::notes::{Failed, Notes};
use self::sessions::Sessions;

mod notes;
mod sessions;
mod tls;
mod websocket;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, database, folder] = &*args else {
        return Err("usage: service ADDRESS DATABASE FOLDER".into());
    };
    let service = Service {
        notes: Arc::new(Notes::open(database)?),
        sessions: Sessions::new(std::env::var("SERVICE_PASSWORD")?).ok_or("no password")?,
        folder: Arc::new(Folder::open(folder)?.at("/static").html(true)),
    };
    let listener = TcpListener::bind(address).await?;
    println!("Listening on https://{}/", listener.local_addr()?);
    let acceptor = TlsAcceptor::from(tls::config()?);
    let listener = Handshake::new(listener, move |incoming: Incoming| {
        let acceptor = acceptor.clone();
        async move {
            let incoming = incoming.open(|stream| acceptor.accept(stream)).await?;
            Ok(incoming.over(|tls| tls.get_ref().0))
        }
    });
    let log = AccessLog::new(LogForm::Json, |line| eprintln!("{line}"));
    let stopped = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    Server::new(service)
        .observe(log)
        .serve_until(listener, stopped)
        .await;
    Ok(())
}

struct Service {
    notes: Arc<Notes>,
    sessions: Sessions,
    folder: Arc<Folder>,
}

type Stream = TlsStream<TcpStream>;
type Reply<'c> = Responder<'c, Stream>;

impl Handler<Stream> for Service {
    async fn handle(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        let mut room = [0; 1024];
        let path = match request.segments().decode::<32>(&mut room) {
            Ok(path) => path,
            Err(error) => return refuse(responder, error.status()).await,
        };
        match (request.exchange().method(), &*path) {
            (_, ["static", ..]) => Ok(self.folder.answer(request, responder).await?),
            (Post, ["login"]) => self.log_in(request, responder).await,
            (Post, ["logout"]) => self.log_out(request, responder).await,
            (_, ["login" | "logout"]) => not_allowed(responder, &[Post]).await,
            (Get, ["panic"]) => unimplemented!("a handler that fails"),
            (_, ["api" | "events" | "ws", ..]) if !self.sessions.has(request) => {
                let reply = responder.status(Status::UNAUTHORIZED);
                let reply = reply.header(HeaderName::WWW_AUTHENTICATE, "Cookie");
                problem(reply, Status::UNAUTHORIZED).await
            }
            (Get | Head, ["api", "notes"]) => self.array(responder).await,
            (Post, ["api", "notes"]) => self.save(None, request, responder).await,
            (_, ["api", "notes"]) => not_allowed(responder, &[Get, Post]).await,
            (Get | Head, ["api", "notes.jsonl"]) => self.lines(responder).await,
            (_, ["api", "notes.jsonl"]) => not_allowed(responder, &[Get]).await,
            (method, ["api", "notes", id]) => match (method, id.parse()) {
                (_, Err(_)) => refuse(responder, Status::NOT_FOUND).await,
                (Get | Head, Ok(id)) => self.show(id, responder).await,
                (Put, Ok(id)) => self.save(Some(id), request, responder).await,
                (Delete, Ok(id)) => self.remove(id, responder).await,
                _ => not_allowed(responder, &[Delete, Get, Put]).await,
            },
            (Get, ["events"]) => self.events(responder).await,
            (Get, ["ws"]) => websocket::echo(request, responder).await,
            (_, ["events" | "ws" | "panic"]) => not_allowed(responder, &[Get]).await,
            _ => refuse(responder, Status::NOT_FOUND).await,
        }
    }

    fn error_page<'b>(
        &self,
        refusal: Refusal,
        _: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> ErrorPage<'b> {
        let status = refusal.status();
        let response = Response::to(exchange, buf, status);
        Some(response.media_type(PROBLEM).json(&page(status)))
    }

    fn every_reply(
        &self,
        _: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        lines
            .header("content-security-policy", "default-src 'self'")
            .header("referrer-policy", "no-referrer")
            .header("strict-transport-security", "max-age=31536000")
            .header("x-content-type-options", "nosniff");
        Ok(())
    }
}

impl Service {
    /// Works with the notes, where that may block.
    async fn notes<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Notes) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Unanswered> {
        let notes = Arc::clone(&self.notes);
        Ok(blocking(move || work(&notes)).await?)
    }

    async fn array(&self, responder: Reply<'_>) -> Answer {
        let mut rows = Blocking::try_iter(self.notes(Notes::all).await?);
        let mut array = responder.ok().array(Python).await?;
        while let Some(note) = rows.next_item().await? {
            array.item(Python::of(&note)).await?;
        }
        array.end().await
    }

    async fn lines(&self, responder: Reply<'_>) -> Answer {
        let rows = Blocking::try_iter(self.notes(Notes::all).await?);
        responder.ok().json_lines(rows).await
    }

    async fn show(&self, id: u64, responder: Reply<'_>) -> Answer {
        match self.notes(move |notes| notes.get(id)).await? {
            Some(note) => responder.ok().json(&note).await,
            None => refuse(responder, Status::NOT_FOUND).await,
        }
    }

    /// Makes a note of the request's content, or changes one.
    async fn save(
        &self,
        id: Option<u64>,
        request: &Request<'_>,
        mut responder: Reply<'_>,
    ) -> Answer {
        if !is_of(request, "application/json") {
            return refuse(responder, Status::UNSUPPORTED_MEDIA_TYPE).await;
        }
        let content = responder.read_to_vec(64 << 10).await?;
        let Ok(Content { text }) = serde_json::from_slice(&content) else {
            return refuse(responder, Status::UNPROCESSABLE_CONTENT).await;
        };
        let Some(note) = self.notes(move |notes| notes.save(id, &text)).await? else {
            return refuse(responder, Status::NOT_FOUND).await;
        };
        if id.is_some() {
            return responder.status(Status::NO_CONTENT).empty().await;
        }
        let location = format!("/api/notes/{}", note.id);
        let reply = responder
            .status(Status::CREATED)
            .header(HeaderName::LOCATION, &*location);
        reply.json(&note).await
    }

    async fn remove(&self, id: u64, responder: Reply<'_>) -> Answer {
        match self.notes(move |notes| notes.remove(id)).await? {
            Some(_) => responder.status(Status::NO_CONTENT).empty().await,
            None => refuse(responder, Status::NOT_FOUND).await,
        }
    }

    async fn events(&self, responder: Reply<'_>) -> Answer {
        let mut changes = self.notes.changes();
        // The stream ends for a client that is too slow, which connects again.
        let events = chunks(|mut sender| async move {
            while let Ok((change, note)) = changes.recv().await {
                let event = Event::new().name(change).json(Python::owned(note));
                sender.send(event).await;
            }
        });
        let events = events.kept_alive(KeepAlive::PING);
        responder.ok().events(events).await
    }

    async fn log_in(&self, request: &Request<'_>, mut responder: Reply<'_>) -> Answer {
        if !is_of(request, "application/x-www-form-urlencoded") {
            return refuse(responder, Status::UNSUPPORTED_MEDIA_TYPE).await;
        }
        let mut room = [0; 1024];
        let form = Pairs::of(responder.read_all(&mut room).await?);
        let Some(id) = self.sessions.begin(form.get("password"))? else {
            return refuse(responder, Status::FORBIDDEN).await;
        };
        let reply = responder
            .status(Status::SEE_OTHER)
            .cookie(&sessions::cookie(&id));
        reply.redirect_local("/static/").await
    }

    async fn log_out(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        self.sessions.end(request);
        let now = responder.exchange().date().unwrap_or(HttpDate::EPOCH);
        let reply = responder.status(Status::NO_CONTENT);
        let reply = reply.cookie(&sessions::cookie("").deleting(now));
        reply.empty().await
    }
}

/// The content that makes or changes a note.
#[derive(Deserialize)]
struct Content {
    text: String,
}

fn is_of(request: &Request<'_>, media_type: &str) -> bool {
    request.media_type().is_some_and(|it| it.is(media_type))
}

/// Ends with an error page; RFC 9457.
async fn problem(reply: Chain<'_, NoWork, Stream>, status: Status) -> Answer {
    reply.media_type(PROBLEM).json(&page(status)).await
}

const PROBLEM: &str = "application/problem+json";

fn page(status: Status) -> Value {
    json!({"status": status.code(), "title": status.reason()})
}

async fn refuse(responder: Reply<'_>, status: Status) -> Answer {
    problem(responder.status(status), status).await
}

async fn not_allowed(responder: Reply<'_>, methods: &[Method]) -> Answer {
    problem(responder.not_allowed(methods), Status::METHOD_NOT_ALLOWED).await
}
