//! The set for small targets: byte by byte, no table, little inlined.

use crate::json::escape::escape as escape_byte;
use crate::json::rules::Rules;
use crate::json::sink::interface::Sink;

#[inline]
pub(in crate::json) fn write_array<S: Sink, const N: usize>(
    sink: S,
    bytes: &[u8; N],
) -> Result<S, S::Error> {
    sink.write_bytes(bytes)
}

/// Writes a text of at most 32 bytes.
#[inline]
pub(in crate::json) fn short<S: Sink>(sink: S, text: &[u8]) -> Result<S, S::Error> {
    sink.write_bytes(text)
}

pub(in crate::json) fn boolean<S: Sink>(sink: S, value: bool) -> Result<S, S::Error> {
    sink.write_bytes(if value { b"true" } else { b"false" })
}

#[inline]
pub(in crate::json) fn unsigned_32<S: Sink>(sink: S, value: u32) -> Result<S, S::Error> {
    sink.decimal(value.into())
}

#[inline(never)]
pub(in crate::json) fn signed_32<S: Sink>(mut sink: S, value: i32) -> Result<S, S::Error> {
    if value < 0 {
        sink = sink.write_bytes(b"-")?;
    }
    unsigned_32(sink, value.unsigned_abs())
}

#[inline(never)]
pub(in crate::json) fn unsigned<S: Sink>(sink: S, value: u64) -> Result<S, S::Error> {
    sink.decimal(value)
}

#[inline(never)]
pub(in crate::json) fn signed<S: Sink>(mut sink: S, value: i64) -> Result<S, S::Error> {
    if value < 0 {
        sink = sink.write_bytes(b"-")?;
    }
    unsigned(sink, value.unsigned_abs())
}

/// Writes `separator`, and the name of a member.
#[inline(always)]
pub(in crate::json) fn begin<S: Sink>(
    sink: S,
    separator: u8,
    name: Option<&str>,
) -> Result<S, S::Error> {
    match name {
        Some(name) => key(sink, separator, name),
        None => sink.write_array(&[separator]),
    }
}

/// Writes `separator` and a member's name with its colon.
#[inline(never)]
fn key<S: Sink>(sink: S, separator: u8, name: &str) -> Result<S, S::Error> {
    sink.write_bytes(&[separator])?
        .string(name)?
        .write_bytes(b":")
}

/// A string is written in fragments, whose code is there anyway.
pub(in crate::json) const STRING_AT_ONCE: bool = false;

/// Writes `text` as a string to the front of `to`, if it fits, and counts the bytes.
#[inline(never)]
pub(in crate::json) fn string<D: Rules>(to: &mut [u8], text: &[u8]) -> Option<usize> {
    let (quote, to) = to.split_first_mut()?;
    *quote = b'"';
    let (read, written) = escape::<D>(to, text);
    let end = to.get_mut(written)?;
    *end = b'"';
    (read == text.len()).then_some(written + 2)
}

/// Writes as much of `text` to `to` as fits, with escapes, of which none is split, and counts the
/// bytes that were read and those that were written.
#[inline(never)]
pub(in crate::json) fn escape<D: Rules>(to: &mut [u8], text: &[u8]) -> (usize, usize) {
    let room = to.len();
    let mut to = to.iter_mut();
    for (read, byte) in text.iter().enumerate() {
        let (escaped, len) = escape_byte(*byte, D::SLASH);
        if to.len() < len {
            return (read, room.saturating_sub(to.len()));
        }
        for (byte, to) in escaped.iter().take(len).zip(to.by_ref()) {
            *to = *byte;
        }
    }
    (text.len(), room.saturating_sub(to.len()))
}
