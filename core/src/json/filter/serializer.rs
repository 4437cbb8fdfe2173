//! The serializer around another: each type of `serde`'s data model, filtered.

use core::fmt::Display;

use serde_core::ser::{self, Serialize, Serializer};

use super::context::Filtering;
use super::fields::Fields;
use super::list::{Elements, List};
use super::map::Map;
use super::variant::{self, StructVariant, TupleVariant};
use crate::json::by_serde::marked::Marker;
use crate::json::by_serde::scalars::with_integers;

macro_rules! scalars {
    ($($method:ident($type:ty);)+) => {
        $(
            fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
                self.context.leaf()?;
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

    with_integers! { scalars!
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
    }

    /// A text, or else an array of numbers.
    fn serialize_bytes(self, value: &[u8]) -> Result<S::Ok, S::Error> {
        if self.context.words.bytes_as_text {
            self.context.leaf()?;
            return self.inner.serialize_bytes(value);
        }
        match self.context.choice.is_silent() {
            true => self.inner.serialize_bytes(value),
            false => self.collect_seq(value),
        }
    }

    /// Null tells nothing, and may stand for a value of which parts are meant.
    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_some(&self.context.of(value))
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_struct(name)
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        if !self.context.choice.is_silent() {
            if !self.context.variant(variant)? {
                return variant::left(self.inner);
            }
            self.context.inside(variant, |context| context.leaf())?;
        }
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner
            .serialize_newtype_struct(name, &self.context.of(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let Self { inner, context } = self;
        if !context.variant(variant)? {
            return variant::left(inner);
        }
        context.inside(variant, |context| {
            inner.serialize_newtype_variant(name, index, variant, &context.of(value))
        })
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        List::new(self.context, len, || self.inner.serialize_seq(len))
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        List::new(self.context, Some(len), || self.inner.serialize_tuple(len))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        List::new(self.context, Some(len), || {
            self.inner.serialize_tuple_struct(name, len)
        })
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        let Self { inner, context } = self;
        if !context.variant(variant)? {
            return variant::left(inner).map(TupleVariant::Left);
        }
        Ok(TupleVariant::Chosen {
            counted: context.inside(variant, |context| context.list(Some(len)))?,
            inner: inner.serialize_tuple_variant(name, index, variant, len)?,
            context,
            variant,
            index: 0,
        })
    }

    /// A map that does not tell its length may be a struct with `flatten`, and is taken for one.
    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.context.map()?;
        Ok(Map {
            missing: match len {
                Some(_) => 0,
                None => self.context.names()?,
            },
            inner: self.inner.serialize_map(len)?,
            context: self.context,
            entry: None,
            is_struct: len.is_none(),
        })
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        let context = match Marker::of_struct(name) {
            Some(_) => self.context.opaque()?,
            None => self.context,
        };
        Ok(Fields {
            missing: context.names()?,
            inner: self.inner.serialize_struct(name, len)?,
            context,
        })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        let Self { inner, context } = self;
        if !context.variant(variant)? {
            return variant::left(inner).map(StructVariant::Left);
        }
        Ok(StructVariant::Chosen {
            missing: context.inside(variant, |context| context.names())?,
            inner: inner.serialize_struct_variant(name, index, variant, len)?,
            context,
            variant,
        })
    }

    /// A list of which nothing is left out is still taken up at any element at once.
    fn collect_seq<I>(self, values: I) -> Result<S::Ok, S::Error>
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        let Self { inner, context } = self;
        if context.choice.is_silent() {
            let values = values.into_iter();
            return inner.collect_seq(Elements { values, context });
        }
        let mut values = values.into_iter();
        let len = match values.size_hint() {
            (least, Some(most)) if least == most => Some(most),
            _ => None,
        };
        let mut list = Filtering { inner, context }.serialize_seq(len)?;
        values.try_for_each(|value| ser::SerializeSeq::serialize_element(&mut list, &value))?;
        ser::SerializeSeq::end(list)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.context.leaf()?;
        self.inner.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}
