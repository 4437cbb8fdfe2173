//! Texts that are known at compile time, or short.

use crate::json::sink::interface::Sink;
use crate::write::bytes::copy;

#[cfg_attr(not(debug_assertions), inline(always))]
pub(in crate::json) fn write_array<S: Sink, const N: usize>(
    mut sink: S,
    bytes: &[u8; N],
) -> Result<S, S::Error> {
    let mut room = sink.take_room();
    if let Some(to) = room.first_chunk_mut::<N>() {
        *to = *bytes;
        return sink.commit(room, N);
    }
    sink.commit(room, 0)?.write_bytes(bytes)
}

/// Writes a text of at most 32 bytes.
#[inline]
pub(in crate::json) fn short<S: Sink>(mut sink: S, text: &[u8]) -> Result<S, S::Error> {
    let mut room = sink.take_room();
    if let Some(to) = room.get_mut(..text.len()) {
        copy(to, text);
        return sink.commit(room, text.len());
    }
    sink.commit(room, 0)?.write_bytes(text)
}

#[inline(always)]
pub(in crate::json) fn boolean<S: Sink>(mut sink: S, value: bool) -> Result<S, S::Error> {
    let (text, len) = match value {
        true => (b"true\0\0\0\0", 4),
        false => (b"false\0\0\0", 5),
    };
    let mut room = sink.take_room();
    if let Some(to) = room.first_chunk_mut::<8>() {
        *to = *text;
        return sink.commit(room, len);
    }
    sink.commit(room, 0)?
        .write_bytes(text.get(..len).unwrap_or_default())
}
