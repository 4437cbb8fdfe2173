//! Replies in hyper: a connection is served by the handler itself.
//!
//! ```text
//! cargo run -p replywire-http --features hyper --example hyper -- 127.0.0.1:8000
//! ```

use std::error::Error;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use replywire_http::{Hosted, handler_fn};
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
    loop {
        let (stream, _) = listener.accept().await?;
        let replies = replies.clone();
        tokio::spawn(async move {
            let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), replies);
            if let Err(error) = serving.await {
                eprintln!("{error}");
            }
        });
    }
}
