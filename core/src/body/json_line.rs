use super::chunk::Chunk;
use crate::error::Error;
use crate::json::{Document, Resumable};

/// A JSON document and a line feed: a line of JSON Lines, `application/jsonl`.
///
/// ```
/// use replywire::json::Python;
/// use replywire::body::{Chunk, JsonLine};
///
/// let mut line = JsonLine::new(Python::by_hand(&[1, 2]));
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

    /// The length of the text, of zero where it cannot be written.
    pub(super) fn length(&self) -> usize {
        self.document.measure().unwrap_or_default()
    }
}

impl<T: Document> Chunk for JsonLine<T> {
    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let mut written = 0;
        if !self.document.is_done() {
            written = self.document.fill_line(room)?;
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
