//! A server that shows every kind of reply.
//!
//! ```text
//! cargo run --release -p replywire-async-std --example serve [ADDRESS [FOLDER]]
//! ```

use std::process::ExitCode;

use async_signal::{Signal, Signals};
use async_std::io::ReadExt;
use async_std::net::TcpListener;
use async_std::stream::StreamExt;
use replywire_async_std::{Answer, AsyncStd, FromAsyncStd, Handler, Request, Responder, Server};

#[path = "shared/tour/mod.rs"]
mod tour;

fn main() -> ExitCode {
    tour::exit(async_std::task::block_on(run()))
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
        let dots = FromAsyncStd(async_std::io::repeat(b'.').take(tour::LARGE));
        const SLEEP: tour::Sleep = |length| Box::pin(async_std::task::sleep(length));
        let answer = self
            .tour
            .answer::<AsyncStd, _>(request, responder, dots, SLEEP);
        answer.await
    }
}
