//! The time at which a reply is made, in two forms.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::compact::Moment;
#[cfg(target_pointer_width = "64")]
pub(crate) use self::fast::Moment;
