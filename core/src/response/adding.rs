//! A line of the caller's that is added to a reply.

use crate::error::Error;
use crate::field::id::{FieldId, FieldSet};
use crate::field::line::write_field;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::head::written::WrittenFields;
use crate::write::buf::Buf;

/// The parts of a reply that a line of the caller's changes.
///
/// They are borrowed one by one. So the compiler knows of a chain of constant names which lines
/// there are, and leaves out the code that would replace one.
pub(super) struct Adding<'r, 'b> {
    pub(super) buf: &'r mut Buf<'b>,
    pub(super) written: &'r mut WrittenFields,
    pub(super) error: &'r mut Option<Error>,
    pub(super) drafted: FieldSet,
}

impl Adding<'_, '_> {
    /// Adds a line, in place of an earlier one of a singleton.
    #[inline(always)]
    pub(super) fn add_known(
        mut self,
        field: FieldId,
        name: impl FieldName,
        value: impl FieldValue,
    ) {
        let result = match self.admits(field, name.bytes()) {
            true => {
                let start = self.buf.len();
                let result = write_field(self.buf, name, value);
                self.written.add(field, self.buf.len() - start);
                result
            }
            false => check(name, value),
        };
        if let Err(error) = result {
            *self.error = Some(first_of(*self.error, error));
        }
    }
}

/// Remembers a mistake, if it is the first.
#[inline]
pub(super) fn note(first: &mut Option<Error>, result: Result<(), Error>) {
    if let Err(error) = result {
        first.get_or_insert(error);
    }
}

/// The first mistake, by a call, so that the compiler keeps it out of a line without one.
#[cfg_attr(target_pointer_width = "64", inline(never))]
fn first_of(first: Option<Error>, error: Error) -> Error {
    first.unwrap_or(error)
}

/// Checks a line that is passed over.
#[inline(always)]
fn check<N: FieldName, V: FieldValue>(name: N, value: V) -> Result<(), Error> {
    match N::CHECKED && V::CHECKED {
        true => Ok(()),
        false => check_unknown(name, value),
    }
}

#[cold]
#[inline(never)]
fn check_unknown(name: impl FieldName, value: impl FieldValue) -> Result<(), Error> {
    write_field(&mut Buf::new(&mut []), name, value)
}
