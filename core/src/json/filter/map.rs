//! Maps without the values that are left out.

use serde_core::ser::{Serialize, SerializeMap, Serializer};

use super::context::FilterContext;
use super::key;
use super::probe::Facts;
use super::tree::{Step, Steps};
use crate::error::JsonError;

/// A map.
pub(super) struct Map<'p, S> {
    pub(super) inner: S,
    pub(super) context: FilterContext<'p>,
    /// The steps to a value whose key has come.
    pub(super) entry: Option<Steps<'p>>,
    /// The keys are names of fields: a struct with `flatten` comes as a map of unknown length.
    pub(super) is_struct: bool,
    /// The names of fields that did not come yet.
    pub(super) missing: u64,
}

impl<S: SerializeMap> Map<'_, S> {
    /// Notes that the names that are `key` have come.
    fn skip<K: Serialize + ?Sized>(&mut self, key: &K) {
        let words = self.context.words;
        self.context
            .skip(&mut self.missing, &|name| key::is(key, name, words));
    }
}

impl<S: SerializeMap> SerializeMap for Map<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        if self.entry.is_some() {
            return Err(self.context.error(JsonError::Custom));
        }
        if self.is_struct {
            self.context.plain_field()?;
        }
        self.skip(key);
        let steps = self.context.key(key);
        self.entry = Some(steps);
        self.context
            .part(steps, |_| self.inner.serialize_key(key))
            .unwrap_or(Ok(()))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        let Some(steps) = self.entry.take() else {
            return Err(self.context.error(JsonError::Custom));
        };
        let is_struct = self.is_struct;
        let write = |context: FilterContext<'_>| {
            // Its key has been written.
            if is_struct && context.filter.no_none && Facts::of(value).is_null {
                return Err(context.error(JsonError::PlainStruct));
            }
            self.inner.serialize_value(&context.of(value))
        };
        self.context.part(steps, write).unwrap_or(Ok(()))
    }

    fn serialize_entry<K, T>(&mut self, key: &K, value: &T) -> Result<(), S::Error>
    where
        K: Serialize + ?Sized,
        T: Serialize + ?Sized,
    {
        if !self.is_struct || self.entry.is_some() {
            self.serialize_key(key)?;
            return self.serialize_value(value);
        }
        let context = self.context;
        let facts = context.facts(value)?;
        let (steps, key) = match facts.name {
            Some(name) => {
                context.skip(&mut self.missing, &|other| other == name);
                let key = match context.filter.is_by_name {
                    true => Key::Name(name),
                    false => Key::Alias(key),
                };
                (Step::Name(name).into(), key)
            }
            None => {
                self.skip(key);
                (context.key(key), Key::Alias(key))
            }
        };
        if context.drops(&facts) {
            return Ok(());
        }
        let write = |context: FilterContext<'_>| {
            self.inner.serialize_key(&key)?;
            self.inner.serialize_value(&context.of(value))
        };
        context.part(steps, write).unwrap_or(Ok(()))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        if self.entry.is_some() {
            return Err(self.context.error(JsonError::Custom));
        }
        self.context.end(self.missing)?;
        self.inner.end()
    }
}

/// The key of a field that was flattened into a map.
enum Key<'k, K: ?Sized> {
    Alias(&'k K),
    Name(&'static str),
}

impl<K: Serialize + ?Sized> Serialize for Key<'_, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Alias(key) => key.serialize(serializer),
            Self::Name(name) => serializer.serialize_str(name),
        }
    }
}
