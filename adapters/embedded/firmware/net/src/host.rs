//! The board, as far as a process of Linux is one.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use embassy_time::Timer;
use routes::{Board, Stack};

#[derive(Debug)]
pub(crate) struct Host {
    start: Instant,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

/// A number that nobody can guess.
pub(crate) fn random() -> u64 {
    // Its keys are the system's random bytes.
    RandomState::new().hash_one(())
}

impl Board for Host {
    fn uptime(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    async fn sleep(&self, millis: u32) {
        Timer::after_millis(millis.into()).await;
    }

    fn temperature(&self) -> i32 {
        routes::wave(self.uptime())
    }

    fn nonce(&self) -> u64 {
        random()
    }

    /// The pages of the stack that were touched, and how many bytes it may grow to.
    fn stack(&self) -> Stack {
        let number = |path, name: &str| {
            let text = fs::read_to_string(path).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<usize>().ok()
        };
        Stack {
            deepest: number("/proc/self/status", "VmStk:").unwrap_or_default() * 1024,
            size: number("/proc/self/limits", "Max stack size").unwrap_or(usize::MAX),
        }
    }
}
