//! Fractions that integers hold exactly: the shortest decimal without a search.
//!
//! A number from 2^-11 to 2^46 is an integer divided by 2^n, with n from 7 to 63. So what is after
//! the point is a fraction of 2^64, of which multiplications give one digit after the other, and
//! nothing is rounded on the way.

use crate::json::scalar::fast::integer::{POWERS, decimals, digits, put};
use crate::json::scalar::fast::thousand::three_digits;
use crate::json::sink::interface::WINDOW;

const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;

/// Writes the shortest decimal that is read back as `value`, and gives its length, or 0 for numbers
/// that are too small or too large.
///
/// The numbers that are read as `value` are those up to half of its last bit away. Counted in units
/// of the last decimal, that bit is from 0.1 up to 1. So at most one whole number of units is so
/// near, and then it is the shortest; if none is, the nearest tenth is. Either begins with the
/// digits of the greatest of these numbers. (The numbers below a power of two are nearer to it than
/// those above, but it is a whole number of units itself.)
#[inline(always)]
pub(super) fn exact_decimal(window: &mut [u8; WINDOW], value: f64) -> usize {
    let bits = value.to_bits();
    // The last bit is worth 1 / 2^`shift`.
    let shift = (1023 + u64::from(FRACTION_BITS)).wrapping_sub((bits >> FRACTION_BITS) & 0x7ff);
    if !(7..=63).contains(&shift) {
        return 0;
    }
    // The logarithm of 2 is 0.30103; the product is never whole.
    let len = ((shift * 78_913) >> 18) as usize & 31;
    let unit = POWERS.get(len).copied().unwrap_or_default();
    // Twice the value and half of its last bit.
    let mantissa = bits & ((1 << FRACTION_BITS) - 1) | (1 << FRACTION_BITS);
    let greatest = mantissa * 2 + 1;
    let fraction = greatest << (63 - shift);

    window[0] = b'-';
    let start = usize::from(value.is_sign_negative());
    let point = digits::<5>(window, start, greatest >> shift >> 1) & 15;
    put(window, point, *b".");
    let rest = decimals::<5>(window, point + 1, fraction);
    if len > 15 {
        decimals::<1>(window, point + 16, rest);
    }
    let end = point + 1 + len;

    // Counted in units of 2^64, of which the last bit of the value makes up `bit`. Half of that is
    // never met exactly: it has fewer factors of two.
    let units = u128::from(fraction) * u128::from(unit);
    let (units, rest) = ((units >> 64) as u64, units as u64);
    let bit = unit << (63 - shift) << 1;
    let is_whole = rest < bit;
    if is_whole & units.is_multiple_of(10) {
        return trimmed(end, len, units);
    }
    // Of two tenths as near the even one: half-way are only 0.25 and 0.75.
    let rest = rest.wrapping_sub(bit / 2);
    let tenth = ((rest / 8 * 5 + (1 << 59)) >> 60) as u8 - u8::from(rest == 1 << 62);
    put(window, end & 31, [b'0' + tenth]);
    end + usize::from(!is_whole)
}

/// Cuts the zeros at the `end` of a number with `len` decimals, `units`; one of these stays.
#[inline(never)]
fn trimmed(end: usize, len: usize, units: u64) -> usize {
    let (mut units, mut zeros) = (units, 0);
    while zeros < len && units.is_multiple_of(1000) {
        units /= 1000;
        zeros += 3;
    }
    let last = three_digits(units % 1000) & 0x000f_0f0f;
    zeros += (last << 8).leading_zeros() as usize / 8;
    end - zeros.min(len - 1)
}
