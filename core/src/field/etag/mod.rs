//! `ETag`, RFC 9110 § 8.8.3.

use core::fmt;

use self::hash::hash;
use self::list::Listed;
use super::grammar::{Quoted, is_etagc};
use crate::write::buf::Buf;
use crate::write::hexadecimal::{MAX_DIGITS, hexadecimal};

mod hash;
pub(crate) mod list;

/// An entity tag, which names a version of a representation; RFC 9110 § 8.8.3.
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
///
/// let tag = ETag::weak("v1.2").unwrap();
/// assert!(tag.is_weak());
/// assert_eq!(tag.to_string(), "W/\"v1.2\"");
/// assert_eq!(tag.opaque().to_string(), "v1.2");
/// ```
///
/// It displays itself as it stands in a field.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct ETag<'t> {
    opaque: Opaque<'t>,
    weak: bool,
}

#[derive(Clone, Copy, Eq, Hash, PartialEq)]
enum Opaque<'t> {
    Text(&'t [u8]),
    /// A number that tells versions apart, and the length.
    Version(u64, u64),
}

impl<'t> ETag<'t> {
    /// Makes the tag of a representation that is the same byte for byte, from its text without
    /// quotes; `None` for a text that no tag can have.
    pub const fn strong(opaque: &'t str) -> Option<Self> {
        Self::new(opaque.as_bytes(), false)
    }

    /// Makes the tag of a representation that means the same; else as [`strong`](Self::strong).
    /// Ranges are never joined by it.
    pub const fn weak(opaque: &'t str) -> Option<Self> {
        Self::new(opaque.as_bytes(), true)
    }

    /// Reads a tag as it stands in a field: `"text"` or `W/"text"`.
    pub const fn parse(field: &'t str) -> Option<Self> {
        Self::from_field(field.as_bytes())
    }

    /// Reads a tag from the bytes of a field, which need not be UTF-8.
    pub(crate) const fn from_field(field: &'t [u8]) -> Option<Self> {
        let (quoted, weak) = match field {
            [b'W', b'/', quoted @ ..] => (quoted, true),
            quoted => (quoted, false),
        };
        match quoted {
            [b'"', opaque @ .., b'"'] => Self::new(opaque, weak),
            _ => None,
        }
    }

    /// Makes the strong tag of these bytes: 64 bits of a hash (not a cryptographic one) and the
    /// length. It is the same on every target, and can be computed at compile time, for files in
    /// flash.
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

    const fn new(opaque: &'t [u8], weak: bool) -> Option<Self> {
        let mut rest = opaque;
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

    /// Returns true for a tag of a representation that means the same, without being the same byte
    /// for byte.
    pub const fn is_weak(self) -> bool {
        self.weak
    }

    /// The text without quotes, to be displayed.
    pub const fn opaque(self) -> impl fmt::Display + Copy + use<'t> {
        self.opaque
    }

    /// The result of `show` for the text without quotes.
    pub(crate) fn with_opaque<R>(self, show: impl FnOnce(&[u8]) -> R) -> R {
        let mut room = [0; 2 * MAX_DIGITS + 1];
        let mut buf = Buf::new(&mut room);
        show(match self.opaque {
            Opaque::Text(text) => text,
            Opaque::Version(..) => {
                self.write_opaque(&mut buf);
                buf.written().unwrap_or_default()
            }
        })
    }

    fn write_opaque(self, buf: &mut Buf<'_>) {
        match self.opaque {
            Opaque::Text(text) => buf.write(text),
            Opaque::Version(version, len) => {
                let mut room = [0; MAX_DIGITS];
                buf.write(hexadecimal(version, &mut room));
                buf.write_array(b"-");
                buf.write(hexadecimal(len, &mut room));
            }
        }
    }

    /// True if `other` is the same tag, and both are strong; RFC 9110 § 8.8.3.2.
    pub(crate) fn is_strongly(self, other: Listed<'_>) -> bool {
        !self.weak && !other.weak && self.is_weakly(other)
    }

    /// True if `other` is the same tag, weak or not.
    pub(crate) fn is_weakly(self, other: Listed<'_>) -> bool {
        match self.opaque {
            Opaque::Text(text) => text == other.opaque,
            Opaque::Version(..) => {
                let mut room = [0; 2 * MAX_DIGITS + 1];
                let mut buf = Buf::new(&mut room);
                self.write_opaque(&mut buf);
                buf.written_mut().is_some_and(|tag| tag == other.opaque)
            }
        }
    }
}

impl fmt::Display for ETag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.weak { "W/\"" } else { "\"" })?;
        self.opaque.fmt(f)?;
        f.write_str("\"")
    }
}

impl fmt::Display for Opaque<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Text(text) => match str::from_utf8(text) {
                Ok(text) => f.write_str(text),
                // A field may hold such a tag.
                Err(_) => text.iter().try_for_each(|byte| char::from(*byte).fmt(f)),
            },
            Self::Version(version, len) => {
                let mut room = [0; MAX_DIGITS];
                for (before, number) in [("", version), ("-", len)] {
                    f.write_str(before)?;
                    let digits = str::from_utf8(hexadecimal(number, &mut room));
                    f.write_str(digits.unwrap_or_default())?;
                }
                Ok(())
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

#[cfg(test)]
mod tests {
    use std::format;
    use std::vec::Vec;

    use super::*;

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
        let mut room = [0; 16];
        for (tag, want) in [
            (ETag::strong("").unwrap(), "\"\""),
            (ETag::weak("a-\u{e9}").unwrap(), "W/\"a-\u{e9}\""),
            (ETag::version(255, 16), "\"ff-10\""),
            (ETag::version(0, 0), "\"0-0\""),
        ] {
            let mut buf = Buf::new(&mut room);
            tag.write(&mut buf);
            assert_eq!(buf.written(), Some(want.as_bytes()));
            assert_eq!(format!("{tag}"), want);
            assert_eq!(format!("{tag:>9}"), want, "a tag is not padded");
        }
        let stray = ETag::from_field(b"\"\xe9\xff\"").unwrap();
        assert_eq!(format!("{stray}"), "\"\u{e9}\u{ff}\"");
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
