//! Whole documents on 64-bit targets: code that writes, and code that only counts.

use core::cell::Cell;

use super::text::DocumentText;
use crate::error::JsonError;
use crate::json::sink::count::Count;
use crate::json::sink::slice::Slice;

pub(super) fn try_write<T: DocumentText + ?Sized>(document: &T, buf: &mut [u8]) -> Option<usize> {
    let len = buf.len();
    let end = buf.as_ptr_range().end;
    match document.write_text(Slice::new(buf), 0) {
        // What a hidden failure leaves is not the rest of the buffer.
        Ok(Slice { rest, .. }) if rest.as_ptr_range().end == end => {
            Some(len.saturating_sub(rest.len()))
        }
        _ => None,
    }
}

/// Measures the text with so many arrays and objects around it.
pub(in crate::json) fn measure_within<T: DocumentText + ?Sized>(
    document: &T,
    depth: u8,
) -> Result<usize, JsonError> {
    let error = Cell::new(None);
    let result = document.write_text(Count::new(&error), depth);
    match (error.get(), result) {
        (Some(error), _) | (None, Err(error)) => Err(error),
        // It is none where the value hid a failure of its own.
        (None, Ok(count)) => count.len().ok_or(JsonError::Custom),
    }
}

/// Gives the error that a value made up itself, which only a count tells.
#[cold]
pub(in crate::json) fn made_up<T: DocumentText + ?Sized>(document: &T) -> JsonError {
    measure_within(document, 0)
        .err()
        .unwrap_or(JsonError::Custom)
}
