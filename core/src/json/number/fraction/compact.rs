//! Fractions on small targets: the search for the shortest alone.

use super::shortest::any_double;
use crate::json::rules::Rules as _;
use crate::json::sink::interface::Sink;

/// Writes the shortest decimal that is read back as `value`.
#[inline]
pub(in crate::json) fn double<S: Sink>(sink: S, value: f64) -> Result<S, S::Error> {
    any_double(sink, value, S::Dialect::EXPONENTS)
}
