//! The counting cursor.
//!
//! Texts of a length that the compiler knows are written in `fast` where words have 64 bits, else
//! in `compact` and `few`.

use core::ops::Range;

use super::bytes::{copy, shift};
use crate::error::Error;

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;
// A host of 64 bits has them too, for the tests of code that only small targets have.
#[cfg(any(test, not(target_pointer_width = "64")))]
mod few;

/// The only code that touches the caller's bytes.
///
/// It copies while there is room and counts for ever, so measuring and writing are the same code.
/// Counts saturate at `usize::MAX`.
#[derive(Debug)]
pub(crate) struct Buf<'b> {
    bytes: &'b mut [u8],
    len: usize,
    /// Bytes that were taken back, but still count as needed.
    gone: usize,
    /// The most bytes that counted before some were taken back.
    peak: usize,
}

impl<'b> Buf<'b> {
    #[inline]
    pub(crate) fn new(bytes: &'b mut [u8]) -> Self {
        Self {
            bytes,
            len: 0,
            gone: 0,
            peak: 0,
        }
    }

    /// The number of bytes written so far, whether or not they fitted.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The free bytes, for a line that is written only where all of it fits; then
    /// [`advance`](Self::advance).
    #[inline(always)]
    pub(crate) fn free(&mut self) -> Option<&mut [u8]> {
        self.bytes.get_mut(self.len..)
    }

    /// Counts `n` bytes that were written to [`free`](Self::free).
    #[inline(always)]
    pub(crate) fn advance(&mut self, n: usize) {
        // Within a slice, so there is nothing to saturate.
        self.len = self.len.wrapping_add(n);
    }

    /// Copies `src` where there is room, and counts it always.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn write(&mut self, src: &[u8]) {
        if let Some(dst) = self.claim(src.len()) {
            copy(dst, src);
        }
    }

    /// The free bytes after the next `n`.
    pub(crate) fn free_after(&mut self, n: usize) -> &mut [u8] {
        let start = self.len.saturating_add(n);
        self.bytes.get_mut(start..).unwrap_or_default()
    }

    /// Counts `n` bytes that are written later.
    pub(crate) fn skip(&mut self, n: usize) {
        self.len = self.len.saturating_add(n);
    }

    /// Skips `n` bytes that are not needed, in place of some that are gone.
    #[inline]
    pub(crate) fn skip_free(&mut self, n: usize) {
        self.skip(n);
        self.gone = self.gone.saturating_sub(n);
    }

    /// Takes back what was written from `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.peak = self.needed();
        self.len = self.len.min(len);
    }

    /// Takes back what was written from `len` on, which still counts as needed.
    pub(crate) fn shorten(&mut self, len: usize) {
        let gone = self.len.saturating_sub(len);
        self.len = self.len.wrapping_sub(gone);
        self.gone = self.gone.wrapping_add(gone);
    }

    /// Counts `n` bytes less as needed: those that are gone, or else have not fitted.
    pub(crate) fn uncount(&mut self, n: usize) {
        self.peak = self.needed();
        self.len = self.len.saturating_sub(n.saturating_sub(self.gone));
        self.gone = self.gone.saturating_sub(n);
    }

    /// Makes the bytes of `range` lower-case.
    pub(crate) fn lower(&mut self, range: Range<usize>) {
        self.bytes
            .get_mut(range)
            .unwrap_or_default()
            .make_ascii_lowercase();
    }

    /// The bytes that were written, unless some did not fit, then or before some were taken back.
    pub(crate) fn written(&self) -> Option<&[u8]> {
        match self.overflows() {
            true => None,
            false => self.bytes.get(..self.len),
        }
    }

    /// The first `len` bytes that were written, unless some did not fit before there were more.
    pub(crate) fn written_before(&self, len: usize) -> Option<&[u8]> {
        match len.saturating_add(self.gone).max(self.peak) > self.bytes.len() {
            true => None,
            false => self.bytes.get(..len),
        }
    }

    /// [`written`](Self::written), to be changed.
    pub(crate) fn written_mut(&mut self) -> Option<&mut [u8]> {
        match self.overflows() {
            true => None,
            false => self.bytes.get_mut(..self.len),
        }
    }

    /// True once something did not fit; from then on, the cursor only counts.
    pub(crate) fn overflows(&self) -> bool {
        self.needed() > self.bytes.len()
    }

    /// True if `n` more bytes fit, and with them what counts as needed.
    pub(crate) fn fits(&self, n: usize) -> bool {
        self.needed().saturating_add(n) <= self.bytes.len()
    }

    /// The size of a buffer that would have been enough so far.
    fn needed(&self) -> usize {
        self.len.saturating_add(self.gone).max(self.peak)
    }

    /// A cursor over these bytes that has counted as much.
    pub(crate) fn over<'r>(&self, bytes: &'r mut [u8]) -> Buf<'r> {
        Buf {
            bytes,
            len: self.len,
            gone: self.gone,
            peak: self.peak,
        }
    }

    /// Moves the first `len` bytes right by `by`, over the bytes there.
    pub(crate) fn shift(&mut self, len: usize, by: usize) {
        shift(self.bytes, 0..len, by);
    }

    /// A cursor at the start of the buffer, over what stands there.
    pub(crate) fn at_start(&mut self) -> Buf<'_> {
        Buf::new(self.bytes)
    }

    /// The whole buffer and how much of it is written; an error when some did not fit.
    pub(crate) fn finish(self) -> Result<(&'b mut [u8], usize), Error> {
        if self.overflows() {
            return Err(Error::Overflow {
                needed: self.needed(),
            });
        }
        Ok((self.bytes, self.len))
    }
}
