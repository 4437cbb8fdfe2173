#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(feature = "alloc", feature = "serde"))]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub use self::error::{Error, Place};
pub use self::field::cookie::SetCookie;
pub use self::field::cookie::same_site::SameSite;
pub use self::field::date::HttpDate;
#[cfg(any(feature = "jiff", feature = "std", feature = "time-03"))]
pub use self::field::date::range_error::DateRangeError;
pub use self::field::disposition::Disposition;
pub use self::field::etag::ETag;
pub use self::field::name::{FieldName, HeaderName};
pub use self::field::value::{FieldValue, HeaderValue};
pub use self::head::constant::Head;
pub use self::head::draft::Draft;
pub use self::head::headers::Headers;
pub use self::head::status::Status;
#[cfg(feature = "template")]
pub use self::head::template::{Template, TemplateLines};
pub use self::response::builder::Response;
pub use self::response::cors::Cors;
pub use self::response::edited::Edit;
pub use self::response::leaving::Leaving;
pub use self::response::preflight::Preflight;
pub use self::response::reply::Reply;
#[cfg(feature = "hosted")]
pub use self::response::sent::SentHead;

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

/// Answers to what users ask, in documentation alone.
#[cfg(all(doc, not(doctest)))]
pub mod _guide {
    #[doc = include_str!("../docs/coming-from-fastapi.md")]
    #[doc(alias(
        "fastapi",
        "starlette",
        "JSONResponse",
        "StreamingResponse",
        "FileResponse"
    ))]
    pub mod coming_from_fastapi {}

    #[doc = include_str!("../docs/larger-than-the-buffer.md")]
    #[doc(alias("overflow", "buffer too small"))]
    pub mod larger_than_the_buffer {}
}

/// The names that the macros, the derive and the adapters of this project need, and nobody else:
/// they are no part of the interface, and change without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(all(feature = "alloc", feature = "hosted"))]
    pub use crate::body::moved_stream::take_place;
    #[cfg(feature = "alloc")]
    pub use crate::body::moved_stream::{move_back, moved_stream, stream_buffer_len};
    pub use crate::field::name::{NameSource, header_name};
    pub use crate::head::constant::{HeadLine, HeadSource, head, head_len};
    #[cfg(feature = "template")]
    pub use crate::head::template::write_template_last;
    pub use crate::json::document::nothing::Nothing;
    #[cfg(feature = "serde")]
    pub use crate::json::filter::derived;
    pub use crate::response::buffer_span::BufferSpan;
}

#[cfg(feature = "defmt")]
mod format;
