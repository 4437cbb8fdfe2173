//! Strings, RFC 8259 § 7. Non-ASCII characters are written as they are.

use super::{JsonError, Sink};

/// Writes `text` in quotes, with `"`, `\` and the controls below U+0020 escaped.
#[inline]
pub(super) fn string<S: Sink>(sink: S, text: &str) -> Result<S, JsonError> {
    escaped(sink.put_array(b"\"")?, text)?.put_array(b"\"")
}

/// Writes `text` without the quotes.
pub(super) fn escaped<S: Sink>(mut sink: S, text: &str) -> Result<S, JsonError> {
    let mut rest = text.as_bytes();
    loop {
        let clean = clean_prefix(rest);
        let Some((run, tail)) = rest.split_at_checked(clean) else {
            return Ok(sink);
        };
        sink = sink.put(run)?;
        let Some((byte, tail)) = tail.split_first() else {
            return Ok(sink);
        };
        sink = match byte {
            b'"' => sink.put_array(b"\\\""),
            b'\\' => sink.put_array(b"\\\\"),
            0x08 => sink.put_array(b"\\b"),
            0x0c => sink.put_array(b"\\f"),
            b'\n' => sink.put_array(b"\\n"),
            b'\r' => sink.put_array(b"\\r"),
            b'\t' => sink.put_array(b"\\t"),
            _ => sink.put_array(&[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), hex(byte & 15)]),
        }?;
        rest = tail;
    }
}

const fn hex(digit: u8) -> u8 {
    match digit {
        0..=9 => b'0' + digit,
        _ => b'a' - 10 + digit,
    }
}

const fn needs_escape(byte: u8) -> bool {
    matches!(byte, 0..=0x1f | b'"' | b'\\')
}

/// How many bytes at the front need no escape.
fn clean_prefix(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    #[cfg(target_pointer_width = "64")]
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        let flags = escapes(u64::from_le_bytes(*word));
        if flags != 0 {
            break;
        }
        rest = tail;
    }
    while let Some((byte, tail)) = rest.split_first() {
        if needs_escape(*byte) {
            break;
        }
        rest = tail;
    }
    bytes.len() - rest.len()
}

/// Not zero when one of the eight bytes needs an escape.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
const fn escapes(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let control = word.wrapping_sub(0x20 * EACH);
    let quote = (word ^ (b'"' as u64 * EACH)).wrapping_sub(EACH);
    let backslash = (word ^ (b'\\' as u64 * EACH)).wrapping_sub(EACH);
    (control | quote | backslash) & !word & (0x80 * EACH)
}
