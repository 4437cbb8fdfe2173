//! A reply by ownership, its endings, and the replies that are made whole.
//!
//! The order of lines that the library writes itself is decided here. Bodies that need I/O leave as
//! steps of `body` and `file`.

pub(crate) mod builder;
pub(crate) mod cors;
mod ending;
mod file;
mod json;
pub(crate) mod place;
pub(crate) mod preflight;
#[cfg(feature = "request")]
mod refusal;
pub(crate) mod reply;
