//! The part of a small world that a suite goes through: some in `cargo test`, all of it where
//! `REPLYWIRE_FULL` is set, as `.ci/run` does.
//!
//! A part is never chosen by chance: it has the edges, and of what lies between, one in so many.

use std::env;
use std::sync::LazyLock;

/// Says whether small worlds are gone through whole.
pub fn is_full() -> bool {
    static IS_FULL: LazyLock<bool> =
        LazyLock::new(|| env::var_os("REPLYWIRE_FULL").is_some_and(|full| full != "0"));

    *IS_FULL
}

/// Chooses `full` where small worlds are gone through whole, else `reduced`.
pub fn either<T>(reduced: T, full: T) -> T {
    match is_full() {
        true => full,
        false => reduced,
    }
}

/// Says whether the case with this number, which is no edge, is tried: all are, or one in `stride`.
///
/// A prime does not fall in step with what the number is made of.
pub fn takes(number: usize, stride: usize) -> bool {
    is_full() || number.is_multiple_of(stride)
}
