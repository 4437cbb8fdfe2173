//! Fields of other structs among those of a model.

use core::fmt::Display;

use serde_core::ser::{self, Error as _, Impossible, Serialize, SerializeStruct, Serializer};

use crate::error::JsonError;
use crate::json::by_serde::marked::Marker;
use crate::json::by_serde::refuse::refuse_most_parts;
use crate::json::by_serde::scalars::with_integers;
use crate::json::depth::MAX_DEPTH;

/// The name under which the fields of a null are skipped, whichever these would be: a filter that
/// names one of them is right.
pub(super) const ANY_FIELD: &str = "$replywire::any";

/// Writes the fields of a struct among those of a model. Null has none.
pub(super) fn flatten<F, T>(fields: &mut F, value: &T) -> Result<(), F::Error>
where
    F: SerializeStruct,
    T: Serialize + ?Sized,
{
    let left = MAX_DEPTH;
    value.serialize(Flatten { fields, left })
}

/// Counts the fields of a struct.
pub(super) fn count<T: Serialize + ?Sized>(value: &T) -> usize {
    let mut count = Count(0);
    // What cannot be flattened is an error when it is.
    let _ = flatten(&mut count, value);
    count.0
}

struct Count(usize);

impl SerializeStruct for Count {
    type Ok = ();
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        _: &'static str,
        _: &T,
    ) -> Result<(), JsonError> {
        self.0 = self.0.saturating_add(1);
        Ok(())
    }

    fn end(self) -> Result<(), JsonError> {
        Ok(())
    }
}

/// Takes a struct, whose fields go to those of another.
struct Flatten<'m, F> {
    fields: &'m mut F,
    /// The number of newtypes that may follow.
    left: u8,
}

impl<F: SerializeStruct> Flatten<'_, F> {
    fn inner<T: Serialize + ?Sized>(self, value: &T) -> Result<(), F::Error> {
        match self.left.checked_sub(1) {
            Some(left) => value.serialize(Self { left, ..self }),
            None => Err(F::Error::custom(JsonError::Depth)),
        }
    }
}

fn refuse<E: ser::Error>() -> E {
    E::custom("what is flattened is no struct")
}

macro_rules! scalars {
    ($($method:ident($type:ty);)+) => {
        $(
            fn $method(self, _: $type) -> Result<(), F::Error> {
                Err(refuse())
            }
        )+
    };
}

impl<F: SerializeStruct> Serializer for Flatten<'_, F> {
    type Ok = ();
    type Error = F::Error;
    type SerializeSeq = Impossible<(), F::Error>;
    type SerializeTuple = Impossible<(), F::Error>;
    type SerializeTupleStruct = Impossible<(), F::Error>;
    type SerializeTupleVariant = Impossible<(), F::Error>;
    type SerializeMap = Impossible<(), F::Error>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), F::Error>;

    with_integers! { scalars!
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), F::Error> {
        Err(refuse())
    }

    fn serialize_none(self) -> Result<(), F::Error> {
        self.fields.skip_field(ANY_FIELD)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), F::Error> {
        self.inner(value)
    }

    fn serialize_unit(self) -> Result<(), F::Error> {
        self.fields.skip_field(ANY_FIELD)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), F::Error> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<(), F::Error> {
        Err(refuse())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), F::Error> {
        self.inner(value)
    }

    /// A struct that a text stands for has no fields.
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self, F::Error> {
        match Marker::of_struct(name) {
            Some(_) => Err(refuse()),
            None => Ok(self),
        }
    }

    refuse_most_parts!((), F::Error, self => refuse());
}

impl<F: SerializeStruct> SerializeStruct for Flatten<'_, F> {
    type Ok = ();
    type Error = F::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), F::Error> {
        self.fields.serialize_field(key, value)
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), F::Error> {
        self.fields.skip_field(key)
    }

    fn end(self) -> Result<(), F::Error> {
        Ok(())
    }
}
