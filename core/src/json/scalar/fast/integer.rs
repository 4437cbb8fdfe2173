//! Integers: eight digits at a time, by multiplication.

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
    sink.window(|window| digits(window, 0, value))
}

#[inline(always)]
pub(in crate::json) fn signed<S: Sink>(sink: S, value: i64) -> Result<S, S::Error> {
    sink.window(|window| {
        window[0] = b'-';
        digits(window, usize::from(value < 0), value.unsigned_abs())
    })
}

/// Gives the eight digits of `value`, which is below 10^8, the first in the top byte: two halves,
/// then quarters, then digits, all at once.
#[inline(always)]
pub(in crate::json) const fn eight_digits(value: u64) -> u64 {
    const BY_10_000: u64 = (1 << 32) - 10_000;
    const BY_100: u64 = (1 << 16) - 100;
    const BY_10: u64 = (1 << 8) - 10;
    // In each lane the quotient goes above the remainder: v + q (2^n - d) = q 2^n + (v - q d). The
    // quotients are by multiplication with a scaled reciprocal, exact in the range of the lane.
    let halves =
        value.wrapping_add(BY_10_000.wrapping_mul((value.wrapping_mul(0x068d_b8bb)) >> 40));
    let quarters = halves.wrapping_add(
        BY_100.wrapping_mul((halves.wrapping_mul(0x147b) >> 19) & 0x0000_007f_0000_007f),
    );
    quarters.wrapping_add(
        BY_10.wrapping_mul((quarters.wrapping_mul(0x67) >> 10) & 0x000f_000f_000f_000f),
    )
}

pub(in crate::json) const ZEROS: u64 = 0x3030_3030_3030_3030;
const EIGHT: u64 = 100_000_000;

/// Writes `value` at `at`, which is at most 1, and tells where it ends.
#[inline(always)]
pub(in crate::json) fn digits(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    let at = at & 1;
    if value < 10 {
        if let Some(digit) = window.get_mut(at) {
            *digit = b'0' + value as u8;
        }
        at + 1
    } else if value < 100 {
        // 103 / 1024 is a tenth, near enough below 100.
        let tens = (value as u16 * 103) >> 10;
        let ones = value as u16 - tens * 10;
        if let Some(to) = window.get_mut(at..).and_then(|to| to.first_chunk_mut()) {
            *to = (0x3030 + tens + (ones << 8)).to_le_bytes();
        }
        at + 2
    } else if value < 10_000 {
        let text = four_digits(value as u32);
        let len = 3 + usize::from(value >= 1000);
        if let Some(to) = window.get_mut(at..).and_then(|to| to.first_chunk_mut()) {
            *to = (text >> ((4 - len) * 8)).to_le_bytes();
        }
        at + len
    } else if value < EIGHT {
        first_digits(window, at, value)
    } else {
        many_digits(window, at, value)
    }
}

/// Gives the digits of `value`, which is below 10,000, the first in the lowest byte.
#[inline(always)]
const fn four_digits(value: u32) -> u32 {
    let halves = value / 100 + ((value % 100) << 16);
    let tens = ((halves * 103) >> 10) & 0x000f_000f;
    (halves << 8) - tens * (10 * 256 - 1) + 0x3030_3030
}

/// Writes `value`, which is below 10^8, without leading zeros.
#[inline(always)]
fn first_digits(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    let digits = eight_digits(value);
    let zeros = (digits | 1).leading_zeros() / 8;
    write_eight(window, at, (digits << (zeros * 8)) | ZEROS);
    at + 8 - zeros as usize
}

#[inline(always)]
pub(in crate::json) fn write_eight(window: &mut [u8; WINDOW], at: usize, text: u64) {
    // At most 17, with a sign and 16 digits before.
    if let Some(to) = window
        .get_mut(at & 31..)
        .and_then(|to| to.first_chunk_mut::<8>())
    {
        *to = text.to_be_bytes();
    }
}

#[inline(never)]
fn many_digits(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    let (rest, last) = (value / EIGHT, value % EIGHT);
    let (end, middle) = match rest < EIGHT {
        true => (first_digits(window, at, rest), None),
        false => (first_digits(window, at, rest / EIGHT), Some(rest % EIGHT)),
    };
    let end = match middle {
        Some(middle) => {
            write_eight(window, end, eight_digits(middle) | ZEROS);
            end + 8
        }
        None => end,
    };
    write_eight(window, end, eight_digits(last) | ZEROS);
    end + 8
}
