//! Parts of a value, by which a filter names them.

use core::fmt;

/// A part of a value that a [`Filter`](super::settings::Filter) includes or excludes: a field of a
/// model, a value of a map or an element of a list. `In` and its like mean parts of a part.
///
/// A *model* is what serializes as a struct. A map's value is meant by its key as JSON has it; but
/// by none where the key is an integer beyond 64 bits or a number with a fraction, such as `1.0`.
/// The keys that are null or not finite are meant by the words of the dialect for them, so null is
/// `None` in [`Pydantic`](crate::json::Pydantic). A variant of an enum is a map of one value, which
/// the variant names; one that is left out leaves `{}`. Bytes are a list of numbers, but a text
/// where the dialect writes them as one.
///
/// ```
/// use replywire::json::Part::{self, *};
///
/// /// The names of all users, and the last of the tags.
/// const SHOWN: &[Part] = &[
///     In("users", &[InEach(&[Name("name")])]),
///     In("tags", &[At(-1)]),
/// ];
/// ```
#[non_exhaustive]
#[derive(Clone, Copy)]
pub enum Part<'f> {
    /// The element of a list at this index, which counts from the end where it is negative.
    At(i32),
    /// Every element of a list, value of a map or field of a model.
    Each,
    /// Parts of what has this name.
    In(&'f str, &'f [Part<'f>]),
    /// Parts of the element at this index. It goes before what is said about [`Each`](Self::Each)
    /// element, and is joined with it where neither means all of an element. Parts of what is named
    /// twice are joined too; all of it is meant where one of the two says so.
    InAt(i32, &'f [Part<'f>]),
    /// Parts of every element, value or field.
    InEach(&'f [Part<'f>]),
    /// The field of a model that has this name, or the value of a map that has this key.
    Name(&'f str),
}

impl<'f> Part<'f> {
    /// The name of a field or the key of a value.
    pub(super) const fn name(self) -> Option<&'f str> {
        match self {
            Self::In(name, _) | Self::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The index of an element.
    pub(super) const fn index(self) -> Option<i32> {
        match self {
            Self::At(index) | Self::InAt(index, _) => Some(index),
            _ => None,
        }
    }

    pub(super) const fn is_each(self) -> bool {
        matches!(self, Self::Each | Self::InEach(_))
    }

    /// Gives the parts of the part that are meant; `None` where that is all of it.
    pub(super) const fn parts(self) -> Option<&'f [Self]> {
        match self {
            Self::In(_, parts) | Self::InAt(_, parts) | Self::InEach(parts) => Some(parts),
            _ => None,
        }
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").finish_non_exhaustive()
    }
}
