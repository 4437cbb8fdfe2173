//! Models without the fields that are left out.

use serde_core::ser::{self, Serialize};

use super::context::FilterContext;
use super::flatten::ANY_FIELD;

/// A model.
pub(super) struct Fields<'p, S> {
    pub(super) inner: S,
    pub(super) context: FilterContext<'p>,
    /// The names that no field had yet.
    pub(super) missing: u64,
}

impl<S: ser::SerializeStruct> ser::SerializeStruct for Fields<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        self.context
            .field(&mut self.missing, key, value, |key, value| {
                self.inner.serialize_field(key, value)
            })
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        if key == ANY_FIELD {
            self.missing = 0;
            return Ok(());
        }
        self.context.skip(&mut self.missing, &|name| name == key);
        self.inner.skip_field(key)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.context.end(self.missing)?;
        self.inner.end()
    }
}
