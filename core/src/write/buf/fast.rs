//! Copies that the compiler unrolls.

use super::Buf;
use crate::write::bytes::copy_blocks;

impl<'b> Buf<'b> {
    /// Counts `n` bytes and returns their place, where there is room.
    #[inline(always)]
    pub(crate) fn claim(&mut self, n: usize) -> Option<&mut [u8]> {
        let end = self.len.wrapping_add(n);
        let place = self.bytes.get_mut(self.len..end);
        self.len = match place {
            // Within a slice, so there is nothing to saturate.
            Some(_) => end,
            None => self.len.saturating_add(n),
        };
        place
    }

    /// Moves the cursor out, leaving an empty one. A slow path that takes it by value lets the fast
    /// one keep it in registers.
    #[inline]
    pub(crate) fn take(&mut self) -> Self {
        core::mem::replace(
            self,
            Self {
                bytes: &mut [],
                len: 0,
                gone: 0,
                peak: 0,
            },
        )
    }

    /// The cursor once more, for a slow path that takes it by value and only adds, so that the fast
    /// one keeps it in registers; then [`set_len`](Self::set_len).
    #[inline(always)]
    pub(crate) fn again(&mut self) -> Buf<'_> {
        Buf {
            bytes: self.bytes,
            len: self.len,
            gone: self.gone,
            peak: self.peak,
        }
    }

    /// Counts as much as a cursor of [`again`](Self::again) has.
    #[inline(always)]
    pub(crate) fn set_len(&mut self, len: usize) {
        self.len = len;
    }

    /// [`write`](Self::write) for a long text.
    #[inline]
    pub(crate) fn write_long(&mut self, src: &[u8]) {
        if let Some(dst) = self.claim(src.len()) {
            copy_blocks(dst, src);
        }
    }

    /// [`write`](Self::write) for a length known at compile time.
    #[inline]
    pub(crate) fn write_array<const N: usize>(&mut self, src: &[u8; N]) {
        if let Some(dst) = self.claim(N).and_then(|dst| dst.first_chunk_mut::<N>()) {
            *dst = *src;
        }
    }

    /// True if what counts as needed is what was written.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        self.gone | self.peak == 0
    }

    /// The whole buffer and how much of it is written.
    #[inline(always)]
    pub(crate) fn into_parts(self) -> (&'b mut [u8], usize) {
        (self.bytes, self.len)
    }
}
