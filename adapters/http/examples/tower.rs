//! Replies as a service of tower, with layers of others around it, served by hyper over HTTP/1.1
//! and HTTP/2.
//!
//! ```text
//! cargo run -p replywire-http --features tower --example tower -- 127.0.0.1:8000
//! ```

use std::error::Error;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use replywire_http::{Hosted, handler_fn};
use replywire_tokio::Tokio;
use tokio::net::TcpListener;
use tower::ServiceBuilder;

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

    // The limit is for the head of a reply.
    let service = ServiceBuilder::new()
        .timeout(Duration::from_secs(10))
        .concurrency_limit(1000)
        .service(Hosted::<Tokio, _>::new(handler_fn(replies::answer)));
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                eprintln!("{error}");
            }
        });
    }
}
