//! Streams: whole servers that send bodies in chunks.
//!
//! Every contender is a process of its own, on the first CPU that this one may use. Its bodies come
//! chunk by chunk from an async source that is always ready, and leave with the chunked coding. The
//! client is this process, on the second CPU. What bodies decode to is compared before anything is
//! measured; after that, how long replies are.
//!
//! | contender | streams |
//! | --- | --- |
//! | `replywire` | [`Chunks`](replywire_embedded::Chunks), over tokio on a runtime of one thread, with the settings it has by itself: 12 KiB, and 60 while a stream is busy |
//! | `replywire-60-KiB` | the same with 60 KiB at all times |
//! | `replywire-from-stream` | the stream of [`Bytes`](bytes::Bytes) that the peers have |
//! | `replywire-smol`, `replywire-async-std` | as `replywire`, over these |
//! | `hyper` | `StreamBody` of http-body-util, on a runtime of one thread |
//! | `axum` | `Body::from_stream`, on a runtime of one thread |
//! | `actix-web` | `HttpResponseBuilder::streaming`, with one worker |
//! | `xitca-http` | `StreamDataBody`, on a runtime of one thread; what gathers leaves at 408 KiB |
//! | `xitca-http-60-KiB` | the same at 60 KiB |
//!
//! All of them set `TCP_NODELAY`.
//!
//! In each round every contender has its turns, in an order shuffled anew: 4 connections that always
//! have a stream under way, each on a connection of its own. A line
//!
//! ```text
//! ratio stream WORK MEASURE PEER X.XX
//! ```
//!
//! is the median over the rounds; above 1, Replywire is better:
//!
//! | work | measure | ratio |
//! | --- | --- | --- |
//! | `1-KiB`: 10,000 chunks; `16-B`: 1,000,000 | `throughput` | Replywire's streams a second, divided by the peer's |
//! | | `cpu` | the peer's CPU time a stream, user and system, divided by Replywire's |
//! | `lone`: a chunk of 16 bytes every millisecond | `latency` | the peer's median time from when a chunk is made to when the client has read it, divided by Replywire's |
//! | | `latency-p90` | the same of the time that nine in ten chunks stay within |
//!
//! The medians themselves go to the standard error stream. A lone chunk is made by a thread of the
//! server, which the source waits for; the time begins before the source is woken.
//!
//! ```text
//! writes stream WORK CONTENDER X.XXXX
//! ```
//!
//! is how often a server writes for a chunk, counted by `strace` where that can be; all it calls for
//! such a stream, which for `16-B` has 100,000 chunks, goes to the standard error stream.
//!
//! The client has the kernel drop bodies, so that it waits for the server and not the other way
//! round; with `--copy` it copies all it is sent.

use std::io;

use self::client::Target;
pub use self::contenders::serve;
use self::contenders::{CONTENDERS, Contender};
use self::source::{Source, body};
use crate::server::{Options, Server, Side, compete, load, pin, tell};

mod client;
mod contenders;
mod ours;
mod peer_actix;
mod peer_axum;
mod peer_hyper;
mod peer_xitca;
mod source;

/// As the group is spelled on the command line.
pub const NAME: &str = "stream";

/// Measures all contenders and prints how they compare.
///
/// # Errors
///
/// When a contender does not start, or does not send the right bytes.
pub fn run(options: Options) -> io::Result<()> {
    let works = match options.test {
        true => TEST_WORKS,
        false => WORKS,
    };
    let servers = CONTENDERS
        .iter()
        .filter(|contender| options.takes(contender.name))
        .map(start)
        .collect::<io::Result<Vec<_>>>()?;
    if !pin(Side::Client)? {
        println!("there is one CPU, so servers and client share it");
    }
    for work in &works {
        let lens = check(work, &servers)?;
        let title = format!("{NAME} {}", work.name);
        let measures = ["throughput", "cpu"];
        let contest = compete(
            title,
            &servers,
            measures,
            options.rounds(),
            |index, server| turn(work, server, lens[index], options),
        )?;
        if !options.test {
            contest.draw(options.charts)?;
            contest.report(|measure, cost| work.tell(measure, cost));
        }
        count(work, &servers, options)?;
        tested(work.name, &servers, options);
    }
    lone(&servers, options)?;
    tested(LONE, &servers, options);
    Ok(())
}

/// Chunks to stream.
#[derive(Clone, Copy)]
struct Work {
    name: &'static str,
    /// How long a chunk is, and how many there are.
    len: usize,
    count: usize,
    /// How many chunks writes are counted for.
    counted: usize,
}

/// How many streams are under way.
const CONNECTIONS: usize = 4;

const WORKS: [Work; 2] = [
    Work {
        name: "1-KiB",
        len: 1 << 10,
        count: 10_000,
        counted: 10_000,
    },
    Work {
        name: "16-B",
        len: 16,
        count: 1_000_000,
        counted: 100_000,
    },
];

/// Fewer chunks, but more than any buffer holds.
const TEST_WORKS: [Work; 2] = [
    Work {
        name: "1-KiB",
        len: 1 << 10,
        count: 1_000,
        counted: 1_000,
    },
    Work {
        name: "16-B",
        len: 16,
        count: 50_000,
        counted: 5_000,
    },
];

/// The work that has latency.
const LONE: &str = "lone";

impl Work {
    /// A cost as it is told.
    fn tell(&self, measure: &str, cost: f64) -> String {
        let nanos = cost * 1e9 / self.count as f64;
        match measure {
            "throughput" => format!("{:.1} streams/s ({nanos:.1} ns/chunk)", cost.recip()),
            _ => format!("{:.2} ms ({nanos:.1} ns/chunk)", cost * 1e3),
        }
    }

    fn target(&self, server: &Server, count: usize, options: Options) -> Target {
        let path = Source::ready(self.len, count);
        Target::new(server.at, &path, options.bodies())
    }
}

fn start(contender: &Contender) -> io::Result<Server> {
    let mut server = Server::start(NAME, contender.name, None)?;
    Target::new(server.at, &Source::ready(1, 1), Options::default().bodies()).body()?;
    server.look()?;
    Ok(server)
}

/// How long every server's reply is, the body of which is right.
fn check(work: &Work, servers: &[Server]) -> io::Result<Vec<u64>> {
    let want = body(work.len, work.count);
    let check = |server: &Server| {
        let target = work.target(server, work.count, Options::default());
        match target.body()? {
            (body, len) if body == want => Ok(len),
            _ => {
                let what = format!("{} sends a wrong {}", server.name, work.name);
                Err(io::Error::other(what))
            }
        }
    };
    servers.iter().map(check).collect()
}

/// Seconds a stream, by the clock and of the CPU.
fn turn(work: &Work, server: &Server, len: u64, options: Options) -> io::Result<[f64; 2]> {
    let target = work.target(server, work.count, options);
    let mut connections = (0..CONNECTIONS)
        .map(|_| target.connect(len))
        .collect::<io::Result<Vec<_>>>()?;
    let load = load(&mut connections, 1, options.turn(), || server.cpu_time())?;
    let replies = load.replies as f64;
    Ok([
        load.elapsed.as_secs_f64() / replies,
        load.cpu.as_secs_f64() / replies,
    ])
}

fn lone(servers: &[Server], options: Options) -> io::Result<()> {
    let title = format!("{NAME} {LONE}");
    let measures = ["latency", "latency-p90"];
    let contest = compete(title, servers, measures, options.rounds(), |_, server| {
        let latencies = Target::latencies(server.at, options.turn())?;
        Ok([
            latencies[latencies.len() / 2],
            latencies[latencies.len() * 9 / 10],
        ])
    })?;
    if !options.test {
        contest.draw(options.charts)?;
        contest.report(|_, cost| format!("{:.1} us", cost * 1e6));
    }
    Ok(())
}

fn count(work: &Work, servers: &[Server], options: Options) -> io::Result<()> {
    for server in servers {
        let target = work.target(server, work.counted, options);
        let counted = server.calls(|| target.body().map(|_| ()))?;
        let calls = match counted {
            Ok(calls) => calls,
            Err(why) => {
                println!("{why}, so writes are not counted");
                return Ok(());
            }
        };
        if options.test {
            continue;
        }
        let is_write = |name: &str| matches!(name, "sendmsg" | "sendto" | "write" | "writev");
        let writes = calls.iter().filter(|(name, _)| is_write(name));
        let writes: u64 = writes.map(|(_, count)| count).sum();
        let each = writes as f64 / work.counted as f64;
        println!("writes {NAME} {} {} {each:.4}", work.name, server.name);
        eprintln!(
            "calls {NAME} {} {} {}",
            work.name,
            server.name,
            tell(&calls, 1)
        );
    }
    Ok(())
}

fn tested(work: &str, servers: &[Server], options: Options) {
    if options.test {
        for server in servers {
            println!("tested {NAME} {work} {}", server.name);
        }
    }
}
