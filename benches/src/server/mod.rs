//! Whole servers: each a process of its own, on the first CPU that this one may use, and the client,
//! which is this process, on the second.
//!
//! In each round every server has its turns, in an order shuffled anew; what is told is the median
//! over the rounds. CPU time is what the kernel's clock of the processes says, in nanoseconds. On
//! the loopback device a sender's time includes what a receiver's interrupts would do.

use std::path::Path;
use std::time::Duration;

pub(crate) use self::client::{Bodies, Connection, PATIENCE, load, some, wrong};
pub(crate) use self::contest::{Contest, compete};
pub(crate) use self::hyper::serve_hyper;
pub(crate) use self::nginx::{missing_nginx, nginx};
pub(crate) use self::process::{
    Server, Side, announce, end_when_released, pin, runtime, until_released,
};
pub(crate) use self::syscalls::tell;

mod client;
mod contest;
mod hyper;
mod nginx;
mod process;
mod syscalls;

/// What to do.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How often every contender has its turns.
    pub rounds: usize,
    /// Only show that everything works: with little work, for a moment, without a ratio.
    pub test: bool,
    /// The client copies bodies.
    pub copy: bool,
    /// Only Replywire's contenders, to be compared with those of another commit.
    pub ours: bool,
    /// The folder that tables are drawn to.
    pub charts: Option<&'static Path>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounds: ROUNDS,
            test: false,
            copy: false,
            ours: false,
            charts: None,
        }
    }
}

impl Options {
    /// How long a turn takes, about; then come the replies that are under way.
    pub(crate) const fn turn(&self) -> Duration {
        match self.test {
            true => Duration::from_millis(5),
            false => Duration::from_millis(250),
        }
    }

    /// How often there are turns.
    pub(crate) const fn rounds(&self) -> usize {
        match self.test {
            true => 1,
            false => self.rounds,
        }
    }

    /// Whether a contender is measured.
    pub fn takes(&self, contender: &str) -> bool {
        !self.ours || is_ours(contender)
    }

    /// What becomes of bodies.
    pub(crate) const fn bodies(&self) -> Bodies {
        match self.copy {
            true => Bodies::Copied,
            false => Bodies::Dropped,
        }
    }
}

/// Whether a contender is Replywire, in one of the ways to use it.
pub(crate) fn is_ours(contender: &str) -> bool {
    contender.contains("replywire")
}

/// How often every contender has its turns, unless told otherwise.
pub const ROUNDS: usize = 5;
