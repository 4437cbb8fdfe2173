//! Bytes of a buffer moved towards its front, in two ways.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::compact::move_down;
#[cfg(target_pointer_width = "64")]
pub(crate) use self::fast::move_down;
