//! Markers: names that tell of a newtype or a struct that its one value, a string, is a text to be
//! written as it is. They are compared only where a name begins with `$`, which no usual one does.

use core::fmt::Display;

use serde_core::ser::{self, Impossible, Serialize};

use super::refuse::refuse_parts;
use super::value::Serializer;
use crate::error::JsonError;
use crate::json::by_hand::value::{Value, Written};
use crate::json::container::within_newtype;
use crate::json::number::decimal;
use crate::json::number::syntax::is_number;
use crate::json::sink::interface::Sink;

/// The meaning of a marked text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::json) enum Marker {
    /// A number of this crate: what is no text of a number is what it is.
    Decimal,
    /// A number.
    Number,
    /// A text of JSON.
    Json,
}

impl Marker {
    /// Reads the name of a newtype.
    #[inline(always)]
    pub(super) fn of_newtype(name: &str) -> Option<Self> {
        match name.as_bytes() {
            [b'$', ..] if name == decimal::NAME => Some(Self::Decimal),
            _ => None,
        }
    }

    /// Reads the name of a struct, which its one field has too: those of `serde_json`.
    #[inline(always)]
    pub(in crate::json) fn of_struct(name: &str) -> Option<Self> {
        match name.as_bytes() {
            [b'$', ..] => Self::of_serde_json(name),
            _ => None,
        }
    }

    #[cold]
    #[inline(never)]
    fn of_serde_json(name: &str) -> Option<Self> {
        match name {
            "$serde_json::private::Number" => Some(Self::Number),
            "$serde_json::private::RawValue" => Some(Self::Json),
            _ => None,
        }
    }
}

/// The names of the newtypes that tell of a model's field, and have its name in them, begin so.
pub(in crate::json) const FIELD: &str = "$replywire::field";

/// The name of the newtype around a value that nobody has set; it counts as others do.
pub(in crate::json) const UNSET: &str = "$replywire::unset";

/// Tells whether a newtype has this name to tell of a model's field.
#[inline(always)]
pub(super) fn is_field(name: &str) -> bool {
    matches!(name.as_bytes(), [b'$', ..]) && name.starts_with(FIELD)
}

/// The place of a marked text.
pub(super) struct Marked<S> {
    pub(super) place: Serializer<S>,
    pub(super) marker: Marker,
}

impl<S: Sink> Marked<S> {
    #[cold]
    fn refuse(&self) -> S::Error {
        self.place.sink.fail(match self.marker {
            Marker::Decimal | Marker::Number => JsonError::Number,
            Marker::Json => JsonError::NotJson,
        })
    }
}

macro_rules! scalars {
    ($($method:ident($($value:ident: $type:ty),*);)+) => {
        $(
            fn $method(self, $($value: $type),*) -> Result<S, S::Error> {
                match self.marker {
                    Marker::Decimal => self.place.$method($($value),*),
                    _ => Err(self.refuse()),
                }
            }
        )+
    };
}

impl<S: Sink> ser::Serializer for Marked<S> {
    type Ok = S;
    type Error = S::Error;
    type SerializeSeq = Impossible<S, S::Error>;
    type SerializeTuple = Impossible<S, S::Error>;
    type SerializeTupleStruct = Impossible<S, S::Error>;
    type SerializeTupleVariant = Impossible<S, S::Error>;
    type SerializeMap = Impossible<S, S::Error>;
    type SerializeStruct = Impossible<S, S::Error>;
    type SerializeStructVariant = Impossible<S, S::Error>;

    scalars! {
        serialize_bool(a: bool);
        serialize_i8(a: i8);
        serialize_i16(a: i16);
        serialize_i32(a: i32);
        serialize_i64(a: i64);
        serialize_i128(a: i128);
        serialize_u8(a: u8);
        serialize_u16(a: u16);
        serialize_u32(a: u32);
        serialize_u64(a: u64);
        serialize_u128(a: u128);
        serialize_f32(a: f32);
        serialize_f64(a: f64);
        serialize_char(a: char);
        serialize_bytes(a: &[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(a: &'static str);
        serialize_unit_variant(a: &'static str, b: u32, c: &'static str);
    }

    fn serialize_str(self, text: &str) -> Result<S, S::Error> {
        let Serializer { sink, depth } = self.place;
        let value = Value { sink, depth };
        let result = match self.marker {
            Marker::Decimal if !is_number(text.as_bytes()) => value.string(text),
            Marker::Decimal | Marker::Number => value.number(text),
            Marker::Json => value.raw(text),
        };
        let Written { sink } = result?;
        Ok(sink)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S, S::Error> {
        match self.marker {
            Marker::Decimal | Marker::Number => {
                decimal::display(self.place.sink, format_args!("{value}"))
            }
            Marker::Json => Err(self.refuse()),
        }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S, S::Error> {
        let depth = within_newtype(&self.place.sink, self.place.depth)?;
        let place = Serializer {
            depth,
            ..self.place
        };
        value.serialize(Self { place, ..self })
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S, S::Error> {
        self.serialize_some(value)
    }

    refuse_parts!(S, S::Error, self => self.refuse());
}
