//! Replies in axum in one file, to be copied: a route of axum beside a download that has ranges and
//! validators, two cookies, and events that leave as they are made.
//!
//! ```text
//! cargo add axum@0.8 --no-default-features --features http1,tokio
//! cargo add replywire-http --features tower
//! cargo add replywire-tokio
//! cargo add tokio --features macros,net,rt-multi-thread,time
//! cargo run
//! ```
//!
//! ```text
//! curl -i http://127.0.0.1:8000/hello
//! curl -i -r 0-9 http://127.0.0.1:8000/manifest
//! curl -i http://127.0.0.1:8000/cookies
//! curl -N http://127.0.0.1:8000/events
//! ```

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use replywire_http::{Answer, Hosted, Request, Responder, handler_fn};
use replywire_tokio::replywire::body::Event;
use replywire_tokio::replywire::{SetCookie, Status};
use replywire_tokio::{Chunks, FileReply, KeepAlive, Tokio, chunks};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let router = Router::new()
        .route("/hello", get(async || "hello from axum"))
        .fallback_service(Hosted::<Tokio, _>::new(handler_fn(answer)));
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, router).await
}

async fn answer(request: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
    match request.path() {
        "/manifest" => {
            let file = FileReply::new("Cargo.toml").filename("manifest.toml");
            file.answer(request, responder.ok()).await
        }
        "/cookies" => {
            let seen = SetCookie::new("seen", "1").http_only();
            let theme = SetCookie::new("theme", "dark").max_age(3600);
            let reply = responder.ok().cookie(&seen).cookie(&theme);
            reply.text("two cookies").await
        }
        "/events" => {
            let ticks = chunks(|mut sender| async move {
                loop {
                    sender.send(Event::new().data("tick")).await;
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            });
            responder
                .ok()
                .events(ticks.kept_alive(KeepAlive::PING))
                .await
        }
        _ => responder.status(Status::NOT_FOUND).text("not found").await,
    }
}
