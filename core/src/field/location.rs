//! `Location`, RFC 9110 § 10.2.2.

use percent_encoding::percent_encode_byte;

use crate::error::{Error, Place};
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

/// Checks that a browser resolves `url` to a path of the same origin.
///
/// `//host` and, to browsers, `/\host` name another host. They also drop tabs and line ends, and
/// skip blanks before the text, so a control character anywhere is refused.
pub(crate) fn check_local_path(url: &str) -> Result<(), Error> {
    let is_wrong = |at, byte: u8| match at {
        0 => byte != b'/',
        1 => matches!(byte, b'/' | b'\\') || byte.is_ascii_control(),
        _ => byte.is_ascii_control(),
    };
    let mut bytes = url.bytes().enumerate();
    match bytes.position(|(at, byte)| is_wrong(at, byte)) {
        Some(at) => Err(Error::Location(Place::at(at))),
        None if url.is_empty() => Err(Error::Location(Place::UNKNOWN)),
        None => Ok(()),
    }
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
            assert_eq!(check_local_path(good), Ok(()), "{good}");
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
            assert!(check_local_path(bad).is_err(), "{bad:?}");
        }
    }
}
