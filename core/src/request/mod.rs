//! Requests: the facts that a reply depends on, and the view of header fields.
//!
//! Parts of a request are read as they lie, without memory: [`Segments`] of its path, the [`Pairs`]
//! of its query or of a form, [cookies](Fields::cookie) by name, the [`MediaType`] of its content.
//! Each is [`Encoded`]: it is compared, parsed, or decoded into a buffer of yours.
//!
//! With the feature `request`, requests are read, too, without I/O, as steps: [`Requests`] are
//! those of a connection, and a keep-alive server over any transport is a loop around them; the
//! examples `blocking` and `blocking_embedded` are such servers over `std::net` and `embedded-io`.
//! They are made of parts that can be used alone: [`HeadScan`] finds the end of a head among the
//! bytes that were read, [`RequestHead::parse`] gives the checked head or the reason to refuse it,
//! and [`BodyDecoder`] the content.
//!
//! What a file makes of a request's fields is in [`file`](crate::file); the replies are in the
//! rooms after this one.
#![cfg_attr(not(feature = "request"), allow(rustdoc::broken_intra_doc_links))]

pub(crate) mod encoded;
pub(crate) mod exchange;
pub(crate) mod fields;
mod framer;
mod lists;
pub(crate) mod media_type;
pub(crate) mod method;
pub(crate) mod moment;
mod pairs;
mod segments;
pub(crate) mod upgrade;
pub(crate) mod version;

#[cfg(feature = "request")]
pub(crate) mod content;
#[cfg(feature = "refusals")]
mod expected;
#[cfg(feature = "request")]
mod framing;
#[cfg(feature = "request")]
pub(crate) mod head;
#[cfg(feature = "hosted")]
mod hosted;
#[cfg(feature = "request")]
mod interim;
#[cfg(feature = "request")]
mod late;
#[cfg(feature = "refusals")]
mod origin;
#[cfg(feature = "request")]
mod parse;
#[cfg(feature = "request")]
pub(crate) mod reading;
#[cfg(feature = "request")]
pub(crate) mod refusal;
#[cfg(feature = "request")]
pub(crate) mod requests;
#[cfg(feature = "request")]
pub(crate) mod scan;
#[cfg(feature = "request")]
mod target;
#[cfg(feature = "request")]
mod whole;

#[cfg(feature = "request")]
pub use self::content::{BodyDecoder, Decoded, Malformed};
pub use self::encoded::{DecodeError, Encoded, ParseError};
pub use self::exchange::Exchange;
pub use self::fields::Fields;
#[cfg(feature = "request")]
pub use self::head::{Request, RequestHead};
#[cfg(feature = "hosted")]
pub use self::hosted::HostedHead;
#[cfg(feature = "request")]
pub use self::interim::CONTINUE;
#[cfg(feature = "hosted")]
pub use self::late::HostedParts;
pub use self::media_type::MediaType;
pub use self::method::Method;
pub use self::pairs::Pairs;
#[cfg(feature = "request")]
pub use self::reading::{Content, ContentStep};
#[cfg(feature = "refusals")]
pub use self::refusal::OtherRefusal;
#[cfg(feature = "request")]
pub use self::refusal::{Refusal, Refused};
#[cfg(feature = "request")]
pub use self::requests::{RequestStep, Requests};
#[cfg(feature = "request")]
pub use self::scan::{HeadScan, Scanned, too_long};
pub use self::segments::{Path, PathError, Segments};
pub use self::version::Version;
