//! Parts of a request that may be encoded: a segment, a name, a value, a parameter.

use core::fmt::{self, Write};
use core::str::FromStr;

use crate::field::grammar::Quoted;

/// A part of a request as it was sent: compared, parsed and decoded without memory of its own.
///
/// [`Segments`](super::Segments), [`Pairs`](super::Pairs), [`MediaType`](super::MediaType) and
/// [`Fields::cookie`](super::Fields::cookie) give such parts, each with its own coding:
///
/// | part | coding |
/// | --- | --- |
/// | a segment of a path | percent-encoding, RFC 3986 § 2.1 |
/// | a name or a value of a query or a form | the same, and `+` for a blank |
/// | a parameter of a media type | `\` before a character in quotes, RFC 9110 § 5.6.4 |
/// | a cookie | none |
///
/// A `%` without two hexadecimal digits after it stands for itself, as in the URL Standard. Bytes
/// that are no UTF-8 after decoding are an error, where that standard replaces them; with
/// [`Display`](fmt::Display) they are replaced here, too. Nothing that is decoded is refused for
/// being there: `%00` is NUL, and `%2F` in a segment is a `/`.
///
/// ```
/// use replywire::request::{DecodeError, Pairs};
///
/// let pairs = Pairs::of(b"n=%37&to=caf%C3%A9+au+lait&bad=%FF");
/// let [n, to, bad] = ["n", "to", "bad"].map(|name| pairs.get(name).unwrap());
/// assert_eq!(n, "7");
/// assert_eq!(n.parse::<u32>(), Ok(7));
///
/// assert_eq!(to.as_str(), None);
/// assert_eq!(to.decode(&mut [0; 64]), Ok("caf\u{e9} au lait"));
/// assert_eq!(to.decode(&mut [0; 12]), Err(DecodeError::Overflow { needed: 13 }));
///
/// assert_eq!(bad.decode(&mut [0; 64]), Err(DecodeError::NotUtf8));
/// assert_eq!(bad.to_string(), "\u{fffd}");
/// ```
#[derive(Clone, Copy)]
pub struct Encoded<'r> {
    text: &'r [u8],
    coding: Coding,
}

/// The coding of a part.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Coding {
    /// Percent-encoding, and `+` for a blank.
    Form,
    /// None; and it may be a secret.
    Opaque,
    /// Percent-encoding, RFC 3986 § 2.1.
    Percent,
    /// `quoted-pair`, RFC 9110 § 5.6.4.
    QuotedPair,
}

/// The most bytes of a part that [`Encoded::parse`] decodes.
const PARSED: usize = 64;

impl<'r> Encoded<'r> {
    pub(super) const fn new(text: &'r [u8], coding: Coding) -> Self {
        Self { text, coding }
    }

    /// The bytes as they were sent, in which nothing is decoded.
    pub const fn as_bytes(&self) -> &'r [u8] {
        self.text
    }

    /// The text, where there is nothing to decode in it and it is UTF-8.
    pub fn as_str(&self) -> Option<&'r str> {
        match self.is_encoded() {
            true => None,
            false => core::str::from_utf8(self.text).ok(),
        }
    }

    /// The decoded bytes, whatever they are.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + Clone + use<'r> {
        Decoded {
            rest: self.text,
            coding: self.coding,
        }
    }

    /// The text, decoded into `buf` unless there is nothing to decode: then `buf` may be empty. It
    /// is never longer than the part as it was sent.
    ///
    /// # Errors
    ///
    /// [`DecodeError::NotUtf8`], and [`DecodeError::Overflow`] where `buf` is too small.
    pub fn decode<'b>(&self, buf: &'b mut [u8]) -> Result<&'b str, DecodeError>
    where
        'r: 'b,
    {
        if !self.is_encoded() {
            return core::str::from_utf8(self.text).map_err(|_| DecodeError::NotUtf8);
        }
        let mut room = buf.iter_mut();
        let mut needed = 0;
        for byte in self.bytes() {
            if let Some(place) = room.next() {
                *place = byte;
            }
            needed += 1;
        }
        match buf.get(..needed) {
            Some(text) => core::str::from_utf8(text).map_err(|_| DecodeError::NotUtf8),
            // The same mistake for every length of the buffer.
            None if !self.is_utf8() => Err(DecodeError::NotUtf8),
            None => Err(DecodeError::Overflow { needed }),
        }
    }

    /// The value that the decoded text stands for, by the rules of its type: those of Rust's own
    /// take a `+` before a number (which a query has to encode).
    ///
    /// A text that has to be decoded may have 64 bytes then.
    ///
    /// # Errors
    ///
    /// [`ParseError`]
    pub fn parse<T: FromStr>(&self) -> Result<T, ParseError<T::Err>> {
        let mut buf = [0; PARSED];
        let text = self.decode(&mut buf).map_err(ParseError::Encoding)?;
        text.parse().map_err(ParseError::Value)
    }

    /// Compares the decoded text with `other`, in any case of ASCII letters.
    pub fn eq_ignore_ascii_case(&self, other: &str) -> bool {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        self.bytes().map(lower).eq(other.bytes().map(lower))
    }

    /// Tells if the decoded bytes are others than those that were sent.
    pub(super) fn is_encoded(&self) -> bool {
        !self.bytes().eq(self.text.iter().copied())
    }

    pub(super) fn is_utf8(&self) -> bool {
        self.chars().all(|char| char.is_some())
    }

    /// The characters of the decoded text; `None` is a sequence that is no UTF-8.
    fn chars(&self) -> Chars<'r> {
        Chars(Decoded {
            rest: self.text,
            coding: self.coding,
        })
    }
}

impl PartialEq<str> for Encoded<'_> {
    /// Compares the decoded text.
    fn eq(&self, other: &str) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl PartialEq<&str> for Encoded<'_> {
    /// Compares the decoded text.
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialEq for Encoded<'_> {
    /// Compares what is decoded, whatever the codings.
    fn eq(&self, other: &Self) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for Encoded<'_> {}

impl fmt::Display for Encoded<'_> {
    /// Writes the decoded text; each sequence that is no UTF-8 becomes U+FFFD, as in the URL
    /// Standard.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars()
            .try_for_each(|char| f.write_char(char.unwrap_or(char::REPLACEMENT_CHARACTER)))
    }
}

impl fmt::Debug for Encoded<'_> {
    /// Shows what was sent; of a cookie nothing, as it may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.coding {
            Coding::Opaque => f.write_str("Encoded(..)"),
            _ => f.debug_tuple("Encoded").field(&Quoted(self.text)).finish(),
        }
    }
}

/// The decoded bytes of a part.
#[derive(Clone)]
struct Decoded<'r> {
    rest: &'r [u8],
    coding: Coding,
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = match (self.coding, self.rest) {
            (_, []) => return None,
            (Coding::Form, [b'+', rest @ ..]) => (b' ', rest),
            (Coding::Form | Coding::Percent, [b'%', rest @ ..]) => {
                octet(rest).unwrap_or((b'%', rest))
            }
            (Coding::QuotedPair, [b'\\', byte, rest @ ..]) | (_, [byte, rest @ ..]) => {
                (*byte, rest)
            }
        };
        self.rest = rest;
        Some(byte)
    }
}

/// The octet of two hexadecimal digits, and the text after them; RFC 3986 § 2.1.
fn octet(text: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], rest) = text.split_first_chunk()?;
    Some((digit(*high)? << 4 | digit(*low)?, rest))
}

const fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'F' => byte - b'A' + 10,
        b'a'..=b'f' => byte - b'a' + 10,
        _ => return None,
    })
}

/// The characters of decoded bytes; `None` is a sequence that is no UTF-8.
struct Chars<'r>(Decoded<'r>);

impl Iterator for Chars<'_> {
    type Item = Option<char>;

    fn next(&mut self) -> Option<Option<char>> {
        // A character has four bytes at most, and a sequence that begins one three.
        let mut window = [0; 4];
        let mut len = 0;
        for (place, byte) in window.iter_mut().zip(self.0.clone()) {
            *place = byte;
            len += 1;
        }
        let chunk = window.get(..len)?.utf8_chunks().next()?;
        let char = chunk.valid().chars().next();
        let taken = char.map_or(chunk.invalid().len(), char::len_utf8);
        self.0.by_ref().take(taken).for_each(drop);
        Some(char)
    }
}

/// The reason why a part of a request could not be decoded.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DecodeError {
    /// The decoded bytes are no UTF-8.
    NotUtf8,
    /// The buffer was too small; `needed` bytes would have been enough.
    Overflow {
        /// The length of the decoded text.
        needed: usize,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("decoded text is not UTF-8"),
            Self::Overflow { needed } => write!(f, "decoded text needs {needed} bytes"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// The reason why a part of a request is no value of a type, whose own error is `E`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ParseError<E> {
    /// The part could not be decoded, or is too long for a value.
    Encoding(DecodeError),
    /// The decoded text is no value of the type.
    Value(E),
}

impl<E> fmt::Display for ParseError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encoding(_) => "text could not be decoded",
            Self::Value(_) => "text is no value of its type",
        })
    }
}

impl<E: core::error::Error + 'static> core::error::Error for ParseError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Encoding(error) => Some(error),
            Self::Value(error) => Some(error),
        }
    }
}
