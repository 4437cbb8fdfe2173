//! nginx, with Debian's settings and one worker.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use super::folder::served;
use crate::server::nginx;

const MIME_TYPES: &str = "/etc/nginx/mime.types";

/// Whether the head waits for the file, by `TCP_CORK`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Push {
    /// As Debian has it: on.
    Stock,
    NopushOff,
}

/// Has nginx serve a folder; this process only waits.
pub(super) fn serve(folder: &Path, push: Push) -> io::Result<()> {
    let (scratch, nopush) = match push {
        Push::Stock => ("nginx", "on"),
        Push::NopushOff => ("nginx-nopush-off", "off"),
    };
    nginx(&folder.join(scratch), |at| {
        settings(at, &served(folder), nopush)
    })
}

/// What Debian's `nginx.conf` says of static files, less its access log; and what lets nginx run
/// anywhere, for anybody.
fn settings(at: SocketAddr, files: &Path, nopush: &str) -> String {
    let types = match fs::exists(MIME_TYPES) {
        Ok(true) => format!("include {MIME_TYPES};"),
        _ => String::new(),
    };
    let files = files.display();
    // Only an administrator has `user` mean anything: the worker can read what its master can.
    format!(
        "\
user root;
daemon off;
worker_processes 1;
pid nginx.pid;
events {{
    worker_connections 768;
}}
http {{
    sendfile on;
    tcp_nopush {nopush};
    types_hash_max_size 2048;
    {types}
    default_type application/octet-stream;
    gzip on;
    access_log off;
    client_body_temp_path client;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen {at};
        root \"{files}\";
    }}
}}
"
    )
}
