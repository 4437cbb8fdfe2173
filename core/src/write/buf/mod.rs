use core::ops::Range;

use super::bytes::{copy, copy_blocks, shift};
use crate::error::Error;

/// The one place that touches the caller's bytes.
///
/// It copies while there is room and counts for ever, so measuring and writing are the same code.
#[derive(Debug)]
pub(crate) struct Buf<'b> {
    bytes: &'b mut [u8],
    len: usize,
    /// The most that `len` was before it was taken back.
    peak: usize,
}

impl<'b> Buf<'b> {
    /// The cursor itself, leaving an empty one. A slow path that takes it by value lets the fast
    /// one keep it in registers.
    #[cfg(target_pointer_width = "64")]
    #[inline]
    pub(crate) fn take(&mut self) -> Self {
        core::mem::replace(
            self,
            Self {
                bytes: &mut [],
                len: 0,
                peak: 0,
            },
        )
    }

    #[inline]
    pub(crate) fn new(bytes: &'b mut [u8]) -> Self {
        Self {
            bytes,
            len: 0,
            peak: 0,
        }
    }

    /// Bytes written so far, whether or not they fitted.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[cfg(not(target_pointer_width = "64"))]
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// Counts `n` bytes; their place, where there is room.
    #[inline(always)]
    pub(crate) fn claim(&mut self, n: usize) -> Option<&mut [u8]> {
        let place = self
            .bytes
            .get_mut(self.len..)
            .and_then(|free| free.get_mut(..n));
        self.len = match place {
            // Within a slice, so there is nothing to saturate.
            Some(_) => self.len.wrapping_add(n),
            None => self.len.saturating_add(n),
        };
        place
    }

    /// What is free, for a line that is written only where all of it fits; then
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

    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn write(&mut self, src: &[u8]) {
        if let Some(dst) = self.claim(src.len()) {
            copy(dst, src);
        }
    }

    /// [`write`](Self::write) for one byte.
    #[cfg(any(test, not(target_pointer_width = "64")))]
    #[inline(never)]
    pub(crate) fn write_byte(&mut self, byte: u8) {
        if let Some(to) = self.bytes.get_mut(self.len) {
            *to = byte;
        }
        self.len = self.len.saturating_add(1);
    }

    /// [`write`](Self::write) for two bytes.
    #[cfg(any(test, not(target_pointer_width = "64")))]
    #[inline(never)]
    pub(crate) fn write_two(&mut self, pair: [u8; 2]) {
        if let Some(to) = self.claim(2).and_then(|to| to.first_chunk_mut()) {
            *to = pair;
        }
    }

    /// [`write`](Self::write) for what is long.
    #[inline]
    pub(crate) fn write_long(&mut self, src: &[u8]) {
        if cfg!(not(target_pointer_width = "64")) {
            self.write(src);
        } else if let Some(dst) = self.claim(src.len()) {
            copy_blocks(dst, src);
        }
    }

    /// [`write`](Self::write) for a length known at compile time.
    #[inline]
    pub(crate) fn write_array<const N: usize>(&mut self, src: &[u8; N]) {
        #[cfg(target_pointer_width = "64")]
        if let Some(dst) = self.claim(N).and_then(|dst| dst.first_chunk_mut::<N>()) {
            *dst = *src;
        }
        #[cfg(not(target_pointer_width = "64"))]
        match src.as_slice() {
            [byte] => self.write_byte(*byte),
            [first, second] => self.write_two([*first, *second]),
            src => self.write(src),
        }
    }

    /// What is free behind the next `n` bytes.
    pub(crate) fn behind(&mut self, n: usize) -> &mut [u8] {
        let start = self.len.saturating_add(n);
        self.bytes.get_mut(start..).unwrap_or_default()
    }

    /// Counts `n` bytes that are written later.
    pub(crate) fn skip(&mut self, n: usize) {
        self.len = self.len.saturating_add(n);
    }

    /// Takes back what was written from `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.peak = self.peak.max(self.len);
        self.len = self.len.min(len);
    }

    /// Makes the bytes of `range` lower-case.
    pub(crate) fn lower(&mut self, range: Range<usize>) {
        self.bytes
            .get_mut(range)
            .unwrap_or_default()
            .make_ascii_lowercase();
    }

    /// What was written, unless some of it did not fit.
    pub(crate) fn written(&self) -> Option<&[u8]> {
        self.bytes.get(..self.len)
    }

    /// [`written`](Self::written), to be changed.
    pub(crate) fn written_mut(&mut self) -> Option<&mut [u8]> {
        self.bytes.get_mut(..self.len)
    }

    /// Moves the first `len` bytes right by `by`, over what stands there.
    pub(crate) fn shift(&mut self, len: usize, by: usize) {
        shift(self.bytes, 0..len, by);
    }

    /// A cursor over what stands first.
    pub(crate) fn front(&mut self) -> Buf<'_> {
        Buf::new(self.bytes)
    }

    /// The whole buffer and how much of it is written; an error when some did not fit.
    pub(crate) fn finish(self) -> Result<(&'b mut [u8], usize), Error> {
        let needed = self.len.max(self.peak);
        if needed > self.bytes.len() {
            return Err(Error::Overflow { needed });
        }
        Ok((self.bytes, self.len))
    }
}
