//! The `serde` front end. `Ok` is the sink, so it travels by value.

use core::fmt::{self, Display, Write};

use serde_core::ser::{self, Serialize};

use super::hand::deeper;
use super::{Document, JsonError, Sink, number, string};

/// A document that `serde` writes.
pub(crate) struct BySerde<'v, T: ?Sized>(pub(crate) &'v T);

impl<T: Serialize + ?Sized> Document for BySerde<'_, T> {
    fn write<S: Sink>(&self, sink: S) -> Result<S, JsonError> {
        self.0.serialize(Serializer { sink, depth: 0 })
    }
}

impl ser::Error for JsonError {
    fn custom<T: Display>(_: T) -> Self {
        Self::Custom
    }
}

struct Serializer<S> {
    sink: S,
    depth: u8,
}

/// An array or an object whose sink is on loan to an element, or not.
struct Compound<S> {
    /// `None` after an element failed.
    sink: Option<S>,
    depth: u8,
    empty: bool,
    /// What ends it.
    close: u8,
    /// It is the value of an object that names an enum variant.
    wrapped: bool,
}

impl<S: Sink> Serializer<S> {
    fn compound(self, open: u8, close: u8) -> Result<Compound<S>, JsonError> {
        let depth = deeper(self.depth)?;
        let sink = Some(self.sink.put_array(&[open])?);
        Ok(Compound {
            sink,
            depth,
            empty: true,
            close,
            wrapped: false,
        })
    }

    /// Begins `{"variant":`.
    fn variant(self, variant: &str) -> Result<Self, JsonError> {
        let depth = deeper(self.depth)?;
        let sink = string::string(self.sink.put_array(b"{")?, variant)?.put_array(b":")?;
        Ok(Self { sink, depth })
    }
}

impl<S: Sink> Compound<S> {
    fn element(
        &mut self,
        write: impl FnOnce(Serializer<S>) -> Result<S, JsonError>,
    ) -> Result<(), JsonError> {
        let mut sink = self.sink.take().ok_or(JsonError::Custom)?;
        if !self.empty {
            sink = sink.put_array(b",")?;
        }
        self.empty = false;
        self.sink = Some(write(Serializer {
            sink,
            depth: self.depth,
        })?);
        Ok(())
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), JsonError> {
        self.element(|Serializer { sink, depth }| {
            let sink = string::string(sink, key)?.put_array(b":")?;
            value.serialize(Serializer { sink, depth })
        })
    }

    fn finish(self) -> Result<S, JsonError> {
        let sink = self
            .sink
            .ok_or(JsonError::Custom)?
            .put_array(&[self.close])?;
        match self.wrapped {
            true => sink.put_array(b"}"),
            false => Ok(sink),
        }
    }
}

macro_rules! numbers {
    ($($method:ident($type:ty) => $write:ident;)+) => {
        $(
            fn $method(self, value: $type) -> Result<S, JsonError> {
                number::$write(self.sink, value.into())
            }
        )+
    };
}

impl<S: Sink> ser::Serializer for Serializer<S> {
    type Ok = S;
    type Error = JsonError;
    type SerializeSeq = Compound<S>;
    type SerializeTuple = Compound<S>;
    type SerializeTupleStruct = Compound<S>;
    type SerializeTupleVariant = Compound<S>;
    type SerializeMap = Compound<S>;
    type SerializeStruct = Compound<S>;
    type SerializeStructVariant = Compound<S>;

    numbers! {
        serialize_i8(i8) => signed;
        serialize_i16(i16) => signed;
        serialize_i32(i32) => signed;
        serialize_i64(i64) => signed;
        serialize_i128(i128) => signed_128;
        serialize_u8(u8) => unsigned;
        serialize_u16(u16) => unsigned;
        serialize_u32(u32) => unsigned;
        serialize_u64(u64) => unsigned;
        serialize_u128(u128) => unsigned_128;
        serialize_f32(f32) => single;
        serialize_f64(f64) => double;
    }

    fn serialize_bool(self, value: bool) -> Result<S, JsonError> {
        match value {
            true => self.sink.put_array(b"true"),
            false => self.sink.put_array(b"false"),
        }
    }

    fn serialize_char(self, value: char) -> Result<S, JsonError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<S, JsonError> {
        string::string(self.sink, value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<S, JsonError> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<S, JsonError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S, JsonError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<S, JsonError> {
        self.sink.put_array(b"null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<S, JsonError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<S, JsonError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S, JsonError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S, JsonError> {
        value.serialize(self.variant(variant)?)?.put_array(b"}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<S>, JsonError> {
        self.compound(b'[', b']')
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<S>, JsonError> {
        self.compound(b'[', b']')
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<S>, JsonError> {
        self.compound(b'[', b']')
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<S>, JsonError> {
        let compound = self.variant(variant)?.compound(b'[', b']')?;
        Ok(Compound {
            wrapped: true,
            ..compound
        })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<S>, JsonError> {
        self.compound(b'{', b'}')
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<S>, JsonError> {
        self.compound(b'{', b'}')
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<S>, JsonError> {
        let compound = self.variant(variant)?.compound(b'{', b'}')?;
        Ok(Compound {
            wrapped: true,
            ..compound
        })
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S, JsonError> {
        collect(self.sink, value)
    }
}

impl<S: Sink> ser::SerializeSeq for Compound<S> {
    type Ok = S;
    type Error = JsonError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        self.element(|serializer| value.serialize(serializer))
    }

    fn end(self) -> Result<S, JsonError> {
        self.finish()
    }
}

impl<S: Sink> ser::SerializeTuple for Compound<S> {
    type Ok = S;
    type Error = JsonError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        self.element(|serializer| value.serialize(serializer))
    }

    fn end(self) -> Result<S, JsonError> {
        self.finish()
    }
}

impl<S: Sink> ser::SerializeTupleStruct for Compound<S> {
    type Ok = S;
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        self.element(|serializer| value.serialize(serializer))
    }

    fn end(self) -> Result<S, JsonError> {
        self.finish()
    }
}

impl<S: Sink> ser::SerializeTupleVariant for Compound<S> {
    type Ok = S;
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        self.element(|serializer| value.serialize(serializer))
    }

    fn end(self) -> Result<S, JsonError> {
        self.finish()
    }
}

impl<S: Sink> ser::SerializeStruct for Compound<S> {
    type Ok = S;
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        self.field(key, value)
    }

    fn end(self) -> Result<S, JsonError> {
        self.finish()
    }
}

impl<S: Sink> ser::SerializeStructVariant for Compound<S> {
    type Ok = S;
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        self.field(key, value)
    }

    fn end(self) -> Result<S, JsonError> {
        self.finish()
    }
}

impl<S: Sink> ser::SerializeMap for Compound<S> {
    type Ok = S;
    type Error = JsonError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), JsonError> {
        self.element(|Serializer { sink, .. }| key.serialize(Key { sink }))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        let sink = self.sink.take().ok_or(JsonError::Custom)?.put_array(b":")?;
        self.sink = Some(value.serialize(Serializer {
            sink,
            depth: self.depth,
        })?);
        Ok(())
    }

    fn end(self) -> Result<S, JsonError> {
        self.finish()
    }
}

/// Writes a map's key: a string as it is; a number, a boolean or null in quotes.
struct Key<S> {
    sink: S,
}

impl<S: Sink> Key<S> {
    fn quoted(
        self,
        write: impl FnOnce(Serializer<S>) -> Result<S, JsonError>,
    ) -> Result<S, JsonError> {
        let sink = self.sink.put_array(b"\"")?;
        write(Serializer { sink, depth: 0 })?.put_array(b"\"")
    }
}

macro_rules! quoted_keys {
    ($($method:ident($type:ty);)+) => {
        $(
            fn $method(self, value: $type) -> Result<S, JsonError> {
                self.quoted(|serializer| serializer.$method(value))
            }
        )+
    };
}

impl<S: Sink> ser::Serializer for Key<S> {
    type Ok = S;
    type Error = JsonError;
    type SerializeSeq = ser::Impossible<S, JsonError>;
    type SerializeTuple = ser::Impossible<S, JsonError>;
    type SerializeTupleStruct = ser::Impossible<S, JsonError>;
    type SerializeTupleVariant = ser::Impossible<S, JsonError>;
    type SerializeMap = ser::Impossible<S, JsonError>;
    type SerializeStruct = ser::Impossible<S, JsonError>;
    type SerializeStructVariant = ser::Impossible<S, JsonError>;

    quoted_keys! {
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
    }

    fn serialize_char(self, value: char) -> Result<S, JsonError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<S, JsonError> {
        string::string(self.sink, value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<S, JsonError> {
        Err(JsonError::Key)
    }

    fn serialize_none(self) -> Result<S, JsonError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S, JsonError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<S, JsonError> {
        self.quoted(ser::Serializer::serialize_unit)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<S, JsonError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<S, JsonError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S, JsonError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S, JsonError> {
        Err(JsonError::Key)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, JsonError> {
        Err(JsonError::Key)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, JsonError> {
        Err(JsonError::Key)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, JsonError> {
        Err(JsonError::Key)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, JsonError> {
        Err(JsonError::Key)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, JsonError> {
        Err(JsonError::Key)
    }

    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, JsonError> {
        Err(JsonError::Key)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, JsonError> {
        Err(JsonError::Key)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S, JsonError> {
        collect(self.sink, value)
    }
}

/// Writes what `value` displays as a string.
fn collect<S: Sink, T: Display + ?Sized>(sink: S, value: &T) -> Result<S, JsonError> {
    struct Escape<S> {
        sink: Option<S>,
        error: JsonError,
    }

    impl<S: Sink> Write for Escape<S> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let sink = self.sink.take().ok_or(fmt::Error)?;
            match string::escaped(sink, text) {
                Ok(sink) => self.sink = Some(sink),
                Err(error) => {
                    self.error = error;
                    return Err(fmt::Error);
                }
            }
            Ok(())
        }
    }

    let mut out = Escape {
        sink: Some(sink.put_array(b"\"")?),
        error: JsonError::Custom,
    };
    match (write!(out, "{value}"), out.sink) {
        (Ok(()), Some(sink)) => sink.put_array(b"\""),
        _ => Err(out.error),
    }
}
