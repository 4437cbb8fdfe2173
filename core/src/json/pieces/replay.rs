//! The replay of a document: it is written again for each piece, up to where the last one ended.
//!
//! When the buffer is full, the failure travels out through the arrays and objects, and each notes
//! at which element, member or end it stood. The next time the value is written again: what is
//! before that place is answered without being looked at, and the element at the place is written
//! again, with as many bytes swallowed as were sent of it. Long strings are an exception:
//! there the bytes up to the opening quote are swallowed, and the text is taken up where it was.

use core::cell::Cell;

use super::point::{Edge, Kinds, Sent, Sum};
use crate::error::JsonError;
use crate::json::raw;
use crate::json::rules::Rules;
use crate::json::scalar;
use crate::json::sink::fault::WriteFailed;
use crate::json::sink::replay::{ElementAction, Kind, Replay};
use crate::write::bytes::copy;

/// The string that is being written, or the text that is written as it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Text {
    /// The number of bytes that were left after its quote.
    mark: usize,
    /// The number of its bytes that were read.
    read: usize,
    /// The number of those that are not to be read again.
    skip: usize,
}

/// One replay. The sinks are references to it, so that they fit one register.
pub(super) struct Replaying<'b> {
    /// The free rest of the window: nothing while bytes are swallowed, so that what is usual asks
    /// for nothing more than room.
    pub(super) rest: Cell<&'b mut [u8]>,
    /// The window, until all is swallowed, and the number of bytes of the document from its start
    /// to its end, with what was sent of the string at the place.
    pub(super) window: Cell<&'b mut [u8]>,
    pub(super) covered: Cell<usize>,
    /// The number of containers on the way to the place; 0 from there on, and the most at the end.
    pub(super) target: Cell<u8>,
    /// The elements that lead to the place, and from there on those that are being written.
    pub(super) path: &'b [Cell<u32>],
    pub(super) kinds: &'b Cell<Kinds>,
    pub(super) levels: &'b Cell<u8>,
    /// The element of the container that has been reached on the way.
    pub(super) index: Cell<u32>,
    /// The number of bytes that were left when the last element began.
    pub(super) mark: Cell<usize>,
    /// The bytes that were sent of the element at the place.
    pub(super) element: &'b Sent,
    /// The number of bytes that are still to be swallowed.
    pub(super) swallow: Cell<usize>,
    /// The sum of what was swallowed.
    pub(super) sum: Cell<Sum>,
    /// The number of bytes of the string at the place that are not to be read again.
    pub(super) read: Cell<usize>,
    pub(super) string: Cell<Text>,
    /// The sum of what was sent of it and before it, as that is now; all that was sent, where it is
    /// not the string at the place.
    pub(super) again: Cell<Sum>,
    pub(super) edge: Cell<Option<Edge>>,
    pub(super) error: Cell<Option<JsonError>>,
}

/// The index before the first element.
pub(super) const BEFORE: u32 = u32::MAX;

/// The target when nothing is written any more.
pub(super) const HALTED: u8 = u8::MAX;

impl<'b> Replaying<'b> {
    /// Tells whether the place was found.
    fn is_found(&self) -> bool {
        self.target.get() == 0 || self.edge.get().is_some()
    }

    /// Tells whether the place was found, and all that was sent of the element there was the same.
    pub(super) fn is_in_place(&self) -> bool {
        self.is_found() && self.swallow.get() == 0 && self.read.get() == 0
    }

    /// Counts the bytes of the window that are free for sure.
    #[inline(always)]
    pub(super) fn free(&self) -> usize {
        let rest = self.rest.take();
        let len = rest.len();
        self.rest.set(rest);
        len
    }

    /// Counts the bytes of the window that nothing was written to.
    pub(super) fn unwritten(&self) -> usize {
        self.room().len()
    }

    /// Counts the bytes left to the end of the window, with those that are written again.
    #[inline(always)]
    fn left(&self) -> usize {
        match self.free() {
            0 => self.covered.get().wrapping_add(self.swallow.get()),
            free => free,
        }
    }

    /// Goes on to the next element on the way to the place.
    #[cold]
    fn seek(&self, level: u8) -> Result<ElementAction, JsonError> {
        let target = self.target.get();
        if target == HALTED {
            // A value goes on after a failure, which was told.
            return Err(JsonError::Custom);
        }
        let index = self.index.get().wrapping_add(1);
        self.index.set(index);
        match self.path.get(usize::from(level)) {
            Some(at) if level < target && index < at.get() => Ok(ElementAction::Skip),
            Some(at) if level < target && index == at.get() => {
                if level + 1 < target {
                    return Ok(ElementAction::Descend);
                }
                self.target.set(0);
                self.mark.set(self.left());
                Ok(ElementAction::Write)
            }
            _ => Err(self.changed()),
        }
    }

    /// Notes what changed, unless something failed before: until the place is found the structure,
    /// and there the text.
    #[cold]
    #[inline(never)]
    pub(super) fn changed(&self) -> JsonError {
        let error = match self.is_found() {
            true => JsonError::TextChanged,
            false => JsonError::StructureChanged,
        };
        self.fail(error);
        error
    }

    /// Notes what is wrong with the value, unless something failed before.
    #[cold]
    #[inline(never)]
    pub(super) fn fail(&self, error: JsonError) -> WriteFailed {
        if self.target.get() != HALTED {
            self.note(error);
        }
        WriteFailed
    }

    #[cold]
    fn full(&self, mark: usize, read: usize) -> WriteFailed {
        if self.target.get() != HALTED {
            let left = self.free();
            self.edge.set(Some(Edge { left, mark, read }));
            self.halt();
        }
        WriteFailed
    }

    /// Ends the writing: nothing is written any more.
    fn halt(&self) {
        self.rest.take();
        self.window.take();
        self.target.set(HALTED);
    }

    /// Writes `bytes` as far as they are not swallowed.
    #[inline(never)]
    pub(super) fn write_bytes(&self, bytes: &[u8]) -> Result<(), WriteFailed> {
        self.check_place()?;
        let left = self.swallow.get();
        let (swallowed, bytes) = bytes.split_at_checked(left).unwrap_or((bytes, &[]));
        if left > 0 {
            self.sum
                .set(self.sum.get().with(swallowed, 0, swallowed.len()));
            self.swallow.set(left - swallowed.len());
            if left == swallowed.len() && self.sum.get() != self.element.sum {
                return Err(self.changed().into());
            }
            if bytes.is_empty() {
                return Ok(());
            }
        }
        let rest = self.room();
        let fits = bytes.len().min(rest.len());
        let (now, later) = bytes.split_at_checked(fits).unwrap_or((bytes, &[]));
        if let Some((to, rest)) = rest.split_at_mut_checked(fits) {
            copy(to, now);
            self.rest.set(rest);
        }
        match later.is_empty() {
            true => Ok(()),
            false => Err(self.full(0, 0)),
        }
    }

    /// Checks that the place was found, where all that is written must be.
    #[inline(always)]
    fn check_place(&self) -> Result<(), WriteFailed> {
        match self.target.get() {
            0 => Ok(()),
            HALTED => Err(WriteFailed),
            _ => Err(self.changed().into()),
        }
    }

    /// Takes the free rest of the window, of which nothing is to be swallowed any more.
    fn room(&self) -> &'b mut [u8] {
        let rest = self.rest.take();
        if !rest.is_empty() {
            return rest;
        }
        self.covered.set(0);
        self.window.take()
    }

    /// Begins a string behind its quote, or a text that has none: at the place it is the one that
    /// was sent in part.
    fn begin_text(&self) {
        let mut text = Text {
            mark: self.left(),
            ..Text::default()
        };
        let mut again = self.element.whole;
        let window = self.window.take();
        if !window.is_empty() && self.swallow.get() == 0 {
            text.skip = self.read.get();
            again = self.element.sum;
        }
        self.window.set(window);
        self.string.set(text);
        self.again.set(again);
    }

    /// Writes a text as it is. It is checked where it begins and where it ends, so that what left
    /// in parts is JSON too.
    #[inline(never)]
    pub(super) fn raw(&self, text: &str, depth: u8) -> Result<(), WriteFailed> {
        self.check_place()?;
        self.begin_text();
        let Text { mark, skip, .. } = self.string.get();
        let Some((before, bytes)) = text.as_bytes().split_at_checked(skip) else {
            return Err(self.changed().into());
        };
        // The text at the place has as many bytes before the window as are not read again.
        let free = self.left().wrapping_sub(skip);
        let is_last = bytes.len() <= free;
        if is_last && self.again.get().with(before, 0, skip) != self.element.whole {
            return Err(self.changed().into());
        }
        if (is_last || skip == 0)
            && let Err(error) = raw::check(text, depth)
        {
            return Err(self.fail(error));
        }
        if skip > 0 {
            self.read.set(0);
        }
        let is_swallowed = self.swallow.get() > 0;
        let result = self.write_bytes(bytes);
        if let (false, Some(edge)) = (is_swallowed, self.edge.get()) {
            // It goes on in the middle, as a string does.
            let read = skip.wrapping_add(free);
            self.edge.set(Some(Edge { mark, read, ..edge }));
        }
        result
    }

    /// Writes a string, if there is room for it.
    #[inline]
    pub(super) fn string_at_once<D: Rules>(&self, text: &str) -> bool {
        let mut rest = self.rest.take();
        let written = match text.len() < rest.len() {
            true => scalar::string::<D>(rest, text.as_bytes()),
            false => None,
        };
        if let Some(written) = written {
            rest = rest.get_mut(written..).unwrap_or_default();
        }
        self.rest.set(rest);
        written.is_some()
    }

    #[inline(never)]
    pub(super) fn quote(&self) -> Result<(), WriteFailed> {
        self.write_bytes(b"\"")?;
        self.begin_text();
        Ok(())
    }

    #[inline(never)]
    pub(super) fn fragment<D: Rules>(&self, text: &str) -> Result<(), WriteFailed> {
        let mut string = self.string.get();
        let skipped = string.skip.min(text.len());
        let Some((before, text)) = text.split_at_checked(skipped) else {
            return Err(self.changed().into());
        };
        let mut text = text.as_bytes();
        if skipped > 0 {
            string.skip -= skipped;
            string.read = string.read.wrapping_add(skipped);
            self.read.set(string.skip);
        }
        while self.swallow.get() > 0 && !text.is_empty() {
            let mut piece = [0; 8];
            let (read, written) = scalar::escape::<D>(&mut piece, text);
            text = text.get(read..).unwrap_or_default();
            string.read = string.read.wrapping_add(read);
            self.write_bytes(piece.get(..written).unwrap_or_default())?;
        }
        let mut read = 0;
        if !text.is_empty() {
            let rest = self.room();
            let (fits, mut written) = scalar::escape::<D>(rest, text);
            read = fits;
            // Where the rest is to follow, no character is split.
            while read > 0 && text.get(read).is_some_and(|byte| byte & 0xc0 == 0x80) {
                read -= 1;
                written = written.wrapping_sub(1);
            }
            self.rest.set(rest.get_mut(written..).unwrap_or_default());
            string.read = string.read.wrapping_add(read);
        }
        let is_last = read == text.len();
        if is_last && skipped > 0 {
            let again = self.again.get().with_escaped::<D>(before.as_bytes());
            self.again.set(again);
        }
        self.string.set(string);
        match is_last {
            true => Ok(()),
            false => Err(self.full(string.mark, string.read)),
        }
    }

    #[inline(never)]
    pub(super) fn unquote(&self) -> Result<(), WriteFailed> {
        let Text { mark, read, .. } = self.string.get();
        // What was sent of it before must be what it begins with now.
        if self.again.get() != self.element.whole {
            return Err(self.changed().into());
        }
        match self.left() {
            0 => Err(self.full(mark, read)),
            _ => self.write_bytes(b"\""),
        }
    }
}

impl Replay for &Replaying<'_> {
    const ON: bool = true;

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn enter(self, level: u8, kind: Kind) -> Result<(), JsonError> {
        let Some(at) = self.path.get(usize::from(level)) else {
            return Ok(());
        };
        let kinds = self.kinds.get();
        if level >= self.target.get() {
            self.kinds.set(kinds.with(level, kind as u8));
            at.set(BEFORE);
        } else if kinds.get(level) == kind as u8 {
            self.index.set(BEFORE);
        } else {
            return Err(self.changed());
        }
        Ok(())
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn next_element(self, level: u8) -> Result<ElementAction, JsonError> {
        if self.target.get() != 0 {
            return self.seek(level);
        }
        // What is deeper is written whenever an element around it is.
        if let Some(at) = self.path.get(usize::from(level)) {
            let index = at.get().wrapping_add(1);
            if index == BEFORE {
                self.note(JsonError::TooManyElements);
                return Err(JsonError::TooManyElements);
            }
            at.set(index);
            self.levels.set(level + 1);
            self.mark.set(self.left());
        }
        Ok(ElementAction::Write)
    }

    #[inline]
    fn ahead(self, level: u8) -> u32 {
        match self.path.get(usize::from(level)) {
            Some(at) if level < self.target.get() => {
                at.get().saturating_sub(self.index.get().wrapping_add(1))
            }
            _ => 0,
        }
    }

    fn skip(self, _: u8, count: u32) {
        self.index.set(self.index.get().wrapping_add(count));
    }

    #[cold]
    fn failed(self) {
        self.halt();
    }

    #[cold]
    fn note(self, error: JsonError) {
        if self.error.get().is_none() {
            self.error.set(Some(error));
        }
    }
}
