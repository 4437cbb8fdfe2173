//! The text of a date as it is written again and again, which is that of a second: `kept`, by each
//! thread, with the feature `std`, else made `anew`.

#[cfg(not(feature = "std"))]
mod anew;
#[cfg(feature = "std")]
mod kept;

#[cfg(not(feature = "std"))]
pub(super) use self::anew::write;
#[cfg(feature = "std")]
pub(super) use self::kept::write;
