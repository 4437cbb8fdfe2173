//! Integers: three digits at a time, from the first on.

use super::thousand::{few_digits, three_digits};
use crate::json::sink::interface::{Sink, WINDOW};

#[inline(always)]
pub(in crate::json) fn unsigned_32<S: Sink>(sink: S, value: u32) -> Result<S, S::Error> {
    unsigned(sink, value.into())
}

#[inline(always)]
pub(in crate::json) fn signed_32<S: Sink>(sink: S, value: i32) -> Result<S, S::Error> {
    signed(sink, value.into())
}

#[inline(always)]
pub(in crate::json) fn unsigned<S: Sink>(sink: S, value: u64) -> Result<S, S::Error> {
    sink.window(|window| any_digits(window, 0, value))
}

#[inline(always)]
pub(in crate::json) fn signed<S: Sink>(sink: S, value: i64) -> Result<S, S::Error> {
    sink.window(|window| {
        window[0] = b'-';
        any_digits(window, usize::from(value < 0), value.unsigned_abs())
    })
}

#[inline(always)]
fn any_digits(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    match value {
        0..1000 => few(window, at, value),
        _ => many(window, at, value),
    }
}

/// Writes `value`, which is below 10^3^`N` and 10^18, at `at`, which is at most 1, and tells where
/// it ends.
#[inline(always)]
pub(in crate::json) fn digits<const N: usize>(
    window: &mut [u8; WINDOW],
    at: usize,
    value: u64,
) -> usize {
    match value {
        0..1000 => few(window, at, value),
        _ => up_to::<N>(window, at, value),
    }
}

#[inline(always)]
fn few(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    let (text, len) = few_digits(value);
    put(window, at & 1, text.to_le_bytes());
    (at & 1) + len
}

#[inline(never)]
fn many(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    const BILLION: u64 = 1_000_000_000;
    match value.checked_div(BILLION) {
        Some(first @ BILLION..) => {
            let middle = up_to::<4>(window, at, first) & 15;
            // As a fraction of 2^64, rounded up.
            let last = (value % BILLION) * (u64::MAX / BILLION + 1);
            decimals::<3>(window, middle, last);
            middle + 9
        }
        _ => up_to::<6>(window, at, value),
    }
}

/// Writes `value` as a fraction of the least power of ten above it, so that the first digit comes
/// first.
///
/// The fraction is one of 2^64, and up to 4 too great: with 18 digits, that is a quarter of the
/// last.
#[inline(always)]
fn up_to<const N: usize>(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    let bits = value.checked_ilog2().unwrap_or_default() + 1;
    // The logarithm of 2 is 1233 / 4096, near enough.
    let least = ((bits * 1233) >> 12) & 31;
    let power = POWERS.get(least as usize).copied().unwrap_or_default();
    let len = least as usize + usize::from(value >= power);
    let (shift, scale) = SCALES.get(len & 31).copied().unwrap_or_default();
    let half = (u128::from(value << (shift & 63)) * u128::from(scale)) >> 64;
    decimals::<N>(window, at & 1, half as u64 * 2 + 2);
    (at & 1) + len
}

/// Writes the decimals of `fraction`, which is one of 2^64, in `N` groups of three, and a byte
/// after them; gives what is left of it.
#[inline(always)]
pub(in crate::json) fn decimals<const N: usize>(
    window: &mut [u8; WINDOW],
    at: usize,
    fraction: u64,
) -> u64 {
    (0..N).fold(fraction, |fraction, group| {
        let product = u128::from(fraction) * 1000;
        let text = three_digits((product >> 64) as u64);
        put(window, at + 3 * group, text.to_le_bytes());
        product as u64
    })
}

/// Writes `bytes` at `at`.
#[inline(always)]
pub(in crate::json) fn put<const N: usize>(window: &mut [u8; WINDOW], at: usize, bytes: [u8; N]) {
    if let Some(to) = window.get_mut(at..).and_then(|to| to.first_chunk_mut()) {
        *to = bytes;
    }
}

/// The powers of ten, and zeros after them, so that five bits are an index.
pub(in crate::json) static POWERS: [u64; 32] = powers();

/// For numbers of so many digits, up to 18: the bits by which all of them can be shifted left, and
/// the factor, rounded up, that makes that a fraction of 2^63, times 2^64. The rest is zeros.
static SCALES: [(u32, u64); 32] = scales();

#[expect(clippy::indexing_slicing, reason = "at compile time")]
const fn powers() -> [u64; 32] {
    let mut powers = [0; 32];
    let mut exponent = 0;
    while exponent < 20 {
        powers[exponent] = 10_u64.pow(exponent as u32);
        exponent += 1;
    }
    powers
}

#[expect(clippy::indexing_slicing, reason = "at compile time")]
const fn scales() -> [(u32, u64); 32] {
    let mut scales = [(0, 0); 32];
    let mut digits = 1;
    while digits <= 18 {
        let power = 10_u64.pow(digits as u32);
        let bits = power.ilog2();
        let scale = (1_u128 << (64 + bits)) / power as u128 + 1;
        scales[digits] = (63 - bits, scale as u64);
        digits += 1;
    }
    scales
}
