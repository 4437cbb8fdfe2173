//! The caller's buffer: the counting cursor, and the texts written through it without knowing HTTP.
//!
//! Digits and copies of bytes are here; names, values and lines of fields are in `field`.

pub(crate) mod buf;
pub(crate) mod bytes;
pub(crate) mod decimal;
pub(crate) mod fnv;
pub(crate) mod hexadecimal;
