//! The settings of a filter.

use core::fmt;

use super::part::Part;

/// Leaves out parts of a value while it is written, as FastAPI does by a response model.
///
/// Nothing is copied, and what is not left out is written as it is without the filter, in its
/// order. A filter can be a constant, and serves any number of values.
///
/// The names in it must be those that the models have; each is looked up where it is first used. A
/// mistake is an error, not a reply that says too much: a name that a model does not have is
/// [`UnknownField`], a name where there is a list [`NotAModel`], an index
/// where there is none [`NotAList`]. So what is named in models of
/// several kinds, such as the variants of an untagged enum, must be a field of all that come. Keys
/// that a map does not have, and indices beyond the end of a list, mean nothing.
///
/// [`UnknownField`]: crate::json::JsonError::UnknownField
/// [`NotAModel`]: crate::json::JsonError::NotAModel
/// [`NotAList`]: crate::json::JsonError::NotAList
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
    pub(super) include: Option<&'f [Part<'f>]>,
    pub(super) exclude: &'f [Part<'f>],
    pub(super) is_by_name: bool,
    pub(super) no_defaults: bool,
    pub(super) no_none: bool,
    pub(super) no_unset: bool,
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

    /// Leaves out fields that have their default, as
    /// [`Field::default`](super::model::Field::default) says, at any depth.
    #[must_use]
    pub const fn exclude_defaults(self) -> Self {
        Self {
            no_defaults: true,
            ..self
        }
    }

    /// Leaves out fields that nobody has set, as [`Field::unset`](super::model::Field::unset) says,
    /// at any depth.
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
}

impl fmt::Debug for Filter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").finish_non_exhaustive()
    }
}
