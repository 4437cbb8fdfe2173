//! A server: a process of its own on a CPU of its own.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use nix::time::ClockId;
use nix::unistd::Pid;
use rustix::param::page_size;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use tokio::runtime::{Builder, Runtime};

use super::syscalls::{self, Calls};

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) at: SocketAddr,
    child: Child,
    /// With its descendants, once they are known.
    pids: Vec<u32>,
}

impl Server {
    /// Starts this program as `--serve GROUP NAME [WHAT]` and waits for its address.
    pub(crate) fn start(group: &str, name: &'static str, what: Option<&OsStr>) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(["--serve", group, name])
            .args(what)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut address)?;
        }
        let Ok(at) = address.trim().parse() else {
            child.wait()?;
            return Err(io::Error::other(format!("{name} did not start")));
        };
        Ok(Self {
            name,
            at,
            child,
            pids: Vec::new(),
        })
    }

    /// Looks for the descendants, after a first reply: now they are there.
    pub(crate) fn look(&mut self) -> io::Result<()> {
        self.pids = tree(self.child.id())?;
        Ok(())
    }

    /// Counts what it calls while `work` runs. Where that cannot be, it says why.
    pub(crate) fn calls(
        &self,
        work: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<Result<Calls, String>> {
        syscalls::count(&self.pids, work)
    }

    /// The CPU time of all its processes and threads, user and system, those that have ended too.
    pub(crate) fn cpu_time(&self) -> io::Result<Duration> {
        self.pids
            .iter()
            .map(|&pid| {
                let pid = Pid::from_raw(pid.cast_signed());
                Ok(Duration::from(ClockId::pid_cpu_clock_id(pid)?.now()?))
            })
            .sum()
    }
}

impl Server {
    /// The clock ticks of CPU time that it spent as itself, and in the kernel.
    pub(crate) fn ticks(&self) -> io::Result<[u64; 2]> {
        let mut sum = [0; 2];
        for pid in &self.pids {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
            for (sum, field) in sum.iter_mut().zip(fields(&stat).skip(11)) {
                *sum += field.parse::<u64>().unwrap_or(0);
            }
        }
        Ok(sum)
    }

    /// The bytes of its memory that are there, those that processes share counted for each.
    pub(crate) fn resident(&self) -> io::Result<u64> {
        let pages = self.pids.iter().map(|pid| {
            let statm = fs::read_to_string(format!("/proc/{pid}/statm"))?;
            let pages = statm
                .split(' ')
                .nth(1)
                .and_then(|pages| pages.parse::<u64>().ok());
            pages.ok_or_else(|| io::Error::other("no resident pages"))
        });
        Ok(pages.sum::<io::Result<u64>>()? * page_size() as u64)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input is the end of the server.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Waits in a server for the process that measures it to let go.
pub(crate) fn until_released() {
    let mut nothing = Vec::new();
    // An error is an end as well.
    let _ = io::stdin().read_to_end(&mut nothing);
}

/// Ends a server when the process that measures it lets go.
pub(crate) fn end_when_released() {
    thread::spawn(|| {
        until_released();
        process::exit(0);
    });
}

/// A runtime for a server that runs in this process, on this thread.
pub(crate) fn runtime() -> io::Result<Runtime> {
    end_when_released();
    Builder::new_current_thread().enable_all().build()
}

/// Tells the process that measures where this server listens.
pub(crate) fn announce(at: SocketAddr) -> io::Result<()> {
    let mut stdout = io::stdout();
    writeln!(stdout, "{at}")?;
    stdout.flush()
}

/// Who runs on a CPU.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Server,
    Client,
}

/// Keeps this thread, and those it starts, on the CPU of a side; false where there are not two.
pub(crate) fn pin(side: Side) -> io::Result<bool> {
    let ours = sched_getaffinity(None)?;
    let mut cpus = (0..CpuSet::MAX_CPU).filter(|&cpu| ours.is_set(cpu));
    let (Some(server), Some(client)) = (cpus.next(), cpus.next()) else {
        return Ok(false);
    };
    let mut set = CpuSet::new();
    set.set(match side {
        Side::Server => server,
        Side::Client => client,
    });
    sched_setaffinity(None, &set)?;
    Ok(true)
}

/// A process and its descendants.
fn tree(root: u32) -> io::Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process may end meanwhile.
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        let parent = fields(&stat).nth(1).and_then(|pid| pid.parse().ok());
        parents.extend(parent.map(|parent: u32| (pid, parent)));
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        let children = parents.iter().filter(|(_, of)| *of == parent);
        found.extend(children.map(|(pid, _)| *pid));
        next += 1;
    }
    Ok(found)
}

/// What the kernel tells of a process after its name, which may hold anything: the state, the
/// parent, and more.
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    fields.split(' ')
}
