//! Models: values that know more of their fields than a derived `Serialize` does.

use core::fmt;

use serde_core::ser::{Serialize, SerializeStruct, Serializer};

use super::flatten;
use crate::json::by_serde::marked::FIELD;

/// Serializes a model that knows more of its fields than a derived `Serialize` does: that they are
/// written by another name, are never written, have their default or were not set.
///
/// Without a [`Filter`](super::settings::Filter) every field is written by its alias. Models within
/// are fields like others.
///
/// The derive of this name (feature `derive`) makes all of it of a struct and its attributes, and
/// values that know whether they were set are [`Settable`](super::settable::Settable).
///
/// A serializer that writes the names of newtypes shows the notes about a field; those of JSON do
/// not.
///
/// ```
/// use replywire::json::{Field, Filter, Model, Part, Python};
/// use serde::{Serialize, Serializer};
///
/// struct Item {
///     id: u32,
///     price: Option<u32>,
///     secret: &'static str,
/// }
///
/// impl Serialize for Item {
///     fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
///         let price = Field::new("price").unset(self.price.is_none());
///         Model::new(serializer, "Item", 2)?
///             .field(Field::new("id").alias("itemId"), &self.id)?
///             .field(price, &self.price.unwrap_or(10))?
///             .hidden("secret")?
///             .end()
///     }
/// }
///
/// let item = Item { id: 7, price: None, secret: "s3cret" };
/// let mut buf = [0; 64];
/// let len = Python::of(&item).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"{"itemId":7,"price":10}"#);
///
/// let filter = Filter::new().exclude_unset();
/// let len = Python::of(&item).filtered(&filter).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"{"itemId":7}"#);
///
/// let filter = Filter::new().by_name().include(&[Part::Name("id")]);
/// let len = Python::of(&item).filtered(&filter).write(&mut buf)?;
/// assert_eq!(&buf[..len], br#"{"id":7}"#);
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "BaseModel")]
#[must_use = "a model is written when it ends"]
pub struct Model<S: Serializer> {
    fields: S::SerializeStruct,
}

impl<S: Serializer> Model<S> {
    /// Begins a model of this type with `len` fields, the hidden ones not counted.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn new(serializer: S, name: &'static str, len: usize) -> Result<Self, S::Error> {
        let fields = serializer.serialize_struct(name, len)?;
        Ok(Self { fields })
    }

    /// Writes a field; a text alone is a field with nothing special about it.
    ///
    /// # Errors
    ///
    /// Those of the serializer and of the value.
    pub fn field<T: Serialize + ?Sized>(
        mut self,
        field: impl Into<Field>,
        value: &T,
    ) -> Result<Self, S::Error> {
        let field = field.into();
        let value = Marked { field, value };
        self.fields.serialize_field(field.alias, &value)?;
        Ok(self)
    }

    /// Writes the fields of another struct among those of this one, which counts them in its `len`;
    /// null has none.
    ///
    /// # Errors
    ///
    /// Those of the serializer and of the value, which must be a struct: of a map nobody knows the
    /// names.
    pub fn flatten<T: Serialize + ?Sized>(mut self, value: &T) -> Result<Self, S::Error> {
        flatten::flatten(&mut self.fields, value)?;
        Ok(self)
    }

    /// Notes a field that is never written, so that a filter may name it.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn hidden(mut self, name: &'static str) -> Result<Self, S::Error> {
        self.fields.skip_field(name)?;
        Ok(self)
    }

    /// Ends the model.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.fields.end()
    }
}

impl<S: Serializer> fmt::Debug for Model<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").finish_non_exhaustive()
    }
}

/// The description of a field of a [`Model`].
#[derive(Clone, Copy)]
pub struct Field {
    name: &'static str,
    alias: &'static str,
    mark: Mark,
}

impl Field {
    /// A field that is written by its name.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            alias: name,
            mark: Mark {
                is_default: false,
                is_unset: false,
            },
        }
    }

    /// Writes the field by another name, unless a filter says
    /// [`by_name`](super::settings::Filter::by_name).
    #[must_use]
    pub const fn alias(self, alias: &'static str) -> Self {
        Self { alias, ..self }
    }

    /// Notes that the value is the field's default, or is not.
    #[must_use]
    pub const fn default(self, is_default: bool) -> Self {
        let mark = Mark {
            is_default,
            ..self.mark
        };
        Self { mark, ..self }
    }

    /// Notes that nobody has set the value, or that somebody has.
    #[must_use]
    pub const fn unset(self, is_unset: bool) -> Self {
        let mark = Mark {
            is_unset,
            ..self.mark
        };
        Self { mark, ..self }
    }
}

impl From<&'static str> for Field {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field").finish_non_exhaustive()
    }
}

/// The notes on a field's value. It gets to the filter as the name of a newtype.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    pub(super) is_default: bool,
    pub(super) is_unset: bool,
}

const MARK: &str = FIELD;
const DEFAULT: &str = "$replywire::field::default";
const UNSET: &str = "$replywire::field::unset";
const UNSET_DEFAULT: &str = "$replywire::field::unset::default";

impl Mark {
    /// The mark of what nobody has set, which has its default.
    pub(super) const UNSET_DEFAULT: Self = Self {
        is_default: true,
        is_unset: true,
    };

    const fn name(self) -> &'static str {
        match (self.is_unset, self.is_default) {
            (false, false) => MARK,
            (false, true) => DEFAULT,
            (true, false) => UNSET,
            (true, true) => UNSET_DEFAULT,
        }
    }

    pub(super) fn read(name: &str) -> Option<Self> {
        let (is_unset, is_default) = match name {
            MARK => (false, false),
            DEFAULT => (false, true),
            UNSET => (true, false),
            UNSET_DEFAULT => (true, true),
            _ => return None,
        };
        Some(Self {
            is_default,
            is_unset,
        })
    }
}

/// A value in a newtype that says what is noted, with one in it that says the field's name.
struct Marked<'v, T: ?Sized> {
    field: Field,
    value: &'v T,
}

impl<T: Serialize + ?Sized> Serialize for Marked<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(self.field.mark.name(), &Named(self))
    }
}

struct Named<'v, T: ?Sized>(&'v Marked<'v, T>);

impl<T: Serialize + ?Sized> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(self.0.field.name, self.0.value)
    }
}
