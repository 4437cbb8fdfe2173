use crate::field::id::FieldId;

/// The id, so that no code looks for it in the name.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct StoredId(FieldId);

impl StoredId {
    pub(super) const fn of(name: &[u8]) -> Self {
        Self(FieldId::of(name))
    }

    #[inline(always)]
    pub(super) const fn get(self, _: &[u8]) -> FieldId {
        self.0
    }
}
