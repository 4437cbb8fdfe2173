//! Replies in actix-web 4.
//!
//! ```text
//! cargo run -p replywire-http --features actix --example actix -- 127.0.0.1:8000
//! ```

use std::error::Error;
use std::net::TcpListener;

use actix_web::{App, HttpServer, web};
use replywire_http::{Hosted, handler_fn};
use replywire_tokio::Tokio;

mod replies;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(address)?;
    println!(
        "Listening on http://{}/ - stop with Ctrl-C.",
        listener.local_addr()?
    );

    let replies = Hosted::<Tokio, _>::new(handler_fn(replies::answer));
    let app = move || App::new().default_service(web::to(replies.clone()));
    let server = HttpServer::new(app).workers(2).listen(listener)?;
    actix_web::rt::System::new().block_on(server.run())?;
    Ok(())
}
