//! A WebSocket that sends each message back, by the feature `tungstenite`.
//!
//! ```text
//! cargo run -p replywire-tokio --features tungstenite --example websocket [ADDRESS]
//! ```

use std::process::ExitCode;

use replywire_tokio::{handler_fn, serve};
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
    serve(listener, handler_fn(websocket::echo)).await;
    ExitCode::SUCCESS
}
