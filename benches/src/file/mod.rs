//! Files: whole servers that serve a folder.
//!
//! Every contender is a process of its own, on the first CPU that this one may use, and serves the
//! same three files from the page cache of the kernel. The client is this process, on the second
//! CPU. Bodies are compared byte for byte before anything is measured.
//!
//! | contender | serves |
//! | --- | --- |
//! | `replywire` | over tokio, on a runtime of one thread |
//! | `replywire-reads` | the same without sendfile: 64 KiB at a time |
//! | `nginx` | with one worker and Debian's settings: `sendfile on`, `tcp_nopush on` |
//! | `nginx-nopush-off` | the same with `tcp_nopush off`: no `TCP_CORK` |
//! | `tower-http` | `ServeDir` on axum and hyper, on a runtime of one thread |
//! | `tower-http-nodelay` | the same with `TCP_NODELAY`, which axum does not set by itself |
//! | `actix-files` | `Files` on actix-web, with one worker |
//! | `actix-files-nodelay` | the same with `TCP_NODELAY` asked for |
//!
//! Nobody writes an access log: only nginx would. Where it is not installed, it is left out.
//!
//! In each round every contender has its turns, in an order shuffled anew. In the first turn, 16
//! connections (4 for the larger files) always have a request under way; in the second there is one
//! connection. All are kept alive. A line
//!
//! ```text
//! ratio file WORK MEASURE PEER X.XX
//! ```
//!
//! is the median over the rounds; above 1, Replywire is better:
//!
//! | measure | ratio |
//! | --- | --- |
//! | `throughput` | Replywire's replies a second, divided by the peer's |
//! | `cpu` | the peer's CPU time a reply, user and system, divided by Replywire's |
//! | `latency` | the peer's median time from a request to the end of its reply, divided by Replywire's |
//! | `latency-p90` | the same of the time that nine in ten replies stay within: who sends head and body by themselves, without `TCP_NODELAY`, waits for a late acknowledgement now and then |
//!
//! The medians themselves go to the standard error stream: CPU time as microseconds a reply of
//! 10 KiB, and as seconds a GiB of larger ones. *At most 0.75 of the peer's CPU time* reads 1.33 or
//! more.
//!
//! CPU time is what the kernel's clock of the processes says, in nanoseconds. On the loopback device
//! a sender's time includes what a receiver's interrupts would do.
//!
//! ```text
//! syscalls file WORK CONTENDER X.XX
//! ```
//!
//! is how many system calls the server makes for a reply, over one connection, counted by `strace`
//! where that can be; which they are goes to the standard error stream.
//!
//! # The client
//!
//! It has the kernel drop bodies (`MSG_TRUNC`), so that it waits for the server and not the other
//! way round, as a network card would. That is kind to servers that copy nothing themselves; with
//! `--copy` the client copies all it is sent, and is slower than the fastest servers.

use std::io;

use self::client::Target;
pub use self::contenders::serve;
use self::contenders::{CONTENDERS, Contender};
use self::folder::{Folder, name};
use crate::server::{Connection, Options, Server, Side, compete, load, pin, tell};

mod client;
mod contenders;
mod folder;
mod ours;
mod peer_actix;
mod peer_nginx;
mod peer_tower;

/// As the group is spelled on the command line.
pub const NAME: &str = "file";

/// Measures all contenders and prints how they compare.
///
/// # Errors
///
/// When a contender does not start, or does not serve the right bytes.
pub fn run(options: Options) -> io::Result<()> {
    let works = match options.test {
        true => TEST_WORKS,
        false => WORKS,
    };
    let folder = Folder::new(&works.map(|work| work.len))?;
    let mut servers = Vec::new();
    for contender in CONTENDERS.iter().filter(|one| options.takes(one.name)) {
        match (contender.missing)() {
            Some(why) => println!("{why}, so {} is not measured", contender.name),
            None => servers.push(start(contender, &folder, &works)?),
        }
    }
    if !pin(Side::Client)? {
        println!("there is one CPU, so servers and client share it");
    }
    for work in &works {
        let title = format!("{NAME} {}", work.name);
        let contest = compete(title, &servers, MEASURES, options.rounds(), |_, server| {
            turns(work, server, options)
        })?;
        if !options.test {
            contest.draw(options.charts)?;
            contest.report(|measure, cost| work.tell(measure, cost));
        }
        count(work, &servers, options)?;
        if options.test {
            for server in &servers {
                println!("tested {NAME} {} {}", work.name, server.name);
            }
        }
    }
    Ok(())
}

/// In seconds a reply.
const MEASURES: [&str; 4] = ["throughput", "cpu", "latency", "latency-p90"];

/// A file to serve.
#[derive(Clone, Copy)]
struct Work {
    name: &'static str,
    len: usize,
    connections: usize,
    /// How many replies a connection has had before it is measured. For some sixteen segments Linux
    /// acknowledges at once, which hides that a server waits for an acknowledgement.
    warm_up: usize,
    /// How many replies system calls are counted for.
    counted: usize,
}

const WORKS: [Work; 3] = [
    Work {
        name: "10-KiB",
        len: 10 << 10,
        connections: 16,
        warm_up: 24,
        counted: 256,
    },
    Work {
        name: "1-MiB",
        len: 1 << 20,
        connections: 4,
        warm_up: 1,
        counted: 64,
    },
    Work {
        name: "100-MiB",
        len: 100 << 20,
        connections: 4,
        warm_up: 1,
        counted: 2,
    },
];

/// Shorter, but each as much more than a buffer or a piece of what a server sends.
const TEST_WORKS: [Work; 3] = [
    Work {
        name: "1-KiB",
        len: 1 << 10,
        connections: 2,
        warm_up: 1,
        counted: 4,
    },
    Work {
        name: "100-KiB",
        len: 100 << 10,
        connections: 2,
        warm_up: 1,
        counted: 4,
    },
    Work {
        name: "5-MiB",
        len: 5 << 20,
        connections: 2,
        warm_up: 1,
        counted: 2,
    },
];

impl Work {
    fn target(&self, server: &Server, options: Options) -> Target {
        let len = self.len as u64;
        Target::new(server.at, &name(self.len), len, options.bodies())
    }

    /// A cost as it is told.
    fn tell(&self, measure: &str, cost: f64) -> String {
        const GIB: f64 = (1_u64 << 30) as f64;
        let replies = GIB / self.len as f64;
        let is_small = self.len < 64 << 10;
        match measure {
            "throughput" if is_small => format!("{:.0} replies/s", cost.recip()),
            "throughput" => format!("{:.2} GiB/s", (cost * replies).recip()),
            "cpu" if !is_small => format!("{:.3} s/GiB", cost * replies),
            _ => format!("{:.1} us", cost * 1e6),
        }
    }
}

/// A server whose bodies are right.
fn start(contender: &Contender, folder: &Folder, works: &[Work]) -> io::Result<Server> {
    let mut server = Server::start(NAME, contender.name, Some(folder.path().as_os_str()))?;
    for work in works {
        let body = work.target(&server, Options::default()).body()?;
        if body != folder.content(work.len) {
            let what = format!("{} serves a wrong {}", server.name, work.name);
            return Err(io::Error::other(what));
        }
    }
    server.look()?;
    Ok(server)
}

/// What a reply costs by each measure.
fn turns(work: &Work, server: &Server, options: Options) -> io::Result<[f64; 4]> {
    let target = work.target(server, options);
    let mut connections = (0..work.connections)
        .map(|_| target.connect())
        .collect::<io::Result<Vec<_>>>()?;
    let turn = options.turn();
    let load = load(&mut connections, work.warm_up, turn, || server.cpu_time())?;
    drop(connections);
    let replies = load.replies as f64;
    let latencies = target.latencies(work.warm_up, turn)?;
    Ok([
        load.elapsed.as_secs_f64() / replies,
        load.cpu.as_secs_f64() / replies,
        latencies[latencies.len() / 2],
        latencies[latencies.len() * 9 / 10],
    ])
}

fn count(work: &Work, servers: &[Server], options: Options) -> io::Result<()> {
    for server in servers {
        let target = work.target(server, options);
        let mut connection = target.connect()?;
        connection.reply()?;
        let counted = server.calls(|| (0..work.counted).try_for_each(|_| connection.reply()))?;
        let calls = match counted {
            Ok(calls) => calls,
            Err(why) => {
                println!("{why}, so system calls are not counted");
                return Ok(());
            }
        };
        if options.test {
            continue;
        }
        let total: u64 = calls.iter().map(|(_, count)| count).sum();
        let each = total as f64 / work.counted as f64;
        println!("syscalls {NAME} {} {} {each:.2}", work.name, server.name);
        eprintln!(
            "calls {NAME} {} {} {}",
            work.name,
            server.name,
            tell(&calls, work.counted)
        );
    }
    Ok(())
}
