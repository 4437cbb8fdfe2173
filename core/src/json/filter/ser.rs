//! A serializer around another, which is not given what is left out.

use core::fmt::Display;
use core::mem;

use serde_core::ser::{self, Error, Serialize, SerializeMap, Serializer};

use super::place::Place;
use super::tree::Chosen;
use super::variant::{self, StructVariant, TupleVariant};

/// The place of one value.
pub(super) struct Filtering<'p, S> {
    inner: S,
    place: Place<'p>,
}

impl<'p, S> Filtering<'p, S> {
    pub(super) const fn new(inner: S, place: Place<'p>) -> Self {
        Self { inner, place }
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty);)+) => {
        $(
            fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
                self.inner.$method(value)
            }
        )+
    };
}

impl<'p, S: Serializer> Serializer for Filtering<'p, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = List<'p, S::SerializeSeq>;
    type SerializeTuple = List<'p, S::SerializeTuple>;
    type SerializeTupleStruct = List<'p, S::SerializeTupleStruct>;
    type SerializeTupleVariant = TupleVariant<'p, S::SerializeTupleVariant, S::Ok>;
    type SerializeMap = Map<'p, S::SerializeMap>;
    type SerializeStruct = Fields<'p, S::SerializeStruct>;
    type SerializeStructVariant = StructVariant<'p, S::SerializeStructVariant, S::Ok>;

    scalars! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_unit_struct(&'static str);
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_some(&self.place.of(value))
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner
            .serialize_newtype_struct(name, &self.place.of(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        match variant::begin(self.place, variant)? {
            None => variant::left(self.inner),
            Some(inside) => {
                let value = inside.place().of(value);
                self.inner
                    .serialize_newtype_variant(name, index, variant, &value)
            }
        }
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.place.list(len)?;
        let inner = self.inner.serialize_seq(len)?;
        Ok(List::new(inner, self.place, len))
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.place.list(Some(len))?;
        let inner = self.inner.serialize_tuple(len)?;
        Ok(List::new(inner, self.place, Some(len)))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.place.list(Some(len))?;
        let inner = self.inner.serialize_tuple_struct(name, len)?;
        Ok(List::new(inner, self.place, Some(len)))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        Ok(match variant::begin(self.place, variant)? {
            None => TupleVariant::Left(variant::left(self.inner)?),
            Some(inside) => {
                inside.place().list(Some(len))?;
                let inner = self
                    .inner
                    .serialize_tuple_variant(name, index, variant, len)?;
                TupleVariant::Chosen {
                    inner,
                    inside,
                    index: 0,
                    len,
                }
            }
        })
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.place.map()?;
        Ok(Map {
            inner: self.inner.serialize_map(len)?,
            place: self.place,
            entry: Entry::None,
        })
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Fields {
            inner: self.inner.serialize_struct(name, len)?,
            place: self.place,
            missing: self.place.names()?,
        })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        Ok(match variant::begin(self.place, variant)? {
            None => StructVariant::Left(variant::left(self.inner)?),
            Some(inside) => StructVariant::Chosen {
                inner: self
                    .inner
                    .serialize_struct_variant(name, index, variant, len)?,
                missing: inside.place().names()?,
                inside,
            },
        })
    }

    /// A list of which nothing is left out is still taken up at any element at once.
    fn collect_seq<I>(self, values: I) -> Result<S::Ok, S::Error>
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        let Self { inner, place } = self;
        if place.choice.is_silent() {
            let values = values.into_iter();
            return inner.collect_seq(Elements { values, place });
        }
        let mut values = values.into_iter();
        let len = match values.size_hint() {
            (least, Some(most)) if least == most => Some(most),
            _ => None,
        };
        let mut list = Filtering { inner, place }.serialize_seq(len)?;
        values.try_for_each(|value| ser::SerializeSeq::serialize_element(&mut list, &value))?;
        ser::SerializeSeq::end(list)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// The elements of a list, each with the place that all have.
struct Elements<'p, I> {
    values: I,
    place: Place<'p>,
}

impl<'p, I: Iterator> Iterator for Elements<'p, I> {
    type Item = Element<'p, I::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        let place = self.place;
        self.values.next().map(|value| Element { value, place })
    }

    /// As fast as that of the values, which may know it without counting.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        let place = self.place;
        self.values.nth(n).map(|value| Element { value, place })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.values.size_hint()
    }
}

/// An element by itself.
struct Element<'p, T> {
    value: T,
    place: Place<'p>,
}

impl<T: Serialize> Serialize for Element<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.place.of(&self.value).serialize(serializer)
    }
}

pub(super) struct List<'p, S> {
    inner: S,
    place: Place<'p>,
    index: usize,
    len: Option<usize>,
}

impl<'p, S> List<'p, S> {
    const fn new(inner: S, place: Place<'p>, len: Option<usize>) -> Self {
        Self {
            inner,
            place,
            index: 0,
            len,
        }
    }

    fn next(&mut self) -> usize {
        let index = self.index;
        self.index = index.saturating_add(1);
        index
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident)+) => {
        $(
            impl<S: ser::$trait> ser::$trait for List<'_, S> {
                type Ok = S::Ok;
                type Error = S::Error;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                    let index = self.next();
                    self.place
                        .element(index, self.len, value, |value| self.inner.$method(value))
                }

                fn end(self) -> Result<S::Ok, S::Error> {
                    self.inner.end()
                }
            }
        )+
    };
}

lists! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
}

/// A model.
pub(super) struct Fields<'p, S> {
    inner: S,
    place: Place<'p>,
    /// The names that no field had yet.
    missing: u64,
}

impl<S: ser::SerializeStruct> ser::SerializeStruct for Fields<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        self.place
            .field(&mut self.missing, key, value, |key, value| {
                self.inner.serialize_field(key, value)
            })
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        self.place.skip(&mut self.missing, key);
        self.inner.skip_field(key)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.place.end(self.missing)?;
        self.inner.end()
    }
}

pub(super) struct Map<'p, S> {
    inner: S,
    place: Place<'p>,
    entry: Entry<'p>,
}

/// What becomes of a value whose key has come.
enum Entry<'p> {
    /// None has.
    None,
    Left,
    Chosen(Chosen<'p>),
}

impl<S: SerializeMap> SerializeMap for Map<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        if !matches!(self.entry, Entry::None) {
            return Err(S::Error::custom("a key behind a key"));
        }
        match self.place.choice.value(key) {
            None => {
                self.entry = Entry::Left;
                Ok(())
            }
            Some(chosen) => {
                self.entry = Entry::Chosen(chosen);
                self.inner.serialize_key(key)
            }
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        match mem::replace(&mut self.entry, Entry::None) {
            Entry::None => Err(S::Error::custom("a value without a key")),
            Entry::Left => Ok(()),
            Entry::Chosen(chosen) => {
                let value = self.place.within(&chosen).of(value);
                self.inner.serialize_value(&value)
            }
        }
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match self.entry {
            Entry::None => self.inner.end(),
            _ => Err(S::Error::custom("a key without a value")),
        }
    }
}
