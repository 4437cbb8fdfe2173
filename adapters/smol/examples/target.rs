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

#[path = "shared/target.rs"]
mod target;

fn main() -> ExitCode {
    target::exit(smol::block_on(run()))
}

async fn run() -> Result<(), String> {
    let (address, folder) = target::arguments()?;
    let config = target::config()?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    target::announce(listener.local_addr().map_err(|error| error.to_string())?);
    let mut signals = Signals::new(SIGNALS).map_err(|error| error.to_string())?;
    let stopped = async {
        signals.next().await;
    };
    let failures = Arc::new(target::Failures::default());
    let hook = Arc::clone(&failures);
    let server = Server::new(Target { folder, failures }).config(config);
    let server = match target::is_observed() {
        true => server.observe(hook),
        false => server,
    };
    server.serve_until(listener, stopped).await;
    Ok(())
}

/// The signals that end the server in order.
#[cfg(unix)]
const SIGNALS: [Signal; 2] = [Signal::Int, Signal::Term];
#[cfg(not(unix))]
const SIGNALS: [Signal; 1] = [Signal::Int];

struct Target {
    folder: Arc<Folder>,
    failures: Arc<target::Failures>,
}

impl Handler for Target {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        const SLEEP: target::Sleep = |length| {
            Box::pin(async move {
                smol::Timer::after(length).await;
            })
        };
        target::answer(request, responder, &self.folder, &self.failures, SLEEP).await
    }
}
