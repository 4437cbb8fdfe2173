//! A server with a fixed set of routes, for HTTP test tools.
//!
//! ```text
//! cargo run --release -p replywire-tokio --example target -- ADDRESS FOLDER
//! ```

use std::process::ExitCode;
use std::sync::Arc;

use replywire_tokio::{Answered, Folder, Handler, Request, Responder, Server, Unanswered};
use tokio::net::TcpListener;

#[path = "../../examples/target.rs"]
mod target;

#[tokio::main]
async fn main() -> ExitCode {
    target::exit(run().await)
}

async fn run() -> Result<(), String> {
    let (address, folder) = target::arguments()?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    target::announce(listener.local_addr().map_err(|error| error.to_string())?);
    let stopped = async {
        // Without signals the server runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    Server::new(Target { folder })
        .serve_until(listener, stopped)
        .await;
    Ok(())
}

struct Target {
    folder: Arc<Folder>,
}

impl Handler for Target {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        target::answer(request, responder, &self.folder).await
    }
}
