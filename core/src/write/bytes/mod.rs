//! Moving and copying bytes without a panic's name.
//!
//! Copies and shifts are in `fast` where words have 64 bits, else in `compact`.

// A host of 64 bits tests both.
#[cfg(any(test, not(target_pointer_width = "64")))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::compact::{copy, shift};
#[cfg(target_pointer_width = "64")]
pub(crate) use self::fast::{copy, copy_blocks, shift};

/// Removes the `len` bytes at `at`: the bytes after them move left.
pub(crate) fn remove(bytes: &mut [u8], at: usize, len: usize) {
    let region = bytes.get_mut(at..).unwrap_or_default();
    #[cfg(test)]
    moves::add(region.len().saturating_sub(len));
    for to in 0..region.len().saturating_sub(len) {
        if let Some(byte) = region.get(to.wrapping_add(len)).copied()
            && let Some(to) = region.get_mut(to)
        {
            *to = byte;
        }
    }
}

/// Moves the last `len` bytes before the others.
pub(crate) fn rotate_right(bytes: &mut [u8], len: usize) {
    let at = bytes.len().saturating_sub(len);
    #[cfg(test)]
    moves::add(bytes.len());
    if let Some((others, last)) = bytes.split_at_mut_checked(at) {
        others.reverse();
        last.reverse();
    }
    bytes.reverse();
}

/// The number of bytes that this thread has gone through: removed, rotated, read as lines of a
/// head, hashed, or checked as JSON; for tests of what a call costs.
#[cfg(test)]
pub(crate) mod moves {
    use core::cell::Cell;

    std::thread_local! {
        static MOVED: Cell<usize> = const { Cell::new(0) };
    }

    pub(crate) fn add(n: usize) {
        MOVED.set(MOVED.get() + n);
    }

    /// The bytes that it went through since the last call.
    pub(crate) fn take() -> usize {
        MOVED.take()
    }
}

/// Copies `src` to `out` at `at`; returns the end of the copy. For use at compile time.
pub(crate) const fn copy_at(out: &mut [u8], at: usize, src: &[u8]) -> usize {
    let Some((_, mut to)) = out.split_at_mut_checked(at) else {
        return at;
    };
    let mut from = src;
    while let ([byte, rest @ ..], [first, tail @ ..]) = (to, from) {
        *byte = *first;
        (to, from) = (rest, tail);
    }
    at + src.len()
}

#[cfg(test)]
mod tests {
    use core::ops::Range;
    use std::vec::Vec;

    use super::*;

    // A host of 64 bits has both.
    type Copy = fn(&mut [u8], &[u8]);
    const COPIES: &[Copy] = &[
        compact::copy,
        #[cfg(target_pointer_width = "64")]
        fast::copy,
    ];
    type Shift = fn(&mut [u8], Range<usize>, usize);
    const SHIFTS: &[Shift] = &[
        compact::shift,
        #[cfg(target_pointer_width = "64")]
        fast::shift,
    ];

    #[test]
    fn bytes_move_as_a_plain_vector_says() {
        for total in 0..90usize {
            let before: Vec<u8> = (0..total as u8).collect();
            for by in 0..=total {
                let mut bytes = before.clone();
                rotate_right(&mut bytes, by);
                assert_eq!(
                    bytes,
                    [&before[total - by..], &before[..total - by]].concat()
                );

                for shift in SHIFTS {
                    let mut bytes = before.clone();
                    shift(&mut bytes, 0..total - by, by);
                    assert_eq!(bytes[by..], before[..total - by]);
                }

                let mut bytes = before.clone();
                remove(&mut bytes, total / 2, by);
                let end = total.saturating_sub(by).max(total / 2);
                let kept = [&before[..total / 2], &before[(total / 2 + by).min(total)..]].concat();
                assert_eq!(bytes[..end], kept);
            }
        }
    }

    #[test]
    fn bytes_of_every_length_are_copied() {
        let src: Vec<u8> = (1..=100).collect();
        for len in 0..=src.len() {
            for copy in COPIES {
                let mut dst = [0; 100];
                copy(&mut dst[..len], &src[..len]);
                assert_eq!(dst[..len], src[..len]);
                assert!(dst[len..].iter().all(|byte| *byte == 0));
            }
        }
    }
}
