use core::ops::Range;

use crate::Error;

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

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    pub(crate) fn put(&mut self, src: &[u8]) {
        if let Some(free) = self.bytes.get_mut(self.len..)
            && let Some(dst) = free.get_mut(..src.len())
        {
            copy(dst, src);
        }
        self.len = self.len.saturating_add(src.len());
    }

    /// [`put`](Self::put) for a length known at compile time.
    #[inline]
    pub(crate) fn put_array<const N: usize>(&mut self, src: &[u8; N]) {
        if let Some(free) = self.bytes.get_mut(self.len..)
            && let Some(dst) = free.first_chunk_mut::<N>()
        {
            *dst = *src;
        }
        self.len = self.len.saturating_add(N);
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

    /// What was written, unless some of it did not fit.
    pub(crate) fn written_mut(&mut self) -> Option<&mut [u8]> {
        self.bytes.get_mut(..self.len)
    }

    /// What is free behind the written bytes.
    pub(crate) fn free_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.len..).unwrap_or_default()
    }

    /// Moves the first `len` bytes right by `by`, over what stands there.
    pub(crate) fn shift(&mut self, len: usize, by: usize) {
        shift(self.bytes, 0..len, by);
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

/// Moves the bytes of `range` right by `by`, over what stands there.
pub(crate) fn shift(bytes: &mut [u8], range: Range<usize>, by: usize) {
    let region = bytes
        .get_mut(range.start..range.end.saturating_add(by))
        .unwrap_or_default();
    if by != 0 && by <= region.len() {
        region.copy_within(..region.len() - by, by);
    }
}

/// Copies `src` to `dst`, which have the same length.
///
/// Header fields are short: two overlapping blocks beat a call of `memcpy`.
#[inline]
pub(crate) fn copy(dst: &mut [u8], src: &[u8]) {
    #[cfg(target_pointer_width = "64")]
    {
        if copy_ends::<16>(dst, src) || copy_ends::<8>(dst, src) || copy_ends::<4>(dst, src) {
            return;
        }
        if src.len() > 32 {
            return copy_long(dst, src);
        }
    }
    for (to, from) in dst.iter_mut().zip(src) {
        *to = *from;
    }
}

/// Copies `N..=2 * N` bytes as the first and the last `N` of them.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
fn copy_ends<const N: usize>(dst: &mut [u8], src: &[u8]) -> bool {
    if src.len() > 2 * N || dst.len() != src.len() {
        return false;
    }
    let (Some(first), Some(last)) = (src.first_chunk::<N>(), src.last_chunk::<N>()) else {
        return false;
    };
    if let Some(to) = dst.first_chunk_mut::<N>() {
        *to = *first;
    }
    if let Some(to) = dst.last_chunk_mut::<N>() {
        *to = *last;
    }
    true
}

#[cfg(target_pointer_width = "64")]
#[inline(never)]
fn copy_long(dst: &mut [u8], src: &[u8]) {
    if dst.len() == src.len() {
        dst.copy_from_slice(src);
    }
}
