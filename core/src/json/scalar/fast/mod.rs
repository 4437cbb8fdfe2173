//! The set for 64-bit targets: eight bytes or three digits at a time, and what the compiler knows
//! of keys is folded.

pub(in crate::json) mod constant;
pub(in crate::json) mod integer;
pub(in crate::json) mod key;
mod plain;
pub(in crate::json) mod string;
pub(in crate::json) mod thousand;

pub(in crate::json) use self::constant::{boolean, short, write_array};
pub(in crate::json) use self::integer::{signed, signed_32, unsigned, unsigned_32};
pub(in crate::json) use self::key::begin;
pub(in crate::json) use self::string::{STRING_AT_ONCE, escape, string};
