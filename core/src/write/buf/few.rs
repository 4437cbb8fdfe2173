//! One byte, and two.

use super::Buf;

impl Buf<'_> {
    /// [`write`](Self::write) for one byte.
    #[inline(never)]
    pub(crate) fn write_byte(&mut self, byte: u8) {
        if let Some(to) = self.bytes.get_mut(self.len) {
            *to = byte;
        }
        self.len = self.len.saturating_add(1);
    }

    /// [`write`](Self::write) for two bytes.
    #[inline(never)]
    pub(crate) fn write_two(&mut self, pair: [u8; 2]) {
        if let Some(to) = self.claim(2).and_then(|to| to.first_chunk_mut()) {
            *to = pair;
        }
    }
}
