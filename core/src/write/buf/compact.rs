//! Calls of one function each, which take less flash than copies in place.

use super::Buf;

impl Buf<'_> {
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// Counts `n` bytes and returns their place, where there is room.
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

    /// [`write`](Self::write) for a long text.
    #[inline]
    pub(crate) fn write_long(&mut self, src: &[u8]) {
        self.write(src);
    }

    /// [`write`](Self::write) for a length known at compile time.
    #[inline]
    pub(crate) fn write_array<const N: usize>(&mut self, src: &[u8; N]) {
        match src.as_slice() {
            [byte] => self.write_byte(*byte),
            [first, second] => self.write_two([*first, *second]),
            src => self.write(src),
        }
    }
}
