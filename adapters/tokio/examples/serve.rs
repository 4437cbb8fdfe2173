//! A server that shows every kind of reply.
//!
//! ```text
//! cargo run --release -p replywire-tokio --example serve [ADDRESS [FOLDER]]
//! ```

use std::process::ExitCode;
use std::sync::Arc;

use replywire_tokio::{Answer, Folder, FromTokio, Handler, Request, Responder, Server};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

#[path = "../../examples/tour.rs"]
mod tour;

#[tokio::main]
async fn main() -> ExitCode {
    tour::exit(run().await)
}

async fn run() -> Result<(), String> {
    let (address, folder) = tour::arguments()?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    tour::announce(listener.local_addr().map_err(|error| error.to_string())?);
    let stopped = async {
        // Without signals the server runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    Server::new(Tour { folder })
        .observe(tour::log())
        .serve_until(listener, stopped)
        .await;
    Ok(())
}

struct Tour {
    folder: Option<Arc<Folder>>,
}

impl Handler for Tour {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_>) -> Answer {
        let dots = FromTokio(tokio::io::repeat(b'.').take(tour::LARGE));
        const SLEEP: tour::Sleep = |length| Box::pin(tokio::time::sleep(length));
        tour::answer(request, responder, dots, SLEEP, self.folder.as_ref()).await
    }
}
