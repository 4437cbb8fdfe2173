//! nginx, with settings that a group writes.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{announce, until_released};

/// Where programs are that only administrators run by themselves.
const PLACES: [&str; 2] = ["nginx", "/usr/sbin/nginx"];

/// Says why there is no nginx.
pub(crate) fn missing_nginx() -> Option<&'static str> {
    program().is_none().then_some("nginx is not installed")
}

/// Has nginx serve by its settings, in a folder for what it writes; this process only waits.
pub(crate) fn nginx(scratch: &Path, settings: impl Fn(SocketAddr) -> String) -> io::Result<()> {
    let program = program().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(scratch)?;
    // It cannot say which port it was given, so it is told one that was free just now.
    let at = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let config = scratch.join("nginx.conf");
    fs::write(&config, settings(at))?;
    let mut nginx = Command::new(program)
        .arg("-p")
        .arg(scratch)
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
