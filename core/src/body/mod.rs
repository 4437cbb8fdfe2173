//! Bodies that leave in steps, RFC 9112 §§ 6 and 7: transfers, chunks, streams, events, JSON in
//! pieces, trailer fields.
//!
//! Files are in [`file`](crate::file); a body that fits the buffer is written by the endings of
//! [`Response`](crate::Response).

pub(crate) mod chunk;
pub(crate) mod document;
pub(crate) mod elements;
pub(crate) mod event;
pub(crate) mod stream;
pub(crate) mod trailer;
pub(crate) mod transfer;

pub use self::chunk::{Chunk, JsonLine};
pub use self::document::JsonTransfer;
pub use self::elements::{Elements, Piece};
pub use self::event::Event;
pub use self::stream::{Stream, StreamError};
pub use self::trailer::Trailers;
pub use self::transfer::{BodyError, Step, Transfer};
