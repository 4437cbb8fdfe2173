//! Parts of a file, RFC 9110 § 14.6.

use core::fmt;

use super::MediaType;
use super::range::Span;
use crate::buf::Buf;
use crate::hexadecimal::{MAX_DIGITS, hexadecimal};
use crate::{Error, decimal};

/// A text that the parts of a reply do not contain, RFC 2046 § 5.1.1.
///
/// Nothing looks for it in the file. So make it of random bits, that no one can have put it there.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Boundary {
    text: [u8; Self::MAX],
    len: usize,
}

impl Boundary {
    /// The longest text.
    const MAX: usize = 2 * MAX_DIGITS;

    /// Random bits as hexadecimal digits.
    pub fn from_bits(bits: u128) -> Self {
        let mut text = [0; Self::MAX];
        let mut buf = Buf::new(&mut text);
        for half in [(bits >> 64) as u64, bits as u64] {
            let mut room = [b'0'; MAX_DIGITS];
            hexadecimal(half, &mut room);
            buf.put_array(&room);
        }
        Self {
            text,
            len: Self::MAX,
        }
    }

    /// A text of 1 to 32 letters and digits of ASCII, or `None` for another.
    pub const fn new(text: &str) -> Option<Self> {
        let mut room = [0; Self::MAX];
        let mut free: &mut [u8] = &mut room;
        let mut rest = text.as_bytes();
        while let [byte, others @ ..] = rest {
            match free {
                [slot, behind @ ..] if byte.is_ascii_alphanumeric() => {
                    *slot = *byte;
                    free = behind;
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

/// What stands around the parts of a reply.
#[derive(Clone, Copy)]
pub(super) struct Parts<'p> {
    pub(super) boundary: &'p Boundary,
    pub(super) media_type: MediaType<'p>,
    /// Of the file.
    pub(super) len: u64,
    pub(super) spans: &'p [Span],
}

impl<'p> Parts<'p> {
    /// How long the content is, and the most bytes that stand before a part.
    pub(super) fn measure(&self) -> Result<(u64, usize), Error> {
        let (mut len, mut room) = (0_u64, 0);
        for at in 0..=self.spans.len() {
            let mut before = Buf::new(&mut []);
            let span = self.put_before(at, &mut before)?;
            room = room.max(before.len());
            len = len
                .saturating_add(before.len() as u64)
                .saturating_add(span.map_or(0, |span| span.len));
        }
        Ok((len, room))
    }

    /// Writes what stands before a part, which it returns, or behind the last one.
    pub(super) fn put_before(
        &self,
        at: usize,
        buf: &mut Buf<'_>,
    ) -> Result<Option<&'p Span>, Error> {
        if at > 0 {
            buf.put_array(b"\r\n");
        }
        buf.put_array(b"--");
        buf.put(self.boundary.as_bytes());
        let span = self.spans.get(at);
        match span {
            Some(span) => {
                buf.put_array(b"\r\nContent-Type: ");
                self.media_type.put(buf)?;
                buf.put_array(b"\r\nContent-Range: ");
                put_content_range(buf, *span, self.len);
                buf.put_array(b"\r\n\r\n");
            }
            None => buf.put_array(b"--"),
        }
        Ok(span)
    }
}

/// Writes the value of a `content-range` of a file of `len` bytes, RFC 9110 § 14.4.
pub(super) fn put_content_range(buf: &mut Buf<'_>, span: Span, len: u64) {
    buf.put_array(b"bytes ");
    decimal::put(buf, span.offset);
    buf.put_array(b"-");
    decimal::put(buf, span.end().saturating_sub(1));
    buf.put_array(b"/");
    decimal::put(buf, len);
}
