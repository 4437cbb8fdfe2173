//! nginx, with Debian's settings and one worker.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::folder::served;
use crate::server::{announce, until_released};

/// Where programs are that only administrators run by themselves.
const PLACES: [&str; 2] = ["nginx", "/usr/sbin/nginx"];
const MIME_TYPES: &str = "/etc/nginx/mime.types";

/// Whether the head waits for the file, by `TCP_CORK`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Push {
    /// As Debian has it: on.
    Stock,
    NopushOff,
}

pub(super) fn missing() -> Option<&'static str> {
    program().is_none().then_some("nginx is not installed")
}

/// Has nginx serve a folder; this process only waits.
pub(super) fn serve(folder: &Path, push: Push) -> io::Result<()> {
    let program = program().ok_or(io::ErrorKind::NotFound)?;
    let (scratch, nopush) = match push {
        Push::Stock => ("nginx", "on"),
        Push::NopushOff => ("nginx-nopush-off", "off"),
    };
    let scratch = folder.join(scratch);
    fs::create_dir_all(&scratch)?;
    // It cannot say which port it was given, so it is told one that was free just now.
    let at = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let config = scratch.join("nginx.conf");
    fs::write(&config, settings(at, &served(folder), nopush))?;
    let mut nginx = Command::new(program)
        .arg("-p")
        .arg(&scratch)
        .arg("-e")
        .arg(scratch.join("error.log"))
        .arg("-c")
        .arg(&config)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let served = listening(&mut nginx, at).and_then(|()| announce(at));
    if served.is_ok() {
        until_released();
    }
    let pid = i32::try_from(nginx.id()).ok().and_then(Pid::from_raw);
    // Told to end, the master takes its worker with it. It may have ended by itself.
    let _ = kill_process(pid.expect("the number of a process"), Signal::TERM);
    nginx.wait()?;
    served
}

fn program() -> Option<&'static str> {
    PLACES.into_iter().find(|program| {
        Command::new(program)
            .arg("-v")
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

fn listening(nginx: &mut Child, at: SocketAddr) -> io::Result<()> {
    while TcpStream::connect(at).is_err() {
        if let Some(status) = nginx.try_wait()? {
            return Err(io::Error::other(format!("nginx: {status}")));
        }
        sleep(Duration::from_millis(10));
    }
    Ok(())
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
