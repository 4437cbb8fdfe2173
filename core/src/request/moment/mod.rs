//! The time at which a reply is made, in two forms.
//!
//! Each form is two values, a date and a clock, which an exchange holds side by side: a struct of
//! their own would be padded where words have 32 bits.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::compact::{Clock, Date, UNKNOWN, at, date, write_line};
#[cfg(target_pointer_width = "64")]
pub(crate) use self::fast::{Clock, Date, UNKNOWN, at, date, write_line};
