//! A [`Shape`] for `serde`.

use replywire::json::{Field, Model};
use serde_core::Serialize;
use serde_core::ser::{
    SerializeMap as _, SerializeSeq as _, SerializeStruct as _, SerializeStructVariant as _,
    SerializeTuple as _, SerializeTupleStruct as _, SerializeTupleVariant as _, Serializer,
};

use crate::input::filter::{Keys, Shape, Way};

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(value) => value.serialize(out),
            Self::List(way, items) => list(*way, items, out),
            Self::Map(Keys::Known, pairs) => {
                out.collect_map(pairs.iter().map(|(key, value)| (key, value)))
            }
            Self::Map(Keys::Flat, pairs) => {
                let mut map = out.serialize_map(None)?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Self::Map(Keys::Apart, pairs) => {
                let mut map = out.serialize_map(None)?;
                for (key, value) in pairs {
                    map.serialize_key(key)?;
                    map.serialize_value(value)?;
                }
                map.end()
            }
            Self::Model(members) => {
                let shown = members.iter().filter(|member| !member.is_hidden);
                let mut model = Model::new(out, "Model", shown.count())?;
                for member in members {
                    let field = Field::new(member.name)
                        .alias(member.alias)
                        .default(member.is_default)
                        .unset(member.is_unset);
                    model = match member.is_hidden {
                        true => model.hidden(member.name)?,
                        false => model.field(field, &member.value)?,
                    };
                }
                model.end()
            }
            Self::Newtype(value) => out.serialize_newtype_struct("Newtype", value),
            Self::None => out.serialize_none(),
            Self::Some(value) => out.serialize_some(value),
            Self::Struct(members) => {
                let mut fields = out.serialize_struct("Struct", members.len())?;
                for member in members {
                    match member.is_hidden {
                        true => fields.skip_field(member.name)?,
                        false => fields.serialize_field(member.name, &member.value)?,
                    }
                }
                fields.end()
            }
            Self::Unit => out.serialize_unit_struct("Unit"),
            Self::Variant(is_own, name, value) => match (is_own, &**value) {
                (true, Self::List(_, items)) => {
                    let mut fields = out.serialize_tuple_variant("Enum", 1, name, items.len())?;
                    for item in items {
                        fields.serialize_field(item)?;
                    }
                    fields.end()
                }
                (true, Self::Struct(members)) => {
                    let mut fields =
                        out.serialize_struct_variant("Enum", 2, name, members.len())?;
                    for member in members {
                        match member.is_hidden {
                            true => fields.skip_field(member.name)?,
                            false => fields.serialize_field(member.name, &member.value)?,
                        }
                    }
                    fields.end()
                }
                (_, value) => out.serialize_newtype_variant("Enum", 0, name, value),
            },
        }
    }
}

fn list<S: Serializer>(way: Way, items: &[Shape], out: S) -> Result<S::Ok, S::Error> {
    match way {
        Way::Slice => items.serialize(out),
        Way::Exact => out.collect_seq(items.iter().rev().rev()),
        Way::Iterator => out.collect_seq(items.iter().filter(|_| true)),
        Way::Known | Way::Lying(_) | Way::Unknown => {
            let mut list = out.serialize_seq(way.told(items.len()))?;
            for item in items {
                list.serialize_element(item)?;
            }
            list.end()
        }
        Way::Tuple => {
            let mut list = out.serialize_tuple(items.len())?;
            for item in items {
                list.serialize_element(item)?;
            }
            list.end()
        }
        Way::TupleStruct => {
            let mut list = out.serialize_tuple_struct("Tuple", items.len())?;
            for item in items {
                list.serialize_field(item)?;
            }
            list.end()
        }
    }
}
