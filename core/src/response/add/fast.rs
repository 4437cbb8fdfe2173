use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::response::builder::Response;

impl Response<'_> {
    /// Adds a line, or remembers the mistake in it.
    #[inline(always)]
    pub(in crate::response) fn add(&mut self, name: impl FieldName, value: impl FieldValue) {
        self.add_known(name.id(), name, value);
    }
}
