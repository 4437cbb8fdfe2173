use std::time::Duration;

use crate::{Rate, Timer};

/// The pace of a peer: the time that it may still be waited for, which bytes of it earn.
#[derive(Debug)]
pub(crate) struct Pace<I> {
    left: Duration,
    /// The beginning of the wait at hand, and the time at which it has been too long.
    wait: Option<(I, I)>,
}

impl<I: Copy> Pace<I> {
    /// The pace of a peer that has just begun.
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        Self {
            left: rate.map_or(Duration::ZERO, |rate| rate.grace),
            wait: None,
        }
    }

    /// The time at which the wait that goes on, or begins now, has been too long.
    pub(crate) fn deadline<T: Timer<Instant = I>>(&mut self, rate: Option<Rate>) -> Option<I> {
        rate.filter(|rate| rate.bytes > 0)?;
        if self.wait.is_none() {
            self.wait = T::after(Duration::ZERO).zip(T::after(self.left));
        }
        self.wait.map(|(_, deadline)| deadline)
    }

    /// The peer has sent or taken so many bytes.
    pub(crate) fn moved<T: Timer<Instant = I>>(&mut self, rate: Option<Rate>, bytes: usize) {
        let Some(rate) = rate else {
            return;
        };
        if let Some((since, _)) = self.wait.take() {
            self.left = self.left.saturating_sub(T::since(since));
        }
        let earned = (bytes as u64).saturating_mul(1000) / u64::from(rate.bytes).max(1);
        let left = self.left.saturating_add(Duration::from_millis(earned));
        self.left = left.min(rate.grace.saturating_mul(4));
    }
}
