//! The probe of a field: what a filter has to know before it writes it.

use core::fmt::Display;

use serde_core::ser::{self, Impossible, Serialize};

use super::model::Mark;
use crate::error::JsonError;
use crate::json::by_serde::refuse::refuse_parts;

/// The facts that a field's value tells about the field.
#[derive(Default)]
pub(super) struct Facts {
    /// The field's name, where its value came with one.
    pub(super) name: Option<&'static str>,
    /// The notes of a [`Model`](super::model::Model).
    pub(super) mark: Mark,
    pub(super) is_null: bool,
}

impl Facts {
    /// Looks at the beginning of a value, and at no part of it.
    pub(super) fn of<T: Serialize + ?Sized>(value: &T) -> Self {
        let mut facts = Self::default();
        let probe = Probe {
            facts: &mut facts,
            layer: Layer::Outermost,
        };
        // An error is how it stops; one of the value's own comes again when it is written.
        let _ = value.serialize(probe);
        facts
    }
}

/// Takes newtypes off a value, until it is known.
struct Probe<'f> {
    facts: &'f mut Facts,
    layer: Layer,
}

/// The meanings that a newtype can have.
enum Layer {
    /// A mark.
    Outermost,
    /// The name of a field, in a mark.
    Name,
    /// One of the value's own.
    Value,
}

macro_rules! no_null {
    ($($method:ident($type:ty);)+) => {
        $(
            fn $method(self, _: $type) -> Result<(), JsonError> {
                Ok(())
            }
        )+
    };
}

impl ser::Serializer for Probe<'_> {
    type Ok = ();
    type Error = JsonError;
    type SerializeSeq = Impossible<(), JsonError>;
    type SerializeTuple = Impossible<(), JsonError>;
    type SerializeTupleStruct = Impossible<(), JsonError>;
    type SerializeTupleVariant = Impossible<(), JsonError>;
    type SerializeMap = Impossible<(), JsonError>;
    type SerializeStruct = Impossible<(), JsonError>;
    type SerializeStructVariant = Impossible<(), JsonError>;

    no_null! {
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
    }

    fn serialize_none(self) -> Result<(), JsonError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), JsonError> {
        value.serialize(Self {
            layer: Layer::Value,
            ..self
        })
    }

    fn serialize_unit(self) -> Result<(), JsonError> {
        self.facts.is_null = true;
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), JsonError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<(), JsonError> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        let layer = match self.layer {
            Layer::Outermost => match Mark::read(name) {
                Some(mark) => {
                    self.facts.mark = mark;
                    Layer::Name
                }
                None => Layer::Value,
            },
            Layer::Name => {
                self.facts.name = Some(name);
                Layer::Value
            }
            Layer::Value => Layer::Value,
        };
        value.serialize(Self { layer, ..self })
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), JsonError> {
        Ok(())
    }

    refuse_parts!((), JsonError, self => JsonError::Custom);
}
