//! Random values of every kind that `serde` has.

use std::fmt::{self, Display};

use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

use crate::random::Random;

/// A name that is known when a program is compiled.
pub type Name = &'static str;

const NAMES: [Name; 8] = [
    "",
    "a",
    "name",
    "a/b",
    "\"quoted\"",
    "caf\u{e9}\u{1f600}",
    "line\n\u{1}",
    "a name that is quite a bit longer than any of the buffers which are as short as can be",
];

/// A value.
#[derive(Clone, Debug)]
pub enum Tree {
    Bool(bool),
    Bytes(Vec<u8>),
    Char(char),
    /// A value that displays itself in these fragments.
    Displayed(Vec<String>),
    /// A map by whole entries.
    Entries(Vec<(Tree, Tree)>),
    F32(f32),
    F64(f64),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    I128(i128),
    /// By an iterator that does not know how many there are.
    Iterator(Vec<Tree>),
    /// A map, keys and values apart.
    Map(Vec<(Tree, Tree)>),
    Newtype(Box<Tree>),
    NewtypeVariant(Name, Box<Tree>),
    None,
    Seq(Vec<Tree>),
    /// By an iterator that knows how many there are.
    Slice(Vec<Tree>),
    Some(Box<Tree>),
    Str(String),
    Struct(Vec<(Name, Tree)>),
    StructVariant(Name, Vec<(Name, Tree)>),
    Tuple(Vec<Tree>),
    TupleStruct(Vec<Tree>),
    TupleVariant(Name, Vec<Tree>),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    U128(u128),
    Unit,
    UnitStruct,
    UnitVariant(Name),
}

impl Tree {
    /// Any value that nests up to `depth` levels.
    pub fn any(source: &mut Random, depth: usize) -> Self {
        let most = if depth == 0 { 9 } else { 16 };
        match source.below(most) {
            0..6 => Self::scalar(source),
            6 => Self::Bytes(match source.below(2) {
                0 => source.text(9).into(),
                _ => (0..source.below(9)).map(|_| source.bits() as u8).collect(),
            }),
            7 => [Self::Unit, Self::UnitStruct, Self::None][source.below(3)].clone(),
            8 => Self::Str(source.text(120)),
            9 => {
                let kind = Self::scalar(source);
                Self::Slice((0..source.below(40)).map(|_| kind.alike(source)).collect())
            }
            _ => Self::around(source, &mut |source| Self::any(source, depth - 1)),
        }
    }

    /// A value nested `depth` levels and no less.
    pub fn deep(source: &mut Random, depth: usize) -> Self {
        match depth {
            0 => Self::any(source, 1),
            _ => {
                let mut inner = Some(Self::deep(source, depth - 1));
                loop {
                    let value = Self::around(source, &mut |source| match inner.take() {
                        Some(inner) => inner,
                        None => Self::any(source, 1),
                    });
                    if inner.is_none() {
                        return value;
                    }
                }
            }
        }
    }

    /// A value that has others in it.
    fn around(source: &mut Random, inner: &mut impl FnMut(&mut Random) -> Self) -> Self {
        let name = NAMES[source.below(8)];
        let kind = source.below(13);
        if kind < 3 {
            let inner = Box::new(inner(source));
            return match kind {
                0 => Self::Newtype(inner),
                1 => Self::NewtypeVariant(name, inner),
                _ => Self::Some(inner),
            };
        }
        let len = source.below(5);
        let mut items = |source: &mut Random| (0..len).map(|_| inner(source)).collect::<Vec<_>>();
        match kind {
            3 => Self::Iterator(items(source)),
            4 => Self::Seq(items(source)),
            5 => Self::Slice(items(source)),
            6 => Self::Tuple(items(source)),
            7 => Self::TupleStruct(items(source)),
            8 => Self::TupleVariant(name, items(source)),
            9 | 10 => {
                let fields = items(source).into_iter();
                let fields = fields.map(|item| (NAMES[source.below(8)], item)).collect();
                match kind {
                    9 => Self::Struct(fields),
                    _ => Self::StructVariant(name, fields),
                }
            }
            _ => {
                let members = items(source).into_iter();
                let members = members.map(|item| (Self::key(source), item)).collect();
                match kind {
                    11 => Self::Entries(members),
                    _ => Self::Map(members),
                }
            }
        }
    }

    /// A key that `serde_json` takes.
    fn key(source: &mut Random) -> Self {
        loop {
            match source.below(8) {
                0 => return Self::Str(source.text(40)),
                1 => return Self::Newtype(Box::new(Self::key(source))),
                _ => {}
            }
            let key = Self::scalar(source);
            if key.is_finite() {
                return key;
            }
        }
    }

    /// A value without parts.
    fn scalar(source: &mut Random) -> Self {
        let kinds = [
            Self::Bool(true),
            Self::Char('c'),
            Self::Displayed(Vec::new()),
            Self::F32(0.0),
            Self::F64(0.0),
            Self::I8(0),
            Self::I16(0),
            Self::I32(0),
            Self::I64(0),
            Self::I128(0),
            Self::Str(String::new()),
            Self::U8(0),
            Self::U16(0),
            Self::U32(0),
            Self::U64(0),
            Self::U128(0),
            Self::UnitVariant(""),
        ];
        kinds[source.below(kinds.len())].alike(source)
    }

    /// Another value of the same kind, if that is one without parts.
    fn alike(&self, source: &mut Random) -> Self {
        // As many bits as it pleases, so that all lengths are likely.
        let bits = source.bits() >> source.below(64);
        let wide = u128::from(source.bits()) << 64 | u128::from(source.bits());
        let wide = wide >> source.below(128);
        match self {
            Self::Bool(_) => Self::Bool(bits.is_multiple_of(2)),
            Self::Char(_) => {
                Self::Char(char::from_u32(source.below(0x0011_0000) as u32).unwrap_or('\\'))
            }
            Self::Displayed(_) => {
                Self::Displayed((0..source.below(4)).map(|_| source.text(9)).collect())
            }
            Self::F32(_) => Self::F32(match source.below(2) {
                0 => source.double() as f32,
                _ => f32::from_bits(source.bits() as u32),
            }),
            Self::F64(_) => Self::F64(match source.below(8) {
                0 => f64::from_bits(source.bits()),
                _ => source.double(),
            }),
            Self::I8(_) => Self::I8(bits as i8),
            Self::I16(_) => Self::I16(bits as i16),
            Self::I32(_) => Self::I32(bits as i32),
            Self::I64(_) => Self::I64((bits as i64).wrapping_neg()),
            Self::I128(_) => Self::I128((wide as i128).wrapping_neg()),
            Self::Str(_) => Self::Str(source.text(12)),
            Self::U8(_) => Self::U8(bits as u8),
            Self::U16(_) => Self::U16(bits as u16),
            Self::U32(_) => Self::U32(bits as u32),
            Self::U64(_) => Self::U64(bits),
            Self::U128(_) => Self::U128(wide),
            Self::UnitVariant(_) => Self::UnitVariant(NAMES[source.below(8)]),
            _ => Self::Unit,
        }
    }

    /// Makes something else of a part of it.
    pub fn change(&mut self, source: &mut Random) {
        if source.below(3) == 0 {
            *self = Self::any(source, 2);
            return;
        }
        match self {
            Self::Newtype(inner) | Self::NewtypeVariant(_, inner) | Self::Some(inner) => {
                inner.change(source);
            }
            Self::Iterator(items)
            | Self::Seq(items)
            | Self::Slice(items)
            | Self::Tuple(items)
            | Self::TupleStruct(items)
            | Self::TupleVariant(_, items) => match source.below(8) {
                0 => items.push(Self::any(source, 2)),
                1 => items.insert(0, Self::any(source, 1)),
                2 => drop(items.pop()),
                3 => {
                    let items = std::mem::take(items);
                    let fields = items.into_iter().map(|item| (NAMES[source.below(8)], item));
                    *self = Self::Struct(fields.collect());
                }
                4 => *self = Self::TupleVariant("v", std::mem::take(items)),
                _ => match items.len() {
                    0 => {}
                    len => items[source.below(len)].change(source),
                },
            },
            Self::Struct(fields) | Self::StructVariant(_, fields) => match source.below(6) {
                0 => fields.push((NAMES[source.below(8)], Self::any(source, 2))),
                1 => drop(fields.pop()),
                2 => {
                    let fields = std::mem::take(fields);
                    *self = Self::Seq(fields.into_iter().map(|(_, item)| item).collect());
                }
                3 => *self = Self::StructVariant("v", std::mem::take(fields)),
                _ => match fields.len() {
                    0 => {}
                    len => fields[source.below(len)].1.change(source),
                },
            },
            Self::Entries(members) | Self::Map(members) => match source.below(6) {
                0 => members.push((Self::key(source), Self::any(source, 2))),
                1 => drop(members.pop()),
                2 => members.insert(0, (Self::key(source), Self::any(source, 1))),
                3 => {
                    let members = std::mem::take(members);
                    *self = Self::Seq(members.into_iter().map(|(_, item)| item).collect());
                }
                _ => match members.len() {
                    0 => {}
                    len => members[source.below(len)].1.change(source),
                },
            },
            Self::Str(text) => match source.below(3) {
                0 => text.push_str(&source.text(20)),
                1 => drop(text.pop()),
                _ => {
                    *text = text
                        .chars()
                        .map(|char| if char == 'e' { '"' } else { 'e' })
                        .collect()
                }
            },
            scalar => *scalar = scalar.alike(source),
        }
    }

    /// True if it is no infinite number.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::F32(value) => value.is_finite(),
            Self::F64(value) => value.is_finite(),
            _ => true,
        }
    }

    /// True if it is no integer of more than 64 bits.
    pub fn is_narrow(&self) -> bool {
        match self {
            Self::I128(value) => i64::try_from(*value).is_ok() || u64::try_from(*value).is_ok(),
            Self::U128(value) => u64::try_from(*value).is_ok(),
            _ => true,
        }
    }

    /// True if it is no map with a key that the dialects spell in their own ways.
    pub fn has_plain_keys(&self) -> bool {
        let is_plain = |key: &Self| !matches!(key, Self::F32(_) | Self::F64(_));
        match self {
            Self::Entries(members) | Self::Map(members) => {
                members.iter().all(|(key, _)| key.all(is_plain))
            }
            _ => true,
        }
    }

    /// True if it is no bytes.
    pub fn is_no_bytes(&self) -> bool {
        !matches!(self, Self::Bytes(_))
    }

    /// True if it is no bytes but those of a text.
    pub fn is_no_raw_bytes(&self) -> bool {
        !matches!(self, Self::Bytes(bytes) if str::from_utf8(bytes).is_err())
    }

    /// True if `is` holds for it and for all its parts, keys too.
    pub fn all(&self, is: fn(&Self) -> bool) -> bool {
        let each = |items: &[Self]| items.iter().all(|item| item.all(is));
        let fields = |fields: &[(Name, Self)]| fields.iter().all(|(_, item)| item.all(is));
        is(self)
            && match self {
                Self::Iterator(items)
                | Self::Seq(items)
                | Self::Slice(items)
                | Self::Tuple(items)
                | Self::TupleStruct(items)
                | Self::TupleVariant(_, items) => each(items),
                Self::Struct(members) | Self::StructVariant(_, members) => fields(members),
                Self::Entries(members) | Self::Map(members) => members
                    .iter()
                    .all(|(key, item)| key.all(is) && item.all(is)),
                Self::Newtype(inner) | Self::NewtypeVariant(_, inner) | Self::Some(inner) => {
                    inner.all(is)
                }
                _ => true,
            }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => out.serialize_bool(*value),
            Self::Bytes(bytes) => out.serialize_bytes(bytes),
            Self::Char(value) => out.serialize_char(*value),
            Self::Displayed(fragments) => out.collect_str(&Displayed(fragments)),
            Self::Entries(members) => {
                let mut map = out.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Self::F32(value) => out.serialize_f32(*value),
            Self::F64(value) => out.serialize_f64(*value),
            Self::I8(value) => out.serialize_i8(*value),
            Self::I16(value) => out.serialize_i16(*value),
            Self::I32(value) => out.serialize_i32(*value),
            Self::I64(value) => out.serialize_i64(*value),
            Self::I128(value) => out.serialize_i128(*value),
            Self::Iterator(items) => out.collect_seq(items.iter().filter(|_| true)),
            Self::Map(members) => {
                let mut map = out.serialize_map(None)?;
                for (key, value) in members {
                    map.serialize_key(key)?;
                    map.serialize_value(value)?;
                }
                map.end()
            }
            Self::Newtype(inner) => out.serialize_newtype_struct("Newtype", inner),
            Self::NewtypeVariant(name, inner) => {
                out.serialize_newtype_variant("Enum", 1, name, inner)
            }
            Self::None => out.serialize_none(),
            Self::Seq(items) => {
                let mut seq = out.serialize_seq(None)?;
                for item in items {
                    seq.serialize_element(item)?;
                }
                seq.end()
            }
            Self::Slice(items) => out.collect_seq(items),
            Self::Some(inner) => out.serialize_some(inner),
            Self::Str(text) => out.serialize_str(text),
            Self::Struct(fields) => {
                let mut out = out.serialize_struct("Struct", fields.len())?;
                for (name, value) in fields {
                    out.serialize_field(name, value)?;
                }
                out.skip_field("skipped")?;
                out.end()
            }
            Self::StructVariant(name, fields) => {
                let mut out = out.serialize_struct_variant("Enum", 2, name, fields.len())?;
                for (name, value) in fields {
                    out.serialize_field(name, value)?;
                }
                out.end()
            }
            Self::Tuple(items) => {
                let mut tuple = out.serialize_tuple(items.len())?;
                for item in items {
                    tuple.serialize_element(item)?;
                }
                tuple.end()
            }
            Self::TupleStruct(items) => {
                let mut tuple = out.serialize_tuple_struct("Tuple", items.len())?;
                for item in items {
                    tuple.serialize_field(item)?;
                }
                tuple.end()
            }
            Self::TupleVariant(name, items) => {
                let mut tuple = out.serialize_tuple_variant("Enum", 3, name, items.len())?;
                for item in items {
                    tuple.serialize_field(item)?;
                }
                tuple.end()
            }
            Self::U8(value) => out.serialize_u8(*value),
            Self::U16(value) => out.serialize_u16(*value),
            Self::U32(value) => out.serialize_u32(*value),
            Self::U64(value) => out.serialize_u64(*value),
            Self::U128(value) => out.serialize_u128(*value),
            Self::Unit => out.serialize_unit(),
            Self::UnitStruct => out.serialize_unit_struct("Unit"),
            Self::UnitVariant(name) => out.serialize_unit_variant("Enum", 0, name),
        }
    }
}

struct Displayed<'t>(&'t [String]);

impl Display for Displayed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|fragment| f.write_str(fragment))
    }
}
