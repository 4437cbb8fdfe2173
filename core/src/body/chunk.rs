use crate::error::Error;
use crate::json::{Document, Resumable};
use crate::write::bytes::copy;

/// What a body sends next: bytes, an [`Event`](crate::body::Event), a [`JsonLine`].
///
/// It is written in as many steps as it takes, so it may be longer than the buffer.
pub trait Chunk {
    /// The least room that it takes, at most 16 bytes.
    const MIN_ROOM: usize = MIN_ROOM;

    /// Writes the next bytes into `room`, and returns how many. It may write fewer than there is room
    /// for, but not none where there are [`MIN_ROOM`](Self::MIN_ROOM) bytes, unless it is done.
    ///
    /// # Errors
    ///
    /// What is wrong with it. Nothing more is sent of the body then.
    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error>;

    /// Whether all of it was written.
    fn is_done(&self) -> bool;
}

/// The least room that every chunk takes.
pub(crate) const MIN_ROOM: usize = 16;

impl Chunk for &[u8] {
    const MIN_ROOM: usize = 1;

    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let n = room.len().min(self.len());
        let (bytes, rest) = self.split_at_checked(n).unwrap_or_default();
        copy(room.get_mut(..n).unwrap_or_default(), bytes);
        *self = rest;
        Ok(n)
    }

    fn is_done(&self) -> bool {
        self.is_empty()
    }
}

/// A JSON document and a line feed: a line of JSON Lines, `application/jsonl`.
///
/// ```
/// use replywire::json::{Dialect, Strict};
/// use replywire::body::{Chunk, JsonLine};
///
/// let mut line = JsonLine::new(Strict::by_hand(&[1, 2]));
/// let mut room = [0; 64];
/// let n = line.fill(&mut room)?;
/// assert_eq!(&room[..n], b"[1,2]\n");
/// assert!(line.is_done());
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct JsonLine<T> {
    document: Resumable<T>,
    is_done: bool,
}

impl<T: Document> JsonLine<T> {
    /// The line of a document.
    pub const fn new(document: T) -> Self {
        Self {
            document: Resumable::new(document),
            is_done: false,
        }
    }
}

impl<T: Document> Chunk for JsonLine<T> {
    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let mut written = 0;
        if !self.document.is_done() {
            written = self.document.fill(room)?;
        }
        if self.document.is_done()
            && !self.is_done
            && let Some(slot) = room.get_mut(written)
        {
            *slot = b'\n';
            written += 1;
            self.is_done = true;
        }
        Ok(written)
    }

    fn is_done(&self) -> bool {
        self.is_done
    }
}
