//! The serializer around another: each type of `serde`'s data model, filtered.

use core::fmt::Display;

use serde_core::ser::{self, Serialize, Serializer};

use super::context::Filtering;
use super::fields::Fields;
use super::list::{Elements, List};
use super::map::{Entry, Map};
use super::variant::{self, StructVariant, TupleVariant};

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
        self.inner.serialize_some(&self.context.of(value))
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
            .serialize_newtype_struct(name, &self.context.of(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        match variant::begin(self.context, variant)? {
            None => variant::left(self.inner),
            Some(inside) => {
                let value = inside.context().of(value);
                self.inner
                    .serialize_newtype_variant(name, index, variant, &value)
            }
        }
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.context.list(len)?;
        let inner = self.inner.serialize_seq(len)?;
        Ok(List::new(inner, self.context, len))
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.context.list(Some(len))?;
        let inner = self.inner.serialize_tuple(len)?;
        Ok(List::new(inner, self.context, Some(len)))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.context.list(Some(len))?;
        let inner = self.inner.serialize_tuple_struct(name, len)?;
        Ok(List::new(inner, self.context, Some(len)))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        Ok(match variant::begin(self.context, variant)? {
            None => TupleVariant::Left(variant::left(self.inner)?),
            Some(inside) => {
                inside.context().list(Some(len))?;
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
        self.context.map()?;
        Ok(Map {
            inner: self.inner.serialize_map(len)?,
            context: self.context,
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
            context: self.context,
            missing: self.context.names()?,
        })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        Ok(match variant::begin(self.context, variant)? {
            None => StructVariant::Left(variant::left(self.inner)?),
            Some(inside) => StructVariant::Chosen {
                inner: self
                    .inner
                    .serialize_struct_variant(name, index, variant, len)?,
                missing: inside.context().names()?,
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
        self.inner.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}
