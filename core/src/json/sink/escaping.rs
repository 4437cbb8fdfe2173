//! Escapes on small targets: what needs none is found four bytes at a time, without a table.

use crate::json::escape::hex;
use crate::json::rules::Rules;
use crate::write::buf::Buf;

/// Writes `text` with escapes.
#[inline(never)]
pub(super) fn write_escaped<D: Rules>(buf: &mut Buf<'_>, text: &[u8]) {
    let mut rest = text;
    loop {
        let (plain, tail) = rest.split_at_checked(plain::<D>(rest)).unwrap_or_default();
        buf.write(plain);
        let Some((byte, tail)) = tail.split_first() else {
            return;
        };
        write_escape(buf, *byte);
        rest = tail;
    }
}

/// Writes the escape of a byte that has one.
#[cold]
#[inline(never)]
fn write_escape(buf: &mut Buf<'_>, byte: u8) {
    buf.write_byte(b'\\');
    let short = match byte {
        0..0x20 => b"btn\0fr".get(usize::from(byte.wrapping_sub(8))).copied(),
        _ => Some(byte),
    };
    match short {
        Some(short @ 1..) => buf.write_byte(short),
        _ => {
            buf.write(b"u00");
            buf.write_byte(b'0' + (byte >> 4));
            buf.write_byte(hex(byte));
        }
    }
}

/// Counts the first bytes that are written as they are.
#[inline(always)]
fn plain<D: Rules>(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some((word, tail)) = rest.split_first_chunk()
        && is_plain::<D>(u32::from_ne_bytes(*word))
    {
        rest = tail;
    }
    while let Some((byte, tail)) = rest.split_first()
        && !(matches!(byte, ..0x20 | b'"' | b'\\') || D::SLASH && *byte == b'/')
    {
        rest = tail;
    }
    text.len().wrapping_sub(rest.len())
}

const EACH: u32 = 0x0101_0101;

/// Tells whether each of four bytes is written as it is.
#[inline(always)]
fn is_plain<D: Rules>(word: u32) -> bool {
    let is = |byte: u8| (word ^ (EACH * u32::from(byte))).wrapping_sub(EACH);
    let mut odd = word.wrapping_sub(EACH * 0x20) | is(b'"') | is(b'\\');
    if D::SLASH {
        odd |= is(b'/');
    }
    // A byte from 0x80 on is written as it is.
    odd & !word & (EACH * 0x80) == 0
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::json::escape::escape;
    use crate::json::rules::{Python, Ujson};

    fn check<D: Rules>(text: &[u8]) {
        let mut want = Vec::new();
        for byte in text {
            let (escaped, len) = escape(*byte, D::SLASH);
            want.extend(&escaped[..len]);
        }
        let mut bytes = [0; 64];
        let mut buf = Buf::new(&mut bytes);
        write_escaped::<D>(&mut buf, text);
        let len = buf.len();
        assert_eq!(&bytes[..len], want, "{text:x?}");
    }

    #[test]
    fn every_byte_is_escaped_at_every_place_beside_every_odd_one() {
        for len in 1..10 {
            for at in 0..len {
                for byte in 0..=255 {
                    for other in [b'x', 0, 0x1f, b'"', b'/', b'\\', 0x7f, 0x80, 0xff] {
                        let mut text = [other; 10];
                        text[at] = byte;
                        check::<Python>(&text[..len]);
                        check::<Ujson>(&text[..len]);
                    }
                }
            }
        }
    }
}
