//! `Location`, RFC 9110 § 10.2.2.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::buf::Buf;

/// What is encoded: all but the characters that RFC 3986 lets stand in a URI reference. `%` stands
/// too, so what is encoded already is not encoded twice.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'%')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b'-')
    .remove(b'.')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'=')
    .remove(b'?')
    .remove(b'@')
    .remove(b'[')
    .remove(b']')
    .remove(b'_')
    .remove(b'~');

/// Writes `url` with every control, blank, quote and non-ASCII character percent-encoded.
pub(crate) fn put_url(buf: &mut Buf<'_>, url: &str) {
    for piece in utf8_percent_encode(url, ENCODED) {
        buf.put(piece.as_bytes());
    }
}

/// Whether a browser resolves `url` to a path of the same origin.
///
/// `//host` and, to browsers, `/\host` name another host. They also drop tabs and line ends, and
/// take the space before for none, so a control character anywhere is refused.
pub(crate) fn is_local_path(url: &str) -> bool {
    let bytes = url.as_bytes();
    bytes.starts_with(b"/")
        && !matches!(bytes, [_, b'/' | b'\\', ..])
        && !bytes.iter().any(|byte| byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_the_same_origin_is_local() {
        for good in ["/", "/a", "/a//b", "/a?next=//evil", "/é", "/a\\b"] {
            assert!(is_local_path(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "//evil",
            "/\\evil",
            "\\/evil",
            "/\t/evil",
            "/a\nb",
            "https://evil",
            "javascript:x",
            " /a",
            "/\u{7f}",
        ] {
            assert!(!is_local_path(bad), "{bad:?}");
        }
    }
}
