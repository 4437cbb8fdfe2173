//! Whole documents on 64-bit targets: code that writes, and code that only counts.

use super::text::DocumentText;
use crate::error::JsonError;
use crate::json::sink::count::Count;
use crate::json::sink::slice::Slice;

pub(super) fn try_write<T: DocumentText + ?Sized>(document: &T, buf: &mut [u8]) -> Option<usize> {
    let len = buf.len();
    match document.write_text(Slice::new(buf), 0) {
        Ok(Slice { rest, .. }) => Some(len.saturating_sub(rest.len())),
        Err(_) => None,
    }
}

pub(super) fn measure<T: DocumentText + ?Sized>(document: &T) -> Result<usize, JsonError> {
    match document.write_text(Count::new(0), 0)?.len {
        // The value hid a failure.
        usize::MAX => Err(JsonError::Custom),
        len => Ok(len),
    }
}
