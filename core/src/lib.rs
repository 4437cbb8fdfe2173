#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

pub use self::error::Error;
pub use self::field::cookie::SetCookie;
pub use self::field::cookie::same_site::SameSite;
pub use self::field::date::HttpDate;
pub use self::field::disposition::Disposition;
pub use self::field::etag::ETag;
#[doc(hidden)]
pub use self::field::name::NameSource;
pub use self::field::name::{FieldName, HeaderName};
pub use self::field::value::{FieldValue, HeaderValue};
pub use self::head::constant::Head;
#[doc(hidden)]
pub use self::head::constant::{HeadLine, HeadSource};
pub use self::head::draft::Draft;
pub use self::head::headers::Headers;
pub use self::head::status::Status;
pub use self::response::buffer_span::BufferSpan;
pub use self::response::builder::Response;
pub use self::response::cors::Cors;
pub use self::response::edited::Edit;
pub use self::response::leaving::Leaving;
pub use self::response::preflight::Preflight;
pub use self::response::reply::Reply;

// The rooms, each built on those before it; ARCHITECTURE.md tells more.
mod error;
mod write;

mod field;

mod head;

pub mod request;

pub mod json;

pub mod body;

pub mod file;

mod response;

#[cfg(feature = "defmt")]
mod format;
