//! A document that leaves through a small buffer, piece by piece.

use core::cell::Cell;
use core::marker::PhantomData;

use super::point::{ResumePoint, Sum};
use super::replay::{BEFORE, HALTED, Replaying, Text};
use super::window::Window;
use crate::error::JsonError;
use crate::json::document::{Document, made_up};

/// The least buffer that a piece fits.
pub(crate) const MIN_BUFFER: usize = 16;

/// Writes a document piece by piece, through a buffer of any size from
/// [`MIN_BUFFER`](Self::MIN_BUFFER).
///
/// Nothing is kept but the place, in less than a hundred bytes: so the value is serialized again
/// for each piece, and what was sent before is skipped. An array that is a slice or a vector goes
/// on at the right element at once. The value must be the same each time.
///
/// ```
/// use replywire::json::{Resumable, Python};
///
/// let value = ("a text that is longer than the buffer", [1, 2, 3]);
/// let mut document = Resumable::new(Python::of(&value));
/// let mut text = Vec::new();
/// let mut buf = [0; 16];
/// loop {
///     match document.fill(&mut buf)? {
///         0 => break,
///         n => text.extend_from_slice(&buf[..n]),
///     }
/// }
/// assert_eq!(text, br#"["a text that is longer than the buffer",[1,2,3]]"#);
/// # Ok::<(), replywire::json::JsonError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Resumable<T> {
    document: T,
    point: ResumePoint,
    is_done: bool,
    /// The error of an earlier piece, which stays.
    error: Option<JsonError>,
}

impl<T: Document> Resumable<T> {
    /// The least buffer that a piece fits.
    pub const MIN_BUFFER: usize = MIN_BUFFER;

    /// A document of which nothing was written.
    pub const fn new(document: T) -> Self {
        Self {
            document,
            point: ResumePoint::start(),
            is_done: false,
            error: None,
        }
    }

    /// The length of all of the text.
    pub(crate) fn measure(&self) -> Result<usize, JsonError> {
        self.document.measure()
    }

    /// Writes the next bytes of the document to the front of `buf`, and counts them. Zero is the
    /// end.
    ///
    /// All of `buf` is filled but for a few bytes at its end, where a character or an escape was
    /// not to be split.
    ///
    /// # Errors
    ///
    /// The value is invalid; [`JsonError::StructureChanged`] or [`JsonError::TextChanged`] where it
    /// is not what it was; [`JsonError::Full`] where `buf` is shorter than
    /// [`MIN_BUFFER`](Self::MIN_BUFFER). The text written before is then no document, and cannot
    /// become one; a buffer that is long enough may be tried after `Full`. An error that a value
    /// makes up itself is [`JsonError::Custom`] where words do not have 64 bits.
    pub fn fill(&mut self, buf: &mut [u8]) -> Result<usize, JsonError> {
        if self.is_done {
            return Ok(0);
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        let len = buf.len();
        if len < Self::MIN_BUFFER {
            return Err(JsonError::Full);
        }
        let is_fresh = self.point.is_start();
        if is_fresh && let Err(error) = self.check() {
            self.error = Some(error);
            return Err(error);
        }
        let ResumePoint {
            path,
            kinds,
            levels,
            element,
        } = &mut self.point;
        let before = element.sent.wrapping_add(element.written);
        let (rest, window, covered) = match is_fresh {
            true => (&mut *buf, &mut [][..], 0),
            false => (&mut [][..], &mut *buf, len.wrapping_add(element.written)),
        };
        let replay = Replaying {
            rest: Cell::new(rest),
            window: Cell::new(window),
            covered: Cell::new(covered),
            target: Cell::new(*levels),
            path: Cell::from_mut(&mut path[..]).as_slice_of_cells(),
            kinds: Cell::from_mut(kinds),
            levels: Cell::from_mut(levels),
            index: Cell::new(BEFORE),
            mark: Cell::new(len.wrapping_add(before)),
            swallow: Cell::new(element.sent),
            sum: Cell::new(Sum::START),
            read: Cell::new(element.read),
            element,
            string: Cell::new(Text::default()),
            again: Cell::new(Sum::START),
            edge: Cell::new(None),
            error: Cell::new(None),
        };
        let sink = Window {
            replay: &replay,
            dialect: PhantomData,
        };
        let is_whole = self.document.write_text(sink, 0).is_ok();
        let result = match (is_whole, replay.edge.get()) {
            (true, None) if replay.is_in_place() => {
                let left = replay.unwritten();
                self.is_done = true;
                Ok(len.saturating_sub(left))
            }
            (false, Some(edge)) if replay.is_in_place() => {
                let mark = replay.mark.get();
                self.point.element.advance(buf, edge, mark);
                Ok(len.saturating_sub(edge.left))
            }
            // A value may hide that something failed.
            (is_whole, None) if !is_whole || replay.target.get() == HALTED => Err(replay
                .error
                .get()
                .unwrap_or_else(|| made_up(&self.document))),
            _ => Err(replay.changed()),
        };
        self.error = result.err();
        result
    }

    /// Looks for what must not be found after something was sent.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), JsonError> {
        self.document.check(0)
    }

    /// Fills `buf` with the next bytes of the document as one line: for a line break, which only a
    /// text that is written as it is can have, and only between tokens, there is a space.
    pub(crate) fn fill_line(&mut self, buf: &mut [u8]) -> Result<usize, JsonError> {
        let written = self.fill(buf)?;
        for byte in buf.iter_mut().take(written) {
            if matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        Ok(written)
    }

    /// Tells whether all of the document was written.
    pub const fn is_done(&self) -> bool {
        self.is_done
    }
}
