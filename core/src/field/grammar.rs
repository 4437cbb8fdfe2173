//! The grammar of names and values, RFC 9110 §§ 5.1, 5.5 and 5.6.2.

use core::fmt;

use crate::error::Error;

/// `token`, and not one of the framing fields.
pub(crate) const fn check_name(name: &[u8]) -> Result<(), Error> {
    if !is_token(name) {
        Err(Error::HeaderName)
    } else if is_framing(name) {
        Err(Error::FramingHeader)
    } else {
        Ok(())
    }
}

/// RFC 9110 § 5.6.2.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) const fn is_token(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        if !is_token_byte(*byte) {
            return false;
        }
        rest = tail;
    }
    !bytes.is_empty()
}

pub(crate) const fn is_token_byte(byte: u8) -> bool {
    // One bit a character: three words instead of a table of 128 bytes.
    const DIGITS: u32 = bits(b"!#$%&'*+-.0123456789", 32);
    const UPPER: u32 = bits(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ^_", 64);
    const LOWER: u32 = bits(b"`abcdefghijklmnopqrstuvwxyz|~", 96);
    let word = match byte >> 5 {
        1 => DIGITS,
        2 => UPPER,
        3 => LOWER,
        _ => 0,
    };
    word >> (byte & 31) & 1 == 1
}

const fn bits(set: &[u8], base: u8) -> u32 {
    let mut rest = set;
    let mut word = 0;
    while let [byte, tail @ ..] = rest {
        word |= 1 << (*byte - base);
        rest = tail;
    }
    word
}

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

/// Whether `name` is `lower`, a lower-case name, in any case.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) const fn is_name(name: &[u8], lower: &[u8]) -> bool {
    let (mut left, mut right) = (name, lower);
    while let ([a, rest @ ..], [b, other @ ..]) = (left, right) {
        if a.to_ascii_lowercase() != *b {
            return false;
        }
        (left, right) = (rest, other);
    }
    left.is_empty() && right.is_empty()
}

/// `field-value` with obs-text: no control character but HTAB, no white space at either end.
pub(crate) const fn check_value(value: &[u8]) -> Result<(), Error> {
    match has_field_vchar_ends(value) && is_field_content(value) {
        true => Ok(()),
        false => Err(Error::HeaderValue),
    }
}

/// [`check_value`] for a text that is ASCII, or else refused.
pub(crate) fn check_text(value: &str) -> Result<(), Error> {
    match value.is_ascii() {
        true => check_value(value.as_bytes()),
        false => Err(Error::HeaderValue),
    }
}

const fn has_field_vchar_ends(value: &[u8]) -> bool {
    !matches!(value, [b' ' | b'\t', ..] | [.., b' ' | b'\t'])
}

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

/// Whether `value` is printable ASCII with no blank at either end: the usual, and quick to tell.
pub(crate) fn is_plain(value: &[u8]) -> bool {
    has_field_vchar_ends(value) && all_printable(value)
}

/// Whether every byte is in `0x20..=0x7e`.
#[inline]
fn all_printable(bytes: &[u8]) -> bool {
    all(bytes, not_printable, |byte| matches!(byte, 0x20..=0x7e))
}

/// Whether every byte is a `cookie-octet`, RFC 6265 § 4.1.1.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn all_cookie_octets(bytes: &[u8]) -> bool {
    let odd = |word| {
        not_printable(word)
            | has_byte(word, b' ')
            | has_byte(word, b'"')
            | has_byte(word, b',')
            | has_byte(word, b';')
            | has_byte(word, b'\\')
    };
    all(bytes, odd, is_cookie_octet)
}

const fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

/// Whether every byte is an ASCII `av-octet`, RFC 6265 § 4.1.1.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn all_attribute_octets(bytes: &[u8]) -> bool {
    let odd = |word| not_printable(word) | has_byte(word, b';');
    all(bytes, odd, |byte| matches!(byte, 0x20..=0x3a | 0x3c..=0x7e))
}

/// Whether `is_good` holds for every byte; `odd` is not zero when it does not for one of eight.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
fn all(bytes: &[u8], odd: impl Fn(u64) -> u64, is_good: impl Fn(u8) -> bool) -> bool {
    let Some(last) = bytes.last_chunk::<8>() else {
        return bytes.iter().all(|byte| is_good(*byte));
    };
    // The last word may overlap the one before it.
    let mut found = odd(u64::from_le_bytes(*last));
    let mut rest = bytes;
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        found |= odd(u64::from_le_bytes(*word));
        rest = tail;
    }
    found == 0
}

#[cfg(not(target_pointer_width = "64"))]
#[inline(always)]
fn all(bytes: &[u8], _: impl Fn(u64) -> u64, is_good: impl Fn(u8) -> bool) -> bool {
    bytes.iter().all(|byte| is_good(*byte))
}

/// [`is_plain`] for a value that begins with `first` and ends with `last`, and is all of them.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
pub(crate) const fn is_plain_word_pair(first: [u8; 8], last: [u8; 8]) -> bool {
    let (first, last) = (u64::from_le_bytes(first), u64::from_le_bytes(last));
    let odd = not_printable(first) | not_printable(last);
    let blank = (first as u8 == b' ') | ((last >> 56) as u8 == b' ');
    odd | blank as u64 == 0
}

/// Not zero when one of the eight bytes is outside `0x20..=0x7e`.
#[inline(always)]
const fn not_printable(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let below_blank = word.wrapping_sub(0x20 * EACH);
    let is_del = (word ^ (0x7f * EACH)).wrapping_sub(EACH);
    (below_blank | is_del | word) & (0x80 * EACH)
}

/// Not zero when one of the eight bytes is `byte`; all of them are printable.
#[inline(always)]
const fn has_byte(word: u64, byte: u8) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    (word ^ (byte as u64 * EACH)).wrapping_sub(EACH) & (0x80 * EACH)
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
    fn cookie_octets_are_those_of_rfc_6265_at_every_place_of_every_length() {
        for len in 1..20 {
            for at in 0..len {
                for byte in 0..=255u8 {
                    let mut value = [b'~'; 20];
                    value[at] = byte;
                    let octet = byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
                    assert_eq!(all_cookie_octets(&value[..len]), octet, "{byte:#x} at {at}");
                    let av_octet = matches!(byte, b' '..=b'~') && byte != b';';
                    assert_eq!(
                        all_attribute_octets(&value[..len]),
                        av_octet,
                        "{byte:#x} at {at}"
                    );
                }
            }
        }
    }

    #[test]
    fn plain_means_printable_at_every_place_of_every_length() {
        for len in 1..40 {
            for at in 0..len {
                for byte in 0..=255u8 {
                    let mut value = [b'a'; 40];
                    value[at] = byte;
                    let blank_end = byte == b' ' && (at == 0 || at + 1 == len);
                    let want = matches!(byte, 0x20..=0x7e) && !blank_end;
                    assert_eq!(is_plain(&value[..len]), want, "{byte:#x} at {at} of {len}");
                }
            }
        }
        assert!(is_plain(b""));
    }
}
