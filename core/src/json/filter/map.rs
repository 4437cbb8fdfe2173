//! Maps without the values that are left out.

use core::mem;

use serde_core::ser::{Error as _, Serialize, SerializeMap};

use super::context::FilterContext;
use super::tree::Chosen;

/// A map.
pub(super) struct Map<'p, S> {
    pub(super) inner: S,
    pub(super) context: FilterContext<'p>,
    pub(super) entry: Entry<'p>,
}

/// The fate of a value whose key has come.
pub(super) enum Entry<'p> {
    /// None has.
    None,
    Left,
    Chosen(Chosen<'p>),
}

impl<S: SerializeMap> SerializeMap for Map<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        if !matches!(self.entry, Entry::None) {
            return Err(S::Error::custom("a key after a key"));
        }
        match self.context.choice.value(key) {
            None => {
                self.entry = Entry::Left;
                Ok(())
            }
            Some(chosen) => {
                self.entry = Entry::Chosen(chosen);
                self.inner.serialize_key(key)
            }
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        match mem::replace(&mut self.entry, Entry::None) {
            Entry::None => Err(S::Error::custom("a value without a key")),
            Entry::Left => Ok(()),
            Entry::Chosen(chosen) => {
                let value = self.context.within(&chosen).of(value);
                self.inner.serialize_value(&value)
            }
        }
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match self.entry {
            Entry::None => self.inner.end(),
            _ => Err(S::Error::custom("a key without a value")),
        }
    }
}
