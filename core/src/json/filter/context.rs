//! The context of a value: its place in a filter, and so what is left out of it.

use core::cell::Cell;

use serde_core::ser::{self, Serialize, Serializer};

use super::probe::Facts;
use super::settings::Filter;
use super::tree::{Choice, Chosen, Step};
use crate::error::JsonError;

/// All that decides about a value's parts.
#[derive(Clone, Copy)]
pub(super) struct FilterContext<'p> {
    pub(super) filter: &'p Filter<'p>,
    pub(super) choice: Choice<'p>,
    /// The first thing that was wrong with the filter.
    pub(super) error: &'p Cell<Option<JsonError>>,
}

impl<'p> FilterContext<'p> {
    /// Gives the context of a part that was chosen.
    pub(super) const fn within(self, chosen: &'p Chosen<'p>) -> Self {
        Self {
            choice: chosen.choice(),
            ..self
        }
    }

    /// Puts a value in this context: it is filtered when it is serialized.
    pub(super) const fn of<T: ?Sized>(self, value: &'p T) -> InContext<'p, T> {
        InContext {
            value,
            context: self,
        }
    }

    #[cold]
    fn error<E: ser::Error>(self, error: JsonError) -> E {
        // The first counts, even where a value goes on after it.
        self.error.set(self.error.get().or(Some(error)));
        E::custom(error)
    }

    /// Lists the fields that a model must have and that did not come yet: a bit for each.
    pub(super) fn names<E: ser::Error>(self) -> Result<u64, E> {
        // An index is a name that no field has.
        match self.choice.count(|part| !part.is_each()) {
            0 => Ok(0),
            names @ 1..=64 => Ok(u64::MAX >> (64 - names)),
            _ => Err(self.error(JsonError::TooManyFields)),
        }
    }

    /// Begins a map or what is like one.
    pub(super) fn map<E: ser::Error>(self) -> Result<(), E> {
        match self.choice.count(|part| part.index().is_some()) {
            0 => Ok(()),
            _ => Err(self.error(JsonError::NotAList)),
        }
    }

    /// Begins a list.
    pub(super) fn list<E: ser::Error>(self, len: Option<usize>) -> Result<(), E> {
        let is_from_end = |index: Option<i32>| index.is_some_and(|index| index < 0);
        if self.choice.count(|part| part.name().is_some()) != 0 {
            return Err(self.error(JsonError::NotAModel));
        }
        if len.is_none() && self.choice.count(|part| is_from_end(part.index())) != 0 {
            return Err(self.error(JsonError::Length));
        }
        Ok(())
    }

    /// Writes an element, unless it is left out.
    pub(super) fn element<T: Serialize + ?Sized, E>(
        self,
        index: usize,
        len: Option<usize>,
        value: &T,
        write: impl FnOnce(&InContext<'_, T>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self
            .choice
            .part(Step::Index(index, len.unwrap_or_default()))
        {
            None => Ok(()),
            Some(chosen) => write(&self.within(&chosen).of(value)),
        }
    }

    /// Writes a field, unless it is left out. Its name is no longer `missing`.
    pub(super) fn field<T: Serialize + ?Sized, E>(
        self,
        missing: &mut u64,
        key: &'static str,
        value: &T,
        write: impl FnOnce(&'static str, &InContext<'_, T>) -> Result<(), E>,
    ) -> Result<(), E> {
        let facts = Facts::of(value);
        let name = facts.name.unwrap_or(key);
        self.skip(missing, name);
        match self.choice.part(Step::Name(name)) {
            Some(chosen) if !self.drops(&facts) => {
                let key = match self.filter.is_by_name {
                    true => name,
                    false => key,
                };
                write(key, &self.within(&chosen).of(value))
            }
            _ => Ok(()),
        }
    }

    /// Tells whether a field is left out for what is known of it.
    const fn drops(self, facts: &Facts) -> bool {
        (self.filter.no_none && facts.is_null)
            || (self.filter.no_defaults && facts.mark.is_default)
            || (self.filter.no_unset && facts.mark.is_unset)
    }

    /// Passes a field that is not written.
    pub(super) fn skip(self, missing: &mut u64, name: &str) {
        if *missing != 0 {
            let mut bit = 1;
            self.choice.count(|part| {
                if part.name() == Some(name) {
                    *missing &= !bit;
                }
                if !part.is_each() {
                    bit <<= 1;
                }
                false
            });
        }
    }

    /// Ends a model.
    pub(super) fn end<E: ser::Error>(self, missing: u64) -> Result<(), E> {
        match missing {
            0 => Ok(()),
            _ => Err(self.no_such_field()),
        }
    }

    #[cold]
    fn no_such_field<E: ser::Error>(self) -> E {
        match self.choice.count(|part| part.index().is_some()) {
            0 => self.error(JsonError::UnknownField),
            _ => self.error(JsonError::NotAList),
        }
    }
}

/// A part of a value, in its context.
pub(super) struct InContext<'p, T: ?Sized> {
    value: &'p T,
    context: FilterContext<'p>,
}

impl<T: Serialize + ?Sized> Serialize for InContext<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.context.choice.is_too_deep() {
            return Err(self.context.error(JsonError::Depth));
        }
        self.value.serialize(Filtering {
            inner: serializer,
            context: self.context,
        })
    }
}

/// A serializer around another, which is not given what is left out.
pub(super) struct Filtering<'p, S> {
    pub(super) inner: S,
    pub(super) context: FilterContext<'p>,
}
