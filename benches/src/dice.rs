//! The same chance in every run.

/// Marsaglia's xorshift.
pub(crate) struct Dice(u64);

impl Dice {
    /// `seed` is not zero.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// All 64 bits, which are never all zero.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    /// Once in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// From 0 to 1, with all the bits that a number of this type has.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn shuffle<T>(&mut self, order: &mut [T]) {
        for len in (2..=order.len()).rev() {
            order.swap(len - 1, self.below(len));
        }
    }
}
