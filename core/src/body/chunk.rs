use crate::error::Error;
use crate::write::bytes::copy;

/// A piece of a body: bytes, text, an [`Event`](crate::body::Event), a
/// [`JsonLine`](crate::body::JsonLine).
///
/// It is written in as many steps as it takes, so it may be longer than the buffer.
///
/// ```
/// use replywire::Error;
/// use replywire::body::Chunk;
///
/// /// So many lines.
/// struct Lines(usize);
///
/// impl Chunk for Lines {
///     fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
///         let mut written = 0;
///         for line in room.chunks_exact_mut(5).take(self.0) {
///             line.copy_from_slice(b"line\n");
///             written += 1;
///         }
///         self.0 -= written;
///         Ok(5 * written)
///     }
///
///     fn is_done(&self) -> bool {
///         self.0 == 0
///     }
/// }
///
/// let mut lines = Lines(4);
/// let mut room = [0; 16];
/// assert_eq!(lines.fill(&mut room)?, 15);
/// assert_eq!(lines.fill(&mut room)?, 5);
/// assert!(lines.is_done());
/// # Ok::<(), Error>(())
/// ```
pub trait Chunk {
    /// The least room that it takes, in bytes; at most 16.
    const MIN_ROOM: usize = MIN_ROOM;

    /// It is one of a stream of events, which may end after any of them.
    const IS_EVENT: bool = false;

    /// Writes the next bytes into `room`, and returns how many. It may write fewer than there is
    /// room for, but not none where there are [`MIN_ROOM`](Self::MIN_ROOM) bytes, unless it is
    /// done. A chunk that does, or that returns more than there is room for, breaks its stream off
    /// with [`Error::Chunk`].
    ///
    /// # Errors
    ///
    /// Returns an error where the chunk is invalid. Nothing more is sent of the body then.
    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error>;

    /// Returns true once all of it was written.
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

/// Text leaves as UTF-8.
impl Chunk for &str {
    const MIN_ROOM: usize = 4;

    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let mut n = room.len().min(self.len());
        // A step ends with a character, so that the rest is text.
        while !self.is_char_boundary(n) {
            n = n.saturating_sub(1);
        }
        let (text, rest) = self.split_at_checked(n).unwrap_or_default();
        copy(room.get_mut(..n).unwrap_or_default(), text.as_bytes());
        *self = rest;
        Ok(n)
    }

    fn is_done(&self) -> bool {
        self.is_empty()
    }
}
