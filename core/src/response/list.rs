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
        write_list(writer, self.0.iter().copied())
    }
}

pub(super) fn write_list<'c>(
    writer: &mut ValueWriter<'_, '_>,
    texts: impl Iterator<Item = &'c str>,
) -> Result<(), Error> {
    let mut separator: &[u8] = b"";
    for text in texts.filter(|text| !text.is_empty()) {
        grammar::check_text(text)?;
        writer.0.write(separator);
        writer.0.write(text.as_bytes());
        separator = b", ";
    }
    Ok(())
}
