//! A service as one would run it: notes in an embedded database behind a JSON API, with login,
//! files, events, a WebSocket, TLS and an access log.
//!
//! ```text
//! TLS_CERTIFICATES=chain.pem TLS_KEY=key.pem SERVICE_PASSWORD=secret \
//!     cargo run -p replywire-tokio --all-features --example service -- \
//!     127.0.0.1:8443 DATABASE FOLDER
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

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::future::ready;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt};
use parking_lot::Mutex;
use redb::{Builder, Database, ReadableTable, StorageError, Table, TableDefinition};
use replywire_tokio::prelude::*;
use replywire_tokio::replywire::request::Method::{Delete, Get, Head, Post, Put};
use replywire_tokio::{Config, Timeouts, TlsStream, UpgradedStream, tls, tls_config};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::broadcast::Sender;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [address, database, folder] = &*args else {
        return Err("usage: service ADDRESS DATABASE FOLDER".into());
    };
    let password = env::var("SERVICE_PASSWORD")?;
    if password.is_empty() {
        return Err("SERVICE_PASSWORD is empty".into());
    }
    let database = Builder::new().set_cache_size(16 << 20).create(database)?;
    let begun = database.begin_write()?;
    begun.open_table(NOTES)?;
    begun.commit()?;
    let service = Service {
        database: Arc::new(database),
        changes: Sender::new(64),
        folder: Arc::new(Folder::open(folder)?.at("/static").html(true)),
        password,
        sessions: Mutex::default(),
    };
    let service = error_pages(service, |_, _, response| response.problem());
    let service = every_reply(service, |_, lines| {
        lines
            .header("content-security-policy", "default-src 'self'")
            .header("referrer-policy", "no-referrer")
            .header("strict-transport-security", "max-age=31536000")
            .header("x-content-type-options", "nosniff");
    });
    let config = tls_config(env::var("TLS_CERTIFICATES")?, env::var("TLS_KEY")?)?;
    let listener = TcpListener::bind(address).await?;
    println!("Listening on https://{}/", listener.local_addr()?);
    let log = AccessLog::new(LogForm::Json, |line| eprintln!("{line}"));
    let timeouts = Timeouts::new().upgraded(Duration::from_secs(5 * 60));
    let server = Server::new(service)
        .config(Config::new().timeouts(timeouts))
        .observe(log);
    let stopped = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    server.serve_until(tls(listener, config), stopped).await;
    Ok(())
}

struct Service {
    database: Arc<Database>,
    /// The name of each change, and the note, as it is or was.
    changes: Sender<(&'static str, Note)>,
    folder: Arc<Folder>,
    password: String,
    /// The ids of sessions, and when these end.
    sessions: Mutex<HashMap<String, Instant>>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Note {
    #[serde(skip_deserializing)]
    id: u64,
    text: String,
}

type Reply<'c> = Responder<'c, TlsStream>;

const NOTES: TableDefinition<u64, &str> = TableDefinition::new("notes");
/// The most bytes of a note's JSON, and of a message.
const LONGEST: usize = 64 << 10;
/// The name of the cookie: browsers take it from no other host, and over TLS alone.
const COOKIE: &str = "__Host-session";
const SESSION: Duration = Duration::from_secs(24 * 60 * 60);
const FORBIDDEN: Refusal = Refusal::of(Status::FORBIDDEN);
const NOT_FOUND: Refusal = Refusal::of(Status::NOT_FOUND);
const UNAUTHORIZED: Refusal =
    Refusal::of(Status::UNAUTHORIZED).header(HeaderName::WWW_AUTHENTICATE, "Cookie");

impl Handler<TlsStream> for Service {
    async fn handle(&self, request: &Request<'_>, mut responder: Reply<'_>) -> Answer {
        let mut room = [0; 1024];
        let path = request.segments().decode::<32>(&mut room)?;
        match (request.exchange().method(), &*path) {
            (_, ["static", ..]) => self.folder.answer_or_refuse(request, responder).await,
            (Post, ["login"]) => self.log_in(request, responder).await,
            (Post, ["logout"]) => self.log_out(request, responder).await,
            (_, ["login" | "logout"]) => responder.not_allowed(&[Post]).problem().await,
            (Get, ["panic"]) => unimplemented!("a handler that fails"),
            (_, ["api" | "events" | "ws", ..]) if !self.has_session(request) => Err(UNAUTHORIZED)?,
            (Get | Head, ["api", "notes"]) => responder.ok().json_array(self.rows().await?).await,
            (Get | Head, ["api", "notes.jsonl"]) => {
                responder.ok().json_lines(self.rows().await?).await
            }
            (Post, ["api", "notes"]) => {
                let new: Note = responder.read_json(request, LONGEST).await?;
                let made = self.change("made", move |notes| {
                    let id = notes.last()?.map_or(1, |(last, _)| last.value() + 1);
                    notes.insert(id, &*new.text)?;
                    Ok(Note { id, ..new })
                });
                let note = made.await?;
                let location = format!("/api/notes/{}", note.id);
                let reply = responder.status(Status::CREATED);
                let reply = reply.header(HeaderName::LOCATION, &*location);
                reply.json(&note).await
            }
            (_, ["api", "notes"]) => responder.not_allowed(&[Get, Post]).problem().await,
            (Get | Head, ["api", "notes", id]) => {
                let id = id.parse().or(Err(NOT_FOUND))?;
                let database = Arc::clone(&self.database);
                let note = try_blocking(move || {
                    let notes = database.begin_read()?.open_table(NOTES)?;
                    let text = notes.get(id)?.ok_or(NOT_FOUND)?.value().to_owned();
                    Ok(Note { id, text })
                });
                responder.ok().json(&note.await?).await
            }
            (Put, ["api", "notes", id]) => {
                let id = id.parse().or(Err(NOT_FOUND))?;
                let new: Note = responder.read_json(request, LONGEST).await?;
                let changed = self.change("changed", move |notes| {
                    notes.insert(id, &*new.text)?.ok_or(NOT_FOUND)?;
                    Ok(Note { id, ..new })
                });
                changed.await?;
                responder.status(Status::NO_CONTENT).empty().await
            }
            (Delete, ["api", "notes", id]) => {
                let id = id.parse().or(Err(NOT_FOUND))?;
                let removed = self.change("removed", move |notes| {
                    let text = notes.remove(id)?.ok_or(NOT_FOUND)?.value().to_owned();
                    Ok(Note { id, text })
                });
                removed.await?;
                responder.status(Status::NO_CONTENT).empty().await
            }
            (_, ["api", "notes", _]) => responder.not_allowed(&[Delete, Get, Put]).problem().await,
            (Get | Head, ["events"]) => self.events(request, responder).await,
            (Get, ["ws"]) => self.echo(request, responder).await,
            (_, ["api", "notes.jsonl"] | ["events" | "ws" | "panic"]) => {
                responder.not_allowed(&[Get]).problem().await
            }
            _ => Err(NOT_FOUND)?,
        }
    }
}

impl Service {
    /// All notes as they are now, each read when it is asked for.
    async fn rows(&self) -> Result<Blocking<JsonItem<Note>, StorageError>, Unanswered> {
        let database = Arc::clone(&self.database);
        let read = move || Ok(database.begin_read()?.open_table(NOTES)?.range::<u64>(..)?);
        let rows = try_blocking(read).await?;
        Ok(Blocking::try_iter(rows.map(|row| {
            let (id, text) = row?;
            let (id, text) = (id.value(), text.value().to_owned());
            Ok(JsonItem(Note { id, text }))
        })))
    }

    /// Changes the notes and tells of that, in the order of the changes.
    async fn change<F>(&self, name: &'static str, change: F) -> Result<Note, Unanswered>
    where
        F: FnOnce(&mut Table<'_, u64, &str>) -> Result<Note, Unanswered> + Send + 'static,
    {
        static ORDER: Mutex<()> = Mutex::new(());

        let (database, changes) = (Arc::clone(&self.database), self.changes.clone());
        try_blocking(move || {
            let _order = ORDER.lock();
            let begun = database.begin_write()?;
            let note = change(&mut begun.open_table(NOTES)?)?;
            begun.commit()?;
            // It fails where no one listens.
            let _ = changes.send((name, note.clone()));
            Ok(note)
        })
        .await
    }

    /// Tells each change, until the session ends; a client that is too slow connects again.
    async fn events(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        let mut changes = self.changes.subscribe();
        let events = chunks(|mut sender| async move {
            while let Ok((change, note)) = changes.recv().await
                && self.has_session(request)
            {
                let event = Event::new().name(change).json(Python::owned(note));
                sender.send(event).await;
            }
        });
        let events = events.kept_alive(KeepAlive::PING);
        responder.ok().events(events).await
    }

    /// Sends each message back, until one side ends, the session does, or the server shuts down.
    async fn echo(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        request.expect_same_origin()?;
        let mut stream = UpgradedStream::from(responder.web_socket(request).await?);
        let closing = stream.closing();
        let config = WebSocketConfig::default()
            .max_frame_size(Some(LONGEST))
            .max_message_size(Some(LONGEST));
        let socket = WebSocketStream::from_raw_socket(&mut stream, Role::Server, Some(config));
        let (sink, messages) = socket.await.split();
        let echoed = messages
            .try_filter(|message| ready(message.is_text() || message.is_binary()))
            .try_take_while(|_| ready(Ok(self.has_session(request))));
        echoed.take_until(closing).forward(sink).await?;
        Ok(stream.finish().await?)
    }

    async fn log_in(&self, request: &Request<'_>, mut responder: Reply<'_>) -> Answer {
        let form: HashMap<String, String> = responder.read_form(request, 1024).await?;
        let given = form.get("password").map_or("", String::as_str).as_bytes();
        if !bool::from(given.ct_eq(self.password.as_bytes())) {
            Err(FORBIDDEN)?;
        }
        let (id, now) = (format!("{:032x}", rand::random::<u128>()), Instant::now());
        self.sessions.lock().retain(|_, end| now < *end);
        self.sessions.lock().insert(id.clone(), now + SESSION);
        let cookie = SetCookie::new(COOKIE, &id).max_age(SESSION.as_secs() as i64);
        let cookie = cookie.http_only().same_site(SameSite::STRICT).secure();
        let reply = responder.status(Status::SEE_OTHER).cookie(&cookie);
        reply.redirect_local("/static/").await
    }

    async fn log_out(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        let id = request.cookie(COOKIE);
        id.and_then(|id| self.sessions.lock().remove(id.as_str()?));
        let cookie = SetCookie::new(COOKIE, "").http_only().secure();
        let reply = responder.status(Status::NO_CONTENT);
        reply.delete_cookie(&cookie).empty().await
    }

    fn has_session(&self, request: &Request<'_>) -> bool {
        let sessions = self.sessions.lock();
        let id = request.cookie(COOKIE);
        let end = id.and_then(|id| sessions.get(id.as_str()?));
        end.is_some_and(|end| Instant::now() < *end)
    }
}
