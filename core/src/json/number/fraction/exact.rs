//! Fractions that integers of 128 bits hold exactly: the shortest decimal by two multiplications.
//!
//! A number from 2^-9 to 2^46 is an integer divided by 2^n, with n from 7 to 61. Times the greatest
//! power of ten below 2^n it is one of at most 53 + 61 bits, so nothing is rounded on the way.

use crate::json::scalar::fast::integer::eight_digits;
use crate::json::sink::interface::WINDOW;

/// The powers of ten, and zeros after them, so that five bits are an index.
const POWERS: [u64; 32] = powers();

#[expect(clippy::indexing_slicing, reason = "at compile time")]
const fn powers() -> [u64; 32] {
    let mut powers = [0; 32];
    let mut power = 1_u64;
    let mut exponent = 0;
    while exponent < 20 {
        powers[exponent] = power;
        power = power.wrapping_mul(10);
        exponent += 1;
    }
    powers
}

const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;

/// Writes the shortest decimal that is read back as `value`, and gives its length; `None` for
/// numbers that are too small, too large or a power of two.
///
/// The numbers that are read as `value` are those up to half of its last bit away. Counted in units
/// of the last decimal, that bit is from 0.1 up to 1. So at most one whole number of units is so
/// near, and then it is the shortest; if none is, the nearest tenth is.
#[inline(always)]
pub(super) fn exact_decimal(window: &mut [u8; WINDOW], value: f64) -> Option<usize> {
    let bits = value.to_bits();
    let mantissa = bits & ((1 << FRACTION_BITS) - 1);
    // The value is `significand` / 2^`shift`.
    let shift = (1023 + u64::from(FRACTION_BITS)).wrapping_sub((bits >> FRACTION_BITS) & 0x7ff);
    // The numbers below a power of two are nearer to it than those above.
    if mantissa == 0 || !(7..=61).contains(&shift) {
        return None;
    }
    let significand = mantissa | (1 << FRACTION_BITS);
    let one = 1_u64 << shift;
    // The logarithm of 2 is 0.30103; the product is never whole.
    let decimals = (shift * 78_913) >> 18;
    let bit = *POWERS.get((decimals & 31) as usize)?;
    let product = u128::from(significand) * u128::from(bit);
    let below = ((product >> 64) as u64) << (64 - shift) | (product as u64) >> shift;
    // The rest of a unit, of which `one` makes up a unit, and `bit` the last bit. Half of that is
    // never met exactly: it has fewer factors of two.
    let rest = product as u64 & (one - 1);
    let is_above = (one - rest) * 2 < bit;
    let is_whole = is_above | (rest * 2 < bit);
    let units = below + u64::from(is_above);
    // Of two tenths as near the even one: half-way are only 0.25 and 0.75.
    let tenth = ((rest * 5 + (one >> 2)) >> (shift - 1)) as u8 - u8::from(rest << 2 == one);

    // There are 15 or 16 digits; here always 16.
    let is_short = units < 1_000_000_000_000_000;
    let digits = sixteen_digits(if is_short { units * 10 } else { units });
    let len = 16 - usize::from(is_short);
    let trimmed = 16 - (digits.trailing_zeros() / 8) as usize;
    let text = digits | ALL_ZEROS;
    window[0] = b'-';
    let start = usize::from(value.is_sign_negative());
    let (digits_at, least) = match len.checked_sub(decimals as usize) {
        Some(whole @ 1..) => {
            *window.get_mut(start..)?.first_chunk_mut()? = text.to_be_bytes();
            let point = start + whole;
            *window.get_mut(point)? = b'.';
            let fraction = text << ((whole * 8) & 127);
            *window.get_mut(point + 1..)?.first_chunk_mut()? = fraction.to_be_bytes();
            (start + 1, whole + 1)
        }
        _ => {
            *window.get_mut(start..)?.first_chunk_mut()? = *b"0.00";
            let at = start + 2 + (decimals as usize).saturating_sub(len);
            *window.get_mut(at..)?.first_chunk_mut()? = text.to_be_bytes();
            (at, 1)
        }
    };
    *window.get_mut(digits_at + len)? = b'0' + tenth;
    let count = if is_whole {
        trimmed.max(least)
    } else {
        len + 1
    };
    Some(digits_at + count)
}

const ALL_ZEROS: u128 = u128::from_be_bytes([b'0'; 16]);

/// Gives the digits of `value`, which is below 10^16, the first in the top byte.
#[inline(always)]
const fn sixteen_digits(value: u64) -> u128 {
    let (first, last) = (value / 100_000_000, value % 100_000_000);
    (eight_digits(first) as u128) << 64 | eight_digits(last) as u128
}
