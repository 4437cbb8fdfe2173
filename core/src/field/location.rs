//! `Location`, RFC 9110 § 10.2.2.

use percent_encoding::percent_encode_byte;

use crate::write::buf::Buf;

/// Writes `url` with every control, blank, quote and non-ASCII character percent-encoded.
pub(crate) fn write_url(buf: &mut Buf<'_>, url: &str) {
    let mut rest = url.as_bytes();
    loop {
        let end = rest
            .iter()
            .position(|byte| !stands(*byte))
            .unwrap_or(rest.len());
        let (run, tail) = rest.split_at_checked(end).unwrap_or_default();
        buf.write(run);
        let Some((byte, tail)) = tail.split_first() else {
            return;
        };
        buf.write(percent_encode_byte(*byte).as_bytes());
        rest = tail;
    }
}

/// A byte that RFC 3986 allows in a URI reference; `%` too, so that nothing is encoded twice.
const fn stands(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'..=b'/' | b':' | b';' | b'=' | b'?' | b'@' | b'[' | b']' | b'_' | b'~'
        )
}

/// Returns true if a browser resolves `url` to a path of the same origin.
///
/// `//host` and, to browsers, `/\host` name another host. They also drop tabs and line ends, and
/// skip blanks before the text, so a control character anywhere is refused.
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
    fn the_characters_of_a_uri_reference_stand() {
        let kept = b"-._~:/%#?=@[]!$&'()*+,;";
        for byte in 0..=255u8 {
            assert_eq!(
                stands(byte),
                byte.is_ascii_alphanumeric() || kept.contains(&byte)
            );
        }
    }

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
