//! Scalars: strings, RFC 8259 § 7, integers and literals, and separators before keys.
//!
//! There are two sets with the same bytes: one for 64-bit targets, which takes eight bytes at a
//! time and lets the compiler fold what it knows of keys, and one for the others, which takes
//! little flash. Numbers with a fraction, and those beyond 64 bits, have a folder of their own.

#[cfg(any(test, not(target_pointer_width = "64")))]
#[cfg_attr(
    target_pointer_width = "64",
    expect(dead_code, reason = "only what writes is compared")
)]
mod compact;
pub(super) mod display;
#[cfg(target_pointer_width = "64")]
pub(super) mod fast;
// A host of 64 bits has both sets.
#[cfg(target_pointer_width = "64")]
#[cfg(test)]
mod tests;

#[cfg(not(target_pointer_width = "64"))]
pub(super) use self::compact::*;
#[cfg(target_pointer_width = "64")]
pub(super) use self::fast::*;
