//! Texts that are joined into one field value.

use crate::error::Error;
use crate::field::grammar;
use crate::field::value::FieldValue;
use crate::field::value::sealed::{self, ValueWriter};

/// Texts joined by `, ` into one field value.
#[derive(Clone, Copy)]
pub(super) struct List<'c>(pub(super) &'c [&'c str]);

impl FieldValue for List<'_> {}

impl sealed::Value for List<'_> {
    const CHECKED: bool = false;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn write(self, writer: &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        write_texts(writer, self.0.iter().copied())
    }
}

/// Writes ASCII texts, but empty ones.
pub(super) fn write_texts<'c>(
    writer: &mut ValueWriter<'_, '_>,
    texts: impl Iterator<Item = &'c str>,
) -> Result<(), Error> {
    let mut is_ascii = true;
    let texts = texts.inspect(|text| is_ascii &= text.is_ascii());
    write_list(writer, texts.map(str::as_bytes))?;
    match is_ascii {
        true => Ok(()),
        false => Err(Error::HeaderValue),
    }
}

/// Writes values, but empty ones.
pub(super) fn write_list<'c>(
    writer: &mut ValueWriter<'_, '_>,
    values: impl Iterator<Item = &'c [u8]>,
) -> Result<(), Error> {
    let mut separator: &[u8] = b"";
    for value in values.filter(|value| !value.is_empty()) {
        grammar::check_value(value)?;
        writer.0.write(separator);
        writer.0.write(value);
        separator = b", ";
    }
    Ok(())
}
