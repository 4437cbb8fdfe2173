//! Separators and the names of members.

use super::constant::write_array;
use super::plain::is_plain;
use crate::json::sink::interface::Sink;
use crate::write::bytes::copy;

/// Writes `separator`, and the name of a member.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(in crate::json) fn begin<S: Sink>(
    sink: S,
    separator: u8,
    name: Option<&str>,
) -> Result<S, S::Error> {
    match name {
        Some(name) => key(sink, separator, name),
        None => write_array(sink, &[separator]),
    }
}

/// Writes `separator` and a member's name with its colon. The compiler finds the length of a name
/// that is known at compile time, and whether it needs an escape.
#[cfg_attr(not(debug_assertions), inline(always))]
fn key<S: Sink>(mut sink: S, separator: u8, name: &str) -> Result<S, S::Error> {
    let name_bytes = name.as_bytes();
    let mut room = sink.take_room();
    if is_plain::<S::Dialect>(name_bytes)
        && let Some(place) = room.get_mut(..name_bytes.len() + 4)
        && let Some((before, place)) = place.split_first_chunk_mut::<2>()
        && let Some((place, after)) = place.split_last_chunk_mut::<2>()
        && place.len() == name_bytes.len()
    {
        *before = [separator, b'"'];
        copy(place, name_bytes);
        *after = *b"\":";
        return sink.commit(room, name_bytes.len() + 4);
    }
    any_key(sink.commit(room, 0)?, separator, name)
}

#[inline(never)]
fn any_key<S: Sink>(sink: S, separator: u8, name: &str) -> Result<S, S::Error> {
    sink.write_array(&[separator])?
        .string(name)?
        .write_array(b":")
}
