//! Bodies that leave in steps, RFC 9112 §§ 6 and 7: transfers, chunks, streams, events, JSON in
//! pieces, trailer fields.
//!
//! Files are in [`file`](crate::file); a body that fits the buffer is written by the endings of
//! [`Response`](crate::Response).

pub(crate) mod chunk;
pub(crate) mod content;
pub(crate) mod document;
pub(crate) mod elements;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod into_chunk;
pub(crate) mod json_line;
pub(crate) mod stream;
pub(crate) mod trailer;
pub(crate) mod transfer;

pub use self::chunk::Chunk;
pub use self::content::Content;
pub use self::content::text::{Html, PlainText, Text};
pub use self::content::transfer::ContentTransfer;
pub use self::content::writer::ContentWriter;
pub use self::document::JsonTransfer;
pub use self::elements::{Elements, Piece};
pub use self::error::{BodyError, StreamError};
pub use self::event::Event;
pub use self::into_chunk::{IntoChunk, Owned, TextItem};
pub use self::json_line::JsonLine;
pub use self::stream::Stream;
pub use self::trailer::Trailers;
pub use self::transfer::{Step, Transfer};
