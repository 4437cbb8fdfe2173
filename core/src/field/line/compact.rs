//! Lines that are written by calls.

use super::unusual::write_unusual_line;
use crate::error::Error;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::field::value::sealed::ValueWriter;
use crate::write::buf::Buf;

/// Writes `name: value` and CRLF, or returns the mistake in them.
#[inline(always)]
pub(crate) fn write_field<N: FieldName, V: FieldValue>(
    buf: &mut Buf<'_>,
    name: N,
    value: V,
) -> Result<(), Error> {
    if N::CHECKED && V::CHECKED {
        match value.bytes() {
            Some(bytes) => buf.write_line(name.bytes(), bytes),
            None => write_checked_line(buf, name.bytes(), value),
        }
        Ok(())
    } else {
        write_unusual_line(buf, name, value)
    }
}

/// Writes a line of which nothing can be wrong.
#[inline(never)]
fn write_checked_line<V: FieldValue>(buf: &mut Buf<'_>, name: &[u8], value: V) {
    buf.write(name);
    buf.write_array(b": ");
    // A checked value gives no error.
    let _ = value.write(&mut ValueWriter(buf));
    buf.write_array(b"\r\n");
}

impl Buf<'_> {
    /// Writes `name: value` and CRLF.
    #[inline(never)]
    pub(crate) fn write_line(&mut self, name: &[u8], value: &[u8]) {
        self.write(name);
        self.write_array(b": ");
        self.write(value);
        self.write_array(b"\r\n");
    }
}
