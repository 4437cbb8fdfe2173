//! The grammar of names and values, RFC 9110 §§ 5.1, 5.5 and 5.6.2.

use core::fmt;

use super::set::CharSet;
use crate::error::{Error, Place};

/// Checks that `name` is a `token` and not one of the framing fields.
pub(crate) const fn check_name(name: &[u8]) -> Result<(), Error> {
    if !is_token(name) {
        Err(Error::HeaderName(run_place(TOKEN, name)))
    } else if is_framing(name) {
        Err(Error::FramingHeader(Place::UNKNOWN))
    } else {
        Ok(())
    }
}

/// The place of the first byte that is not in a set; that of an empty text is not known.
pub(crate) const fn run_place(set: &CharSet, text: &[u8]) -> Place {
    match Place::IS_TOLD && !text.is_empty() {
        true => Place::at(set.run(text)),
        false => Place::UNKNOWN,
    }
}

/// `token`, RFC 9110 § 5.6.2.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) const fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && TOKEN.run(bytes) == bytes.len()
}

/// `tchar`, RFC 9110 § 5.6.2.
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    TOKEN.has(byte)
}

pub(crate) const TOKEN: &CharSet =
    &CharSet::of(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

/// Shows bytes as a string literal. Unlike the `Debug` of `str`, it links no panic.
pub(crate) struct Quoted<'q>(pub(crate) &'q [u8]);

impl fmt::Debug for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// The fields that decide where a message ends, RFC 9112 §§ 6 and 9.
const fn is_framing(name: &[u8]) -> bool {
    match name.len() {
        10 => is_name(name, b"connection"),
        14 => is_name(name, b"content-length"),
        17 => is_name(name, b"transfer-encoding"),
        _ => false,
    }
}

/// Compares `name` in any case with `lower`, which is lower-case.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) const fn is_name(name: &[u8], lower: &[u8]) -> bool {
    if name.len() != lower.len() {
        return false;
    }
    let (mut left, mut right) = (name, lower);
    while let ([a, rest @ ..], [b, other @ ..]) = (left, right) {
        // The bit of the case is looked past in letters only.
        let is_same = match b.is_ascii_lowercase() {
            true => *a | 0x20 == *b,
            false => *a == *b,
        };
        if !is_same {
            return false;
        }
        (left, right) = (rest, other);
    }
    true
}

/// Checks a `field-value` with obs-text: no control character but HTAB, no white space at either
/// end.
pub(crate) const fn check_value(value: &[u8]) -> Result<(), Error> {
    match has_field_vchar_ends(value) && is_field_content(value) {
        true => Ok(()),
        false => Err(Error::HeaderValue(value_place(value))),
    }
}

const fn value_place(value: &[u8]) -> Place {
    match Place::IS_TOLD {
        true => Place::of(value_mistake(value)),
        false => Place::UNKNOWN,
    }
}

/// The index of the first byte that keeps a text from being a `field-value`.
pub(crate) const fn value_mistake(value: &[u8]) -> Option<usize> {
    let mut rest = value;
    while let [byte, tail @ ..] = rest {
        let at = value.len() - rest.len();
        let is_mistake = match byte {
            b' ' | b'\t' => at == 0 || tail.is_empty(),
            byte => byte.is_ascii_control(),
        };
        if is_mistake {
            return Some(at);
        }
        rest = tail;
    }
    None
}

/// False where `value` begins or ends with a blank.
pub(crate) const fn has_field_vchar_ends(value: &[u8]) -> bool {
    !matches!(value, [b' ' | b'\t', ..] | [.., b' ' | b'\t'])
}

/// False where `value` holds a control character other than HTAB.
const fn is_field_content(value: &[u8]) -> bool {
    let mut rest = value;
    while let [byte, tail @ ..] = rest {
        if matches!(byte, 0..=8 | 10..=31 | 127) {
            return false;
        }
        rest = tail;
    }
    true
}

/// The place of the first control character.
pub(crate) fn control_place(text: &str) -> Place {
    match Place::IS_TOLD {
        true => Place::of(text.bytes().position(|byte| byte.is_ascii_control())),
        false => Place::UNKNOWN,
    }
}

/// The byte of a character of `text`, if that is of Latin-1.
#[inline]
pub(crate) fn latin1(char: char, text: &str) -> Result<u8, Error> {
    u8::try_from(char).map_err(|_| Error::NotLatin1(above_latin1_place(text)))
}

/// The place of the first character above U+00FF.
fn above_latin1_place(text: &str) -> Place {
    match Place::IS_TOLD {
        true => Place::of(text.find(|char| char > '\u{ff}')),
        false => Place::UNKNOWN,
    }
}

/// `cookie-octet`, RFC 6265 § 4.1.1.
pub(crate) const COOKIE_OCTETS: &CharSet = &CharSet::of(
    b"!#$%&'()*+-./:<=>?@[]^_`{|}~0123456789\
      ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
);

/// An ASCII `av-octet`, RFC 6265 § 4.1.1.
pub(crate) const fn is_attribute_octet(byte: u8) -> bool {
    matches!(byte, 0x20..=0x3a | 0x3c..=0x7e)
}

/// `etagc`, RFC 9110 § 8.8.3.
pub(crate) const fn is_etagc(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x7e | 0x80..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_bytes_are_those_of_rfc_9110() {
        for byte in 0..=255u8 {
            let want = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(is_token_byte(byte), want, "{byte:#x}");
        }
    }

    #[test]
    fn every_byte_is_a_tag_s_or_it_is_not() {
        for byte in 0..=255_u8 {
            let want = byte == 0x21 || (0x23..=0x7e).contains(&byte) || byte >= 0x80;
            assert_eq!(is_etagc(byte), want, "{byte:#x}");
        }
    }
}
