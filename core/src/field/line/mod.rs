//! Field lines, RFC 9112 § 5: in `fast` where words have 64 bits, else in `compact`.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;
mod located;
mod plain;
mod remove;
mod unusual;

pub(crate) use self::remove::remove_lines;

#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::compact::write_field;
#[cfg(target_pointer_width = "64")]
pub(crate) use self::fast::write_field;
