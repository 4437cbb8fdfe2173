//! Integers of up to 128 bits.

use crate::error::JsonError;
use crate::json::rules::Rules as _;
use crate::json::scalar;
use crate::json::sink::interface::Sink;
use crate::write::decimal::{MAX_DIGITS, decimal};

pub(in crate::json) fn unsigned_128<S: Sink>(sink: S, value: u128) -> Result<S, S::Error> {
    match u64::try_from(value) {
        Ok(value) => scalar::unsigned(sink, value),
        Err(_) => wide(sink, value),
    }
}

pub(in crate::json) fn signed_128<S: Sink>(sink: S, value: i128) -> Result<S, S::Error> {
    match i64::try_from(value) {
        Ok(value) => scalar::signed(sink, value),
        Err(_) if value > 0 => unsigned_128(sink, value.unsigned_abs()),
        // Below the least of 64 bits.
        Err(_) => match S::Dialect::WIDE_INTEGERS {
            true => wide(sink.write_array(b"-")?, value.unsigned_abs()),
            false => Err(sink.fail(JsonError::Integer)),
        },
    }
}

/// Writes an integer beyond 64 bits.
#[cold]
fn wide<S: Sink>(sink: S, value: u128) -> Result<S, S::Error> {
    match S::Dialect::WIDE_INTEGERS {
        true => sink.write_bytes(wide_digits(value, &mut [0; MAX_WIDE_DIGITS])),
        false => Err(sink.fail(JsonError::Integer)),
    }
}

/// The most digits of a `u128`.
const MAX_WIDE_DIGITS: usize = 39;

/// Writes the digits of `value` to the last bytes of `to`.
pub(in crate::json) fn wide_digits(value: u128, to: &mut [u8; MAX_WIDE_DIGITS]) -> &[u8] {
    const GROUP: u128 = 10_000_000_000_000_000_000;
    to.fill(b'0');
    let mut rest = value;
    let mut end = MAX_WIDE_DIGITS;
    loop {
        let mut room = [0; MAX_DIGITS];
        let digits = decimal((rest % GROUP) as u64, &mut room);
        let place = to.get_mut(..end).unwrap_or_default();
        for (to, digit) in place.iter_mut().rev().zip(digits.iter().rev()) {
            *to = *digit;
        }
        rest /= GROUP;
        if rest == 0 {
            let start = end.saturating_sub(digits.len());
            return to.get(start..).unwrap_or_default();
        }
        end = end.saturating_sub(19);
    }
}
