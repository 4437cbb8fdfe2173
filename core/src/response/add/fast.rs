use crate::field::id::FieldId;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::response::adding::Adding;
use crate::write::buf::Buf;

impl Adding<'_, '_> {
    /// Adds a line, or remembers the mistake in it.
    #[inline(always)]
    pub(in crate::response) fn add(self, name: impl FieldName, value: impl FieldValue) {
        self.add_known(name.id(), name, value);
    }

    /// Returns true if the reply takes a line of this field, and removes the one that it replaces.
    ///
    /// The cursor goes by value, so that a reply without such a line keeps it in registers.
    #[inline(always)]
    pub(in crate::response) fn admits(&mut self, field: FieldId, name: &[u8]) -> bool {
        if self.drafted.has(field) {
            return false;
        }
        if self.written.has_singleton(field) {
            let len = self.written.take(field);
            *self.buf = without_lines(self.buf.take(), name, len);
        }
        true
    }
}

#[cold]
#[inline(never)]
fn without_lines<'b>(mut buf: Buf<'b>, name: &[u8], len: usize) -> Buf<'b> {
    buf.remove_lines(name);
    buf.uncount(len);
    buf
}
