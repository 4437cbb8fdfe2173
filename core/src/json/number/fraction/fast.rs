//! Fractions on 64-bit targets: most without a search for the shortest.

use super::exact::exact_decimal;
use super::shortest::any_double;
use crate::json::rules::Rules as _;
use crate::json::scalar::fast::integer::{digits, put};
use crate::json::scalar::fast::thousand::three_digits;
use crate::json::sink::interface::{Sink, WINDOW};

/// Writes the shortest decimal that is read back as `value`.
#[inline]
pub(in crate::json) fn double<S: Sink>(mut sink: S, value: f64) -> Result<S, S::Error> {
    let mut room = sink.take_room();
    if let Some(window) = room.first_chunk_mut() {
        return match decimal(window, value) {
            0 => any_double(sink.commit(room, 0)?, value, S::Dialect::EXPONENTS),
            len => sink.commit(room, len),
        };
    }
    double_at_end(sink.commit(room, 0)?, value)
}

#[cold]
fn double_at_end<S: Sink>(sink: S, value: f64) -> Result<S, S::Error> {
    let mut window = [0; WINDOW];
    match decimal(&mut window, value) {
        0 => any_double(sink, value, S::Dialect::EXPONENTS),
        len => sink.write_bytes(window.get(..len).unwrap_or_default()),
    }
}

/// Writes the shortest decimal, where it is found without a search, and gives its length, or 0.
#[inline(never)]
fn decimal(window: &mut [u8; WINDOW], value: f64) -> usize {
    match short_decimal(window, value) {
        0 => exact_decimal(window, value),
        len => len,
    }
}

/// Writes `value` as a decimal where at most six digits after the point say it, and gives its
/// length, or 0.
///
/// `value` times 10^6 is then a whole number below 10^15, so the decimal has at most 15 significant
/// digits. Two such decimals are never read as the same `f64`, so it is the shortest.
#[inline(always)]
fn short_decimal(window: &mut [u8; WINDOW], value: f64) -> usize {
    /// From here on the last bit of an `f64` is worth 1, so a sum is rounded to a whole number,
    /// which its last bits are.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    let magnitude = value.abs();
    let sum = magnitude * 1e6 + WHOLE;
    let millionths = sum.to_bits() & ((1 << 52) - 1);
    // The bound is one for what is not finite, too.
    let is_exact = magnitude < 1e9 && (sum - WHOLE) / 1e6 == magnitude;
    // Small numbers are spelled as the dialect does.
    if !is_exact || (1..1000).contains(&millionths) {
        return 0;
    }
    window[0] = b'-';
    let start = usize::from(value.is_sign_negative());
    let point = digits::<3>(window, start, millionths / 1_000_000) & 15;
    let fraction = millionths % 1_000_000;
    let first = u64::from(three_digits(fraction / 1000)) & 0x00ff_ffff;
    let last = u64::from(three_digits(fraction % 1000)) & 0x00ff_ffff;
    let text = u64::from(b'.') | first << 8 | last << 32;
    put(window, point, text.to_le_bytes());
    // The first digit stays, be it zero.
    let significant = text & 0x000f_0f0f_0f0f_0000 | 1 << 8;
    point + 8 - (significant.leading_zeros() / 8) as usize
}
