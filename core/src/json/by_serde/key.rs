//! Keys of maps, which JSON wants to be strings.

use core::fmt::Display;

use serde_core::ser::{self, Serialize};

use super::refuse::refuse_parts;
use super::scalars::with_integers;
use super::value::Serializer;
use crate::error::JsonError;
use crate::json::container::within_newtype;
use crate::json::depth::Depth;
use crate::json::number::fraction::shortest;
use crate::json::rules::Rules as _;
use crate::json::scalar::display;
use crate::json::sink::interface::Sink;

/// Writes a map's key: a string as it is; a number, a boolean or null in quotes.
pub(super) struct Key<S> {
    pub(super) sink: S,
    /// The depth of the map's values.
    pub(super) depth: Depth,
}

impl<S: Sink> Key<S> {
    fn quoted(
        self,
        write: impl FnOnce(Serializer<S>) -> Result<S, S::Error>,
    ) -> Result<S, S::Error> {
        let sink = self.sink.write_array(b"\"")?;
        let depth = self.depth;
        write(Serializer { sink, depth })?.write_array(b"\"")
    }

    /// Writes Python's word for a number that is not finite.
    #[cold]
    fn not_finite(self, value: f64) -> Result<S, S::Error> {
        self.sink.string(not_finite_key(value))
    }
}

/// The key of a number that is not finite, where a dialect has such keys.
pub(in crate::json) const fn not_finite_key(value: f64) -> &'static str {
    match value {
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ => "nan",
    }
}

macro_rules! quoted_keys {
    ($($method:ident($type:ty);)+) => {
        $(
            fn $method(self, value: $type) -> Result<S, S::Error> {
                self.quoted(|serializer| serializer.$method(value))
            }
        )+
    };
}

impl<S: Sink> ser::Serializer for Key<S> {
    type Ok = S;
    type Error = S::Error;
    type SerializeSeq = ser::Impossible<S, S::Error>;
    type SerializeTuple = ser::Impossible<S, S::Error>;
    type SerializeTupleStruct = ser::Impossible<S, S::Error>;
    type SerializeTupleVariant = ser::Impossible<S, S::Error>;
    type SerializeMap = ser::Impossible<S, S::Error>;
    type SerializeStruct = ser::Impossible<S, S::Error>;
    type SerializeStructVariant = ser::Impossible<S, S::Error>;

    with_integers! { quoted_keys! }

    fn serialize_f32(self, value: f32) -> Result<S, S::Error> {
        if S::Dialect::NOT_FINITE_KEYS && !value.is_finite() {
            return self.not_finite(value.into());
        }
        self.quoted(|Serializer { sink, .. }| {
            shortest::single(sink, value, S::Dialect::KEY_EXPONENTS)
        })
    }

    fn serialize_f64(self, value: f64) -> Result<S, S::Error> {
        if S::Dialect::NOT_FINITE_KEYS && !value.is_finite() {
            return self.not_finite(value);
        }
        self.quoted(|Serializer { sink, .. }| {
            shortest::any_double(sink, value, S::Dialect::KEY_EXPONENTS)
        })
    }

    fn serialize_char(self, value: char) -> Result<S, S::Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<S, S::Error> {
        self.sink.string(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<S, S::Error> {
        if !S::Dialect::BYTE_KEYS {
            return Err(self.sink.fail(JsonError::Key));
        }
        match str::from_utf8(value) {
            Ok(text) => self.serialize_str(text),
            Err(_) => Err(self.sink.fail(JsonError::NotUtf8)),
        }
    }

    fn serialize_none(self) -> Result<S, S::Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S, S::Error> {
        let depth = within_newtype(&self.sink, self.depth)?;
        value.serialize(Self { depth, ..self })
    }

    fn serialize_unit(self) -> Result<S, S::Error> {
        self.sink.string(S::Dialect::NULL_KEY)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<S, S::Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<S, S::Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S, S::Error> {
        self.serialize_some(value)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S, S::Error> {
        display::display(self.sink, value)
    }

    refuse_parts!(S, S::Error, self => self.sink.fail(JsonError::Key));
}
