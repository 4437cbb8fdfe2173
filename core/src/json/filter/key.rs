//! The comparison of a map's key with a name.

use core::fmt::{self, Display, Write};

use serde_core::ser::{self, Impossible, Serialize};

use crate::error::JsonError;
use crate::json::by_serde::key::not_finite_key;
use crate::json::by_serde::refuse::refuse_parts;
use crate::json::depth::MAX_DEPTH;
use crate::json::rules::Rules;
use crate::write::decimal::{MAX_DIGITS, decimal};

/// The words of a dialect for keys that are null or not finite, and whether its bytes are text.
#[derive(Clone, Copy)]
pub(super) struct Words {
    null: &'static str,
    /// A number that is not finite has a word of its own, and is not null, where it is a key.
    not_finite: bool,
    pub(super) bytes_as_text: bool,
}

impl Words {
    pub(super) const fn of<D: Rules>() -> Self {
        Self {
            null: D::NULL_KEY,
            not_finite: D::NOT_FINITE_KEYS,
            bytes_as_text: D::BYTES_AS_TEXT,
        }
    }
}

/// Tells whether JSON has `name` for `key`.
pub(super) fn is<K: Serialize + ?Sized>(key: &K, name: &str, words: &Words) -> bool {
    let left = MAX_DEPTH;
    key.serialize(Compare { name, words, left }) == Ok(true)
}

/// Compares what is serialized with a name.
#[derive(Clone, Copy)]
struct Compare<'n> {
    name: &'n str,
    words: &'n Words,
    /// The number of newtypes that may follow.
    left: u8,
}

impl Compare<'_> {
    fn signed(&self, value: i64) -> bool {
        match (value, self.name.as_bytes()) {
            (..0, [b'-', digits @ ..]) => is_decimal(value.unsigned_abs(), digits),
            (0.., digits) => is_decimal(value.unsigned_abs(), digits),
            _ => false,
        }
    }

    fn unsigned(&self, value: u64) -> bool {
        is_decimal(value, self.name.as_bytes())
    }
}

fn is_decimal(value: u64, digits: &[u8]) -> bool {
    decimal(value, &mut [0; MAX_DIGITS]) == digits
}

/// The rest of a name, as long as it is the same.
struct Rest<'n>(Option<&'n [u8]>);

impl Write for Rest<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self
            .0
            .and_then(|rest| rest.split_at_checked(text.len()))
            .and_then(|(first, rest)| (first == text.as_bytes()).then_some(rest));
        self.0.map(|_| ()).ok_or(fmt::Error)
    }
}

macro_rules! integers {
    ($($method:ident($type:ty) => $compare:ident;)+) => {
        $(
            fn $method(self, value: $type) -> Result<bool, JsonError> {
                Ok(self.$compare(value.into()))
            }
        )+
    };
}

impl ser::Serializer for Compare<'_> {
    type Ok = bool;
    type Error = JsonError;
    type SerializeSeq = Impossible<bool, JsonError>;
    type SerializeTuple = Impossible<bool, JsonError>;
    type SerializeTupleStruct = Impossible<bool, JsonError>;
    type SerializeTupleVariant = Impossible<bool, JsonError>;
    type SerializeMap = Impossible<bool, JsonError>;
    type SerializeStruct = Impossible<bool, JsonError>;
    type SerializeStructVariant = Impossible<bool, JsonError>;

    integers! {
        serialize_i8(i8) => signed;
        serialize_i16(i16) => signed;
        serialize_i32(i32) => signed;
        serialize_i64(i64) => signed;
        serialize_u8(u8) => unsigned;
        serialize_u16(u16) => unsigned;
        serialize_u32(u32) => unsigned;
        serialize_u64(u64) => unsigned;
    }

    fn serialize_i128(self, value: i128) -> Result<bool, JsonError> {
        Ok(match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => self.signed(value),
            (_, Ok(value)) => self.unsigned(value),
            _ => false,
        })
    }

    fn serialize_u128(self, value: u128) -> Result<bool, JsonError> {
        Ok(u64::try_from(value).is_ok_and(|value| self.unsigned(value)))
    }

    fn serialize_f32(self, value: f32) -> Result<bool, JsonError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<bool, JsonError> {
        match (value.is_finite(), self.words.not_finite) {
            (true, _) => Ok(false),
            (false, true) => self.serialize_str(not_finite_key(value)),
            (false, false) => self.serialize_str("null"),
        }
    }

    fn serialize_bool(self, value: bool) -> Result<bool, JsonError> {
        self.serialize_str(if value { "true" } else { "false" })
    }

    fn serialize_char(self, value: char) -> Result<bool, JsonError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<bool, JsonError> {
        Ok(self.name == value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<bool, JsonError> {
        Ok(self.name.as_bytes() == value)
    }

    fn serialize_none(self) -> Result<bool, JsonError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<bool, JsonError> {
        let left = self.left.checked_sub(1).ok_or(JsonError::Depth)?;
        value.serialize(Self { left, ..self })
    }

    fn serialize_unit(self) -> Result<bool, JsonError> {
        self.serialize_str(self.words.null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<bool, JsonError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<bool, JsonError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<bool, JsonError> {
        self.serialize_some(value)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<bool, JsonError> {
        let mut rest = Rest(Some(self.name.as_bytes()));
        Ok(write!(rest, "{value}").is_ok() && rest.0.is_some_and(<[u8]>::is_empty))
    }

    refuse_parts!(bool, JsonError, self => JsonError::Custom);
}
