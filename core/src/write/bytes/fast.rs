//! Blocks of a size that the compiler knows, of which two may overlap.

use core::ops::Range;

/// Moves the bytes of `range` right by `by`, over the bytes there.
///
/// `copy_within` would name a panic; so would `rotate_right` of a part, where the compiler saves
/// space.
#[inline]
pub(crate) fn shift(bytes: &mut [u8], range: Range<usize>, by: usize) {
    if by > 0 && !range.is_empty() {
        shift_some(bytes, range, by);
    }
}

fn shift_some(bytes: &mut [u8], range: Range<usize>, by: usize) {
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

/// Moves the last of the first `len` bytes, `N` at a time; returns how many are left to move.
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

/// Copies `src` to `dst`, which have the same length.
///
/// Header fields are short: two overlapping blocks beat a call of `memcpy`.
#[inline]
pub(crate) fn copy(dst: &mut [u8], src: &[u8]) {
    if dst.len() != src.len() {
        return;
    }
    let len = src.len();
    if len >= 16 {
        match len {
            ..=32 => copy_ends::<16>(dst, src),
            _ => copy_long(dst, src),
        }
    } else {
        match len {
            8.. => copy_ends::<8>(dst, src),
            4.. => copy_ends::<4>(dst, src),
            _ => copy_few(dst, src),
        }
    }
}

/// Copies fewer than four bytes.
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
        64..128 => copy_ends::<64>(dst, src),
        128..=256 => copy_ends::<128>(dst, src),
        _ => dst.copy_from_slice(src),
    }
}

#[inline(never)]
fn copy_long(dst: &mut [u8], src: &[u8]) {
    if dst.len() == src.len() {
        dst.copy_from_slice(src);
    }
}
