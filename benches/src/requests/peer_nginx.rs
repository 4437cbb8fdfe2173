//! nginx, with Debian's settings, its module for siblings and one worker.

use std::fs;
use std::io;
use std::path::Path;

use crate::server::{missing_nginx, nginx};

const MODULE: &str = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so";

/// Says why it cannot serve siblings.
pub(super) fn missing() -> Option<&'static str> {
    missing_nginx().or_else(|| match fs::exists(MODULE) {
        Ok(true) => None,
        _ => Some("libnginx-mod-http-brotli-static is not installed"),
    })
}

/// What Debian's `nginx.conf` says of static files, less its access log; what lets nginx run
/// anywhere, for anybody; and connections that stay for more than a thousand replies.
pub(super) fn serve(folder: &Path) -> io::Result<()> {
    let root = folder.display();
    nginx(&folder.join("nginx"), |at| {
        format!(
            "\
load_module {MODULE};
user root;
daemon off;
worker_processes 1;
pid nginx.pid;
events {{
    worker_connections 768;
}}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    gzip on;
    brotli_static on;
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path client;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen {at};
        root \"{root}\";
    }}
}}
"
        )
    })
}
