//! Values that know whether somebody has set them.

use core::ops::Deref;

use serde_core::de::{Deserialize, Deserializer};
use serde_core::ser::{Serialize, Serializer};

use crate::json::by_serde::marked::UNSET;

/// A value that was set, or else a default that nobody has set: a field of a model for
/// [`Filter::exclude_unset`](super::settings::Filter::exclude_unset).
///
/// It is written as its value. A filter learns from it that it is unset, in a derived model and in
/// one that is written by hand ([`Model`](super::model::Model)); what is unset has its default. A
/// field of another type is always set, also an `Option` that is `None`: that is a null that
/// somebody has set, as in Python.
///
/// A value that is read by `serde` is set. A key that does not come leaves the field unset where
/// the field says `#[serde(default)]`. Two values are equal where what they hold is, whoever has
/// set it.
///
/// ```
/// use replywire::json::Settable;
///
/// let mut tax = Settable::unset(10.5);
/// assert_eq!((*tax, tax.is_set()), (10.5, false));
/// tax = 10.5.into();
/// assert_eq!((*tax, tax.is_set()), (10.5, true));
/// assert_eq!(tax, Settable::unset(10.5));
/// ```
#[doc(alias = "exclude_unset")]
#[doc(alias = "model_fields_set")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Settable<T> {
    value: T,
    is_set: bool,
}

impl<T> Settable<T> {
    /// A value that somebody has set.
    pub const fn set(value: T) -> Self {
        Self {
            value,
            is_set: true,
        }
    }

    /// The default, which nobody has set.
    pub const fn unset(default: T) -> Self {
        Self {
            value: default,
            is_set: false,
        }
    }

    /// Tells whether somebody has set the value.
    pub const fn is_set(&self) -> bool {
        self.is_set
    }

    /// Gives the value.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Settable<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> From<T> for Settable<T> {
    fn from(value: T) -> Self {
        Self::set(value)
    }
}

impl<T: PartialEq> PartialEq for Settable<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Settable<T> {}

impl<T: Serialize> Serialize for Settable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.is_set {
            true => self.value.serialize(serializer),
            false => serializer.serialize_newtype_struct(UNSET, &self.value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Settable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::set)
    }
}
