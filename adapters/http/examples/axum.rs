//! Replies in axum: as a service for a path, and in a handler with extractors.
//!
//! ```text
//! cargo run -p replywire-http --features tower --example axum -- 127.0.0.1:8000
//! ```

use std::error::Error;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use replywire_http::{Answer, Handler, Hosted, Request, Responder, handler_fn};
use replywire_tokio::Tokio;
use tokio::net::TcpListener;

mod replies;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!(
        "Listening on http://{}/ - stop with Ctrl-C.",
        listener.local_addr()?
    );

    let replies = Hosted::<Tokio, _>::new(handler_fn(replies::answer));
    let router = Router::new()
        .route("/hello/{name}", get(hello))
        .with_state(Hosted::new(Greeter))
        .fallback_service(replies);
    axum::serve(listener, router).await?;
    Ok(())
}

#[derive(Clone)]
struct Name(String);

/// Has axum's extractors find out what the reply is about.
async fn hello(
    Path(name): Path<String>,
    State(greeter): State<Hosted<Tokio, Greeter>>,
    mut request: axum::extract::Request,
) -> impl IntoResponse {
    request.extensions_mut().insert(Name(name));
    greeter.answer(request).await
}

struct Greeter;

impl Handler<Tokio> for Greeter {
    async fn handle(&self, _: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
        let name = responder.connection(|host| host.extensions().get::<Name>().cloned())?;
        let greeting = match name {
            Some(Name(name)) => format!("hello, {name}"),
            None => "hello".to_owned(),
        };
        responder.ok().text(&*greeting).await
    }
}
