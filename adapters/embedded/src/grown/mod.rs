//! Replies that outgrow the reply buffer: where there is an allocator, with memory that the
//! transport has for them; else they are errors, or leave in pieces.

#[cfg(feature = "alloc")]
mod memory;
#[cfg(not(feature = "alloc"))]
mod nothing;

#[cfg(feature = "alloc")]
pub(crate) use self::memory::{content, inform, send};
#[cfg(not(feature = "alloc"))]
pub(crate) use self::nothing::{content, inform, send};
