//! Numbers with a fraction: the shortest decimal that is read back as the same number.
//!
//! Targets of 64 bits look for a short one first, which most have; the others spare its code.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;
mod respell;
pub(in crate::json) mod shortest;

#[cfg(not(target_pointer_width = "64"))]
pub(in crate::json) use self::compact::double;
#[cfg(target_pointer_width = "64")]
pub(in crate::json) use self::fast::double;
