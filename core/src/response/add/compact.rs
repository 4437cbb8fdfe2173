use crate::field::id::FieldId;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::response::builder::Response;

impl Response<'_> {
    /// Adds a line, or remembers the mistake in it.
    ///
    /// The compiler knows of a constant name what is to be done besides writing the line.
    #[inline(always)]
    pub(in crate::response) fn add<N: FieldName>(&mut self, name: N, value: impl FieldValue) {
        let field = name.id();
        match N::CHECKED && !is_replaced(field) {
            true => self.add_line(field, name, value),
            false => self.add_unusual(name, value),
        }
    }

    #[inline(never)]
    fn add_unusual(&mut self, name: impl FieldName, value: impl FieldValue) {
        self.add_known(name.id(), name, value);
    }
}

/// True for a field whose later line replaces an earlier one of the same reply.
const fn is_replaced(field: FieldId) -> bool {
    matches!(
        field,
        FieldId::ContentType | FieldId::Date | FieldId::Location
    )
}
