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

pub(super) fn measure<T: DocumentText + ?Sized>(document: &T) -> Result<usize, JsonError> {
    let mut buf = Buf::new(&mut []);
    write_and_measure(document, &mut buf)?;
    Ok(buf.len())
}

/// Writes the text where it fits, and measures it.
#[inline(never)]
pub(crate) fn write_and_measure<T: DocumentText + ?Sized>(
    document: &T,
    buf: &mut Buf<'_>,
) -> Result<(), JsonError> {
    let error = Cell::new(None);
    match document.write_text(MeasuringSink::new(&mut TextOutput::new(buf, &error)), 0) {
        Ok(sink) if sink.is_complete() => Ok(()),
        // The value hid a failure.
        Ok(_) => Err(JsonError::Custom),
        Err(WriteFailed) => Err(error.get().unwrap_or(JsonError::Custom)),
    }
}
