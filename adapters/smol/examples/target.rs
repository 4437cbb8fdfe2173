//! A server with a fixed set of routes, for HTTP test tools.
//!
//! ```text
//! cargo run --release -p replywire-smol --example target -- ADDRESS FOLDER
//! ```

use std::process::ExitCode;
use std::sync::Arc;

use async_signal::{Signal, Signals};
use replywire_smol::{Answered, Folder, Handler, Request, Responder, Server, Unanswered};
use smol::net::TcpListener;
use smol::stream::StreamExt;

#[path = "../../examples/target.rs"]
mod target;

fn main() -> ExitCode {
    target::exit(smol::block_on(run()))
}

async fn run() -> Result<(), String> {
    let (address, folder) = target::arguments()?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    target::announce(listener.local_addr().map_err(|error| error.to_string())?);
    let mut signals = Signals::new([Signal::Int]).map_err(|error| error.to_string())?;
    let stopped = async {
        signals.next().await;
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
