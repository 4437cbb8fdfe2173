/// The place of the first LF.
#[inline(never)]
pub(super) fn find_lf(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
}
