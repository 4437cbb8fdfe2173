//! Lines of an event, written as far as there is room.

use crate::error::Error;
use crate::json::{Document, Resumable};

/// The position in a field's text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LinePosition {
    pub(super) at: usize,
    /// True once the name before the line was written.
    pub(super) begun: bool,
}

/// The room for the next bytes of an event.
pub(super) struct Room<'r> {
    pub(super) room: &'r mut [u8],
    pub(super) used: usize,
}

impl Room<'_> {
    fn free(&mut self) -> &mut [u8] {
        self.room.get_mut(self.used..).unwrap_or_default()
    }

    /// Writes all of `bytes` if there is room; false if there is not.
    pub(super) fn write_all(&mut self, bytes: &[u8]) -> bool {
        let fits = bytes.len() <= self.free().len();
        if fits {
            self.write_some(bytes);
        }
        fits
    }

    /// Writes as many bytes as there is room for, and returns how many.
    fn write_some(&mut self, bytes: &[u8]) -> usize {
        let free = self.free();
        let n = free.len().min(bytes.len());
        for (to, from) in free.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.used += n;
        n
    }

    /// Writes the lines of a text, each after `name`; true when all are written.
    pub(super) fn write_lines<B>(
        &mut self,
        position: &mut LinePosition,
        name: &[u8],
        text: Option<B>,
    ) -> bool
    where
        B: AsRef<[u8]>,
    {
        let Some(text) = text else {
            return true;
        };
        loop {
            if !position.begun {
                if !self.write_all(name) {
                    return false;
                }
                position.begun = true;
            }
            let rest = text.as_ref().get(position.at..).unwrap_or_default();
            // What there is no room for is not looked at yet.
            let near = rest.get(..self.free().len()).unwrap_or(rest);
            let end = near.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let line = near.get(..end.unwrap_or(near.len())).unwrap_or_default();
            position.at += self.write_some(line);
            let (is_last, skip) = match rest.get(line.len()..) {
                Some([b'\r', b'\n', ..]) => (false, 2),
                Some([b'\r' | b'\n', ..]) => (false, 1),
                Some([_, ..]) => return false,
                _ => (true, 0),
            };
            if !self.write_all(b"\n") {
                return false;
            }
            position.begun = false;
            position.at += skip;
            if is_last {
                return true;
            }
        }
    }

    /// Writes a document as the one line of the data; true when all is written.
    pub(super) fn write_json<T: Document>(
        &mut self,
        position: &mut LinePosition,
        document: &mut Resumable<T>,
    ) -> Result<bool, Error> {
        if !position.begun {
            if !self.write_all(b"data: ") {
                return Ok(false);
            }
            position.begun = true;
        }
        while !document.is_done() {
            let free = self.free();
            if free.len() < Resumable::<T>::MIN_BUFFER {
                return Ok(false);
            }
            self.used += document.fill_line(free)?;
        }
        Ok(self.write_all(b"\n"))
    }
}
