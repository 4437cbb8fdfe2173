//! Models and filters of replies: what FastAPI's response models do, around any `Serialize`.

mod key;
mod model;
mod part;
mod place;
mod probe;
mod ser;
mod tree;
mod variant;

use core::cell::Cell;
use core::fmt;

use serde_core::{Serialize, Serializer};

pub use self::model::{Field, Model};
pub use self::part::Part;
use self::place::Place;
use self::probe::Facts;
use self::ser::Filtering;
use self::tree::{Choice, Tree};
use super::document::sealed;
use super::sink::Replay as _;
use super::{BySerde, Dialect, JsonError, Sink, Strict};

/// Leaves out parts of a value while it is written, as FastAPI does by a response model.
///
/// Nothing is copied, and what is not left out is written as it is without the filter, in its
/// order. A filter can be a constant, and serves any number of values.
///
/// The names in it must be those that the models have; each is looked up where it is first used. A
/// mistake is an error, not a reply that says too much: a name that a model does not have is
/// [`JsonError::UnknownField`], a name where there is a list [`JsonError::NotAModel`], an index
/// where there is none [`JsonError::NotAList`]. So what is named in models of
/// several kinds, such as the variants of an untagged enum, must be a field of all that come. Keys
/// that a map does not have, and indices beyond the end of a list, mean nothing.
///
/// ```
/// use replywire::json::Part::{At, In, InEach, Name};
/// use replywire::json::{Dialect, Document, Filter, Strict};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Order<'a> {
///     id: u32,
///     note: Option<&'a str>,
///     items: &'a [Item<'a>],
/// }
///
/// #[derive(Serialize)]
/// struct Item<'a> {
///     name: &'a str,
///     cost: u32,
/// }
///
/// const PUBLIC: Filter = Filter::new()
///     .exclude(&[In("items", &[InEach(&[Name("cost")]), At(-1)])])
///     .exclude_none();
///
/// let items = [Item { name: "a", cost: 1 }, Item { name: "b", cost: 2 }];
/// let order = Order { id: 7, note: None, items: &items };
/// let mut buf = [0; 64];
/// let len = Strict::of(&order).filtered(&PUBLIC).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"{"id":7,"items":[{"name":"a"}]}"#);
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Filter<'f> {
    include: Option<&'f [Part<'f>]>,
    exclude: &'f [Part<'f>],
    is_by_name: bool,
    no_defaults: bool,
    no_none: bool,
    no_unset: bool,
}

impl<'f> Filter<'f> {
    /// A filter that leaves out nothing.
    pub const fn new() -> Self {
        Self {
            include: None,
            exclude: &[],
            is_by_name: false,
            no_defaults: false,
            no_none: false,
            no_unset: false,
        }
    }

    /// Writes these parts only; the last call counts. Names are those of fields, never aliases.
    #[must_use]
    pub const fn include(self, parts: &'f [Part<'f>]) -> Self {
        Self {
            include: Some(parts),
            ..self
        }
    }

    /// Leaves out these parts, included or not; the last call counts.
    #[must_use]
    pub const fn exclude(self, parts: &'f [Part<'f>]) -> Self {
        Self {
            exclude: parts,
            ..self
        }
    }

    /// Leaves out fields of models that are `null`, at any depth; `null` in maps and lists stays.
    #[must_use]
    pub const fn exclude_none(self) -> Self {
        Self {
            no_none: true,
            ..self
        }
    }

    /// Leaves out fields that have their default, as [`Field::default`] says, at any depth.
    #[must_use]
    pub const fn exclude_defaults(self) -> Self {
        Self {
            no_defaults: true,
            ..self
        }
    }

    /// Leaves out fields that nobody has set, as [`Field::unset`] says, at any depth.
    #[must_use]
    pub const fn exclude_unset(self) -> Self {
        Self {
            no_unset: true,
            ..self
        }
    }

    /// Writes fields by their names instead of their aliases.
    #[must_use]
    pub const fn by_name(self) -> Self {
        Self {
            is_by_name: true,
            ..self
        }
    }

    /// Serializes what is left of `value`.
    fn serialize<T, S>(
        &self,
        value: &T,
        serializer: S,
        note: impl FnOnce(JsonError),
    ) -> Result<S::Ok, S::Error>
    where
        T: Serialize + ?Sized,
        S: Serializer<Error: From<JsonError>>,
    {
        let error = Cell::new(None);
        let place = Place {
            filter: self,
            choice: Choice {
                include: self.include.map_or(Tree::Silent, Tree::Parts),
                exclude: match self.exclude {
                    [] => Tree::Silent,
                    parts => Tree::Parts(parts),
                },
            },
            error: &error,
        };
        let result = value.serialize(Filtering::new(serializer, place));
        // What went through the value's own hands has lost its name there.
        match error.get() {
            Some(error) => {
                note(error);
                Err(error.into())
            }
            None => result,
        }
    }

    /// Whether a field is left out for what is known of it.
    const fn drops(&self, facts: &Facts) -> bool {
        (self.no_none && facts.is_null)
            || (self.no_defaults && facts.mark.is_default)
            || (self.no_unset && facts.mark.is_unset)
    }
}

impl fmt::Debug for Filter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").finish_non_exhaustive()
    }
}

/// A document of what a filter leaves; [`BySerde::filtered`] makes it.
pub struct Filtered<'v, 'f, T: ?Sized, D = Strict> {
    document: BySerde<'v, T, D>,
    filter: &'f Filter<'f>,
}

impl<'v, T: ?Sized, D> BySerde<'v, T, D> {
    /// The document without what `filter` leaves out.
    pub const fn filtered<'f>(self, filter: &'f Filter<'f>) -> Filtered<'v, 'f, T, D> {
        Filtered {
            document: self,
            filter,
        }
    }
}

impl<T: ?Sized, D> Clone for Filtered<'_, '_, T, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized, D> Copy for Filtered<'_, '_, T, D> {}

impl<T: ?Sized, D> fmt::Debug for Filtered<'_, '_, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filtered").finish_non_exhaustive()
    }
}

impl<T: Serialize + ?Sized, D: Dialect> sealed::Document for Filtered<'_, '_, T, D> {
    type Dialect = D;

    fn put<S: Sink<Dialect = D>>(&self, sink: S, depth: u8) -> Result<S, S::Error> {
        let replay = sink.replay();
        let serializer = super::ser::Serializer { sink, depth };
        let note = |error| replay.note(error);
        self.filter.serialize(self.document.value, serializer, note)
    }
}
