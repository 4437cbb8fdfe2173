//! Copies that the compiler unrolls.

use super::Buf;
use crate::write::bytes::copy_blocks;

impl<'b> Buf<'b> {
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
}
