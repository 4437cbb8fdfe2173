//! Requests of every kind: whole servers, as the public benchmark HttpArena asks them.
//!
//! Every contender is a process of its own, with one thread that serves, on the first CPU that this
//! process may use; the client is this process, on the second. Contenders keep to that benchmark's
//! rules for `production`: the defaults of the framework, its documented interfaces, files that are
//! read from the disk for every request, no reply that is kept. Every reply is compared once, and
//! its length each time.
//!
//! | row | what is asked for |
//! | --- | --- |
//! | `keep-alive` | 13 bytes of text, over 64 connections |
//! | `pipelined` | the same, 16 requests at a time |
//! | `mixed` | a sum of what a query has, by `GET`, and with the content of a `POST`, of a known length and in chunks in turn; 512 connections |
//! | `json` | documents of 1 to 50 products, made of their structs each time; 64 connections |
//! | `static` | twenty files of 1.5 to 100 kB with `.br` siblings a quarter as long, which the client takes; 256 connections |
//! | `upload` | the length of a content of 0.5, 2, 10 and 20 MB in turn; 16 connections |
//! | `idle` | the resident memory of 512, 4,096 and 10,000 connections that have asked once |
//!
//! | contender | serves |
//! | --- | --- |
//! | `replywire` | over tokio, on a runtime of one thread |
//! | `hyper`, `axum` | on a runtime of one thread; axum's files by tower-http |
//! | `actix-web`, `xitca-web`, `may_minihttp` | with one worker; the first's files by actix-files |
//! | `nginx` | files, with one worker, Debian's settings and its module for siblings |
//! | `bare-tokio` | no HTTP: it looks for the end of each head, and writes a reply. Files are kept open: an `fstat`, one `pread` and one write for each |
//! | `bare-epoll` | the same without a runtime |
//!
//! xitca-web's files have no siblings, and may_minihttp reads no content in chunks, so they are not
//! in these rows.
//!
//! In each round every contender has a turn, in an order shuffled anew. A table has the median of
//! each measure over the rounds, and in brackets the least and the most of them:
//!
//! | column | measure |
//! | --- | --- |
//! | `user µs` | the part of `CPU µs` outside the kernel, as its clock's ticks in all rounds together tell: a sample, so a difference of a tenth is none |
//! | `CPU µs` | the whole, by the kernel's clock of the process |
//! | `replies/s` | what the server gave, with the client on another CPU |
//! | `p99 µs` | the time that 99 in 100 requests were answered in; of those that leave together, the time until all are |
//! | `resident KiB` | the server's memory at the end of the turn |
//! | `calls` | system calls for a request, counted by `strace` in a run of its own, where that can be |
//! | `CPU ratio` | the contender's CPU time divided by Replywire's, round by round; above 1: Replywire is better |

use std::cell::Cell;
use std::io;
use std::time::Instant;

pub use self::contenders::serve;
use self::contenders::{CONTENDERS, Contender};
use self::shop::Files;
use self::swarm::Swarm;
use self::table::Column;
use self::work::{Ask, WORKS, Work};
use crate::progress;
use crate::server::{Options, Server, Side, compete, pin, tell};

mod bare;
mod contenders;
mod floor_epoll;
mod floor_tokio;
mod idle;
mod ours;
mod peer_actix;
mod peer_axum;
mod peer_hyper;
mod peer_may;
mod peer_nginx;
mod peer_xitca;
mod shop;
mod sum;
mod swarm;
mod table;
mod work;

/// As the group is spelled on the command line.
pub const NAME: &str = "server";

const COLUMNS: [Column; 4] = [
    Column {
        name: "CPU µs",
        axis: "CPU time for a request, µs; less is better",
        tell: micros,
        decimals: 2,
    },
    Column {
        name: "replies/s",
        axis: "replies in a second; more is better",
        tell: f64::recip,
        decimals: 0,
    },
    Column {
        name: "p99 µs",
        axis: "time that 99 in 100 requests were answered in, µs; less is better",
        tell: micros,
        decimals: 0,
    },
    Column {
        name: "resident KiB",
        axis: "resident memory of the server, KiB; less is better",
        tell: |bytes| bytes / 1024.0,
        decimals: 0,
    },
];

/// The same as they are told in ratios.
const MEASURES: [&str; 4] = ["cpu", "throughput", "latency-p99", "memory"];

fn micros(seconds: f64) -> f64 {
    seconds * 1e6
}

/// Measures all contenders and prints how they compare.
///
/// # Errors
///
/// When a contender does not start, or does not give the right replies.
pub fn run(options: Options) -> io::Result<()> {
    // The client has as many connections as the largest row.
    idle::raise(1024)?;
    let files = Files::new()?;
    let mut servers = Vec::new();
    for contender in CONTENDERS.iter().filter(|one| options.takes(one.name)) {
        match (contender.missing)() {
            Some(why) => println!("{why}, so {} is not measured", contender.name),
            None => {
                let what = Some(files.path().as_os_str());
                servers.push((contender, Server::start(NAME, contender.name, what)?));
            }
        }
    }
    if !pin(Side::Client)? {
        println!("there is one CPU, so servers and client share it");
    }
    for work in WORKS {
        row(work, &files, &mut servers, options)?;
    }
    drop(servers);
    idle::run(&files, options)
}

fn row(
    work: Work,
    files: &Files,
    servers: &mut [(&Contender, Server)],
    options: Options,
) -> io::Result<()> {
    let asks = work.asks(files, options);
    let mut taking = Vec::new();
    for (contender, server) in servers {
        if contender.works.contains(&work) {
            // The descendants are there once there was a reply.
            let reply = swarm::learn(server.at, &asks[0]);
            reply.map_err(|error| {
                io::Error::other(format!(
                    "{NAME} {} {}: {error}",
                    work.name(),
                    contender.name
                ))
            })?;
            server.look()?;
            taking.push(&*server);
        }
    }
    let title = format!("{NAME} {}", work.name());
    let user: Vec<Cell<[u64; 2]>> = taking.iter().map(|_| Cell::default()).collect();
    let contest = compete(
        title.clone(),
        taking.iter().copied(),
        MEASURES,
        options.rounds(),
        |index, server| turn(work, &asks, server, &user[index], options),
    )?;
    let mut calls = Vec::new();
    for server in &taking {
        progress::tell(format_args!("{title} system calls {}", server.name));
        calls.push(count(work, &asks, server, options)?);
    }
    progress::clear();
    if options.test {
        for server in taking {
            println!("tested {title} {}", server.name);
        }
        return Ok(());
    }
    contest.tell(|measure, cost| match measure {
        "memory" => format!("{:.0} KiB", cost / 1024.0),
        _ => format!("{:.2} us", micros(cost)),
    });
    println!("\n{title}: {} connections\n", work.connections(options));
    let user: Vec<f64> = user.iter().map(|ticks| share(ticks.get())).collect();
    table::print(&contest, &COLUMNS, &user, &calls);
    table::draw_columns(&contest, &COLUMNS, &title, options.charts)
}

/// The part of ticks that is not the kernel's.
fn share([user, system]: [u64; 2]) -> f64 {
    user as f64 / (user + system).max(1) as f64
}

/// How often a turn of [`Options::turn`] is taken, so that the kernel's ticks tell enough.
const LONGER: u32 = 4;

/// What a request costs by each measure; the ticks of the turn are added to those before.
fn turn(
    work: Work,
    asks: &[Ask],
    server: &Server,
    ticks: &Cell<[u64; 2]>,
    options: Options,
) -> io::Result<[f64; 4]> {
    let mut swarm = Swarm::new(server.at, asks, work.connections(options))?;
    let turn = options.turn() * LONGER;
    let started = Instant::now();
    swarm.run(|_| started.elapsed() < turn / 10)?;
    let (cpu, before) = (server.cpu_time()?, server.ticks()?);
    let started = Instant::now();
    let given = swarm.run(|_| started.elapsed() < turn)?;
    let cpu = server.cpu_time()?.saturating_sub(cpu).as_secs_f64();
    let ([user, system], [sum_user, sum_system]) = (server.ticks()?, ticks.get());
    ticks.set([sum_user + user - before[0], sum_system + system - before[1]]);
    let resident = server.resident()?;
    let replies = given.replies as f64;
    let p99 = given.waits[given.waits.len() * 99 / 100];
    Ok([
        cpu / replies,
        given.elapsed.as_secs_f64() / replies,
        p99 as f64 / 1e9,
        resident as f64,
    ])
}

/// The system calls for a request; which they are goes to the standard error stream.
fn count(work: Work, asks: &[Ask], server: &Server, options: Options) -> io::Result<String> {
    let mut swarm = Swarm::new(server.at, asks, work.connections(options))?;
    let enough = swarm.run(|_| false)?.replies * 2;
    let mut replies = 0;
    // A server that takes an interrupted call for an error does not live through it.
    let counted = server.calls(|| {
        replies = swarm.run(|replies| replies < enough)?.replies;
        Ok(())
    });
    let counted = counted.unwrap_or_else(|error| Err(format!("{}: {error}", server.name)));
    Ok(match counted {
        Ok(calls) => {
            let total: u64 = calls.iter().map(|(_, count)| count).sum();
            if !options.test {
                let told = tell(&calls, replies as usize);
                eprintln!("calls {NAME} {} {} {told}", work.name(), server.name);
            }
            format!("{:.2}", total as f64 / replies as f64)
        }
        Err(why) => {
            eprintln!("{why}, so system calls are not counted");
            "–".to_owned()
        }
    })
}
