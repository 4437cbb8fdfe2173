//! A value that changes between two pieces is told by what changed.

use core::cell::Cell;

use super::resumable::Resumable;
use crate::error::JsonError;
use crate::json::by_hand::value::{Outcome, ToJson, Value};
use crate::json::rules::Python;
use crate::json::sink::interface::Sink;
use crate::write::bytes::moves;

/// Writes its first value once, and then the second.
struct Changing<T> {
    values: [T; 2],
    is_second: Cell<bool>,
}

impl<T: ToJson> ToJson for Changing<T> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        let [first, second] = &self.values;
        match self.is_second.replace(true) {
            false => first.to_json(out),
            true => second.to_json(out),
        }
    }
}

/// Writes a piece of `first`, and then tries to go on with `second`.
fn second_piece<T: ToJson>(first: T, second: T) -> Result<usize, JsonError> {
    let value = Changing {
        values: [first, second],
        is_second: Cell::new(false),
    };
    let mut document = Resumable::new(Python::by_hand(&value));
    assert_eq!(document.fill(&mut [0; 16]), Ok(16));
    document.fill(&mut [0; 16])
}

#[test]
fn a_number_that_changes_within_its_digits_is_a_text_that_changed() {
    let number = 1_234_567_890_123_456_789_u64;
    assert_eq!(second_piece(number, number), Ok(3));
    assert_eq!(
        second_piece(number, number - 1_000_000_000_000_000_000),
        Err(JsonError::TextChanged)
    );
    // It ends before the place is reached.
    assert_eq!(second_piece(number, 1), Err(JsonError::TextChanged));
}

#[test]
fn an_array_without_the_element_at_the_place_is_a_structure_that_changed() {
    let list = [7; 9];
    assert_eq!(second_piece(&list[..], &list[..]), Ok(3));
    assert_eq!(
        second_piece(&list[..], &list[..2]),
        Err(JsonError::StructureChanged)
    );
    assert_eq!(
        second_piece(Some(&list[..]), None),
        Err(JsonError::StructureChanged)
    );
}

/// A text that is JSON already.
struct Raw<'t>(&'t str);

impl ToJson for Raw<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.raw(self.0)
    }
}

/// Sends a value in pieces of 16 bytes, and counts the bytes that were gone through to check it.
fn checked(value: &impl ToJson) -> usize {
    let mut document = Resumable::new(Python::by_hand(value));
    moves::take();
    while document.fill(&mut [0; 16]).unwrap() > 0 {}
    moves::take()
}

#[test]
fn a_long_text_is_checked_in_linear_work() {
    let plain = "caf\u{e9} \"\n".repeat(2000);
    let raw = std::format!("[{}0]", "[1, \"caf\u{e9}\"],".repeat(1000));
    for (checked, len) in [
        (checked(&&*plain), plain.len()),
        (checked(&Raw(&raw)), raw.len()),
    ] {
        assert!((1..=4 * len).contains(&checked), "{checked} of {len}");
    }
}
