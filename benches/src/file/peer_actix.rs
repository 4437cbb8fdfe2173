//! actix-files on actix-web, with one worker.

use std::io;
use std::path::Path;

use actix_files::Files;
use actix_web::rt::System;
use actix_web::{App, HttpServer};

use super::folder::served;
use crate::server::{announce, end_when_released};

/// `nodelay` is set, or left as it is.
pub(super) fn serve(folder: &Path, nodelay: Option<bool>) -> io::Result<()> {
    let files = served(folder);
    end_when_released();
    System::new().block_on(async {
        let mut server = HttpServer::new(move || App::new().service(Files::new("/", &files)))
            .workers(1)
            .disable_signals();
        if let Some(nodelay) = nodelay {
            server = server.tcp_nodelay(nodelay);
        }
        let server = server.bind("127.0.0.1:0")?;
        let at = server.addrs().first().copied();
        announce(at.ok_or_else(|| io::Error::other("no address"))?)?;
        server.run().await
    })
}
