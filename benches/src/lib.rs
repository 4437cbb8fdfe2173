//! Replywire against its peers.
//!
//! A *group* is a part of the library, a *work* one thing it does there, and the *contenders* of a
//! work do that thing in different ways: Replywire first, then its peers. What a contender puts out
//! is compared before it is ever timed: with bytes that are written out in full or, for documents
//! too long for that, with those of a crate that everybody uses. Where a peer cannot choose the
//! order or the case of what it writes, both sides are brought to one form first. Every value that
//! an application would know at run time only passes through [`black_box`](std::hint::black_box) in
//! every operation, and what comes out does so too.
//!
//! # Time
//!
//! `cargo run --release -p benches --bin ratios -- [GROUP]...` lets all contenders of a work run in
//! one process, by turns: in each of [`ROUNDS`](measure::ROUNDS) rounds every contender runs for
//! about [`TURN`](measure::TURN), in an order shuffled anew, so that a change of the clock rate or a
//! busy neighbour meets them all. The clock is the CPU time of the thread. A line
//!
//! ```text
//! ratio GROUP WORK PEER X.XX
//! ```
//!
//! is the median over the rounds of the peer's time divided by Replywire's: above 1, Replywire is
//! faster. The median times themselves go to the standard error stream. Nothing fails because it is
//! slow.
//!
//! # Instructions
//!
//! With `--instructions` each contender runs in a process of its own under `callgrind`, twice, with
//! different numbers of operations; only [`Contender::counted`](measure::Contender::counted) is
//! counted, and the difference of the two counts gives
//!
//! ```text
//! instructions GROUP WORK CONTENDER N
//! ```
//!
//! per operation, the about fifteen instructions of the loop and of `black_box` included. The same
//! binary gives the same number every time, but for the exchanges: there hyper's cached date and
//! tokio's timers depend on the clock, and a count may be off by one or two in ten thousand. A long
//! `memcpy` is one instruction that callgrind counts for every byte.
//!
//! # Servers
//!
//! The groups `server` (in [`requests`]), [`mod@file`], [`mod@host`] and [`mod@stream`] measure whole
//! [`server`]s, each a process of its own; [`mod@host`] has works in this process, too.
//!
//! # Charts
//!
//! With `--charts FOLDER` each table is drawn to an SVG of that folder too: bars for the medians,
//! with a line for the least and the most of all rounds.
//!
//! # Adding a group
//!
//! Write a module with a function that makes the group's [`Work`]s, and name it in
//! [`GROUPS`]. `cargo bench -p benches` has criterion time the same contenders.

use crate::measure::Work;

pub mod chart;
mod dice;
pub mod file;
pub mod head;
pub mod host;
pub mod instructions;
pub mod json;
pub mod measure;
pub mod progress;
pub mod requests;
pub mod server;
pub mod stream;

/// A part of the library.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// As it is spelled on the command line.
    pub name: &'static str,
    /// Makes the group's works, each checked.
    pub works: fn() -> Vec<Work>,
}

/// All groups that are measured in this process.
pub const GROUPS: &[Group] = &[
    Group {
        name: "head",
        works: head::works,
    },
    Group {
        name: host::NAME,
        works: host::works,
    },
    Group {
        name: "json",
        works: json::works,
    },
];

/// The group of this name.
pub fn group(name: &str) -> Option<Group> {
    GROUPS.iter().find(|group| group.name == name).copied()
}
