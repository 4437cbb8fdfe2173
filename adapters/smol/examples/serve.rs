//! A server that shows every kind of reply.
//!
//! ```text
//! cargo run --release -p replywire-smol --example serve [ADDRESS [FOLDER]]
//! ```

use std::process::ExitCode;

use async_signal::{Signal, Signals};
use replywire_smol::{Answer, FromSmol, Handler, Request, Responder, Server, Smol};
use smol::io::AsyncReadExt;
use smol::net::TcpListener;
use smol::stream::StreamExt;

#[path = "shared/tour/mod.rs"]
mod tour;

fn main() -> ExitCode {
    tour::exit(smol::block_on(run()))
}

async fn run() -> Result<(), String> {
    let (address, folder) = tour::arguments()?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let tour = tour::Tour::new(address, folder);
    let mut signals = Signals::new([Signal::Int]).map_err(|error| error.to_string())?;
    let stopped = async {
        signals.next().await;
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
        let dots = FromSmol(smol::io::repeat(b'.').take(tour::LARGE));
        const SLEEP: tour::Sleep = |length| {
            Box::pin(async move {
                smol::Timer::after(length).await;
            })
        };
        let answer = self.tour.answer::<Smol, _>(request, responder, dots, SLEEP);
        answer.await
    }
}
