//! [`Json`] through both front ends.

use replywire::json::{JsonError, Sink, ToJson, Value, Written};
use serde_core::Serialize;
use serde_core::ser::{
    Error as _, SerializeStructVariant as _, SerializeTupleVariant as _, Serializer,
};

use crate::input::{Json, Key};
use crate::model::json::{Flavour, name};

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => out.serialize_bool(*value),
            Self::Bytes(bytes) => out.serialize_bytes(&bytes.0),
            Self::Deep(levels) => Deep(*levels).serialize(out),
            Self::Double(value) => out.serialize_f64(*value),
            Self::List(items) => out.collect_seq(items),
            Self::Literal(text) => out.collect_str(&text.0),
            Self::Map(members) => out.collect_map(members.iter().map(|(key, item)| (key, item))),
            Self::Null => out.serialize_unit(),
            Self::Refused => Err(S::Error::custom("refused")),
            Self::Signed(value) => match i32::try_from(*value) {
                Ok(value) => out.serialize_i32(value),
                Err(_) => out.serialize_i64(*value),
            },
            Self::Single(value) => out.serialize_f32(*value),
            Self::Text(text) => out.serialize_str(&text.0),
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
            Self::List => out.collect_seq([0]),
            Self::Null => out.serialize_none(),
            Self::Signed(value) => out.serialize_i64(*value),
            Self::Text(text) => out.serialize_str(&text.0),
            Self::Unsigned(value) => out.serialize_u64(*value),
        }
    }
}

impl ToJson for Json {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        match self {
            Self::Bool(value) => out.bool(*value),
            Self::Bytes(bytes) => bytes.0.as_slice().to_json(out),
            Self::Deep(levels) => Deep(*levels).to_json(out),
            Self::Double(value) => out.double(*value),
            Self::List(items) => items.as_slice().to_json(out),
            Self::Literal(text) => out.number(&text.0),
            Self::Map(members) => {
                let mut object = out.object()?;
                for (key, item) in members {
                    object = object.field(&name(key, Flavour::ByHand)?, item)?;
                }
                object.end()
            }
            Self::Null => out.null(),
            Self::Refused => Err(JsonError::Custom),
            Self::Signed(value) => out.signed(*value),
            Self::Single(value) => value.to_json(out),
            Self::Text(text) => out.string(&text.0),
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
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        match self.0.checked_sub(1) {
            Some(levels) => out.array()?.item(&Self(levels))?.end(),
            None => out.unsigned(7),
        }
    }
}

struct Pair<'j>(&'j Json, &'j Json);

impl ToJson for Pair<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        out.array()?.item(self.0)?.item(self.1)?.end()
    }
}

struct Struct<'j>(&'j Json);

impl ToJson for Struct<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Result<Written<S>, JsonError> {
        out.object()?.field("a", self.0)?.end()
    }
}
