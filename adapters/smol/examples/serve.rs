//! A server that shows every kind of reply.
//!
//! ```text
//! cargo run --release -p replywire-smol --example serve [ADDRESS [FOLDER]]
//! ```

use std::process::ExitCode;
use std::sync::Arc;

use async_signal::{Signal, Signals};
use replywire_smol::{Answer, Folder, FromSmol, Handler, Request, Responder, Server};
use smol::io::AsyncReadExt;
use smol::net::TcpListener;
use smol::stream::StreamExt;

#[path = "../../examples/tour.rs"]
mod tour;

fn main() -> ExitCode {
    tour::exit(smol::block_on(run()))
}

async fn run() -> Result<(), String> {
    let (address, folder) = tour::arguments()?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    tour::announce(listener.local_addr().map_err(|error| error.to_string())?);
    let mut signals = Signals::new([Signal::Int]).map_err(|error| error.to_string())?;
    let stopped = async {
        signals.next().await;
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
        let dots = FromSmol(smol::io::repeat(b'.').take(tour::LARGE));
        const SLEEP: tour::Sleep = |length| {
            Box::pin(async move {
                smol::Timer::after(length).await;
            })
        };
        tour::answer(request, responder, dots, SLEEP, self.folder.as_ref()).await
    }
}
