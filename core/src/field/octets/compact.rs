//! One byte after another.

use crate::field::grammar::{COOKIE_OCTETS, has_field_vchar_ends, is_attribute_octet};

/// True for printable ASCII with no blank at either end, as most values are.
pub(crate) fn is_plain(value: &[u8]) -> bool {
    has_field_vchar_ends(value) && value.iter().all(|byte| matches!(byte, 0x20..=0x7e))
}

/// True if every byte is a `cookie-octet`, RFC 6265 § 4.1.1.
pub(crate) fn all_cookie_octets(bytes: &[u8]) -> bool {
    COOKIE_OCTETS.run(bytes) == bytes.len()
}

/// True if every byte is an ASCII `av-octet`, RFC 6265 § 4.1.1.
#[inline(never)]
pub(crate) fn all_attribute_octets(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| is_attribute_octet(*byte))
}

/// Tells if a text has this byte.
#[cfg(any(test, feature = "request"))]
#[inline(never)]
pub(crate) fn has_byte(text: &[u8], byte: u8) -> bool {
    // `contains` would link the search of the library, which is long.
    let mut rest = text;
    while let [other, tail @ ..] = rest {
        if *other == byte {
            return true;
        }
        rest = tail;
    }
    false
}

/// The place of the first byte that is this one.
#[inline(always)]
pub(crate) fn find(text: &[u8], byte: u8) -> Option<usize> {
    text.iter().position(|other| *other == byte)
}
