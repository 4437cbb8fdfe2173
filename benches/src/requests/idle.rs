//! The memory of connections that have asked once and stay.

use std::io;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::NAME;
use super::contenders::CONTENDERS;
use super::shop::Files;
use super::swarm::{connect, learn, replies};
use super::work::{Ask, Work};
use crate::chart::{Bar, draw};
use crate::progress;
use crate::server::{Options, Server};

/// How many there are.
const COUNTS: [usize; 3] = [512, 4096, 10_000];
/// How long a server has to give back what it needed for the requests.
const REST: Duration = Duration::from_millis(300);
/// The descriptors that a process needs besides those of its connections.
const OTHERS: u64 = 64;

/// Prints the bytes of resident memory that each idle connection takes, of fresh servers.
pub(super) fn run(files: &Files, options: Options) -> io::Result<()> {
    let asks = Work::KeepAlive.asks(files, options);
    let ask = asks
        .first()
        .ok_or_else(|| io::Error::other("nothing to ask"))?;
    let counts: &[usize] = match options.test {
        true => &[16],
        false => &COUNTS,
    };
    for &count in counts {
        let descriptors = raise(count as u64 + OTHERS)?;
        if descriptors < count as u64 + OTHERS {
            println!("{descriptors} descriptors are allowed, so {count} connections are skipped");
            continue;
        }
        let mut measured = vec![Vec::new(); CONTENDERS.len()];
        for round in 1..=options.rounds() {
            for (contender, measured) in CONTENDERS.iter().zip(&mut measured) {
                let name = contender.name;
                if contender.works.contains(&Work::KeepAlive) && options.takes(name) {
                    let rounds = options.rounds();
                    progress::tell(format_args!("{NAME} idle {count} {round}/{rounds} {name}"));
                    measured.push(bytes_each(name, files, ask, count)?);
                }
            }
        }
        progress::clear();
        if options.test {
            println!("tested {NAME} idle");
            continue;
        }
        println!("\n{NAME} idle {count}: bytes of resident memory for each connection\n");
        println!("| contender | bytes |\n| --- | --- |");
        let contenders = CONTENDERS.iter().zip(&measured);
        let bars: Vec<Bar> = contenders
            .filter(|(_, measured)| !measured.is_empty())
            .map(|(contender, measured)| Bar::of(contender.name, measured))
            .collect();
        for Bar {
            name,
            value,
            spread,
        } in &bars
        {
            println!("| {name} | {value:.0} ({:.0}–{:.0}) |", spread.0, spread.1);
            // What `.ci/compare` reads.
            eprintln!("memory {NAME} idle-{count} {name} {value:.0} B");
        }
        if let Some(folder) = options.charts {
            let title = format!("{NAME} idle {count}");
            draw(
                folder,
                &title,
                "resident bytes for each connection; less is better",
                &bars,
            )?;
        }
    }
    Ok(())
}

/// What each of so many connections takes of a server that has answered before.
fn bytes_each(name: &'static str, files: &Files, ask: &Ask, count: usize) -> io::Result<f64> {
    let mut server = Server::start(NAME, name, Some(files.path().as_os_str()))?;
    learn(server.at, ask)?;
    server.look()?;
    sleep(REST);
    let before = server.resident()?;
    let connections = (0..count)
        .map(|_| {
            let mut stream = connect(server.at)?;
            replies(&mut stream, ask)?;
            Ok(stream)
        })
        .collect::<io::Result<Vec<TcpStream>>>()?;
    sleep(REST);
    let taken = server.resident()?.saturating_sub(before);
    drop(connections);
    Ok(taken as f64 / count as f64)
}

/// Raises how many descriptors this process and its servers may have, as far as it can; how many.
pub(super) fn raise(wanted: u64) -> io::Result<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let (Some(now), most) = (current, maximum.unwrap_or(u64::MAX)) else {
        return Ok(u64::MAX);
    };
    if now >= wanted || now == most {
        return Ok(now);
    }
    let raised = wanted.min(most);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(raised),
            maximum,
        },
    )?;
    Ok(raised)
}
