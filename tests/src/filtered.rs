//! A model of filters, which decides by whole documents: a value is recorded with all that `serde`
//! tells of it, and what is left of it is said in plain recursion.

use std::fmt::Display;

use replywire::json::JsonError;
use serde::ser::{self, Serialize, Serializer};

use crate::meant::{Choice, Meant, Rules, Step};
use crate::random::Random;

/// A document with all that is known of it.
#[derive(Clone, Debug)]
pub enum Whole {
    Null,
    /// The JSON text of a value without parts.
    Scalar(String),
    List(Option<usize>, Vec<Whole>),
    /// A map, or a struct that comes as one.
    Map {
        is_struct: bool,
        entries: Vec<Entry>,
    },
    Model(Vec<Entry>),
    UnitVariant(&'static str),
    Variant(&'static str, Box<Whole>),
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Entry {
    key: String,
    note: Option<Note>,
    /// `None` where it is never written.
    value: Option<Whole>,
    /// The key came before the value, and not with it.
    is_apart: bool,
}

/// The notes of a model on a field.
#[derive(Clone, Debug)]
struct Note {
    name: String,
    is_default: bool,
    is_unset: bool,
}

impl Entry {
    fn name(&self) -> &str {
        self.note.as_ref().map_or(&self.key, |note| &note.name)
    }

    fn any_is(entries: &[Self], name: &str) -> bool {
        entries.iter().any(|entry| entry.name() == name)
    }

    fn any_is_plain(entries: &[Self], is_struct: bool) -> bool {
        entries.iter().any(|entry| {
            let is_plain = entry.note.is_none() || entry.is_apart;
            let value = entry.value.as_ref();
            value.is_some_and(|value| is_struct && is_plain || value.is_plain())
        })
    }
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}

fn member(key: &str, text: &str) -> String {
    format!("{}:{text}", json(key))
}

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("a scalar")
}

impl Whole {
    /// True if it has a struct that is no model.
    pub fn is_plain(&self) -> bool {
        match self {
            Self::Null | Self::Scalar(_) | Self::UnitVariant(_) => false,
            Self::List(_, items) => items.iter().any(Self::is_plain),
            Self::Map { is_struct, entries } => Entry::any_is_plain(entries, *is_struct),
            Self::Model(entries) => Entry::any_is_plain(entries, true),
            Self::Variant(_, value) => value.is_plain(),
        }
    }
}

impl Rules {
    /// The text of what is left of a value, or the first thing that is wrong.
    ///
    /// # Errors
    ///
    /// The filter says what cannot be done.
    pub fn left(
        self,
        value: &Whole,
        include: Option<&[Meant]>,
        exclude: Option<&[Meant]>,
    ) -> Result<String, JsonError> {
        let choice = Choice::new(include, exclude);
        self.value(value, &choice)
    }

    fn value(self, value: &Whole, choice: &Choice<'_>) -> Result<String, JsonError> {
        match value {
            Whole::Null => Ok("null".into()),
            Whole::Scalar(text) => choice.leaf().map(|()| text.clone()),
            Whole::List(hint, items) => self.list(*hint, items, choice),
            Whole::Map { is_struct, entries } => {
                if choice.has_index() {
                    return Err(JsonError::NotAList);
                }
                let text = self.members(entries, *is_struct, choice)?;
                match *is_struct && choice.has_other_name(|name| Entry::any_is(entries, name)) {
                    true => Err(JsonError::UnknownField),
                    false => Ok(text),
                }
            }
            Whole::Model(fields) => {
                let text = self.members(fields, true, choice)?;
                match (
                    choice.has_index(),
                    choice.has_other_name(|name| Entry::any_is(fields, name)),
                ) {
                    (true, _) => Err(JsonError::NotAList),
                    (false, true) => Err(JsonError::UnknownField),
                    (false, false) => Ok(text),
                }
            }
            Whole::UnitVariant(name) => match choice.variant(name)? {
                None => Ok(object(&[])),
                Some(choice) => choice.leaf().map(|()| json(name)),
            },
            Whole::Variant(name, value) => match choice.variant(name)? {
                None => Ok(object(&[])),
                Some(choice) => Ok(object(&[member(name, &self.value(value, &choice)?)])),
            },
        }
    }

    fn list(
        self,
        hint: Option<usize>,
        items: &[Whole],
        choice: &Choice<'_>,
    ) -> Result<String, JsonError> {
        if choice.has_name() {
            return Err(JsonError::NotAModel);
        }
        let counts = choice.counts();
        if counts && hint.is_none() {
            return Err(JsonError::Length);
        }
        let mut texts = Vec::new();
        for (at, item) in items.iter().enumerate() {
            // More have come than were told.
            if counts && hint.is_some_and(|hint| at >= hint) {
                return Err(JsonError::Length);
            }
            if let Some(choice) = choice.at(at, hint) {
                texts.push(self.value(item, &choice)?);
            }
        }
        match counts && hint != Some(items.len()) {
            true => Err(JsonError::Length),
            false => Ok(format!("[{}]", texts.join(","))),
        }
    }

    fn members(
        self,
        entries: &[Entry],
        is_struct: bool,
        choice: &Choice<'_>,
    ) -> Result<String, JsonError> {
        let mut texts = Vec::new();
        for entry in entries {
            let Some(value) = &entry.value else { continue };
            let note = entry.note.as_ref().filter(|_| !entry.is_apart);
            if is_struct && self.asks() && note.is_none() {
                return Err(JsonError::PlainStruct);
            }
            let is_null = matches!(value, Whole::Null);
            let is_dropped = is_struct
                && (self.no_none && !entry.is_apart && is_null
                    || note.is_some_and(|note| {
                        self.no_defaults && note.is_default || self.no_unset && note.is_unset
                    }));
            let (name, key) = match note.filter(|_| is_struct) {
                Some(note) if self.is_by_name => (&note.name, &note.name),
                Some(note) => (&note.name, &entry.key),
                None => (&entry.key, &entry.key),
            };
            match choice.named(Some(name)) {
                Some(_) if is_struct && self.no_none && is_null && entry.is_apart => {
                    return Err(JsonError::PlainStruct);
                }
                Some(choice) if !is_dropped => {
                    texts.push(member(key, &self.value(value, &choice)?));
                }
                _ => {}
            }
        }
        Ok(object(&texts))
    }
}

/// Lists that mostly have a use for `value`.
pub fn lists(random: &mut Random, value: &Whole, depth: usize) -> Vec<Meant> {
    let parts: Vec<(Step, &Whole)> = match value {
        Whole::Null | Whole::Scalar(_) | Whole::UnitVariant(_) => Vec::new(),
        Whole::List(hint, items) => {
            let len = items.len() as i32;
            let is_from_end = hint.is_some() || random.below(20) == 0;
            let back = if is_from_end { len } else { 0 };
            let at = |at| Step::Index(if random.below(2) == 0 { at } else { at - back });
            (0..len).map(at).zip(items).collect()
        }
        Whole::Map { entries, .. } | Whole::Model(entries) => {
            let entries = entries.iter();
            entries
                .map(|entry| {
                    let value = entry.value.as_ref().unwrap_or(&Whole::Null);
                    (Step::Name(entry.name().into()), value)
                })
                .collect()
        }
        Whole::Variant(name, value) => vec![(Step::Name((*name).into()), value)],
    };
    let mut lists: Vec<Meant> = Vec::new();
    for _ in 0..random.below(4) {
        let (step, value) = match parts.get(random.below(parts.len().max(1))) {
            Some((step, value)) => (step.clone(), Some(*value)),
            None => (Step::Each, None),
        };
        let step = match random.below(60) {
            0 => Step::Name(["a", "b", "nope"][random.below(3)].into()),
            1 => Step::Index(random.below(10) as i32 - 5),
            2..20 => Step::Each,
            _ => step,
        };
        let parts = match value {
            Some(value) if depth != 0 && random.below(2) == 0 => {
                Some(self::lists(random, value, depth - 1))
            }
            _ => None,
        };
        lists.push(Meant { step, parts });
    }
    if random.below(8) == 0 && !lists.is_empty() {
        // The same once more.
        lists.push(lists[random.below(lists.len())].clone());
    }
    lists
}

/// Records a value.
///
/// # Panics
///
/// Where it refuses to be serialized.
pub fn record<T: Serialize + ?Sized>(value: &T) -> Whole {
    value.serialize(Recorder).expect("a value").inner
}

/// A value with the names of the newtypes around it.
struct Recorded {
    newtypes: Vec<&'static str>,
    inner: Whole,
}

impl From<Whole> for Recorded {
    fn from(inner: Whole) -> Self {
        let newtypes = Vec::new();
        Self { newtypes, inner }
    }
}

impl Recorded {
    /// The value of a field, with the notes on it.
    fn entry(self, key: String, is_apart: bool) -> Entry {
        let mut newtypes = self.newtypes.iter().rev();
        let note = match (newtypes.next(), newtypes.next()) {
            (Some(mark), Some(name)) if mark.starts_with("$replywire::field") => Some(Note {
                name: (*name).into(),
                is_default: mark.ends_with("::default"),
                is_unset: mark.contains("::unset"),
            }),
            _ => None,
        };
        Entry {
            key,
            note,
            value: Some(self.inner),
            is_apart,
        }
    }
}

struct Recorder;

/// The parts of a value that is being recorded.
struct Parts {
    variant: Option<&'static str>,
    hint: Option<usize>,
    items: Vec<Whole>,
    entries: Vec<Entry>,
    key: Option<String>,
}

type Error = serde_json::Error;

fn parts(variant: Option<&'static str>, hint: Option<usize>) -> Result<Parts, Error> {
    Ok(Parts {
        variant,
        hint,
        items: Vec::new(),
        entries: Vec::new(),
        key: None,
    })
}

fn within(variant: Option<&'static str>, value: Whole) -> Result<Recorded, Error> {
    Ok(match variant {
        None => value.into(),
        Some(name) => Whole::Variant(name, value.into()).into(),
    })
}

macro_rules! scalars {
    ($($method:ident($type:ty))+) => {
        $(
            fn $method(self, value: $type) -> Result<Recorded, Error> {
                Ok(Whole::Scalar(json(&value)).into())
            }
        )+
    };
}

impl Serializer for Recorder {
    type Ok = Recorded;
    type Error = Error;
    type SerializeSeq = Parts;
    type SerializeTuple = Parts;
    type SerializeTupleStruct = Parts;
    type SerializeTupleVariant = Parts;
    type SerializeMap = Parts;
    type SerializeStruct = Parts;
    type SerializeStructVariant = Parts;

    scalars! {
        serialize_bool(bool)
        serialize_i8(i8)
        serialize_i16(i16)
        serialize_i32(i32)
        serialize_i64(i64)
        serialize_i128(i128)
        serialize_u8(u8)
        serialize_u16(u16)
        serialize_u32(u32)
        serialize_u64(u64)
        serialize_u128(u128)
        serialize_f32(f32)
        serialize_f64(f64)
        serialize_char(char)
        serialize_str(&str)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Recorded, Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<Recorded, Error> {
        Ok(Whole::Null.into())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Recorded, Error> {
        let recorded = value.serialize(self)?;
        // An option hides the newtypes in it.
        Ok(recorded.inner.into())
    }

    fn serialize_unit(self) -> Result<Recorded, Error> {
        Ok(Whole::Null.into())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Recorded, Error> {
        Ok(Whole::Null.into())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Recorded, Error> {
        Ok(Whole::UnitVariant(variant).into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Recorded, Error> {
        let mut recorded = value.serialize(self)?;
        recorded.newtypes.push(name);
        Ok(recorded)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Recorded, Error> {
        within(Some(variant), value.serialize(self)?.inner)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Parts, Error> {
        parts(None, len)
    }

    fn serialize_tuple(self, len: usize) -> Result<Parts, Error> {
        parts(None, Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Parts, Error> {
        parts(None, Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Parts, Error> {
        parts(Some(variant), Some(len))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Parts, Error> {
        parts(None, len)
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Parts, Error> {
        parts(None, Some(len))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Parts, Error> {
        parts(Some(variant), Some(len))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Recorded, Error> {
        self.serialize_str(&value.to_string())
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident)+) => {
        $(
            impl ser::$trait for Parts {
                type Ok = Recorded;
                type Error = Error;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                    self.items.push(value.serialize(Recorder)?.inner);
                    Ok(())
                }

                fn end(self) -> Result<Recorded, Error> {
                    within(self.variant, Whole::List(self.hint, self.items))
                }
            }
        )+
    };
}

lists! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

macro_rules! models {
    ($($trait:ident)+) => {
        $(
            impl ser::$trait for Parts {
                type Ok = Recorded;
                type Error = Error;

                fn serialize_field<T: Serialize + ?Sized>(
                    &mut self,
                    key: &'static str,
                    value: &T,
                ) -> Result<(), Error> {
                    let value = value.serialize(Recorder)?;
                    self.entries.push(value.entry(key.into(), false));
                    Ok(())
                }

                fn skip_field(&mut self, key: &'static str) -> Result<(), Error> {
                    self.entries.push(Entry {
                        key: key.into(),
                        note: None,
                        value: None,
                        is_apart: false,
                    });
                    Ok(())
                }

                fn end(self) -> Result<Recorded, Error> {
                    within(self.variant, Whole::Model(self.entries))
                }
            }
        )+
    };
}

models! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Parts {
    type Ok = Recorded;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = Some(self::key(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = self.key.take().expect("a key");
        let value = value.serialize(Recorder)?;
        self.entries.push(value.entry(key, true));
        Ok(())
    }

    fn serialize_entry<K, T>(&mut self, key: &K, value: &T) -> Result<(), Error>
    where
        K: Serialize + ?Sized,
        T: Serialize + ?Sized,
    {
        let value = value.serialize(Recorder)?;
        self.entries.push(value.entry(self::key(key)?, false));
        Ok(())
    }

    fn end(self) -> Result<Recorded, Error> {
        Ok(Whole::Map {
            is_struct: self.hint.is_none(),
            entries: self.entries,
        }
        .into())
    }
}

/// The name that JSON has for a key.
fn key<K: Serialize + ?Sized>(key: &K) -> Result<String, Error> {
    Ok(match key.serialize(Recorder)?.inner {
        Whole::Null => "null".into(),
        Whole::UnitVariant(name) => name.into(),
        Whole::Scalar(text) => serde_json::from_str(&text).unwrap_or(text),
        other => panic!("no key: {other:?}"),
    })
}
