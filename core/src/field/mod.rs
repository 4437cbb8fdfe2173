//! Fields, RFC 9110 § 5: the grammar of names and values, and one file for each field with rules of
//! its own.
//!
//! A field here is text and its rules. Stores of lines are in `head`; the meaning of a request's
//! fields for a reply is in `request` and `file`.

pub(crate) mod accepted;
pub(crate) mod coding;
pub(crate) mod cookie;
pub(crate) mod date;
mod displayed;
pub(crate) mod disposition;
pub(crate) mod etag;
pub(crate) mod grammar;
pub(crate) mod hop_by_hop;
pub(crate) mod id;
pub(crate) mod line;
pub(crate) mod list;
pub(crate) mod location;
pub(crate) mod media;
pub(crate) mod mistake;
pub(crate) mod name;
pub(crate) mod octets;
pub(crate) mod set;
pub(crate) mod value;
