//! Replywire's part: all that this group calls of it, but for the values that write themselves.

use replywire::json::{Document, Python, Resumable, ToJson};
use serde::Serialize;

pub(super) fn by_serde<T: Serialize + ?Sized>(value: &T, out: &mut [u8]) -> Option<usize> {
    Python::of(value).write(out).ok()
}

pub(super) fn by_hand<T: ToJson + ?Sized>(value: &T, out: &mut [u8]) -> Option<usize> {
    Python::by_hand(value).write(out).ok()
}

/// What fills one buffer after the other with the text; at its end, with nothing.
pub(super) fn fill_by_serde<T: Serialize + ?Sized>(
    value: &T,
) -> impl FnMut(&mut [u8]) -> Option<usize> {
    fill(Python::of(value))
}

/// As [`fill_by_serde`].
pub(super) fn fill_by_hand<T: ToJson + ?Sized>(
    value: &T,
) -> impl FnMut(&mut [u8]) -> Option<usize> {
    fill(Python::by_hand(value))
}

fn fill(document: impl Document) -> impl FnMut(&mut [u8]) -> Option<usize> {
    let mut text = Resumable::new(document);
    move |buf| text.fill(buf).ok()
}
