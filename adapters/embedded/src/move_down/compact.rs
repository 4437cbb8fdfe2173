use core::ops::Range;

/// Moves the bytes of `range` to `to`, which is before them: without `memmove`, which takes 700
/// bytes of flash, and without the panic that `copy_within` names.
#[inline(never)]
pub(crate) fn move_down(bytes: &mut [u8], range: Range<usize>, to: usize) {
    for (from, to) in range.zip(to..) {
        if let Some(byte) = bytes.get(from).copied()
            && let Some(to) = bytes.get_mut(to)
        {
            *to = byte;
        }
    }
}
