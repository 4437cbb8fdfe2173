//! A document and all who write it.

use std::hint::black_box;

use replywire::json::ToJson;
use serde::Serialize;

use super::ours;
use crate::measure::{Contender, Work};

/// Room behind the text, so that nobody gets near the end of a buffer.
pub(super) const SPARE: usize = 512;

/// The work to write `value`.
pub(super) fn contest<T>(name: &'static str, value: &'static T) -> Work
where
    T: Serialize + ToJson + ?Sized,
{
    let want = text(value);
    let room = want.len() + SPARE;
    let writer = |name, write: fn(&T, &mut [u8]) -> Option<usize>| {
        Contender::long_writer(name, room, move |out| write(black_box(value), out))
    };
    let appender = |name, append: fn(&T, &mut Vec<u8>) -> Option<()>| {
        Contender::appender(name, room, move |out| append(black_box(value), out))
    };
    Work::new(name, want)
        .exact(writer("replywire", ours::by_serde))
        .exact(writer("by-hand", ours::by_hand))
        .exact(writer("serde-json-slice", |value, out| {
            let room = out.len();
            let mut rest = out;
            serde_json::to_writer(&mut rest, value).ok()?;
            Some(room - rest.len())
        }))
        .exact(appender("serde-json-vec", |value, out| {
            serde_json::to_writer(out, value).ok()
        }))
        // The names of fields, which it does not escape, are plain in all documents.
        .normal(
            any_escapes,
            writer("serde-json-core", |value, out| {
                serde_json_core::to_slice(value, out).ok()
            }),
        )
        .exact(appender("sonic-rs", |value, out| {
            sonic_rs::to_writer(out, value).ok()
        }))
        .exact(appender("simd-json", |value, out| {
            simd_json::to_writer(out, value).ok()
        }))
        .exact(Contender::long_writer("memcpy", room, |out| {
            memcpy(black_box(want), out)
        }))
}

/// What serde_json writes, for as long as the process lives.
pub(super) fn text<T: Serialize + ?Sized>(value: &T) -> &'static [u8] {
    serde_json::to_vec(value)
        .expect("a value that can be written")
        .leak()
}

/// The value in serde_json's spelling: serde-json-core has capitals in `\u001F`.
fn any_escapes(text: &[u8]) -> Vec<u8> {
    let value: serde_json::Value = serde_json::from_slice(text).expect("valid JSON");
    serde_json::to_vec(&value).expect("a value that can be written")
}

pub(super) fn memcpy(bytes: &[u8], out: &mut [u8]) -> Option<usize> {
    out.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(bytes.len())
}
