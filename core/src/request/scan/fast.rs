/// The place of the first LF.
#[inline]
pub(super) fn find_lf(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let mut rest = bytes;
    // Eight bytes at a time. Of those that are LF, the first one has its highest bit set.
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        let other = u64::from_le_bytes(*word) ^ (b'\n' as u64 * EACH);
        let found = other.wrapping_sub(EACH) & !other & (0x80 * EACH);
        if found != 0 {
            let offset = (found.trailing_zeros() / 8) as usize;
            return Some(bytes.len() - rest.len() + offset);
        }
        rest = tail;
    }
    let offset = rest.iter().position(|byte| *byte == b'\n')?;
    Some(bytes.len() - rest.len() + offset)
}
