//! The context of a value: its place in a filter, and so what is left out of it.

use core::cell::Cell;

use serde_core::ser::{self, Serialize, Serializer};

use super::key::Words;
use super::part::Part;
use super::probe::Facts;
use super::settings::Filter;
use super::tree::{Choice, Step, Steps, Tree};
use crate::error::JsonError;

/// All that decides about a value's parts.
#[derive(Clone, Copy)]
pub(super) struct FilterContext<'p> {
    pub(super) filter: &'p Filter<'p>,
    pub(super) choice: Choice<'p>,
    pub(super) words: &'p Words,
    /// The first thing that was wrong with the filter.
    pub(super) error: &'p Cell<Option<JsonError>>,
}

impl<'p> FilterContext<'p> {
    /// Runs `then` in the context of a part; `None` where the part is left out.
    #[inline]
    pub(super) fn part<R>(
        self,
        steps: impl Into<Steps<'p>>,
        then: impl FnOnce(FilterContext<'_>) -> R,
    ) -> Option<R> {
        let (mut then, mut result) = (Some(then), None);
        let shown = self.choice.part(steps.into(), &mut |choice| {
            if let Some(then) = then.take() {
                result = Some(then(FilterContext { choice, ..self }));
            }
        });
        if let Err(error) = shown {
            // It stays, and no document comes of the rest.
            self.note(error);
        }
        result
    }

    /// Finds the steps to a map's value.
    pub(super) fn key<K: Serialize + ?Sized>(self, key: &K) -> Steps<'p> {
        self.choice.key(key, self.words)
    }

    /// Puts a value in this context: it is filtered when it is serialized.
    pub(super) const fn of<T: ?Sized>(self, value: &'p T) -> InContext<'p, T> {
        InContext {
            value,
            context: self,
        }
    }

    #[cold]
    pub(super) fn error<E: ser::Error>(self, error: JsonError) -> E {
        self.note(error);
        E::custom(error)
    }

    /// Notes an error: the first counts, even where a value goes on after it.
    fn note(self, error: JsonError) {
        self.error.set(self.error.get().or(Some(error)));
    }

    /// Lets a value pass that has no parts: all of it must be meant.
    pub(super) fn leaf<E: ser::Error>(self) -> Result<(), E> {
        let Choice { include, exclude } = self.choice;
        match include.is_some() || exclude.is_some_and(|lists| lists.parts().next().is_some()) {
            false => Ok(()),
            true => Err(self.error(JsonError::NoParts)),
        }
    }

    /// Gives the context of a value that is written as it is, though it comes as a struct.
    pub(super) fn opaque<E: ser::Error>(self) -> Result<Self, E> {
        const ALL: &Filter<'static> = &Filter::new();

        self.leaf()?;
        Ok(Self {
            filter: ALL,
            choice: Choice::ALL,
            ..self
        })
    }

    /// Lists the fields that a model must have and that did not come yet: a bit for each.
    pub(super) fn names<E: ser::Error>(self) -> Result<u64, E> {
        // An index is a name that no field has.
        match self.choice.parts().filter(|part| !part.is_each()).count() {
            0 => Ok(0),
            names @ 1..=64 => Ok(u64::MAX >> (64 - names)),
            _ => Err(self.error(JsonError::TooManyFields)),
        }
    }

    /// Begins a map or what is like one.
    pub(super) fn map<E: ser::Error>(self) -> Result<(), E> {
        match self.choice.parts().any(|part| part.index().is_some()) {
            false => Ok(()),
            true => Err(self.error(JsonError::NotAList)),
        }
    }

    /// Begins a variant, and tells whether it is chosen. A tree that names variants must name this
    /// one.
    pub(super) fn variant<E: ser::Error>(self, variant: &str) -> Result<bool, E> {
        self.map()?;
        let is_unknown = |tree: Tree<'_>| {
            let mut parts = tree.into_iter().flat_map(|lists| lists.parts()).peekable();
            let is_this = |part: Part<'_>| part.is_each() || part.name() == Some(variant);
            parts.peek().is_some() && !parts.any(is_this)
        };
        if is_unknown(self.choice.include) || is_unknown(self.choice.exclude) {
            return Err(self.error(JsonError::UnknownField));
        }
        Ok(self.part(Step::Name(variant), |_| ()).is_some())
    }

    /// Runs `then` in the context of the fields of a variant that is chosen.
    pub(super) fn inside<R, E: ser::Error>(
        self,
        variant: &str,
        then: impl FnOnce(FilterContext<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        FilterContext::part(self, Step::Name(variant), then)
            .unwrap_or_else(|| Err(E::custom("a variant that is left out")))
    }

    /// Begins a list, and gives its length where it counts.
    pub(super) fn list<E: ser::Error>(self, len: Option<usize>) -> Result<Option<usize>, E> {
        if self.choice.parts().any(|part| part.name().is_some()) {
            return Err(self.error(JsonError::NotAModel));
        }
        let is_from_end = |part: Part<'_>| part.index().is_some_and(|index| index < 0);
        match (len, self.choice.parts().any(is_from_end)) {
            (_, false) => Ok(None),
            (Some(len), true) => Ok(Some(len)),
            (None, true) => Err(self.error(JsonError::Length)),
        }
    }

    /// Writes an element, unless it is left out; of `len` where it counts.
    pub(super) fn element<T: Serialize + ?Sized, E: ser::Error>(
        self,
        index: usize,
        len: Option<usize>,
        value: &T,
        write: impl FnOnce(&InContext<'_, T>) -> Result<(), E>,
    ) -> Result<(), E> {
        if len.is_some_and(|len| index >= len) {
            return Err(self.error(JsonError::Length));
        }
        let step = Step::Index(index, len.unwrap_or_default());
        self.part(step, |context| write(&context.of(value)))
            .unwrap_or(Ok(()))
    }

    /// Ends a list with so many elements, of `len` where it counts.
    pub(super) fn end_list<E: ser::Error>(self, count: usize, len: Option<usize>) -> Result<(), E> {
        match len.is_none_or(|len| len == count) {
            true => Ok(()),
            false => Err(self.error(JsonError::Length)),
        }
    }

    /// Writes a field, unless it is left out. Its name is no longer `missing`.
    pub(super) fn field<T: Serialize + ?Sized, E: ser::Error>(
        self,
        missing: &mut u64,
        key: &'static str,
        value: &T,
        write: impl FnOnce(&'static str, &InContext<'_, T>) -> Result<(), E>,
    ) -> Result<(), E> {
        let facts = self.facts(value)?;
        let name = facts.name.unwrap_or(key);
        self.skip(missing, &|other| other == name);
        if self.drops(&facts) {
            return Ok(());
        }
        let key = match self.filter.is_by_name {
            true => name,
            false => key,
        };
        self.part(Step::Name(name), |context| write(key, &context.of(value)))
            .unwrap_or(Ok(()))
    }

    /// Learns what is known of a field, which must be a model's where the filter asks for more than
    /// its name and value.
    pub(super) fn facts<T: Serialize + ?Sized, E: ser::Error>(self, value: &T) -> Result<Facts, E> {
        let facts = Facts::of(value);
        if facts.name.is_none() {
            self.plain_field()?;
        }
        Ok(facts)
    }

    /// Passes a field of which nothing more is known than its name and value.
    pub(super) fn plain_field<E: ser::Error>(self) -> Result<(), E> {
        let Filter {
            is_by_name,
            no_defaults,
            no_unset,
            ..
        } = self.filter;
        match *is_by_name || *no_defaults || *no_unset {
            false => Ok(()),
            true => Err(self.error(JsonError::PlainStruct)),
        }
    }

    /// Tells whether a field is left out for what is known of it.
    pub(super) const fn drops(self, facts: &Facts) -> bool {
        (self.filter.no_none && facts.is_null)
            || (self.filter.no_defaults && facts.mark.is_default)
            || (self.filter.no_unset && facts.mark.is_unset)
    }

    /// Passes a field: the names that are its own are no longer `missing`.
    pub(super) fn skip(self, missing: &mut u64, is_name: &dyn Fn(&str) -> bool) {
        if *missing != 0 {
            let mut bit = 1;
            for part in self.choice.parts().filter(|part| !part.is_each()) {
                if *missing & bit != 0 && part.name().is_some_and(is_name) {
                    *missing &= !bit;
                }
                bit <<= 1;
            }
        }
    }

    /// Ends a model.
    pub(super) fn end<E: ser::Error>(self, missing: u64) -> Result<(), E> {
        match missing {
            0 => Ok(()),
            _ => {
                self.map()?;
                Err(self.error(JsonError::UnknownField))
            }
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
