//! How many system calls a server makes, by `strace`.

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{self, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// System calls and how many there were, the most frequent first.
pub(crate) type Calls = Vec<(String, u64)>;

/// How long a server may take for what it does behind a reply, such as closing the file.
const TAIL: Duration = Duration::from_millis(20);

/// Counts what processes call while `work` runs. Where `strace` cannot, it says why.
pub(crate) fn count(
    pids: &[u32],
    work: impl FnOnce() -> io::Result<()>,
) -> io::Result<Result<Calls, String>> {
    let name = format!("replywire-benches-{}-strace", process::id());
    let summary = env::temp_dir().join(name);
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-c", "-U", "name,calls", "-o"])
        .arg(&summary);
    for pid in pids {
        strace.args(["-p", &pid.to_string()]);
    }
    let started = strace
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut strace = match started {
        Ok(strace) => strace,
        Err(error) => return Ok(Err(format!("strace does not start: {error}"))),
    };
    let mut log = BufReader::new(strace.stderr.take().expect("a pipe"));
    for _ in pids {
        let mut line = String::new();
        log.read_line(&mut line)?;
        if !line.contains(" attached") {
            // It tried the other processes, if any, before it gave up.
            let _ = strace.kill();
            strace.wait()?;
            return Ok(Err(line.trim().to_owned()));
        }
    }
    let worked = work();
    sleep(TAIL);
    let pid = i32::try_from(strace.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.expect("the number of a process"), Signal::INT)?;
    log.read_to_string(&mut String::new())?;
    strace.wait()?;
    let calls = fs::read_to_string(&summary).map(|summary| parse(&summary));
    // It need not be there, and what is left is in a folder for temporary files.
    let _ = fs::remove_file(summary);
    worked?;
    Ok(Ok(calls?))
}

/// How many calls there are each of so many times, by name.
pub(crate) fn tell(calls: &Calls, times: usize) -> String {
    let each =
        |(name, count): &(String, u64)| format!("{name} {:.2}", *count as f64 / times as f64);
    calls.iter().map(each).collect::<Vec<_>>().join(", ")
}

/// Lines of a name and a number, between rules, and the total.
fn parse(summary: &str) -> Calls {
    let mut calls: Calls = summary
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (name, count) = (words.next()?, words.next()?.parse().ok()?);
            // The second is what attaching interrupted.
            (!matches!(name, "total" | "restart_syscall")).then(|| (name.to_owned(), count))
        })
        .collect();
    calls.sort_by_key(|(_, count)| Reverse(*count));
    calls
}
