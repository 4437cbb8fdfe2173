//! A reply whose order is enforced by ownership, its endings, and the replies that are made whole.
//!
//! The order of lines that the library writes itself is decided here. Bodies that need I/O leave as
//! steps of `body` and `file`.

mod add;
mod adding;
pub(crate) mod buffer_span;
mod buffered;
pub(crate) mod builder;
mod content;
pub(crate) mod cors;
mod document;
mod edit;
pub(crate) mod edited;
mod ending;
mod file;
mod json;
pub(crate) mod leaving;
mod list;
mod not_allowed;
mod own_lines;
pub(crate) mod preflight;
mod problem;
#[cfg(feature = "request")]
mod refusal;
pub(crate) mod reply;
#[cfg(feature = "hosted")]
pub(crate) mod sent;
mod upgrade;
#[cfg(feature = "web-socket")]
mod web_socket;
