//! A server that shows every kind of reply.
//!
//! ```text
//! cargo run --release -p replywire-tokio --example serve [ADDRESS [FOLDER]]
//! ```

use std::process::ExitCode;

use replywire_tokio::{Answer, FromTokio, Handler, Request, Responder, Server, Tokio};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

#[path = "shared/tour/mod.rs"]
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
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let tour = tour::Tour::new(address, folder);
    let stopped = async {
        // Without signals the server runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let hook = tour.hook();
    Server::new(Guide { tour })
        .observe(hook)
        .serve_until(listener, stopped)
        .await;
    Ok(())
}

struct Guide {
    tour: tour::Tour,
}

impl Handler for Guide {
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_>) -> Answer {
        let dots = FromTokio(tokio::io::repeat(b'.').take(tour::LARGE));
        const SLEEP: tour::Sleep = |length| Box::pin(tokio::time::sleep(length));
        let answer = self
            .tour
            .answer::<Tokio, _>(request, responder, dots, SLEEP);
        answer.await
    }
}
