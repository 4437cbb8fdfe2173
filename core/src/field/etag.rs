use core::fmt;

use super::grammar::Quoted;
use crate::write::buf::Buf;
use crate::write::hexadecimal::{MAX_DIGITS, hexadecimal};

/// An entity tag: which version of a representation this is; RFC 9110 § 8.8.3.
///
/// ```
/// use replywire::ETag;
///
/// const PAGE: &[u8] = b"<h1>hello</h1>";
/// const TAG: ETag = ETag::of(PAGE);
/// assert_eq!(TAG, ETag::of(b"<h1>hello</h1>"));
/// assert_ne!(TAG, ETag::of(b"<h1>Hello</h1>"));
/// assert!(ETag::strong("v1.2").is_some());
/// assert!(ETag::strong("\"quoted\"").is_none());
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct ETag<'t> {
    opaque: Opaque<'t>,
    weak: bool,
}

#[derive(Clone, Copy, Eq, Hash, PartialEq)]
enum Opaque<'t> {
    Text(&'t str),
    /// What tells versions apart, and the length.
    Version(u64, u64),
}

impl<'t> ETag<'t> {
    /// The tag of a representation that is the same byte for byte, by its text without quotes; or
    /// `None` for a text that no tag can have.
    pub const fn strong(opaque: &'t str) -> Option<Self> {
        Self::new(opaque, false)
    }

    /// The tag of a representation that means the same; else as [`strong`](Self::strong). Ranges
    /// are never joined by it.
    pub const fn weak(opaque: &'t str) -> Option<Self> {
        Self::new(opaque, true)
    }

    /// Reads a tag as it stands in a field: `"text"` or `W/"text"`.
    pub const fn parse(field: &'t str) -> Option<Self> {
        let (quoted, weak) = match field.as_bytes() {
            [b'W', b'/', quoted @ ..] => (quoted, true),
            quoted => (quoted, false),
        };
        match quoted {
            [b'"', opaque @ .., b'"'] => match core::str::from_utf8(opaque) {
                Ok(opaque) => Self::new(opaque, weak),
                Err(_) => None,
            },
            _ => None,
        }
    }

    /// The strong tag of these bytes: 64 bits of a hash (not a cryptographic one) and the length.
    /// It can be computed at compile time, for files in flash.
    pub const fn of(content: &[u8]) -> Self {
        Self::version(hash(content), content.len() as u64)
    }

    /// A strong tag of two numbers that no other version has both of.
    pub(crate) const fn version(version: u64, len: u64) -> Self {
        Self {
            opaque: Opaque::Version(version, len),
            weak: false,
        }
    }

    const fn new(opaque: &'t str, weak: bool) -> Option<Self> {
        let mut rest = opaque.as_bytes();
        while let [byte, others @ ..] = rest {
            if !is_etagc(*byte) {
                return None;
            }
            rest = others;
        }
        Some(Self {
            opaque: Opaque::Text(opaque),
            weak,
        })
    }

    /// The same version in a content coding, which has other bytes.
    pub(crate) const fn coded(self, coding: &str) -> Self {
        match self.opaque {
            Opaque::Text(_) => self,
            Opaque::Version(version, len) => Self::version(version ^ hash(coding.as_bytes()), len),
        }
    }

    /// Writes the tag as it stands in a field.
    pub(crate) fn write(self, buf: &mut Buf<'_>) {
        if self.weak {
            buf.write_array(b"W/");
        }
        buf.write_array(b"\"");
        self.write_opaque(buf);
        buf.write_array(b"\"");
    }

    #[cfg(feature = "defmt")]
    pub(crate) const fn is_weak(self) -> bool {
        self.weak
    }

    /// What `show` makes of the text without quotes.
    pub(crate) fn with_opaque<R>(self, show: impl FnOnce(&[u8]) -> R) -> R {
        let mut room = [0; 2 * MAX_DIGITS + 1];
        let mut buf = Buf::new(&mut room);
        show(match self.opaque {
            Opaque::Text(text) => text.as_bytes(),
            Opaque::Version(..) => {
                self.write_opaque(&mut buf);
                buf.written().unwrap_or_default()
            }
        })
    }

    fn write_opaque(self, buf: &mut Buf<'_>) {
        match self.opaque {
            Opaque::Text(text) => buf.write(text.as_bytes()),
            Opaque::Version(version, len) => {
                let mut room = [0; MAX_DIGITS];
                buf.write(hexadecimal(version, &mut room));
                buf.write_array(b"-");
                buf.write(hexadecimal(len, &mut room));
            }
        }
    }

    /// Whether `other` is the same tag, and both are strong; RFC 9110 § 8.8.3.2.
    pub(crate) fn is_strongly(self, other: Listed<'_>) -> bool {
        !self.weak && !other.weak && self.is_weakly(other)
    }

    /// Whether `other` is the same tag, weak or not.
    pub(crate) fn is_weakly(self, other: Listed<'_>) -> bool {
        match self.opaque {
            Opaque::Text(text) => text.as_bytes() == other.opaque,
            Opaque::Version(..) => {
                let mut room = [0; 2 * MAX_DIGITS + 1];
                let mut buf = Buf::new(&mut room);
                self.write_opaque(&mut buf);
                buf.written_mut().is_some_and(|tag| tag == other.opaque)
            }
        }
    }
}

impl fmt::Debug for ETag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_opaque(|opaque| {
            f.debug_struct("ETag")
                .field("opaque", &Quoted(opaque))
                .field("weak", &self.weak)
                .finish()
        })
    }
}

/// A tag in a list of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Listed<'l> {
    opaque: &'l [u8],
    weak: bool,
}

/// The tags of a list, RFC 9110 § 13.1.1; members that are none are passed over.
pub(crate) struct Tags<'l>(pub(crate) &'l [u8]);

impl<'l> Iterator for Tags<'l> {
    type Item = Listed<'l>;

    fn next(&mut self) -> Option<Listed<'l>> {
        loop {
            self.0 = self.0.trim_ascii_start();
            if let [b',', rest @ ..] = self.0 {
                self.0 = rest;
                continue;
            }
            if self.0.is_empty() {
                return None;
            }
            let (tag, rest) = listed(self.0);
            let rest = rest.trim_ascii_start();
            match (tag, rest) {
                (Some(tag), [] | [b',', ..]) => {
                    self.0 = rest;
                    return Some(tag);
                }
                _ => {
                    let comma = rest.iter().position(|byte| *byte == b',');
                    self.0 = comma.and_then(|at| rest.get(at..)).unwrap_or_default();
                }
            }
        }
    }
}

/// The tag that `list` begins with, and what stands behind it.
pub(crate) fn listed(list: &[u8]) -> (Option<Listed<'_>>, &[u8]) {
    let (quoted, weak) = match list {
        [b'W', b'/', quoted @ ..] => (quoted, true),
        quoted => (quoted, false),
    };
    let [b'"', text @ ..] = quoted else {
        return (None, list);
    };
    let end = text.iter().position(|byte| !is_etagc(*byte));
    let (opaque, rest) = end
        .and_then(|end| text.split_at_checked(end))
        .unwrap_or((text, &[]));
    match rest {
        [b'"', rest @ ..] => (Some(Listed { opaque, weak }), rest),
        _ => (None, rest),
    }
}

/// RFC 9110 § 8.8.3: `etagc`.
const fn is_etagc(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x7e | 0x80..)
}

/// A hash of 64 bits that is the same at compile time and on every target.
const fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0x9e37_79b9_7f4a_7c15_u64;
    let mut rest = bytes;
    while let Some((word, others)) = rest.split_first_chunk() {
        hash = mix(hash ^ u64::from_le_bytes(*word));
        rest = others;
    }
    while let [byte, others @ ..] = rest {
        // The bit above tells a zero from nothing.
        hash = mix(hash ^ (*byte as u64 | 256));
        rest = others;
    }
    hash
}

/// One of the permutations of 64 bits whose every input bit changes half of the output bits.
const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn every_byte_is_a_tag_s_or_it_is_not() {
        for byte in 0..=255_u8 {
            let want = byte == 0x21 || (0x23..=0x7e).contains(&byte) || byte >= 0x80;
            assert_eq!(is_etagc(byte), want, "{byte:#x}");
        }
    }

    #[test]
    fn lists_are_read_with_what_is_no_tag_passed_over() {
        fn tags(list: &str) -> Vec<(&str, bool)> {
            Tags(list.as_bytes())
                .map(|tag| (core::str::from_utf8(tag.opaque).unwrap(), tag.weak))
                .collect()
        }
        assert_eq!(tags(r#""a""#), [("a", false)]);
        assert_eq!(
            tags(r#" , W/"a" ,, "b,c","""#),
            [("a", true), ("b,c", false), ("", false)]
        );
        assert_eq!(tags(r#"a, "b"; , "c"x"d", "e""#), [("e", false)]);
        assert_eq!(tags(r#""unclosed"#), []);
        assert_eq!(tags(r#""not a tag", "b""#), [("b", false)]);
        assert_eq!(tags(r#"w/"a", W/ "b""#), []);
        assert_eq!(tags(r#"*, "x""#), [("x", false)]);
        assert_eq!(tags(""), []);
    }

    #[test]
    fn a_tag_shows_what_a_field_would() {
        for (tag, want) in [
            (ETag::weak("v"), "ETag { opaque: \"v\", weak: true }"),
            (
                Some(ETag::version(255, 16)),
                "ETag { opaque: \"ff-10\", weak: false }",
            ),
        ] {
            assert_eq!(format!("{:?}", tag.unwrap()), want);
        }
    }

    #[test]
    fn tags_of_different_bytes_differ() {
        let long = [7; 40];
        let mut seen = Vec::new();
        for len in 0..long.len() {
            seen.push(ETag::of(&long[..len]));
            for at in 0..len {
                let mut other = long;
                other[at] ^= 1;
                seen.push(ETag::of(&other[..len]));
            }
        }
        for (at, tag) in seen.iter().enumerate() {
            assert!(!seen[..at].contains(tag));
        }
    }
}
