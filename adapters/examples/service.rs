//! A service as one would run it: notes in an embedded database behind a JSON API, with login,
//! files, events, a WebSocket, TLS and an access log.
//!
//! ```text
//! TLS_CERTIFICATES=chain.pem TLS_KEY=key.pem SERVICE_ADDRESS=127.0.0.1:8443 \
//!     SERVICE_DATABASE=notes.redb SERVICE_FOLDER=public SERVICE_PASSWORD=secret \
//!     cargo run -p replywire-tokio --all-features --example service
//! curl --cookie-jar jar --data password=secret https://localhost:8443/login
//! curl --cookie jar --json '{"text":"hello"}' https://localhost:8443/api/notes
//! ```
//!
//! | route | |
//! | --- | --- |
//! | `GET`, `POST /api/notes` | all notes as an array, written while they are read; a new note |
//! | `GET /api/notes.jsonl` | all notes as JSON Lines, in the same way |
//! | `GET`, `PUT`, `DELETE /api/notes/{id}` | one note |
//! | `GET /events`, `/ws` | the id of each note that changes, as an event; a WebSocket, echoed |
//! | `POST /login` | a session in the place of the one before, by a form with `password` |
//! | `GET /static/…`, `/panic` | files; a handler that fails |

use std::{collections::HashMap, env, ops::RangeBounds, sync::Arc, time::Duration};

use parking_lot::Mutex;
use redb::{Builder, Database, ReadableTable, StorageError, TableDefinition};
use replywire_tokio::prelude::{Method::*, *};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::{net::TcpListener, signal::ctrl_c, sync::broadcast::Sender, time::Instant};
use tokio_stream::{StreamExt, wrappers::BroadcastStream};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setting = |name| match env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(format!("{name} is not set")),
    };
    let path = setting("SERVICE_DATABASE")?;
    let database = Builder::new().set_cache_size(16 << 20).create(path)?;
    let begun = database.begin_write()?;
    begun.open_table(NOTES)?;
    begun.commit()?;
    let folder = Folder::open(setting("SERVICE_FOLDER")?)?;
    let service = Service {
        database: Arc::new(database),
        changes: Sender::new(64),
        folder: Arc::new(folder.at("/static").html(true)),
        password: setting("SERVICE_PASSWORD")?,
        session: Mutex::new((String::new(), Instant::now())),
    };
    let service = error_pages(service, |_, _, response| response.problem());
    let service = every_reply(service, |_, lines| _ = lines.secure(POLICY));
    let config = tls_config(setting("TLS_CERTIFICATES")?, setting("TLS_KEY")?)?;
    let listener = TcpListener::bind(setting("SERVICE_ADDRESS")?).await?;
    println!("Listening on https://{}/", listener.local_addr()?);
    let server = Server::new(service).observe(AccessLog::stderr(LogForm::Json));
    Ok(server.serve_until(tls(listener, config), ctrl_c()).await?)
}

struct Service {
    database: Arc<Database>,
    /// The id of each note that is made, changed or removed.
    changes: Sender<u64>,
    folder: Arc<Folder>,
    password: String,
    /// The id of the session, and its end; before the first login it has ended.
    session: Mutex<(String, Instant)>,
}

#[derive(Deserialize, Serialize)]
struct Note {
    #[serde(skip_deserializing)]
    id: u64,
    text: String,
}

type Reply<'c> = Responder<'c, TlsStream>;
type Rows = Blocking<JsonItem<Note>, StorageError>;

const NOTES: TableDefinition<u64, String> = TableDefinition::new("notes");
/// The most bytes of a note's JSON, and of a message.
const LONGEST: usize = 64 << 10;
/// The name of the cookie: browsers take it from no other host, and over TLS alone.
const COOKIE: &str = "__Host-session";
const POLICY: &str = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'";

impl Handler<TlsStream> for Service {
    async fn handle(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        let mut room = [0; 1024];
        let path = request.segments().decode::<32>(&mut room)?;
        match (request.exchange().method().head_as_get(), &*path) {
            (_, ["static", ..]) => self.folder.answer_or_refuse(request, responder).await,
            (Post, ["login"]) => self.log_in(request, responder).await,
            (_, ["login"]) => Err(Refusal::not_allowed(&[Post]))?,
            _ if !self.has_session(request) => Err(Status::FORBIDDEN)?,
            (Get, ["events"]) => self.events(request, responder).await,
            (Get, ["ws"]) => self.echo(request, responder).await,
            (Get, ["api", "notes"]) => responder.ok().json_array(self.rows(..).await?).await,
            (Get, ["api", "notes.jsonl"]) => responder.ok().json_lines(self.rows(..).await?).await,
            (_, ["api", "notes.jsonl"] | ["events" | "ws"]) => Err(Refusal::not_allowed(&[Get]))?,
            (Post, ["api", "notes"]) => self.set(None, request, responder).await,
            (_, ["api", "notes"]) => Err(Refusal::not_allowed(&[Get, Post]))?,
            (Get, ["api", "notes", id]) => {
                let id: u64 = id.parse().or(Err(Status::NOT_FOUND))?;
                let row = self.rows(id..=id).await?.next_item().await?;
                responder.ok().json(&row.ok_or(Status::NOT_FOUND)?.0).await
            }
            (Put | Delete, ["api", "notes", id]) => self.set(Some(id), request, responder).await,
            (_, ["api", "notes", _]) => Err(Refusal::not_allowed(&[Delete, Get, Put]))?,
            (Get, ["panic"]) => unimplemented!("a handler that fails"),
            _ => Err(Status::NOT_FOUND)?,
        }
    }
}

impl Service {
    /// The notes with these ids as they are now, each read when it is asked for.
    async fn rows(&self, ids: impl RangeBounds<u64> + Send + 'static) -> Result<Rows, Unanswered> {
        let database = Arc::clone(&self.database);
        let read = move || Ok(database.begin_read()?.open_table(NOTES)?.range(ids)?);
        Ok(Blocking::try_iter(try_blocking(read).await?.map(|row| {
            let (id, text) = row.map(|(id, text)| (id.value(), text.value()))?;
            Ok(JsonItem(Note { id, text }))
        })))
    }

    /// Makes a note where there is no id, or else changes or removes it; tells its id, and replies.
    async fn set(&self, id: Option<&str>, request: &Request<'_>, mut reply: Reply<'_>) -> Answer {
        let id: Option<u64> = id.map(str::parse).transpose().or(Err(Status::NOT_FOUND))?;
        let text = match request.exchange().method() {
            Delete => None,
            _ => Some(reply.read_json::<Note>(request, LONGEST).await?.text),
        };
        let (database, changes) = (Arc::clone(&self.database), self.changes.clone());
        let write = move || {
            let begun = database.begin_write()?;
            let mut notes = begun.open_table(NOTES)?;
            let new = notes.last()?.map_or(1, |(last, _)| last.value() + 1);
            let was_there = match text {
                Some(text) => notes.insert(id.unwrap_or(new), text)?.is_some(),
                None => notes.remove(id.unwrap_or(new))?.is_some(),
            };
            let id = id.map_or(Some(new), |id| was_there.then_some(id));
            let id = id.ok_or(Status::NOT_FOUND)?;
            drop(notes);
            begun.commit()?;
            // It fails where no one listens.
            let _ = changes.send(id);
            Ok(id)
        };
        let made = try_blocking(write).await?;
        match id {
            Some(_) => reply.status(Status::NO_CONTENT).empty().await,
            None => reply.created(&format!("/api/notes/{made}")).empty().await,
        }
    }

    /// Tells each change, until the session ends; a client that is too slow connects again.
    async fn events(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        let changes = BroadcastStream::new(self.changes.subscribe());
        let own = changes.map_while(|id| id.ok().filter(|_| self.has_session(request)));
        let events = own.map(|id| Event::new().json(Python::owned(id)));
        let events = FromStream::plain(events).kept_alive(KeepAlive::PING);
        responder.ok().events(events).await
    }

    /// Sends each message back, until one side ends, the session does, or the server shuts down.
    async fn echo(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        let mut socket = WebSocket::accept(request, responder, LONGEST).await?;
        while let Some(message) = socket.next().await?.filter(|_| self.has_session(request)) {
            socket.send(message).await?;
        }
        Ok(socket.finish().await?)
    }

    /// Begins a session, and ends the one before.
    async fn log_in(&self, request: &Request<'_>, mut responder: Reply<'_>) -> Answer {
        let form: HashMap<String, String> = responder.read_form(request, 1024).await?;
        let own = |given: &&String| given.as_bytes().ct_eq(self.password.as_bytes()).into();
        form.get("password").filter(own).ok_or(Status::FORBIDDEN)?;
        let id = format!("{:032x}", rand::random::<u128>());
        let cookie = SetCookie::new(COOKIE, &id).http_only().secure();
        let cookie = cookie.same_site(SameSite::STRICT);
        let reply = responder.status(Status::SEE_OTHER).cookie(&cookie);
        *self.session.lock() = (id, Instant::now() + Duration::from_secs(24 * 60 * 60));
        reply.redirect_local("/static/").await
    }

    fn has_session(&self, request: &Request<'_>) -> bool {
        let (own, end) = &*self.session.lock();
        let given = request.cookie(COOKIE).map_or(&b""[..], |id| id.as_bytes());
        Instant::now() < *end && given.ct_eq(own.as_bytes()).into()
    }
}
