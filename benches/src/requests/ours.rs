//! Replywire, over tokio.

use std::future::pending;
use std::io;
use std::path::Path;
use std::sync::Arc;

use replywire_tokio::replywire::Status;
use replywire_tokio::{Answer, Config, Folder, Handler, Request, Responder, Server};
use tokio::net::TcpListener;

use super::shop::{SHOP, served};
use super::work::HELLO;
use crate::server::{announce, runtime};

pub(super) fn serve(folder: &Path) -> io::Result<()> {
    let folder = Folder::open(served(folder))?;
    let folder = Arc::new(folder.at("/static").precompressed(true));
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        Server::new(App { folder })
            .config(Config::new().connections(usize::MAX))
            .serve_until(listener, pending::<()>())
            .await;
        Ok(())
    })
}

struct App {
    folder: Arc<Folder>,
}

/// How much of an upload is taken at a time: as much as a socket mostly has.
const PIECE: usize = 256 * 1024;

impl Handler for App {
    async fn handle(&self, request: &Request<'_>, mut responder: Responder<'_>) -> Answer {
        let path = request.path();
        match path {
            "/hello" => responder.ok().text(HELLO).await,
            "/sum" => {
                let query = request.query_pairs();
                let a = query.parse::<i64>("a")?.unwrap_or(0);
                let b = query.parse::<i64>("b")?.unwrap_or(0);
                let mut room = [0; 32];
                let content = match &*responder.read_all(&mut room).await? {
                    [] => 0,
                    content => str::from_utf8(content)?.parse::<i64>()?,
                };
                responder.ok().text(a + b + content).await
            }
            "/upload" => {
                let mut room = vec![0; PIECE];
                let mut total = 0_u64;
                loop {
                    match responder.read(&mut room).await? {
                        0 => break,
                        len => total += len as u64,
                    }
                }
                responder.ok().text(total).await
            }
            _ => {
                if let Some(count) = path.strip_prefix("/json/") {
                    if let Some(document) = SHOP.document(count.parse()?) {
                        return responder.ok().json(&document).await;
                    }
                } else if path.starts_with("/static/") {
                    return Ok(self.folder.answer(request, responder).await?);
                }
                responder.status(Status::NOT_FOUND).empty().await
            }
        }
    }
}
