//! Memory for the frames of a body, which a host takes over and gives back.

use std::ops::Range;

use bytes::Bytes;

use crate::pool::Pool;

/// The bytes of a frame at most.
pub(crate) const LEN: usize = 32 * 1024;
/// A frame of fewer bytes than these is copied: the host may keep it for long.
const WORTH: usize = LEN / 4;

static FREE: Pool<Vec<u8>> = Pool::new();

/// Memory for a frame.
pub(crate) fn memory() -> Vec<u8> {
    FREE.take().unwrap_or_else(|| vec![0; LEN])
}

/// The bytes at `place`. As soon as nobody has them, the memory is for another frame.
pub(crate) fn bytes(memory: Vec<u8>, place: Range<usize>) -> Bytes {
    let is_worth = place.len() >= WORTH;
    let frame = Frame { memory, place };
    match is_worth {
        true => Bytes::from_owner(frame),
        false => Bytes::copy_from_slice(frame.as_ref()),
    }
}

struct Frame {
    memory: Vec<u8>,
    place: Range<usize>,
}

impl AsRef<[u8]> for Frame {
    fn as_ref(&self) -> &[u8] {
        self.memory.get(self.place.clone()).unwrap_or_default()
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        FREE.put(std::mem::take(&mut self.memory));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_the_memory_that_was_filled_unless_it_is_short() {
        for (len, is_same) in [(0, false), (WORTH - 1, false), (WORTH, true), (LEN, true)] {
            let mut memory = memory();
            memory.fill(b'x');
            let place = LEN - len..LEN;
            let at = memory.as_ptr().wrapping_add(place.start);
            let bytes = bytes(memory, place);
            assert_eq!(bytes, vec![b'x'; len]);
            assert_eq!(bytes.as_ptr() == at, is_same, "{len}");
        }
    }
}
