/// Hands the place of each LF to `tell`, in order, until that tells something.
#[inline]
pub(super) fn each_lf<R>(
    bytes: &[u8],
    from: usize,
    mut tell: impl FnMut(usize) -> Option<R>,
) -> Option<R> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let mut at = from;
    let mut rest = bytes.get(from..)?;
    // Eight bytes at a time, of which those that are LF have their highest bit set.
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        let other = u64::from_le_bytes(*word) ^ (b'\n' as u64 * EACH);
        let low = (other & (0x7f * EACH)) + 0x7f * EACH;
        let mut found = !(low | other) & (0x80 * EACH);
        while found != 0 {
            let told = tell(at + (found.trailing_zeros() / 8) as usize);
            if told.is_some() {
                return told;
            }
            found &= found - 1;
        }
        at += 8;
        rest = tail;
    }
    let mut places = (at..).zip(rest);
    places.find_map(|(at, byte)| (*byte == b'\n').then(|| tell(at)).flatten())
}
