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

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::future::ready;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt, TryStreamExt};
use parking_lot::Mutex;
use redb::{Database, ReadOnlyTable, ReadableTable, StorageError, Table, TableDefinition};
use replywire_tokio::UpgradedStream;
use replywire_tokio::prelude::*;
use replywire_tokio::replywire::body::JsonItem;
use replywire_tokio::replywire::request::Method::{Delete, Get, Head, Post, Put};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::Sender;
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, frame::coding::CloseCode};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [address, database, folder] = &*args else {
        return Err("usage: service ADDRESS DATABASE FOLDER".into());
    };
    let database = Database::builder()
        .set_cache_size(16 << 20)
        .create(database)?;
    let begun = database.begin_write()?;
    begun.open_table(NOTES)?;
    begun.commit()?;
    let password = env::var("SERVICE_PASSWORD")?;
    let service = Service {
        database: Arc::new(database),
        changes: Sender::new(64),
        order: Arc::default(),
        folder: Arc::new(Folder::open(folder)?.at("/static").html(true)),
        password: Some(password)
            .filter(|it| !it.is_empty())
            .ok_or("no password")?,
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
    let listener = TcpListener::bind(address).await?;
    println!("Listening on https://{}/", listener.local_addr()?);
    let acceptor = TlsAcceptor::from(Arc::new(tls()?));
    let accept = move |stream| acceptor.accept(stream);
    let listener = Handshake::over(listener, accept, |tls: &Stream| tls.get_ref().0);
    let log = AccessLog::new(LogForm::Json, |line| eprintln!("{line}"));
    let stopped = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    let server = Server::new(service).observe(log);
    server.serve_until(listener, stopped).await;
    Ok(())
}

fn tls() -> Result<ServerConfig, Box<dyn Error>> {
    let certificates = CertificateDer::pem_file_iter(env::var("TLS_CERTIFICATES")?)?;
    let certificates = certificates.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(env::var("TLS_KEY")?)?;
    let config = ServerConfig::builder().with_no_client_auth();
    let mut config = config.with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

struct Service {
    database: Arc<Database>,
    /// The name of each change, and the note, as it is or was.
    changes: Sender<(&'static str, Note)>,
    /// Held while the notes are changed and that is told, so that changes are told in their order.
    order: Arc<Mutex<()>>,
    folder: Arc<Folder>,
    password: String,
    /// The ids of sessions, and when these end.
    sessions: Mutex<HashMap<String, Instant>>,
}

type Stream = TlsStream<TcpStream>;
type Reply<'c> = Responder<'c, Stream>;

const NOTES: TableDefinition<u64, &str> = TableDefinition::new("notes");

#[derive(Clone, Serialize)]
struct Note {
    id: u64,
    text: String,
}

impl Note {
    fn new(id: u64, text: &str) -> Self {
        let text = text.to_owned();
        Self { id, text }
    }
}

const FORBIDDEN: Refusal = Refusal::of(Status::FORBIDDEN);
const NOT_FOUND: Refusal = Refusal::of(Status::NOT_FOUND);
const UNPROCESSABLE: Refusal = Refusal::of(Status::UNPROCESSABLE_CONTENT);

impl Handler<Stream> for Service {
    async fn handle(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        let mut room = [0; 1024];
        let path = request.segments().decode::<32>(&mut room)?;
        match (request.exchange().method(), &*path) {
            (_, ["static", ..]) => self.folder.answer_or_refuse(request, responder).await,
            (Post, ["login"]) => self.log_in(request, responder).await,
            (Post, ["logout"]) => self.log_out(request, responder).await,
            (_, ["login" | "logout"]) => responder.not_allowed(&[Post]).problem().await,
            (Get, ["panic"]) => unimplemented!("a handler that fails"),
            (_, ["api" | "events" | "ws", ..]) if !self.has_session(request) => {
                let reply = responder.status(Status::UNAUTHORIZED);
                let reply = reply.header(HeaderName::WWW_AUTHENTICATE, "Cookie");
                reply.problem().await
            }
            (Get | Head, ["api", "notes"]) => responder.ok().json_array(self.rows().await?).await,
            (Post, ["api", "notes"]) => self.make(request, responder).await,
            (_, ["api", "notes"]) => responder.not_allowed(&[Get, Post]).problem().await,
            (Get | Head, ["api", "notes.jsonl"]) => {
                responder.ok().json_lines(self.rows().await?).await
            }
            (Get | Head, ["api", "notes", id]) => self.show(number(id)?, responder).await,
            (Put, ["api", "notes", id]) => self.set(number(id)?, request, responder).await,
            (Delete, ["api", "notes", id]) => self.remove(number(id)?, responder).await,
            (_, ["api", "notes", _]) => responder.not_allowed(&[Delete, Get, Put]).problem().await,
            (Get | Head, ["events"]) => self.events(request, responder).await,
            (Get, ["ws"]) => self.echo(request, responder).await,
            (_, ["api", "notes.jsonl"] | ["events" | "ws" | "panic"]) => {
                responder.not_allowed(&[Get]).problem().await
            }
            _ => Err(NOT_FOUND.into()),
        }
    }
}

impl Service {
    /// All notes as they are now, each read when it is asked for.
    async fn rows(&self) -> Result<Blocking<JsonItem<Note>, StorageError>, Unanswered> {
        let rows = self.read(|notes| Ok(notes.range::<u64>(..)?)).await?;
        Ok(Blocking::try_iter(rows.map(|row| {
            let (id, text) = row?;
            Ok(JsonItem(Note::new(id.value(), text.value())))
        })))
    }

    async fn show(&self, id: u64, responder: Reply<'_>) -> Answer {
        let note = self.read(move |notes| {
            let text = notes.get(id)?.ok_or(NOT_FOUND)?;
            Ok(Note::new(id, text.value()))
        });
        responder.ok().json(&note.await?).await
    }

    async fn make(&self, request: &Request<'_>, mut responder: Reply<'_>) -> Answer {
        let Content { text } = content(request, &mut responder).await?;
        let made = self.change("made", move |notes| {
            let id = notes.last()?.map_or(1, |(last, _)| last.value() + 1);
            notes.insert(id, &*text)?;
            Ok(Note { id, text })
        });
        let note = made.await?;
        let location = format!("/api/notes/{}", note.id);
        let reply = responder.status(Status::CREATED);
        let reply = reply.header(HeaderName::LOCATION, &*location);
        reply.json(&note).await
    }

    async fn set(&self, id: u64, request: &Request<'_>, mut responder: Reply<'_>) -> Answer {
        let Content { text } = content(request, &mut responder).await?;
        let changed = self.change("changed", move |notes| {
            notes.insert(id, &*text)?.ok_or(NOT_FOUND)?;
            Ok(Note { id, text })
        });
        changed.await?;
        responder.status(Status::NO_CONTENT).empty().await
    }

    async fn remove(&self, id: u64, responder: Reply<'_>) -> Answer {
        let removed = self.change("removed", move |notes| {
            let text = notes.remove(id)?.ok_or(NOT_FOUND)?;
            Ok(Note::new(id, text.value()))
        });
        removed.await?;
        responder.status(Status::NO_CONTENT).empty().await
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(ReadOnlyTable<u64, &str>) -> Result<T, Unanswered> + Send + 'static,
    ) -> Result<T, Unanswered> {
        let database = Arc::clone(&self.database);
        try_blocking(move || read(database.begin_read()?.open_table(NOTES)?)).await
    }

    /// Changes the notes and tells of that.
    async fn change(
        &self,
        name: &'static str,
        change: impl FnOnce(&mut Table<'_, u64, &str>) -> Result<Note, Unanswered> + Send + 'static,
    ) -> Result<Note, Unanswered> {
        let (database, changes) = (Arc::clone(&self.database), self.changes.clone());
        let order = Arc::clone(&self.order);
        let work = move || {
            let _order = order.lock();
            let begun = database.begin_write()?;
            let note = change(&mut begun.open_table(NOTES)?)?;
            begun.commit()?;
            // It fails where no one listens.
            let _ = changes.send((name, note.clone()));
            Ok(note)
        };
        try_blocking(work).await
    }

    async fn events(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        let mut changes = self.changes.subscribe();
        // They end with the session, and for a client that is too slow, which connects again.
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
        let Some(key) = request.web_socket_key() else {
            let reply = responder.status(Status::BAD_REQUEST);
            return reply.header("sec-websocket-version", "13").problem().await;
        };
        let reply = responder
            .status(Status::SWITCHING_PROTOCOLS)
            .header("sec-websocket-accept", derive_accept_key(key).as_str());
        let mut stream = UpgradedStream::from(reply.upgrade(request, "websocket").await?);
        let closing = stream.closing();
        let socket = WebSocketStream::from_raw_socket(&mut stream, Role::Server, None).await;
        let (mut sink, mut messages) = socket.split();
        let echoed = messages
            .by_ref()
            .try_filter(|message| ready(message.is_text() || message.is_binary()))
            .try_take_while(|_| ready(Ok(self.has_session(request))));
        sink.send_all(&mut echoed.take_until(closing)).await?;
        // The client answers with the end, if that is not what it began with.
        let (code, reason) = (CloseCode::Away, "".into());
        let away = Message::Close(Some(CloseFrame { code, reason }));
        if sink.send(away).await.is_ok() {
            while let Some(Ok(_)) = messages.next().await {}
        }
        drop((sink, messages));
        Ok(stream.finish().await?)
    }

    async fn log_in(&self, request: &Request<'_>, mut responder: Reply<'_>) -> Answer {
        request.expect_media_type("application/x-www-form-urlencoded")?;
        let mut room = [0; 1024];
        let form = Pairs::of(responder.read_all(&mut room).await?);
        let given: Vec<u8> = form
            .get("password")
            .iter()
            .flat_map(|it| it.bytes())
            .collect();
        if !bool::from(given.ct_eq(self.password.as_bytes())) {
            return Err(FORBIDDEN.into());
        }
        let reply = responder
            .status(Status::SEE_OTHER)
            .cookie(&cookie(&self.begin_session()));
        reply.redirect_local("/static/").await
    }

    async fn log_out(&self, request: &Request<'_>, responder: Reply<'_>) -> Answer {
        session(request).and_then(|id| self.sessions.lock().remove(id));
        let reply = responder.status(Status::NO_CONTENT);
        reply.delete_cookie(&cookie("")).empty().await
    }

    fn begin_session(&self) -> String {
        let id = format!("{:032x}", rand::random::<u128>());
        let now = Instant::now();
        let mut sessions = self.sessions.lock();
        sessions.retain(|_, end| now < *end);
        sessions.insert(id.clone(), now + SESSION);
        id
    }

    fn has_session(&self, request: &Request<'_>) -> bool {
        let sessions = self.sessions.lock();
        let end = session(request).and_then(|id| sessions.get(id));
        end.is_some_and(|end| Instant::now() < *end)
    }
}

/// The name of the cookie: browsers take it from no other host, and over TLS alone.
const COOKIE: &str = "__Host-session";

const SESSION: Duration = Duration::from_secs(24 * 60 * 60);

/// The cookie of a session, which scripts do not see, and other sites do not send.
fn cookie(id: &str) -> SetCookie<'_> {
    let cookie = SetCookie::new(COOKIE, id).max_age(SESSION.as_secs() as i64);
    cookie.http_only().same_site(SameSite::STRICT).secure()
}

fn session<'r>(request: &Request<'r>) -> Option<&'r str> {
    request.cookie(COOKIE)?.as_str()
}

/// The content that makes or changes a note.
#[derive(Deserialize)]
struct Content {
    text: String,
}

async fn content(request: &Request<'_>, responder: &mut Reply<'_>) -> Result<Content, Unanswered> {
    request.expect_media_type("application/json")?;
    let content = responder.read_to_vec(64 << 10).await?;
    Ok(serde_json::from_slice(&content).or(Err(UNPROCESSABLE))?)
}

fn number(id: &str) -> Result<u64, Refusal> {
    id.parse().or(Err(NOT_FOUND))
}
