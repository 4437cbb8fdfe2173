//! Loops that call nothing.

use core::cell::Cell;
use core::ops::Range;

/// Moves the bytes of `range` right by `by`, over the bytes there.
///
/// `copy_within` would name a panic.
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

/// Copies `src` to `dst`, which have the same length.
///
/// Words, of which the last may overlap the one before it. `copy_from_slice` would call `memcpy`,
/// which takes more flash than all code that writes a head.
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
