use crate::field::id::FieldId;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::head::written::{REPRESENTATION, VERSION};
use crate::response::adding::Adding;

impl Adding<'_, '_> {
    /// Adds a line, or remembers the mistake in it.
    ///
    /// The compiler knows of a constant name what is to be done besides writing the line.
    #[inline(always)]
    pub(in crate::response) fn add<N: FieldName>(self, name: N, value: impl FieldValue) {
        let field = name.id();
        match N::CHECKED && !is_counted(field) {
            true => self.add_known(field, name, value),
            false => self.add_unusual(name, value),
        }
    }

    #[inline(never)]
    fn add_unusual(self, name: impl FieldName, value: impl FieldValue) {
        self.add_known(name.id(), name, value);
    }

    /// Returns true if the reply takes a line of this field, and removes the one that it replaces.
    #[inline(always)]
    pub(in crate::response) fn admits(&mut self, field: FieldId, name: &[u8]) -> bool {
        if self.drafted.has(field) {
            return false;
        }
        if self.written.has_singleton(field) {
            self.buf.remove_lines(name);
            if is_counted(field) {
                self.buf.uncount(self.written.take(field));
            }
        }
        true
    }
}

/// True for a singleton of which [`WrittenFields`](crate::head::written::WrittenFields) notes more
/// than that it is there.
const fn is_counted(field: FieldId) -> bool {
    let is_apart = matches!(
        field,
        FieldId::ContentType | FieldId::Date | FieldId::Location
    );
    field.is_singleton() && (is_apart || REPRESENTATION.has(field) || VERSION.has(field))
}
