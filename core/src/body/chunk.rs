use crate::error::Error;
use crate::write::bytes::copy;

/// A piece of a body: bytes, an [`Event`](crate::body::Event), a
/// [`JsonLine`](crate::body::JsonLine).
///
/// It is written in as many steps as it takes, so it may be longer than the buffer.
pub trait Chunk {
    /// The least room that it takes, in bytes; at most 16.
    const MIN_ROOM: usize = MIN_ROOM;

    /// Writes the next bytes into `room`, and returns how many. It may write fewer than there is
    /// room for, but not none where there are [`MIN_ROOM`](Self::MIN_ROOM) bytes, unless it is
    /// done.
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
