//! Texts that are joined into one field value.

use crate::error::{Error, Place};
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
    let above = |value: &[u8]| value.iter().position(|byte| !byte.is_ascii());
    write_checked(writer, texts.map(str::as_bytes), |value| {
        grammar::value_mistake(value).or_else(|| above(value))
    })
}

/// Writes values, but empty ones.
pub(super) fn write_list<'c>(
    writer: &mut ValueWriter<'_, '_>,
    values: impl Iterator<Item = &'c [u8]>,
) -> Result<(), Error> {
    write_checked(writer, values, grammar::value_mistake)
}

/// Writes values in which `mistake` finds the index of none, but empty ones.
fn write_checked<'c>(
    ValueWriter(buf): &mut ValueWriter<'_, '_>,
    values: impl Iterator<Item = &'c [u8]>,
    mistake: impl Fn(&[u8]) -> Option<usize>,
) -> Result<(), Error> {
    let start = buf.len();
    let mut separator: &[u8] = b"";
    for value in values.filter(|value| !value.is_empty()) {
        buf.write(separator);
        if let Some(at) = mistake(value) {
            let before = buf.len().saturating_sub(start);
            return Err(Error::HeaderValue(Place::at(before.saturating_add(at))));
        }
        buf.write(value);
        separator = b", ";
    }
    Ok(())
}
