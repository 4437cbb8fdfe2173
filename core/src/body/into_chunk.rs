#[cfg(feature = "serde")]
use serde_core::{Serialize, Serializer};

use super::chunk::Chunk;
use super::event::Event;
use super::json_line::JsonLine;
use crate::error::Error;
use crate::json::Document;
#[cfg(feature = "serde")]
use crate::json::{OwnedBySerde, Python};
use crate::write::bytes::copy;

/// An item of a body that a source gives as it is: bytes and text, whoever owns them, an [`Event`],
/// a [`JsonLine`].
///
/// All that is `AsRef<[u8]>` is one: `&str`, `String`, `Vec<u8>`, `Box<[u8]>`, `Bytes`. Text leaves
/// as UTF-8, as it lies in memory; [`TextItem`] makes bytes of what is `AsRef<str>` alone. A
/// [`Chunk`] of your own is one by an implementation that returns itself.
///
/// ```
/// use replywire::body::{Chunk, IntoChunk};
///
/// let mut chunk = String::from("caf\u{e9}").into_chunk();
/// let mut room = [0; 4];
/// assert_eq!(chunk.fill(&mut room)?, 4);
/// assert_eq!(&room, b"caf\xc3");
/// assert_eq!(chunk.fill(&mut room)?, 1);
/// assert_eq!(room[0], 0xa9);
/// assert!(chunk.is_done());
/// # Ok::<(), replywire::Error>(())
/// ```
pub trait IntoChunk {
    /// The type of its chunk.
    type Chunk: Chunk;

    /// The chunk of this item, of which nothing was written.
    fn into_chunk(self) -> Self::Chunk;

    /// Returns about how many bytes it holds in memory, by which sources that run ahead decide when
    /// to wait; by default the size of the value itself.
    fn held(&self) -> usize {
        size_of_val(self)
    }
}

impl<B: AsRef<[u8]>> IntoChunk for B {
    type Chunk = Owned<B>;

    fn into_chunk(self) -> Owned<B> {
        Owned { bytes: self, at: 0 }
    }

    fn held(&self) -> usize {
        self.as_ref().len()
    }
}

impl<T: Document> IntoChunk for Event<'_, T> {
    type Chunk = Self;

    fn into_chunk(self) -> Self {
        self
    }
}

impl<T: Document> IntoChunk for JsonLine<T> {
    type Chunk = Self;

    fn into_chunk(self) -> Self {
        self
    }

    /// The length of its text.
    fn held(&self) -> usize {
        self.length()
    }
}

/// Bytes as a chunk that owns them.
#[derive(Clone, Debug)]
pub struct Owned<B> {
    bytes: B,
    /// The number of bytes that were written.
    at: usize,
}

impl<B: AsRef<[u8]>> Chunk for Owned<B> {
    const MIN_ROOM: usize = 1;

    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let rest = self.bytes.as_ref().get(self.at..).unwrap_or_default();
        let n = room.len().min(rest.len());
        let bytes = rest.get(..n).unwrap_or_default();
        copy(room.get_mut(..n).unwrap_or_default(), bytes);
        self.at = self.at.saturating_add(n);
        Ok(n)
    }

    fn is_done(&self) -> bool {
        self.at >= self.bytes.as_ref().len()
    }
}

/// A text of a type that is `AsRef<str>` and not `AsRef<[u8]>`, such as `Cow<str>` and `Box<str>`,
/// as an item of a body.
///
/// ```
/// use std::borrow::Cow;
/// use replywire::body::{Chunk, IntoChunk, TextItem};
///
/// let mut chunk = TextItem(Cow::Borrowed("tick")).into_chunk();
/// let mut room = [0; 16];
/// assert_eq!(chunk.fill(&mut room)?, 4);
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TextItem<T>(pub T);

impl<T: AsRef<str>> AsRef<[u8]> for TextItem<T> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref().as_bytes()
    }
}

/// A value that `serde` writes as an item of a body: one of JSON Lines, or an element of an array.
/// What it holds is counted by the length of its text.
///
/// ```
/// use replywire::body::{Chunk, IntoChunk, JsonItem};
///
/// let item = JsonItem(["a", "b"]);
/// assert_eq!(item.held(), 9);
/// let mut room = [0; 16];
/// let n = item.into_chunk().fill(&mut room)?;
/// assert_eq!(&room[..n], b"[\"a\",\"b\"]\n");
/// # Ok::<(), replywire::Error>(())
/// ```
#[cfg(feature = "serde")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct JsonItem<T>(pub T);

#[cfg(feature = "serde")]
impl<T: Serialize> IntoChunk for JsonItem<T> {
    type Chunk = JsonLine<OwnedBySerde<T>>;

    fn into_chunk(self) -> Self::Chunk {
        JsonLine::new(Python::owned(self.0))
    }

    fn held(&self) -> usize {
        Python::of(&self.0).measure().unwrap_or_default()
    }
}

#[cfg(feature = "serde")]
impl<T: Serialize> Serialize for JsonItem<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
