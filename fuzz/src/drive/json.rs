//! [`Json`] through both front ends.

use std::fmt::{self, Display};

use replywire::json::{JsonError, Outcome, Sink, ToJson, Value};
use serde_core::Serialize;
use serde_core::ser::{
    Error as _, SerializeStruct as _, SerializeStructVariant as _, SerializeTuple as _,
    SerializeTupleVariant as _, Serializer,
};

use crate::input::{Json, Key, Text};
use crate::model::json::{Flavour, PYTHON, name};

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => out.serialize_bool(*value),
            Self::Bytes(bytes) => out.serialize_bytes(&bytes.0),
            Self::Char(value) => out.serialize_char(*value),
            Self::Deep(levels) => Deep(*levels).serialize(out),
            Self::Displayed(fragments) => out.collect_str(&Displayed(fragments)),
            Self::Double(value) => out.serialize_f64(*value),
            Self::Iterator(items) => out.collect_seq(items.iter().filter(|_| true)),
            Self::List(items) => out.collect_seq(items),
            Self::Literal(text) => out.collect_str(&text.0),
            Self::Map(members) => out.collect_map(members.iter().map(|(key, item)| (key, item))),
            Self::Newtype(item) => out.serialize_newtype_struct("Newtype", &**item),
            Self::Null => out.serialize_unit(),
            Self::Refused => Err(S::Error::custom("refused")),
            Self::Signed(value) => match i32::try_from(*value) {
                Ok(value) => out.serialize_i32(value),
                Err(_) => out.serialize_i64(*value),
            },
            Self::Single(value) => out.serialize_f32(*value),
            Self::Some(item) => out.serialize_some(&**item),
            Self::Struct(members) => {
                let mut fields = out.serialize_struct("Struct", members.len())?;
                for (label, item) in members {
                    fields.serialize_field(label.as_str(), item)?;
                }
                fields.end()
            }
            Self::Text(text) => out.serialize_str(&text.0),
            Self::Tuple(items) => {
                let mut fields = out.serialize_tuple(items.len())?;
                for item in items {
                    fields.serialize_element(item)?;
                }
                fields.end()
            }
            Self::UnitVariant(label) => out.serialize_unit_variant("Enum", 3, label.as_str()),
            Self::Unsigned(value) => match u16::try_from(*value) {
                Ok(value) => out.serialize_u16(value),
                Err(_) => out.serialize_u64(*value),
            },
            Self::Variant(item) => out.serialize_newtype_variant("Enum", 0, "V", &**item),
            Self::VariantPair(pair) => {
                let mut fields = out.serialize_tuple_variant("Enum", 1, "V", 2)?;
                fields.serialize_field(&pair.0)?;
                fields.serialize_field(&pair.1)?;
                fields.end()
            }
            Self::VariantStruct(item) => {
                let mut fields = out.serialize_struct_variant("Enum", 2, "V", 1)?;
                fields.serialize_field("a", &**item)?;
                fields.end()
            }
            Self::Wide(value) => out.serialize_i128(*value),
            Self::WideUnsigned(value) => out.serialize_u128(*value),
        }
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => out.serialize_bool(*value),
            Self::Bytes(bytes) => out.serialize_bytes(&bytes.0),
            Self::Char(value) => out.serialize_char(*value),
            Self::Double(value) => out.serialize_f64(*value),
            Self::List => out.collect_seq([0]),
            Self::Null => out.serialize_none(),
            Self::Signed(value) => out.serialize_i64(*value),
            Self::Single(value) => out.serialize_f32(*value),
            Self::Text(text) => out.serialize_str(&text.0),
            Self::Unsigned(value) => out.serialize_u64(*value),
            Self::Variant(label) => out.serialize_unit_variant("Enum", 0, label.as_str()),
            Self::Wide(value) => out.serialize_i128(*value),
        }
    }
}

impl ToJson for Json {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        match self {
            Self::Bool(value) => out.bool(*value),
            Self::Bytes(bytes) => bytes.0.as_slice().to_json(out),
            Self::Char(value) => value.to_json(out),
            Self::Deep(levels) => Deep(*levels).to_json(out),
            Self::Displayed(fragments) => out.display(&Displayed(fragments)),
            Self::Double(value) => out.double(*value),
            Self::Iterator(items) => {
                let items = items.iter().filter(|_| true);
                out.array()?.items(items)?.end()
            }
            Self::List(items) => items.as_slice().to_json(out),
            Self::Literal(text) => out.number(&text.0),
            Self::Map(members) => {
                let mut object = out.object()?;
                for (key, item) in members {
                    // Of what a caller makes up, a document keeps only that it is wrong.
                    let name = name(key, Flavour::ByHand, &PYTHON);
                    let name = name.map_err(|_| JsonError::Custom)?;
                    object = object.field(&name, item)?;
                }
                object.end()
            }
            Self::Newtype(item) | Self::Some(item) => item.to_json(out),
            Self::Null => out.null(),
            Self::Refused => Err(JsonError::Custom.into()),
            Self::Signed(value) => out.signed(*value),
            Self::Single(value) => value.to_json(out),
            Self::Struct(members) => {
                let mut object = out.object()?;
                for (label, item) in members {
                    object = object.field(label.as_str(), item)?;
                }
                object.end()
            }
            Self::Text(text) => out.string(&text.0),
            Self::Tuple(items) => {
                let mut array = out.array()?;
                for item in items {
                    array = array.item(item)?;
                }
                array.end()
            }
            Self::UnitVariant(label) => out.string(label.as_str()),
            Self::Unsigned(value) => out.unsigned(*value),
            Self::Variant(item) => out.object()?.field("V", item.as_ref())?.end(),
            Self::VariantPair(pair) => out.object()?.field("V", &Pair(&pair.0, &pair.1))?.end(),
            Self::VariantStruct(item) => out.object()?.field("V", &Struct(item))?.end(),
            Self::Wide(value) => value.to_json(out),
            Self::WideUnsigned(value) => value.to_json(out),
        }
    }
}

/// So many arrays, one in the other, around a 7.
struct Deep(u16);

impl Serialize for Deep {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self.0.checked_sub(1) {
            Some(levels) => out.collect_seq([Self(levels)]),
            None => out.serialize_u8(7),
        }
    }
}

impl ToJson for Deep {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        match self.0.checked_sub(1) {
            Some(levels) => out.array()?.item(&Self(levels))?.end(),
            None => out.unsigned(7),
        }
    }
}

struct Displayed<'t>(&'t [Text]);

impl Display for Displayed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|text| f.write_str(&text.0))
    }
}

struct Pair<'j>(&'j Json, &'j Json);

impl ToJson for Pair<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.array()?.item(self.0)?.item(self.1)?.end()
    }
}

struct Struct<'j>(&'j Json);

impl ToJson for Struct<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?.field("a", self.0)?.end()
    }
}
