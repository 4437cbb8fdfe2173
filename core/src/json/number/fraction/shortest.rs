//! The search for the shortest decimal, by the backend.

use super::backend::Buffer;
use super::respell::respell;
use crate::error::JsonError;
use crate::json::rules::{Exponents, Rules as _};
use crate::json::scalar;
use crate::json::sink::interface::Sink;

/// Writes the shortest decimal that is read back as `value`.
#[inline(never)]
pub(in crate::json) fn any_double<S: Sink>(
    sink: S,
    value: f64,
    exponents: Exponents,
) -> Result<S, S::Error> {
    if !value.is_finite() {
        return not_finite(sink);
    }
    let mut buffer = Buffer::new();
    let text = buffer.format_finite(value).as_bytes();
    match (1e-3..1e16).contains(&value.abs()) {
        true => scalar::short(sink, text),
        false => respell(sink, text, exponents),
    }
}

/// Writes the shortest decimal that is read back as `value`, which is that of an `f32`.
#[inline(never)]
pub(in crate::json) fn single<S: Sink>(
    sink: S,
    value: f32,
    exponents: Exponents,
) -> Result<S, S::Error> {
    if !value.is_finite() {
        return not_finite(sink);
    }
    let mut buffer = Buffer::new();
    let text = buffer.format_finite(value).as_bytes();
    // The backends write an exponent at different powers of ten.
    match (1e-3..1e10).contains(&value.abs()) {
        true => scalar::short(sink, text),
        false => respell(sink, text, exponents),
    }
}

#[cold]
fn not_finite<S: Sink>(sink: S) -> Result<S, S::Error> {
    match S::Dialect::NULL_FOR_NOT_FINITE {
        true => sink.write_array(b"null"),
        false => Err(sink.fail(JsonError::NotFinite)),
    }
}
