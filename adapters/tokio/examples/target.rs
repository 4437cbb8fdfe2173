//! A server with a fixed set of routes, for HTTP test tools.
//!
//! ```text
//! cargo run --release -p replywire-tokio --example target -- ADDRESS FOLDER
//! ```

use std::future::pending;
use std::process::ExitCode;
use std::sync::Arc;

use replywire_tokio::{Answered, Folder, Handler, Request, Responder, Server, Unanswered};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

#[path = "shared/target.rs"]
mod target;

fn main() -> ExitCode {
    let mut flavour = match std::env::var_os("TARGET_ONE_THREAD") {
        Some(_) => Builder::new_current_thread(),
        None => Builder::new_multi_thread(),
    };
    let runtime = flavour.enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string());
    target::exit(runtime.and_then(|runtime| runtime.block_on(run())))
}

async fn run() -> Result<(), String> {
    let (address, folder) = target::arguments()?;
    let config = target::config()?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    target::announce(listener.local_addr().map_err(|error| error.to_string())?);
    let failures = Arc::new(target::Failures::default());
    let hook = Arc::clone(&failures);
    let server = Server::new(Target { folder, failures }).config(config);
    let server = match target::is_observed() {
        true => server.observe(hook),
        false => server,
    };
    server.serve_until(listener, stopped()).await;
    Ok(())
}

/// Waits for a signal that ends the server in order. Without signals it runs until it is killed.
async fn stopped() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut signals) => drop(signals.recv().await),
        Err(_) => pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    pending().await
}

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
        const SLEEP: target::Sleep = |length| Box::pin(tokio::time::sleep(length));
        target::answer(request, responder, &self.folder, &self.failures, SLEEP).await
    }
}
