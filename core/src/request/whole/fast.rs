use httparse::Header;

/// Each head that is parsed is known to end where its bytes do, in whole lines.
pub(in crate::request) const IS_FOUND: bool = false;

/// Tells if these bytes are one head or more, perhaps with content between them.
#[inline(always)]
pub(in crate::request) fn is_at_hand(bytes: &[u8]) -> bool {
    // `httparse` passes over empty lines, whose ends would not be looked at.
    bytes.last_chunk() == Some(b"\r\n\r\n") && !matches!(bytes, [b'\r' | b'\n', ..])
}

/// The length of the head that was `parsed` out of `bytes`, and has these fields; `None` where a
/// line of it ends without CR. No LF stands elsewhere: the parser has seen to that.
#[inline(always)]
pub(in crate::request) fn len(bytes: &[u8], parsed: usize, fields: &[Header<'_>]) -> Option<usize> {
    // The lines before the fields end where these begin, and the last one before the blank one.
    let start = bytes.as_ptr().addr();
    let ends_before = |field: &Header<'_>| {
        let before = bytes.get(..field.name.as_ptr().addr().wrapping_sub(start));
        before.and_then(<[u8]>::last_chunk) == Some(b"\r\n")
    };
    let end = bytes.get(..parsed)?.last_chunk();
    (end == Some(b"\r\n\r\n") && fields.iter().all(ends_before)).then_some(parsed)
}
