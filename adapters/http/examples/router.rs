//! A router of axum on our own server.
//!
//! ```text
//! cargo run -p replywire-http --features tokio --example router -- 127.0.0.1:8000
//! ```

use std::error::Error;

use axum::extract::ConnectInfo;
use replywire_http::ServiceHandler;
use replywire_tokio::Server;
use tokio::net::TcpListener;

mod routes;

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

    let router = ServiceHandler::new(routes::router()).peer(|extensions, peer| {
        extensions.insert(ConnectInfo(peer));
    });
    Server::new(router).serve(listener).await;
    Ok(())
}
