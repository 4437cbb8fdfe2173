//! Replywire, over tokio.

use std::future::pending;
use std::io;
use std::path::Path;
use std::sync::Arc;

use replywire_files::Found;
use replywire_tokio::replywire::{Response, Status};
use replywire_tokio::{
    Answered, FileBody, Folder, Handler, OpenFile, Request, Responder, Server, Unanswered,
};
use tokio::net::TcpListener;

use super::folder::served;
use crate::server::{announce, runtime};

/// Who moves a file's bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    Kernel,
    Reads,
}

pub(super) fn serve(folder: &Path, by: By) -> io::Result<()> {
    let folder = Arc::new(Folder::open(served(folder))?);
    let files = Files { folder, by };
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        Server::new(files)
            .serve_until(listener, pending::<()>())
            .await;
        Ok(())
    })
}

struct Files {
    folder: Arc<Folder>,
    by: By,
}

impl Handler for Files {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        match self.by {
            By::Kernel => Ok(self.folder.answer(request, responder).await?),
            By::Reads => match self.folder.find_now(request.path(), None, &[]) {
                Some(Found::File(found)) => send(request, responder, found.file).await,
                _ => Err(Unanswered::new()),
            },
        }
    }
}

async fn send(
    request: &Request<'_>,
    responder: Responder<'_>,
    file: OpenFile,
) -> Result<Answered, Unanswered> {
    let facts = file.facts();
    let body = FileBody::new(file).without_kernel();
    let sent = responder.file(request, facts, body, |exchange, buf| {
        Response::to(exchange, buf, Status::OK)
    });
    Ok(sent.await?)
}
