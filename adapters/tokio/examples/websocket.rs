//! A WebSocket that sends each message back, by the feature `tungstenite`.
//!
//! ```text
//! cargo run -p replywire-tokio --features tungstenite --example websocket [ADDRESS]
//! ```

use std::process::ExitCode;
use std::time::Duration;

use replywire_tokio::{Config, Server, Timeouts, handler_fn};
use tokio::net::TcpListener;

#[path = "shared/websocket.rs"]
mod websocket;

#[tokio::main]
async fn main() -> ExitCode {
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:8000");
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("websocket: cannot listen on {address}: {error}");
            return ExitCode::from(2);
        }
    };
    if let Ok(address) = listener.local_addr() {
        println!("Listening on ws://{address}/");
    }
    // A client that says nothing for so long, no ping either, is gone.
    let timeouts = Timeouts::new().upgraded(Duration::from_secs(5 * 60));
    let server = Server::new(handler_fn(websocket::echo));
    let config = Config::new().timeouts(timeouts);
    server.config(config).serve(listener).await;
    ExitCode::SUCCESS
}
