use crate::field::id::FieldId;

/// Nothing: the compiler finds the id in a constant name.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct StoredId;

impl StoredId {
    pub(super) const fn of(_: &[u8]) -> Self {
        Self
    }

    #[inline(always)]
    pub(super) const fn get(self, name: &[u8]) -> FieldId {
        FieldId::of(name)
    }
}
