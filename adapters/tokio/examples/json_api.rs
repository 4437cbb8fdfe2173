//! A JSON API in one file, to be copied: notes that are made, read and deleted.
//!
//! ```text
//! cargo add replywire-tokio --features serde,serde_json
//! cargo add serde --features derive
//! cargo add tokio --features macros,net,rt-multi-thread
//! cargo run
//! ```
//!
//! ```text
//! curl --json '{"text":"hello"}' http://127.0.0.1:8000/notes
//! curl http://127.0.0.1:8000/notes
//! curl -X DELETE http://127.0.0.1:8000/notes/1
//! ```

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use replywire_tokio::replywire::request::Method::{Delete, Get, Head, Post};
use replywire_tokio::replywire::request::{Exchange, Refusal};
use replywire_tokio::replywire::{Response, Status};
use replywire_tokio::{
    AccessLog, Answer, ErrorPage, Handler, LogForm, Request, Responder, Server, Unanswered,
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    let log = AccessLog::new(LogForm::Common, |line| eprintln!("{line}"));
    let api = Api::default();
    Server::new(api).observe(log).serve(listener).await;
    Ok(())
}

#[derive(Deserialize)]
struct NewNote {
    text: String,
}

#[derive(Clone, Serialize)]
struct Note {
    id: u64,
    text: String,
}

#[derive(Serialize)]
struct Problem {
    status: u16,
    title: &'static str,
}

impl Problem {
    fn of(status: Status) -> Self {
        Self {
            status: status.code(),
            title: status.reason(),
        }
    }
}

#[derive(Default)]
struct Api {
    notes: Mutex<BTreeMap<u64, Note>>,
}

impl Handler for Api {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_>) -> Answer {
        let mut room = [0; 256];
        let path = match request.segments().decode::<4>(&mut room) {
            Ok(path) => path,
            Err(error) => return problem(error.status(), responder).await,
        };
        match (request.exchange().method(), &*path) {
            (Get | Head, ["notes"]) => {
                let notes: Vec<Note> = self.notes().values().cloned().collect();
                responder.ok().json(&notes).await
            }
            (Post, ["notes"]) => self.make(request, responder).await,
            (_, ["notes"]) => responder.not_allowed(&[Get, Post]).empty().await,
            (method @ (Get | Head | Delete), ["notes", id]) => {
                let id = id.parse().unwrap_or(0);
                let note = match method {
                    Delete => self.notes().remove(&id),
                    _ => self.notes().get(&id).cloned(),
                };
                match note {
                    None => problem(Status::NOT_FOUND, responder).await,
                    Some(note) => responder.ok().json(&note).await,
                }
            }
            (_, ["notes", _]) => responder.not_allowed(&[Get, Delete]).empty().await,
            _ => problem(Status::NOT_FOUND, responder).await,
        }
    }

    /// Makes the page where a request was refused, or the handler gave no reply.
    fn error_page<'b>(
        &self,
        refusal: Refusal,
        _: &Unanswered,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
    ) -> ErrorPage<'b> {
        let problem = Problem::of(refusal.status());
        Some(Response::refusal(exchange, buf, refusal).json(&problem))
    }
}

impl Api {
    fn notes(&self) -> MutexGuard<'_, BTreeMap<u64, Note>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn make(&self, request: &Request<'_>, mut responder: Responder<'_>) -> Answer {
        let NewNote { text } = responder.read_json(request, 64 * 1024).await?;
        let note = {
            let mut notes = self.notes();
            let id = notes.last_key_value().map_or(1, |(last, _)| last + 1);
            let note = Note { id, text };
            notes.insert(id, note.clone());
            note
        };
        let location = format!("/notes/{}", note.id);
        responder.created(&location).json(&note).await
    }
}

async fn problem(status: Status, responder: Responder<'_>) -> Answer {
    responder.status(status).json(&Problem::of(status)).await
}
