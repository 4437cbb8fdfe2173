//! Requests through the library's steps, read a second time by readers written from RFC 9110 and
//! RFC 9112 that share nothing with it.
//!
//! ```text
//! bytes ── input ──┬── library: connection, head, content ── got ──┐
//!                  └── reader, coding: the rules, told plainly ────┴── compared
//! ```

pub mod coding;
pub mod connection;
pub mod content;
pub mod head;
pub mod input;
pub mod reader;
