//! How many instructions an operation takes, by `callgrind`.

use std::env;
use std::io;
use std::process::{Command, Stdio};

use crate::measure::Work;

/// How many operations are made.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Before anything is counted, so that caches and allocators are in use.
    pub warm_up: u64,
    /// In the two runs that are compared.
    runs: [u64; 2],
}

impl Effort {
    /// Less for long outputs, which take long and have little around them.
    pub fn of(work: &Work) -> Self {
        match work.output_len() {
            ..4096 => Self {
                warm_up: 64,
                runs: [256, 1280],
            },
            _ => Self {
                warm_up: 2,
                runs: [2, 10],
            },
        }
    }
}

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
pub fn count(group: &str, work: &Work, contender: &str) -> io::Result<u64> {
    let [few, many] = Effort::of(work).runs;
    let first = collected(group, work.name, contender, few)?;
    let second = collected(group, work.name, contender, many)?;
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
