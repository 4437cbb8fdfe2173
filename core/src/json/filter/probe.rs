//! The probe of a field: what a filter has to know before it writes it.

use core::fmt::Display;

use serde_core::ser::{self, Impossible, Serialize};

use super::model::Mark;
use crate::error::JsonError;
use crate::json::by_serde::marked::{Marker, UNSET};
use crate::json::by_serde::refuse::refuse_most_parts;
use crate::json::by_serde::scalars::with_integers;
use crate::json::depth::MAX_DEPTH;
use crate::json::raw;

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
            left: MAX_DEPTH,
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
    /// The number of newtypes that may follow.
    left: u8,
}

/// The meanings that a newtype can have.
#[derive(Clone, Copy)]
enum Layer {
    /// A mark.
    Outermost,
    /// The name of a field, in a mark.
    Name,
    /// One of the value's own.
    Value,
    /// One around a text that is JSON already.
    Json,
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
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), JsonError>;

    with_integers! { no_null!
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_bytes(&[u8]);
    }

    fn serialize_str(self, text: &str) -> Result<(), JsonError> {
        if let Layer::Json = self.layer {
            self.facts.is_null |= raw::is_null(text);
        }
        Ok(())
    }

    fn serialize_none(self) -> Result<(), JsonError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), JsonError> {
        let layer = match self.layer {
            Layer::Json => Layer::Json,
            _ => Layer::Value,
        };
        value.serialize(Self {
            layer,
            left: self.left.checked_sub(1).ok_or(JsonError::Depth)?,
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
            layer @ (Layer::Value | Layer::Json) => layer,
        };
        if name == UNSET && !matches!(self.layer, Layer::Name) {
            self.facts.mark = Mark::UNSET_DEFAULT;
        }
        let left = match (self.layer, layer) {
            // Those of a mark do not count.
            (_, Layer::Name) | (Layer::Name, _) => self.left,
            _ => self.left.checked_sub(1).ok_or(JsonError::Depth)?,
        };
        value.serialize(Self {
            layer,
            left,
            ..self
        })
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), JsonError> {
        Ok(())
    }

    /// A struct that a text stands for may be null.
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self, JsonError> {
        match Marker::of_struct(name) {
            Some(Marker::Json) => Ok(self),
            _ => Err(JsonError::Custom),
        }
    }

    refuse_most_parts!((), JsonError, self => JsonError::Custom);
}

impl ser::SerializeStruct for Probe<'_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        match Marker::of_struct(key) {
            Some(Marker::Json) => value.serialize(Probe {
                facts: self.facts,
                layer: Layer::Json,
                left: self.left,
            }),
            _ => Err(JsonError::Custom),
        }
    }

    fn end(self) -> Result<(), JsonError> {
        Ok(())
    }
}
