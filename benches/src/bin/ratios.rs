//! Prints how Replywire compares with its peers; how it measures is told by the library.

use std::env;
use std::io;
use std::process::ExitCode;

use benches::instructions::Effort;
use benches::measure::{median, ratio};
use benches::{GROUPS, Group, group, instructions};

const USAGE: &str = "usage: ratios [--instructions] [GROUP]...";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    if let [flag, group, work, contender, times] = &args[..]
        && flag == "--child"
    {
        return child(group, work, contender, times);
    }
    let mut groups = Vec::new();
    let mut counts = false;
    for arg in &args {
        match (arg.as_str(), group(arg)) {
            ("--instructions", _) => counts = true,
            ("--help" | "-h", _) => {
                println!("{USAGE}\ngroups: {}", names());
                return ExitCode::SUCCESS;
            }
            (_, Some(group)) => groups.push(group),
            (flag, None) if flag.starts_with('-') => {
                return refuse(&format!("unknown option {flag}"));
            }
            (name, None) => return refuse(&format!("unknown group {name}")),
        }
    }
    if groups.is_empty() {
        groups.extend(GROUPS);
    }
    if !counts {
        groups.iter().for_each(print_ratios);
        return ExitCode::SUCCESS;
    }
    if !instructions::available() {
        println!("valgrind is not installed, so instructions are not counted");
        return ExitCode::SUCCESS;
    }
    match groups.iter().try_for_each(print_instructions) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ratios: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print_ratios(group: &Group) {
    for mut work in (group.works)() {
        let nanos = work.time();
        for (contender, nanos) in work.contenders.iter().zip(&nanos) {
            let nanos = median(nanos.iter().copied());
            eprintln!(
                "time {} {} {} {nanos:.1} ns",
                group.name, work.name, contender.name
            );
        }
        let (Some(ours), [_, peers @ ..]) = (nanos.first(), &work.contenders[..]) else {
            continue;
        };
        for (peer, theirs) in peers.iter().zip(&nanos[1..]) {
            println!(
                "ratio {} {} {} {:.2}",
                group.name,
                work.name,
                peer.name,
                ratio(ours, theirs)
            );
        }
    }
}

fn print_instructions(group: &Group) -> io::Result<()> {
    for work in (group.works)() {
        for contender in &work.contenders {
            let count = instructions::count(group.name, &work, contender.name)?;
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

fn refuse(what: &str) -> ExitCode {
    eprintln!("ratios: {what}\n{USAGE}\ngroups: {}", names());
    ExitCode::from(2)
}

fn names() -> String {
    GROUPS
        .iter()
        .map(|group| group.name)
        .collect::<Vec<_>>()
        .join(" ")
}
