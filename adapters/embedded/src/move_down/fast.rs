use core::ops::Range;

/// Moves the bytes of `range` to `to`, which is before them. The range is one of the buffer.
pub(crate) fn move_down(bytes: &mut [u8], range: Range<usize>, to: usize) {
    if range.start != to && !range.is_empty() {
        bytes.copy_within(range, to);
    }
}
