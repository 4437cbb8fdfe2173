//! Memory for the bytes that a host takes.

use bytes::{Bytes, BytesMut};

/// The bytes of one piece of memory, which those of several short replies share: it is taken anew
/// where one of them is still held.
const PIECE: usize = 4096;

/// The memory that bytes for a host are copied to.
#[derive(Default)]
pub(crate) struct Memory(BytesMut);

impl Memory {
    /// A copy of `bytes`.
    pub(crate) fn copy(&mut self, bytes: &[u8]) -> Bytes {
        // So that a host that holds few bytes does not hold many.
        if bytes.len() > PIECE / 4 {
            return Bytes::copy_from_slice(bytes);
        }
        if self.0.capacity() < bytes.len() {
            // What is not held any more is taken again.
            self.0.reserve(PIECE);
        }
        self.0.extend_from_slice(bytes);
        self.0.split().freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_keep_their_bytes_while_others_are_made() {
        let mut memory = Memory::default();
        for len in (0..PIECE).step_by(7) {
            let bytes = |byte: u8| vec![byte; len];
            let copies: Vec<_> = (0..9).map(|byte| memory.copy(&bytes(byte))).collect();
            assert!(
                copies
                    .iter()
                    .eq((0..9).map(bytes).collect::<Vec<_>>().iter())
            );
        }
    }

    #[test]
    fn short_copies_that_are_dropped_take_one_piece_for_ever() {
        let mut memory = Memory::default();
        let first = memory.copy(b"a").as_ptr().addr();
        for len in (0..=PIECE / 4).cycle().take(PIECE * 4) {
            let place = memory.copy(&vec![0; len]).as_ptr().addr();
            assert!(len == 0 || place.abs_diff(first) < PIECE, "{len}");
        }
    }
}
