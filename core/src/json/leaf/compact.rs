//! The set for small targets: byte by byte, no table, little inlined.

use super::super::Sink;
use super::super::dialect::{Dialect, escape as escape_byte};

#[inline]
pub(in super::super) fn put<S: Sink, const N: usize>(
    sink: S,
    bytes: &[u8; N],
) -> Result<S, S::Error> {
    sink.spill(bytes)
}

/// Writes a text that has no more than 32 bytes.
#[inline]
pub(in super::super) fn short<S: Sink>(sink: S, text: &[u8]) -> Result<S, S::Error> {
    sink.spill(text)
}

pub(in super::super) fn boolean<S: Sink>(sink: S, value: bool) -> Result<S, S::Error> {
    sink.spill(if value { b"true" } else { b"false" })
}

#[inline]
pub(in super::super) fn unsigned_32<S: Sink>(sink: S, value: u32) -> Result<S, S::Error> {
    sink.decimal(value.into())
}

#[inline(never)]
pub(in super::super) fn signed_32<S: Sink>(mut sink: S, value: i32) -> Result<S, S::Error> {
    if value < 0 {
        sink = sink.spill(b"-")?;
    }
    unsigned_32(sink, value.unsigned_abs())
}

#[inline(never)]
pub(in super::super) fn unsigned<S: Sink>(sink: S, value: u64) -> Result<S, S::Error> {
    sink.decimal(value)
}

#[inline(never)]
pub(in super::super) fn signed<S: Sink>(mut sink: S, value: i64) -> Result<S, S::Error> {
    if value < 0 {
        sink = sink.spill(b"-")?;
    }
    unsigned(sink, value.unsigned_abs())
}

/// Writes `separator` and a member's name with its colon.
#[inline(never)]
pub(in super::super) fn key<S: Sink>(sink: S, separator: u8, name: &str) -> Result<S, S::Error> {
    sink.spill(&[separator])?.string(name)?.spill(b":")
}

/// Writes as much of `text` to `to` as fits, with escapes, of which none is split; how many bytes
/// were read and how many written.
#[inline(never)]
pub(in super::super) fn escape<D: Dialect>(to: &mut [u8], text: &[u8]) -> (usize, usize) {
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
