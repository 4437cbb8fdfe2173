//! The serializer: each type of `serde`'s data model, as JSON has it.

use core::fmt::Display;

use serde_core::ser::{self, Serialize};

use super::array::Array;
use super::marked::{Marked, Marker, is_field};
use super::object::{Object, State};
use super::value::{Serializer, Write};
use super::variant::Variant;
use crate::error::JsonError;
use crate::json::container::{Container, uncounted, within_newtype};
use crate::json::number::fraction::{self, shortest};
use crate::json::number::wide;
use crate::json::rules::Rules as _;
use crate::json::scalar::{self, display};
use crate::json::sink::interface::Sink;
use crate::json::sink::replay::Kind;

macro_rules! numbers {
    ($($method:ident($type:ty) => $module:ident::$write:ident;)+) => {
        $(
            #[inline]
            fn $method(self, value: $type) -> Result<S, S::Error> {
                $module::$write(self.sink, value.into())
            }
        )+
    };
}

impl<S: Sink> ser::Serializer for Serializer<S> {
    type Ok = S;
    type Error = S::Error;
    type SerializeSeq = Array<S>;
    type SerializeTuple = Array<S>;
    type SerializeTupleStruct = Array<S>;
    type SerializeTupleVariant = Variant<S>;
    type SerializeMap = Object<S>;
    type SerializeStruct = Object<S>;
    type SerializeStructVariant = Variant<S>;

    numbers! {
        serialize_i8(i8) => scalar::signed_32;
        serialize_i16(i16) => scalar::signed_32;
        serialize_i32(i32) => scalar::signed_32;
        serialize_i64(i64) => scalar::signed;
        serialize_i128(i128) => wide::signed_128;
        serialize_u8(u8) => scalar::unsigned_32;
        serialize_u16(u16) => scalar::unsigned_32;
        serialize_u32(u32) => scalar::unsigned_32;
        serialize_u64(u64) => scalar::unsigned;
        serialize_u128(u128) => wide::unsigned_128;
        serialize_f64(f64) => fraction::double;
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<S, S::Error> {
        shortest::single(self.sink, value, S::Dialect::SINGLE_EXPONENTS)
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<S, S::Error> {
        scalar::boolean(self.sink, value)
    }

    #[inline]
    fn serialize_char(self, value: char) -> Result<S, S::Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<S, S::Error> {
        self.sink.string(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<S, S::Error> {
        if !S::Dialect::BYTES_AS_TEXT {
            return self.collect_seq(value);
        }
        match str::from_utf8(value) {
            Ok(text) => self.sink.string(text),
            Err(_) => Err(self.sink.fail(JsonError::NotUtf8)),
        }
    }

    #[inline]
    fn serialize_none(self) -> Result<S, S::Error> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S, S::Error> {
        let depth = within_newtype(&self.sink, self.depth)?;
        value.serialize(Self { depth, ..self })
    }

    #[inline]
    fn serialize_unit(self) -> Result<S, S::Error> {
        self.sink.write_array(b"null")
    }

    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Result<S, S::Error> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<S, S::Error> {
        self.serialize_str(variant)
    }

    /// Asks for a marker, of which nothing is left where the name is known at compile time.
    #[inline(always)]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S, S::Error> {
        let depth = match is_field(name) {
            true => uncounted(&self.sink, self.depth)?,
            false => within_newtype(&self.sink, self.depth)?,
        };
        let place = Self { depth, ..self };
        match Marker::of_newtype(name) {
            Some(marker) => value.serialize(Marked { place, marker }),
            None => value.serialize(place),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S, S::Error> {
        let mut container = Container::new(self.sink, self.depth, Kind::Object)?;
        container.element(Some(variant), Write(value))?;
        container.end::<b'}'>()
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Array<S>, S::Error> {
        Container::new(self.sink, self.depth, Kind::Array).map(Array)
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Array<S>, S::Error> {
        self.serialize_seq(None)
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Array<S>, S::Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<S>, S::Error> {
        Variant::new(self, Kind::Array, variant)
    }

    #[inline]
    fn serialize_map(self, _: Option<usize>) -> Result<Object<S>, S::Error> {
        Ok(Object {
            container: Container::new(self.sink, self.depth, Kind::Object)?,
            state: State::Member,
        })
    }

    /// Asks for a marker, of which nothing is left where the name is known at compile time.
    #[inline(always)]
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Object<S>, S::Error> {
        match Marker::of_struct(name) {
            Some(marker) => Object::marked_by(self, marker),
            None => self.serialize_map(None),
        }
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<S>, S::Error> {
        Variant::new(self, Kind::Object, variant)
    }

    /// A slice or a vector is taken up at any element at once.
    #[inline]
    fn collect_seq<I>(self, values: I) -> Result<S, S::Error>
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        let mut container = Container::new(self.sink, self.depth, Kind::Array)?;
        let mut values = values.into_iter();
        container.skip(&mut values)?;
        for value in values {
            container.element(None, Write(&value))?;
        }
        container.end::<b']'>()
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S, S::Error> {
        display::display(self.sink, value)
    }
}
