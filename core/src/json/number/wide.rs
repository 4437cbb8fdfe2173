//! Integers of up to 128 bits.

use crate::error::JsonError;
use crate::json::rules::Rules as _;
use crate::json::scalar;
use crate::json::sink::interface::Sink;
use crate::write::decimal::{MAX_WIDE_DIGITS, wide_digits};

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
