//! Eight bytes at once.

use crate::field::grammar::{COOKIE_OCTETS, has_field_vchar_ends, is_attribute_octet};

/// True for printable ASCII with no blank at either end, as most values are.
pub(crate) fn is_plain(value: &[u8]) -> bool {
    has_field_vchar_ends(value) && all_printable(value)
}

#[inline]
fn all_printable(bytes: &[u8]) -> bool {
    all(bytes, not_printable, |byte| matches!(byte, 0x20..=0x7e))
}

/// True if every byte is a `cookie-octet`, RFC 6265 § 4.1.1.
#[inline]
pub(crate) fn all_cookie_octets(bytes: &[u8]) -> bool {
    let odd = |word| {
        not_printable(word)
            | has_printable(word, b' ')
            | has_printable(word, b'"')
            | has_printable(word, b',')
            | has_printable(word, b';')
            | has_printable(word, b'\\')
    };
    all(bytes, odd, |byte| COOKIE_OCTETS.has(byte))
}

/// True if every byte is an ASCII `av-octet`, RFC 6265 § 4.1.1.
#[inline]
pub(crate) fn all_attribute_octets(bytes: &[u8]) -> bool {
    let odd = |word| not_printable(word) | has_printable(word, b';');
    all(bytes, odd, is_attribute_octet)
}

/// True if `is_good` holds for every byte. `odd` is not zero where it fails for one of eight bytes.
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

/// Tells if a text has this byte.
#[cfg(any(test, feature = "request"))]
#[inline]
pub(crate) fn has_byte(text: &[u8], byte: u8) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let found = |word: u64| {
        let other = word ^ (u64::from(byte) * EACH);
        other.wrapping_sub(EACH) & !other & (0x80 * EACH)
    };
    !all(text, found, |other| other != byte)
}

/// The place of the first byte that is this one.
#[inline]
pub(crate) fn find(text: &[u8], byte: u8) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let (mut rest, mut at) = (text, 0);
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        let other = u64::from_le_bytes(*word) ^ (u64::from(byte) * EACH);
        // The lowest bit that is set is right; those above it may not be.
        let found = other.wrapping_sub(EACH) & !other & (0x80 * EACH);
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        (rest, at) = (tail, at + 8);
    }
    let last = rest.iter().position(|other| *other == byte)?;
    Some(at + last)
}

/// [`is_plain`] for a value of 8 to 16 bytes, which begins with `first` and ends with `last`.
///
/// Of a byte below `0x80`, the sum with `0x60` has the high bit from a blank on, that with `0x5f`
/// from the byte after it on, and that with 1 only for DEL. A sum of any other may carry into the
/// next byte, but then the byte itself is seen.
#[inline(always)]
pub(crate) const fn is_plain_word_pair(first: [u8; 8], last: [u8; 8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let (first, last) = (u64::from_le_bytes(first), u64::from_le_bytes(last));
    let printable =
        first.wrapping_add(0x60 * EACH - 1) & last.wrapping_add(0x60 * EACH - (1 << 56));
    let above = first | last | first.wrapping_add(EACH) | last.wrapping_add(EACH);
    printable & !above & (0x80 * EACH) == 0x80 * EACH
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
const fn has_printable(word: u64, byte: u8) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    (word ^ (byte as u64 * EACH)).wrapping_sub(EACH) & (0x80 * EACH)
}
