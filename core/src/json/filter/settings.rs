//! The settings of a filter.

use core::fmt;

use super::part::Part;

/// Leaves out parts of a value while it is written, as FastAPI does by a response model.
///
/// Nothing is copied, and what is not left out is written as it is without the filter, in its
/// order. A filter can be a constant, and serves any number of values.
///
/// What cannot be filtered is an error, not a reply that says too much. It comes before the first
/// byte, also where a document leaves in pieces. Where the type of the value is
/// [`Shaped`](super::shape::Shaped), [`check`](Self::check) finds the first four before there is a
/// value, also at compile time:
///
/// - [`UnknownField`][]: a name that a model does not have. So what is named in models of several
///   kinds, such as the variants of an untagged enum, must be a field of all that come. A filter
///   that names variants must name the one that comes: `In("Other", &[])` excludes nothing of it.
/// - [`NotAModel`][]: a name where there is a list.
/// - [`NotAList`][]: an index where there is no list.
/// - [`NoParts`][]: parts of a text, a number or a boolean. Null stands for any value: it has all
///   parts, and none is written.
/// - [`Length`][]: an index from the end of a list that tells no length, or a wrong one.
/// - [`PlainStruct`][]: [`exclude_defaults`](Self::exclude_defaults),
///   [`exclude_unset`](Self::exclude_unset) or [`by_name`](Self::by_name) where there is a field of
///   a struct that is no [`Model`](super::model::Model), which knows nothing of that; or
///   [`exclude_none`](Self::exclude_none) where a null comes apart from its key in a map that tells
///   no length.
/// - [`TooManyFields`][]: names of fields of one model more than 64 times, in what is included and
///   excluded together.
/// - [`TooManyLists`][]: parts of one value in more than 16 lists, of those that are included or of
///   those that are excluded. The same list counts once.
///
/// Indices beyond the end of a list mean nothing, nor do keys that a map does not have; but a map
/// that does not tell its length is taken for a struct with `#[serde(flatten)]`, of which `serde`
/// makes such a map. Its keys are names of fields, and a field that is skipped is not there.
///
/// What `serde` keeps in a buffer first is no struct any more where it had `flatten`: such a map
/// tells its length. So in the fields of an enum's variant that is flattened
/// (`#[serde(flatten)]`), or that is in a variant of an internally tagged enum (`#[serde(tag)]`
/// without `content`), a struct with `flatten` is a map: a name that it does not have means
/// nothing, its nulls stay, and what a [`Model`](super::model::Model) that was flattened into it
/// knows is not asked for: its fields go by the names that they are written by.
///
/// Parts that are named in several places are joined. A list of parts is read once for a part of a
/// value, however often it is named, so the work grows with the product of the value's size and
/// that of the lists about one place. Where lists are joined, a level takes as much more stack as
/// 16 lists: 192 bytes where words have 32 bits, in either of the two trees.
///
/// [`Length`]: crate::json::JsonError::Length
/// [`NoParts`]: crate::json::JsonError::NoParts
/// [`NotAList`]: crate::json::JsonError::NotAList
/// [`NotAModel`]: crate::json::JsonError::NotAModel
/// [`PlainStruct`]: crate::json::JsonError::PlainStruct
/// [`TooManyFields`]: crate::json::JsonError::TooManyFields
/// [`TooManyLists`]: crate::json::JsonError::TooManyLists
/// [`UnknownField`]: crate::json::JsonError::UnknownField
///
/// ```
/// use replywire::json::Part::{At, In, InEach, Name};
/// use replywire::json::{Filter, Python};
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
/// let len = Python::of(&order).filtered(&PUBLIC).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"{"id":7,"items":[{"name":"a"}]}"#);
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "response_model")]
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
    #[doc(alias = "response_model_include")]
    #[must_use]
    pub const fn include(self, parts: &'f [Part<'f>]) -> Self {
        Self {
            include: Some(parts),
            ..self
        }
    }

    /// Leaves out these parts, included or not; the last call counts.
    #[doc(alias = "response_model_exclude")]
    #[must_use]
    pub const fn exclude(self, parts: &'f [Part<'f>]) -> Self {
        Self {
            exclude: parts,
            ..self
        }
    }

    /// Leaves out fields of models that are `null`, at any depth; `null` in maps and lists stays.
    #[doc(alias = "response_model_exclude_none")]
    #[must_use]
    pub const fn exclude_none(self) -> Self {
        Self {
            no_none: true,
            ..self
        }
    }

    /// Leaves out fields that have their default, as
    /// [`Field::default`](super::model::Field::default) says, at any depth. All structs must be
    /// models.
    #[doc(alias = "response_model_exclude_defaults")]
    #[must_use]
    pub const fn exclude_defaults(self) -> Self {
        Self {
            no_defaults: true,
            ..self
        }
    }

    /// Leaves out fields that nobody has set, as [`Field::unset`](super::model::Field::unset) says,
    /// at any depth. All structs must be models.
    #[doc(alias = "response_model_exclude_unset")]
    #[must_use]
    pub const fn exclude_unset(self) -> Self {
        Self {
            no_unset: true,
            ..self
        }
    }

    /// Writes fields by their names instead of their aliases. All structs must be models.
    #[doc(alias = "response_model_by_alias")]
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
