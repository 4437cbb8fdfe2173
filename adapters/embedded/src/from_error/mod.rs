//! Errors that become the failure of a handler by `?`: those of the library, or all.

#[cfg(feature = "std")]
mod boxed;
#[cfg(not(feature = "std"))]
mod typed;
