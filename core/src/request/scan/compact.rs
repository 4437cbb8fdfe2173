/// Hands the place of each LF to `tell`, in order, until that tells something.
#[inline]
pub(super) fn each_lf<R>(
    bytes: &[u8],
    from: usize,
    mut tell: impl FnMut(usize) -> Option<R>,
) -> Option<R> {
    let mut places = (from..).zip(bytes.get(from..)?);
    places.find_map(|(at, byte)| (*byte == b'\n').then(|| tell(at)).flatten())
}
