//! axum, with a body from a stream.

use std::io;

use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, Uri};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use super::source::Source;
use crate::server::{announce, runtime};

pub(super) fn serve() -> io::Result<()> {
    let app = Router::new().fallback(answer);
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        let listener = listener.tap_io(|stream| {
            stream.set_nodelay(true).expect("a connected socket");
        });
        axum::serve(listener, app).await
    })
}

async fn answer(uri: Uri) -> Result<Body, StatusCode> {
    let source = Source::at(uri.path()).ok_or(StatusCode::NOT_FOUND)?;
    Ok(Body::from_stream(source))
}
