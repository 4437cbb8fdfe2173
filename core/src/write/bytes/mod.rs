//! Moving and copying bytes without a panic's name.

#[cfg(not(target_pointer_width = "64"))]
use core::cell::Cell;
use core::ops::Range;

/// Moves the bytes of `range` right by `by`, over what stands there.
///
/// `copy_within` would name a panic; so would `rotate_right` below, where the compiler saves space.
#[cfg(target_pointer_width = "64")]
pub(crate) fn shift(bytes: &mut [u8], range: Range<usize>, by: usize) {
    if by == 0 {
        return;
    }
    let len = range.end.saturating_sub(range.start);
    let region = bytes
        .get_mut(range.start..range.end.saturating_add(by))
        .unwrap_or_default();
    if region.len() == len.saturating_add(by) {
        let len = shift_blocks::<32>(region, len, by);
        let len = shift_blocks::<8>(region, len, by);
        shift_blocks::<1>(region, len, by);
    }
}

#[cfg(not(target_pointer_width = "64"))]
pub(crate) fn shift(bytes: &mut [u8], range: Range<usize>, by: usize) {
    if by == 0 {
        return;
    }
    let cells = Cell::from_mut(bytes).as_slice_of_cells();
    let from = cells.get(range.clone()).unwrap_or_default();
    let to = cells.get(range.start.saturating_add(by)..range.end.saturating_add(by));
    for (to, from) in to.unwrap_or_default().iter().zip(from).rev() {
        to.set(from.get());
    }
}

/// Moves the last of the first `len` bytes, `N` at a time; returns how many are left to move.
#[cfg(target_pointer_width = "64")]
#[inline]
fn shift_blocks<const N: usize>(region: &mut [u8], len: usize, by: usize) -> usize {
    let mut end = len;
    while let Some(start) = end.checked_sub(N) {
        let Some(block) = region
            .get(start..)
            .and_then(|from| from.first_chunk::<N>())
            .copied()
        else {
            break;
        };
        if let Some(to) = region.get_mut(start.wrapping_add(by)..)
            && let Some(to) = to.first_chunk_mut::<N>()
        {
            *to = block;
        }
        end = start;
    }
    end
}

/// Moves what stands behind the `len` bytes at `at` over them.
pub(crate) fn remove(bytes: &mut [u8], at: usize, len: usize) {
    let region = bytes.get_mut(at..).unwrap_or_default();
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
    if let Some((others, last)) = bytes.split_at_mut_checked(at) {
        others.reverse();
        last.reverse();
    }
    bytes.reverse();
}

/// Copies `src` to `dst`, which have the same length.
///
/// Header fields are short: two overlapping blocks beat a call of `memcpy`.
#[cfg(target_pointer_width = "64")]
#[inline]
pub(crate) fn copy(dst: &mut [u8], src: &[u8]) {
    if dst.len() != src.len() {
        return;
    }
    match src.len() {
        0..4 => copy_few(dst, src),
        4..8 => copy_ends::<4>(dst, src),
        8..16 => copy_ends::<8>(dst, src),
        16..=32 => copy_ends::<16>(dst, src),
        _ => copy_long(dst, src),
    }
}

/// Copies `src` to `dst`, which have the same length.
///
/// Words, of which the last may overlap the one before it. Where `copy_from_slice` would do, so
/// would a call of `memcpy`, which takes more flash than all that writes a head.
#[cfg(not(target_pointer_width = "64"))]
#[inline(always)]
pub(crate) fn copy(dst: &mut [u8], src: &[u8]) {
    let (mut dst, mut src) = (dst, src);
    if let Some(word) = src.last_chunk::<4>()
        && let Some(place) = dst.last_chunk_mut()
    {
        *place = *word;
        while let (Some((word, from)), true) = (src.split_first_chunk(), dst.len() > 4) {
            if let Some((place, to)) = core::mem::take(&mut dst).split_first_chunk_mut::<4>() {
                *place = *word;
                dst = to;
            }
            src = from;
        }
    } else {
        for (to, from) in dst.iter_mut().zip(src) {
            *to = *from;
        }
    }
}

/// Copies up to four bytes.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
fn copy_few(dst: &mut [u8], src: &[u8]) {
    if let (Some(to), Some(from)) = (dst.first_chunk_mut::<2>(), src.first_chunk::<2>()) {
        *to = *from;
        if let (Some(to), Some(from)) = (dst.last_chunk_mut::<2>(), src.last_chunk::<2>()) {
            *to = *from;
        }
    } else if let ([to], [from]) = (dst, src) {
        *to = *from;
    }
}

/// Copies `N..=2 * N` bytes as the first and the last `N` of them.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
fn copy_ends<const N: usize>(dst: &mut [u8], src: &[u8]) {
    if let (Some(to), Some(from)) = (dst.first_chunk_mut::<N>(), src.first_chunk::<N>()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (dst.last_chunk_mut::<N>(), src.last_chunk::<N>()) {
        *to = *from;
    }
}

/// Copies a text whose length is known at compile time: up to 256 bytes, a call of `memcpy` takes
/// longer.
#[inline(always)]
pub(crate) fn copy_blocks(dst: &mut [u8], src: &[u8]) {
    if dst.len() != src.len() {
        return;
    }
    match src.len() {
        #[cfg(target_pointer_width = "64")]
        64..128 => copy_ends::<64>(dst, src),
        #[cfg(target_pointer_width = "64")]
        128..=256 => copy_ends::<128>(dst, src),
        _ => dst.copy_from_slice(src),
    }
}

#[cfg(target_pointer_width = "64")]
#[inline(never)]
fn copy_long(dst: &mut [u8], src: &[u8]) {
    if dst.len() == src.len() {
        dst.copy_from_slice(src);
    }
}

/// Copies `src` to `out` at `at`; returns where it ends. At compile time.
pub(crate) const fn place(out: &mut [u8], at: usize, src: &[u8]) -> usize {
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
    use std::vec::Vec;

    use super::*;

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

                let mut bytes = before.clone();
                shift(&mut bytes, 0..total - by, by);
                assert_eq!(bytes[by..], before[..total - by]);

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
            let mut dst = [0; 100];
            copy(&mut dst[..len], &src[..len]);
            assert_eq!(dst[..len], src[..len]);
            assert!(dst[len..].iter().all(|byte| *byte == 0));
        }
    }
}
