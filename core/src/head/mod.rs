//! Heads of replies: status lines, heads built at compile time, stores of lines, the
//! lines of every reply.
//!
//! The head of a request is in `request`; the order in which a reply writes its head is in
//! `response`.

pub(crate) mod constant;
pub(crate) mod draft;
pub(crate) mod headers;
pub(crate) mod lines;
pub(crate) mod status;
mod status_line;
pub(crate) mod template;
pub(crate) mod written;
