//! A seeded generator: no clock, the same values on every machine.

use std::env;

use crate::size;

/// The number of random values that a test of JSON tries, or is to try in proportion.
///
/// # Panics
///
/// Where `REPLYWIRE_JSON_VALUES` is no number.
pub fn count() -> usize {
    number("REPLYWIRE_JSON_VALUES").unwrap_or_else(|| size::either(10_000, 100_000))
}

/// The number of random documents that are filtered.
///
/// # Panics
///
/// Where `REPLYWIRE_FILTERED` is no number.
pub fn filtered_documents() -> usize {
    number("REPLYWIRE_FILTERED").unwrap_or_else(|| size::either(6000, 60_000))
}

fn number(variable: &str) -> Option<usize> {
    let number = env::var(variable).ok()?;
    Some(number.parse().expect("a number"))
}

/// `splitmix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`, which is not 0; even enough for tests.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    /// A text of up to `most` characters: ASCII, what JSON escapes, and all other planes.
    pub fn text(&mut self, most: usize) -> String {
        let len = self.below(most + 1);
        (0..len)
            .map(|_| match self.below(8) {
                0 => ['"', '\\', '/', '\n', '\r', '\t', '\u{8}', '\u{c}'][self.below(8)],
                1 => char::from(self.below(0x20) as u8),
                2 => ['\u{7f}', '\u{80}', '\u{2028}', '\u{feff}', '\u{ffff}'][self.below(5)],
                3 => char::from_u32(self.below(0x0011_0000) as u32).unwrap_or('\u{fffd}'),
                _ => char::from(self.below(0x5f) as u8 + 0x20),
            })
            .collect()
    }

    /// A finite number: small decimals, any exponent, and the edges.
    pub fn double(&mut self) -> f64 {
        loop {
            let value = match self.below(4) {
                0 => (self.below(20_000_001) as f64 - 1e7) / 1000.0,
                1 => [0.0, -0.0, 1e-5, 1e16, f64::MAX, f64::MIN_POSITIVE, 5e-324][self.below(7)],
                2 => (self.bits() >> 11) as f64,
                _ => f64::from_bits(self.bits()),
            };
            if value.is_finite() {
                return value;
            }
        }
    }
}
