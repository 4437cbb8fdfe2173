use httparse::Header;

/// Each head that is parsed is known to end where its bytes do, in whole lines.
pub(in crate::request) const IS_FOUND: bool = true;

/// Tells nothing.
#[inline(always)]
pub(in crate::request) const fn is_at_hand(_: &[u8]) -> bool {
    false
}

/// The length of the head that is all of `bytes`.
#[inline(always)]
pub(in crate::request) const fn len(bytes: &[u8], _: usize, _: &[Header<'_>]) -> Option<usize> {
    Some(bytes.len())
}
