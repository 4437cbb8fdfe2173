//! Bodies that leave in steps, RFC 9112 §§ 6 and 7: transfers, chunks, streams, events, JSON in
//! pieces, trailer fields.
//!
//! Files are in [`file`](crate::file); a body that fits the buffer is written by the endings of
//! [`Response`](crate::Response).
//!
//! # Steps
//!
//! A body that leaves in steps is a machine that performs no I/O, in the buffer that held the head.
//! A driver does the I/O. All machines have one protocol:
//!
//! - The driver asks for the next [`Step`] by `step` and acts on it, until [`Step::Done`], which
//!   says that everything was sent. Asking again without acting changes nothing.
//! - [`Step::Send`] has bytes for the connection. The driver writes some of them, and says by
//!   `sent` how many.
//! - [`Step::Fill`] asks for more of the body. A [`Transfer`] and a
//!   [`FileTransfer`](crate::file::FileTransfer) have room for it: the driver reads some bytes into
//!   that, and says by `filled` how many; zero is the end of the source. To a [`Stream`] the next
//!   chunk is pushed, or the end.
//! - [`Step::Copy`] asks to copy bytes of a file straight to the connection, and to say by `copied`
//!   how many; zero is the end of the file. Only a [`FileTransfer`](crate::file::FileTransfer) asks
//!   for that.
//! - A [`ContentTransfer`], a [`JsonTransfer`] and a [`Piece`] of [`Elements`] write themselves:
//!   they have only bytes to send.
//!
//! Nothing moves on before the driver has said what it did, so a driver may stop, or fail, between
//! any two steps. A body that is not what its head promised, such as a source that ends early, is
//! an error of that call and of each `step` after it, and never looks whole. If some of the reply
//! has left by then, the connection must be closed; so it must where a machine is dropped before
//! its end, or says so by `closes`.
//!
//! The part of a driver that sends is the same for all; the trait [`Steps`] is for that:
//!
//! ```
//! use std::io::{self, Read, Write};
//!
//! use replywire::body::{PlainText, Step, Steps};
//! use replywire::request::Exchange;
//! use replywire::{Response, Status};
//!
//! /// Sends what `machine` has to send, up to a step of another kind.
//! fn send<M: Steps>(machine: &mut M, conn: &mut impl Write) -> io::Result<()>
//! where
//!     M::Error: core::error::Error + Send + Sync + 'static,
//! {
//!     loop {
//!         let Step::Send { bytes, .. } = machine.step().map_err(io::Error::other)? else {
//!             return Ok(());
//!         };
//!         let n = conn.write(bytes)?;
//!         machine.sent(n);
//!     }
//! }
//!
//! let (mut buf, mut wire) = ([0; 64], Vec::new());
//!
//! // A body that is read from a source.
//! let mut source = &b"streamed"[..];
//! let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).sized(8)?;
//! loop {
//!     send(&mut transfer, &mut wire)?;
//!     let Step::Fill(room) = transfer.step()? else { break };
//!     let n = source.read(room)?;
//!     transfer.filled(n)?;
//! }
//! assert_eq!(wire, b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nstreamed");
//!
//! // A body that writes itself, through a buffer that is too small for it.
//! let mut buf = [0; 88];
//! let text = PlainText::new(u128::MAX);
//! let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).content_sized(text)?;
//! send(&mut transfer, &mut wire)?;
//! assert!(wire.ends_with(b"\r\n\r\n340282366920938463463374607431768211455"));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

pub(crate) mod chunk;
pub(crate) mod content;
pub(crate) mod document;
pub(crate) mod elements;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod into_chunk;
pub(crate) mod json_line;
#[cfg(feature = "alloc")]
pub(crate) mod moved_stream;
pub(crate) mod step;
pub(crate) mod stream;
pub(crate) mod trailer;
pub(crate) mod transfer;

pub use self::chunk::Chunk;
pub use self::content::Content;
#[cfg(feature = "askama-016")]
pub use self::content::askama::Askama;
pub use self::content::text::{Html, PlainText, Text};
pub use self::content::transfer::ContentTransfer;
pub use self::content::writer::ContentWriter;
pub use self::document::JsonTransfer;
pub use self::elements::{Elements, Piece};
pub use self::error::{BodyError, StreamError};
pub use self::event::Event;
#[cfg(feature = "serde")]
pub use self::into_chunk::JsonItem;
pub use self::into_chunk::{IntoChunk, Owned, TextItem};
pub use self::json_line::JsonLine;
pub use self::step::{Step, Steps};
pub use self::stream::Stream;
pub use self::trailer::Trailers;
pub use self::transfer::Transfer;
