//! Numbers beyond what every target does in a register: fractions, integers of 128 bits, decimals
//! with a point, integers as text. Integers of 64 bits are scalars.

pub(super) mod as_text;
pub(super) mod decimal;
pub(super) mod fraction;
pub(super) mod syntax;
pub(super) mod wide;
