//! The error that a failure keeps beside its cause: where there is an allocator, any.

#[cfg(feature = "std")]
mod boxed;
#[cfg(not(feature = "std"))]
mod typed;

#[cfg(feature = "std")]
pub(crate) use self::boxed::Kept;
#[cfg(not(feature = "std"))]
pub(crate) use self::typed::Kept;
