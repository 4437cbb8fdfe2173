//! The text between the ranges of a multipart reply.

use core::fmt;

use crate::write::buf::Buf;
use crate::write::hexadecimal::{MAX_DIGITS, hexadecimal};

/// A text that the parts of a reply do not contain, RFC 2046 § 5.1.1.
///
/// Nothing looks for it in the file. Use random bits, so that no one can have planted it.
///
/// ```
/// use replywire::file::Boundary;
///
/// assert!(Boundary::new("31d4d96e407aad42").is_some());
/// assert!(Boundary::new("not a boundary").is_none());
/// assert_eq!(Boundary::from_bits(7), Boundary::new("00000000000000000000000000000007").unwrap());
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Boundary {
    text: [u8; Self::MAX],
    len: usize,
}

impl Boundary {
    /// The longest text.
    const MAX: usize = 2 * MAX_DIGITS;

    /// Makes a boundary of random bits, as 32 hexadecimal digits.
    pub fn from_bits(bits: u128) -> Self {
        let mut text = [0; Self::MAX];
        let mut buf = Buf::new(&mut text);
        for half in [(bits >> 64) as u64, bits as u64] {
            let mut room = [b'0'; MAX_DIGITS];
            hexadecimal(half, &mut room);
            buf.write_array(&room);
        }
        Self {
            text,
            len: Self::MAX,
        }
    }

    /// Makes a boundary of a text of 1 to 32 letters and digits of ASCII; `None` for any other
    /// text.
    pub const fn new(text: &str) -> Option<Self> {
        let mut room = [0; Self::MAX];
        let mut free: &mut [u8] = &mut room;
        let mut rest = text.as_bytes();
        while let [byte, others @ ..] = rest {
            match free {
                [slot, later @ ..] if byte.is_ascii_alphanumeric() => {
                    *slot = *byte;
                    free = later;
                }
                _ => return None,
            }
            rest = others;
        }
        match text.len() {
            0 => None,
            len => Some(Self { text: room, len }),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Debug for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Boundary")
            .field(&format_args!("{}", self.as_bytes().escape_ascii()))
            .finish()
    }
}
