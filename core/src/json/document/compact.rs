//! Whole documents on small targets: one sink writes and measures.

use core::cell::Cell;

use super::text::DocumentText;
use crate::error::JsonError;
use crate::json::sink::fault::WriteFailed;
use crate::json::sink::measuring::{MeasuringSink, TextOutput};
use crate::write::buf::Buf;

pub(super) fn try_write<T: DocumentText + ?Sized>(document: &T, buf: &mut [u8]) -> Option<usize> {
    let room = buf.len();
    let mut buf = Buf::new(buf);
    write_and_measure(document, &mut buf).ok()?;
    Some(buf.len()).filter(|len| *len <= room)
}

/// Measures the text with so many arrays and objects around it.
pub(in crate::json) fn measure_within<T: DocumentText + ?Sized>(
    document: &T,
    depth: u8,
) -> Result<usize, JsonError> {
    let mut buf = Buf::new(&mut []);
    write_within(document, depth, &mut buf)?;
    Ok(buf.len())
}

/// Gives the error that a value made up itself, which nothing tells.
pub(in crate::json) fn made_up<T: ?Sized>(_: &T) -> JsonError {
    JsonError::Custom
}

/// Writes the text where it fits, and measures it.
pub(crate) fn write_and_measure<T: DocumentText + ?Sized>(
    document: &T,
    buf: &mut Buf<'_>,
) -> Result<(), JsonError> {
    write_within(document, 0, buf)
}

#[inline(never)]
fn write_within<T: DocumentText + ?Sized>(
    document: &T,
    depth: u8,
    buf: &mut Buf<'_>,
) -> Result<(), JsonError> {
    let error = Cell::new(None);
    let is_whole =
        match document.write_text(MeasuringSink::new(&mut TextOutput::new(buf, &error)), depth) {
            Ok(sink) => sink.is_complete(),
            Err(WriteFailed) => false,
        };
    match error.get() {
        Some(error) => Err(error),
        // The value failed by itself, though it may hide that.
        None if !is_whole => Err(JsonError::Custom),
        None if buf.len() == usize::MAX => Err(JsonError::TooLong),
        None => Ok(()),
    }
}
