//! How many instructions an operation takes, by `callgrind`.

use std::env;
use std::io;
use std::process::{Command, Stdio};

/// What the child process does before it counts, so that caches and allocators are in use.
pub const WARM_UP: u64 = 64;
/// Operations of the two runs that are compared.
const RUNS: [u64; 2] = [256, 1280];

/// Whether `callgrind` can be started.
pub fn available() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Instructions of one operation. This program must understand `--child GROUP WORK CONTENDER N`.
///
/// # Errors
///
/// When `callgrind` does not run to its end, or does not say what it counted.
pub fn count(group: &str, work: &str, contender: &str) -> io::Result<u64> {
    let [few, many] = RUNS;
    let first = collected(group, work, contender, few)?;
    let second = collected(group, work, contender, many)?;
    let (times, spent) = (many - few, second.saturating_sub(first));
    Ok((spent + times / 2) / times)
}

fn collected(group: &str, work: &str, contender: &str, times: u64) -> io::Result<u64> {
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--collect-atstart=no",
            "--toggle-collect=*Contender*counted*",
        ])
        .arg(env::current_exe()?)
        .args(["--child", group, work, contender, &times.to_string()])
        .stdout(Stdio::null())
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    log.lines()
        .find_map(|line| line.split("Collected :").nth(1)?.trim().parse().ok())
        .filter(|_| output.status.success())
        .ok_or_else(|| io::Error::other(format!("callgrind failed:\n{log}")))
}
