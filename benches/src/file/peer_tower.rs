//! tower-http's `ServeDir` on axum and hyper.

use std::io;
use std::path::Path;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use super::folder::served;
use crate::server::{announce, runtime};

pub(super) fn serve(folder: &Path, nodelay: bool) -> io::Result<()> {
    let app = Router::new().fallback_service(ServeDir::new(served(folder)));
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        if !nodelay {
            return axum::serve(listener, app).await;
        }
        let listener = listener.tap_io(|stream| {
            stream.set_nodelay(true).expect("a connected socket");
        });
        axum::serve(listener, app).await
    })
}
