//! The room of a stream: where there is an allocator, more of it while the source is faster than
//! the reply buffer, with memory that the transport has for that; else the reply buffer. A host is
//! handed the memory itself.

#[cfg(not(feature = "alloc"))]
mod fixed;
#[cfg(all(feature = "alloc", feature = "hosted"))]
mod frames;
#[cfg(feature = "alloc")]
mod grows;

#[cfg(not(feature = "alloc"))]
pub(crate) use self::fixed::send;
#[cfg(feature = "alloc")]
pub(crate) use self::grows::send;
