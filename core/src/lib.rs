#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

pub use self::chunk::{Chunk, JsonLine};
pub use self::coding::{Accepted, Coding};
pub use self::cookie::{SameSite, SetCookie};
pub use self::cors::{Cors, Preflight};
pub use self::date::HttpDate;
pub use self::disposition::Disposition;
pub use self::draft::Draft;
pub use self::error::Error;
pub use self::etag::ETag;
pub use self::event::Event;
pub use self::exchange::{Exchange, Method, Version};
pub use self::extension::guess_media_type;
pub use self::file::{Boundary, File, FilePlan, FileStep, FileTransfer};
pub use self::head::Head;
#[doc(hidden)]
pub use self::head::HeadLines;
pub use self::header::{FieldName, FieldValue, HeaderName, HeaderValue};
pub use self::headers::Headers;
pub use self::reply::Reply;
pub use self::response::Response;
pub use self::status::Status;
pub use self::stream::{Stream, StreamError};
pub use self::trailer::Trailers;
pub use self::transfer::{BodyError, Step, Transfer};

mod buf;
mod bytes;
mod chunk;
mod coding;
mod conditional;
mod cookie;
mod cors;
mod date;
mod decimal;
mod disposition;
mod draft;
mod error;
mod etag;
mod event;
mod exchange;
mod extension;
mod field;
mod file;
#[cfg(feature = "defmt")]
mod format;
mod head;
mod header;
mod headers;
mod hexadecimal;
pub mod json;
mod known;
mod line;
mod location;
mod media;
mod reply;
mod response;
mod seen;
mod status;
mod stream;
mod trailer;
mod transfer;
