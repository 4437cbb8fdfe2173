//! Prints how Replywire compares with its peers; how it measures is told by the library.

use std::env;
use std::io;
use std::iter::once;
use std::path::Path;
use std::process::ExitCode;

use benches::chart::{Bar, draw};
use benches::instructions::Effort;
use benches::measure::{Work, median, ratios};
use benches::server::Options;
use benches::{GROUPS, Group, file, group, host, instructions, progress, requests, stream};

const USAGE: &str = "\
usage: ratios [--instructions] [--test] [--ours] [--charts FOLDER] [GROUP]...
       ratios [server] [file] [host] [stream] [--rounds N] [--copy] [--test] [--ours] [--charts FOLDER]";

/// The least length, in bytes, of an output whose rate is printed.
const DOCUMENT: usize = 4096;

/// Measures a group of whole servers.
type Servers = fn(Options) -> io::Result<()>;

/// The groups of whole servers, as they are spelled.
const SERVERS: [(&str, Servers); 4] = [
    (requests::NAME, requests::run),
    (file::NAME, file::run),
    (host::NAME, host::run),
    (stream::NAME, stream::run),
];

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match &args[..] {
        [flag, group, work, contender, times] if flag == "--child" => {
            return child(group, work, contender, times);
        }
        [flag, group, contender, folder] if flag == "--serve" && group == file::NAME => {
            return end(file::serve(contender, Path::new(folder)));
        }
        [flag, group, contender] if flag == "--serve" && group == host::NAME => {
            return end(host::serve(contender));
        }
        [flag, group, contender, folder] if flag == "--serve" && group == requests::NAME => {
            return end(requests::serve(contender, Path::new(folder)));
        }
        [flag, group, contender] if flag == "--serve" && group == stream::NAME => {
            return end(stream::serve(contender));
        }
        _ => {}
    }
    let mut groups = Vec::new();
    let mut servers = Vec::new();
    let mut options = Options::default();
    let mut counts = false;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match (arg.as_str(), group(arg)) {
            ("--instructions", _) => counts = true,
            ("--test", _) => options.test = true,
            ("--copy", _) => options.copy = true,
            ("--ours", _) => options.ours = true,
            ("--charts", _) => match args.next() {
                // It lives as long as this process.
                Some(folder) => options.charts = Some(Path::new(folder.clone().leak())),
                None => return refuse("--charts takes a folder"),
            },
            ("--rounds", _) => match args.next().and_then(|rounds| rounds.parse().ok()) {
                Some(rounds @ 1..) => options.rounds = rounds,
                _ => return refuse("--rounds takes a number from 1 on"),
            },
            ("--help" | "-h", _) => {
                println!("{USAGE}\ngroups: {}", names());
                return ExitCode::SUCCESS;
            }
            (name, Some(group)) => {
                groups.push(group);
                // A group may have servers besides.
                servers.extend(server(name));
            }
            (flag, None) if flag.starts_with('-') => {
                return refuse(&format!("unknown option {flag}"));
            }
            (name, None) => match server(name) {
                Some(run) => servers.push(run),
                None => return refuse(&format!("unknown group {name}")),
            },
        }
    }
    if groups.is_empty() && servers.is_empty() {
        groups.extend(GROUPS);
        if !counts {
            servers.extend(SERVERS.map(|(_, run)| run));
        }
    }
    if counts {
        return count(&groups, options);
    }
    for group in &groups {
        match options.test {
            true => test(group),
            false => {
                if let Err(error) = print_ratios(group, options) {
                    return end(Err(error));
                }
            }
        }
    }
    end(servers.iter().try_for_each(|run| run(options)))
}

/// The group of servers of this name.
fn server(name: &str) -> Option<Servers> {
    let mut servers = SERVERS.iter();
    servers.find_map(|(of, run)| (*of == name).then_some(*run))
}

/// Makes the works, which checks them.
fn test(group: &Group) {
    for work in (group.works)() {
        println!("tested {} {}", group.name, work.name);
    }
}

/// The works of a group, with the contenders that are measured.
fn works(group: &Group, options: Options) -> Vec<Work> {
    let mut works = (group.works)();
    for work in &mut works {
        work.contenders
            .retain(|contender| options.takes(contender.name));
    }
    works
}

fn print_ratios(group: &Group, options: Options) -> io::Result<()> {
    let works = works(group, options);
    let count = works.len();
    for (index, mut work) in works.into_iter().enumerate() {
        let number = index + 1;
        progress::tell(format_args!(
            "{} {number}/{count} {}",
            group.name, work.name
        ));
        let nanos = work.time();
        progress::clear();
        for (contender, nanos) in work.contenders.iter().zip(&nanos) {
            let nanos = median(nanos.iter().copied());
            eprintln!(
                "time {} {} {} {nanos:.1} ns",
                group.name, work.name, contender.name
            );
            // Bytes in a nanosecond.
            if work.output_len() >= DOCUMENT {
                println!(
                    "rate {} {} {} {:.2} GB/s",
                    group.name,
                    work.name,
                    contender.name,
                    work.output_len() as f64 / nanos
                );
            }
        }
        let (Some(ours), [_, peers @ ..]) = (nanos.first(), &work.contenders[..]) else {
            continue;
        };
        let bars: Vec<Bar> = peers
            .iter()
            .zip(&nanos[1..])
            .map(|(peer, theirs)| Bar::of(peer.name, &ratios(ours, theirs)))
            .collect();
        for Bar { name, value, .. } in &bars {
            println!("ratio {} {} {name} {value:.2}", group.name, work.name);
        }
        if let Some(folder) = options.charts {
            let title = format!("{} {}", group.name, work.name);
            let ours = Bar::one(work.contenders[0].name);
            let bars: Vec<Bar> = once(ours).chain(bars).collect();
            draw(folder, &title, "ratio; above 1: Replywire is faster", &bars)?;
        }
    }
    Ok(())
}

fn count(groups: &[Group], options: Options) -> ExitCode {
    if !instructions::available() {
        println!("valgrind is not installed, so instructions are not counted");
        return ExitCode::SUCCESS;
    }
    let mut groups = groups.iter();
    end(groups.try_for_each(|group| print_instructions(group, options)))
}

fn print_instructions(group: &Group, options: Options) -> io::Result<()> {
    for work in works(group, options) {
        for contender in &work.contenders {
            progress::tell(format_args!(
                "{} {} {}",
                group.name, work.name, contender.name
            ));
            let count = instructions::count(group.name, &work, contender.name)?;
            progress::clear();
            println!(
                "instructions {} {} {} {count}",
                group.name, work.name, contender.name
            );
        }
    }
    Ok(())
}

/// What runs under `callgrind`.
fn child(name: &str, work: &str, contender: &str, times: &str) -> ExitCode {
    let works = group(name).map(|group| (group.works)()).unwrap_or_default();
    let found = works.into_iter().find(|found| found.name == work);
    let (Some(mut work), Ok(times)) = (found, times.parse()) else {
        return refuse("no such work");
    };
    let effort = Effort::of(&work);
    let Some(contender) = work.contender(contender) else {
        return refuse("no such contender");
    };
    contender.run(effort.warm_up);
    contender.counted(times);
    ExitCode::SUCCESS
}

fn end(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ratios: {error}");
            ExitCode::FAILURE
        }
    }
}

fn refuse(what: &str) -> ExitCode {
    eprintln!("ratios: {what}\n{USAGE}\ngroups: {}", names());
    ExitCode::from(2)
}

fn names() -> String {
    let servers = SERVERS.iter().map(|(name, _)| *name);
    let groups = GROUPS.iter().map(|group| group.name).chain(servers);
    groups.collect::<Vec<_>>().join(" ")
}
