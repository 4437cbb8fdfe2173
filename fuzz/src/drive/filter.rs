//! A [`Shape`] for `serde`, and trees as the library has them.

use replywire::json::{Field, Model, Part};
use serde_core::Serialize;
use serde_core::ser::{
    SerializeMap as _, SerializeSeq as _, SerializeStruct as _, SerializeStructVariant as _,
    SerializeTuple as _, SerializeTupleStruct as _, SerializeTupleVariant as _, Serializer,
};

use crate::input::filter::{Entry, Shape, Step, Way};

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(value) => value.serialize(out),
            Self::List(way, items) => list(*way, items, out),
            Self::Map(false, pairs) => {
                out.collect_map(pairs.iter().map(|(key, value)| (key, value)))
            }
            Self::Map(true, pairs) => {
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
        Way::Known | Way::Unknown => {
            let mut list = out.serialize_seq((way == Way::Known).then_some(items.len()))?;
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

/// Shows `visit` each of the trees as the library has it.
pub fn with_parts<const N: usize>(trees: [&[Entry]; N], visit: &mut dyn FnMut([&[Part<'_>]; N])) {
    // The lists of parts of each level, in the order in which those above refer to them.
    let mut levels = vec![trees.to_vec()];
    while let Some(level) = levels.last().filter(|level| !level.is_empty()) {
        let entries = level.iter().copied().flatten();
        let below = entries.filter_map(|entry| entry.parts.as_deref()).collect();
        levels.push(below);
    }
    raise(&levels, &[], &mut |lists| {
        visit(std::array::from_fn(|at| lists[at].as_slice()));
    });
}

/// Makes the last of the levels, which refers to the lists `below`, and then those above it. Each
/// stays where it is until the first was shown.
fn raise(
    levels: &[Vec<&[Entry]>],
    below: &[Vec<Part<'_>>],
    visit: &mut dyn FnMut(&[Vec<Part<'_>>]),
) {
    let Some((level, above)) = levels.split_last() else {
        return visit(below);
    };
    let mut below = below.iter();
    let mut lists = Vec::with_capacity(level.len());
    for entries in level {
        let parts = entries.iter().map(|Entry { step, parts }| {
            let parts = parts.as_ref().and_then(|_| below.next());
            match (step, parts) {
                (Step::Each, None) => Part::Each,
                (Step::Each, Some(parts)) => Part::InEach(parts),
                (Step::Index(index), None) => Part::At(*index),
                (Step::Index(index), Some(parts)) => Part::InAt(*index, parts),
                (Step::Name(name), None) => Part::Name(name),
                (Step::Name(name), Some(parts)) => Part::In(name, parts),
            }
        });
        lists.push(parts.collect::<Vec<_>>());
    }
    raise(above, &lists, visit);
}
