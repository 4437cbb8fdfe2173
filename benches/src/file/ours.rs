//! Replywire, over tokio.

use std::future::pending;
use std::io;
use std::path::{Path, PathBuf};

use replywire_tokio::replywire::{Response, Status};
use replywire_tokio::{FromTokio, Handler, Request, Responder, Sent, Server, Unsent};
use tokio::fs::File;
use tokio::net::TcpListener;

use super::contenders::{announce, runtime};
use super::folder::served;

pub(super) fn serve(folder: &Path) -> io::Result<()> {
    let files = Files(served(folder));
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        Server::new(files).serve_until(listener, pending()).await;
        Ok(())
    })
}

/// The files right in a folder, each as a transfer of known length.
struct Files(PathBuf);

impl Handler for Files {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Sent, Unsent> {
        let name = request.path().trim_start_matches('/');
        let plain = !name.contains(['/', '\\', '%']) && name != "..";
        let open = async {
            let file = File::open(self.0.join(name)).await.ok()?;
            let facts = file.metadata().await.ok()?;
            facts.is_file().then_some((file, facts.len()))
        };
        let Some((file, len)) = (if plain { open.await } else { None }) else {
            let sent = responder.send(|exchange, buf| {
                Response::to(exchange, buf, Status::NOT_FOUND).text("Not Found")
            });
            return Ok(sent.await?);
        };
        let sent = responder.transfer(
            |exchange, buf| {
                Response::to(exchange, buf, Status::OK)
                    .media_type("application/octet-stream")
                    .sized(len)
            },
            FromTokio(file),
        );
        Ok(sent.await?)
    }
}
