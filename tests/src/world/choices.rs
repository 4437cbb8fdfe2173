//! The choices of a run: from a seed, or from the bytes of a fuzzer. The same ones make the same
//! run.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;

use crate::random::Random;

/// The source of the choices of a run.
#[derive(Debug)]
pub struct Choices {
    bytes: VecDeque<u8>,
    /// Chooses when there are no bytes left: no run may come to choose the same for ever.
    random: Random,
}

impl Choices {
    /// The choices of a seed.
    pub fn seeded(seed: u64) -> Self {
        Self {
            bytes: VecDeque::new(),
            random: Random::new(seed),
        }
    }

    /// The choices that a fuzzer makes.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec().into(),
            random: Random::new(bytes.len() as u64),
        }
    }

    fn below(&mut self, end: usize) -> usize {
        let Some(first) = self.bytes.pop_front() else {
            return self.random.below(end);
        };
        let mut value = usize::from(first);
        if end > 256 {
            value |= usize::from(self.bytes.pop_front().unwrap_or(0)) << 8;
        }
        if end > 1 << 16 {
            value |= usize::from(self.bytes.pop_front().unwrap_or(0)) << 16;
        }
        value % end
    }
}

thread_local!(static CHOICES: RefCell<Choices> = RefCell::new(Choices::seeded(0)));

/// Begins a run with these choices.
pub(super) fn begin(choices: Choices) {
    CHOICES.set(choices);
}

/// A number below `end`, which is not 0.
pub(super) fn below(end: usize) -> usize {
    CHOICES.with_borrow_mut(|choices| choices.below(end))
}

/// A number of the range, which is not empty.
pub(super) fn within(range: Range<usize>) -> usize {
    range.start + below(range.end - range.start)
}

/// True once in so many times; never for 0.
pub(super) fn once_in(times: usize) -> bool {
    times != 0 && below(times) == 0
}

/// One of several values.
pub(super) fn one_of<T: Copy>(values: &[T]) -> T {
    values[below(values.len())]
}
