use core::fmt;

use crate::error::Error;
use crate::json::Document;
use crate::json::document::forward::forward;
use crate::write::buf::Buf;
use crate::write::fnv;

/// The place that a [`Content`](super::Content) writes itself to.
///
/// Bytes are copied while there is room, and counted. Where a content leaves in pieces, this is a
/// window of it, and once that is full every call fails: pass the error on, and no more is written
/// than is sent. The first error of a call counts, whatever becomes of it.
///
/// It takes `write!` too, and what that has to display goes straight into the buffer.
#[derive(Debug)]
pub struct ContentWriter<'w> {
    buf: Buf<'w>,
    /// The number of bytes before the window, which are not copied, and the sum of those so far.
    before: usize,
    sum: u32,
    is_window: bool,
    is_full: bool,
    error: Option<Error>,
}

impl<'w> ContentWriter<'w> {
    /// The whole of a content, which is counted where it does not fit `room`.
    pub(crate) fn whole(room: &'w mut [u8]) -> Self {
        Self {
            buf: Buf::new(room),
            before: 0,
            sum: fnv::START,
            is_window: false,
            is_full: false,
            error: None,
        }
    }

    /// The bytes of a content after the first `before`, as many as fit `room`.
    pub(super) fn window(room: &'w mut [u8], before: usize) -> Self {
        Self {
            before,
            is_window: true,
            ..Self::whole(room)
        }
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    ///
    /// The window is full; as all of these.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self.put(bytes) {
            true => Ok(()),
            // Not seen by anyone but the content, which passes it on.
            false => Err(self.error.unwrap_or(Error::Display)),
        }
    }

    /// Writes a text as UTF-8.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn text(&mut self, text: &str) -> Result<(), Error> {
        self.bytes(text.as_bytes())
    }

    /// Writes what `write!` is given.
    ///
    /// # Errors
    ///
    /// [`Error::Display`] where a value fails to be displayed, and as [`bytes`](Self::bytes).
    pub fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> Result<(), Error> {
        match fmt::write(self, arguments) {
            Ok(()) => Ok(()),
            Err(fmt::Error) if self.is_full => Err(Error::Display),
            Err(fmt::Error) => Err(self.fail(Error::Display)),
        }
    }

    /// Writes a JSON document.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] for a value that the dialect cannot express, and as [`bytes`](Self::bytes).
    pub fn document(&mut self, document: impl Document) -> Result<(), Error> {
        match forward(&document, &mut |bytes| self.put(bytes)) {
            Ok(()) => Ok(()),
            Err(_) if self.is_full => Err(Error::Display),
            Err(error) => Err(self.fail(Error::Json(error))),
        }
    }

    /// Writes bytes; false where not all of them have a place.
    fn put(&mut self, bytes: &[u8]) -> bool {
        if self.is_full || self.error.is_some() {
            return false;
        }
        let (before, bytes) = bytes.split_at_checked(self.before).unwrap_or((bytes, &[]));
        if !before.is_empty() {
            self.before = self.before.saturating_sub(before.len());
            self.sum = fnv::with(self.sum, before);
        }
        let room = match self.is_window {
            true => self.buf.free_after(0).len(),
            false => usize::MAX,
        };
        match bytes.split_at_checked(room) {
            Some((bytes, rest)) => {
                self.buf.write(bytes);
                self.is_full = !rest.is_empty();
            }
            None => self.buf.write(bytes),
        }
        !self.is_full
    }

    fn fail(&mut self, error: Error) -> Error {
        *self.error.get_or_insert(error)
    }

    /// The number of bytes that were written, if `result` and all calls are right.
    pub(crate) fn end(&self, result: Result<(), Error>) -> Result<usize, Error> {
        match (self.error, result) {
            (Some(error), _) => Err(error),
            (None, Err(error)) if !self.is_full => Err(error),
            _ => Ok(self.buf.len()),
        }
    }

    /// Returns true if the content goes on behind the window.
    pub(super) const fn is_full(&self) -> bool {
        self.is_full
    }

    /// The sum of the bytes before the window; `None` where there were too few.
    pub(super) const fn sum(&self) -> Option<u32> {
        match self.before {
            0 => Some(self.sum),
            _ => None,
        }
    }
}

impl fmt::Write for ContentWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.put(text.as_bytes()) {
            true => Ok(()),
            false => Err(fmt::Error),
        }
    }
}
