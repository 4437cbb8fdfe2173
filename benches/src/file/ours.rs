//! Replywire, over tokio.

use std::future::pending;
use std::io;
use std::path::Path;
use std::sync::Arc;

use replywire_tokio::{Folder, Handler, Request, Responder, Sent, Server, Unsent};
use tokio::net::TcpListener;

use super::folder::served;
use crate::server::{announce, runtime};

pub(super) fn serve(folder: &Path) -> io::Result<()> {
    let files = Files(Arc::new(Folder::open(served(folder))?));
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        Server::new(files).serve_until(listener, pending()).await;
        Ok(())
    })
}

struct Files(Arc<Folder>);

impl Handler for Files {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Sent, Unsent> {
        Ok(self.0.answer(request, responder).await?)
    }
}
