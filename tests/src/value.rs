//! The values of the vectors, and their two ways into JSON: `serde` and by hand.

use replywire::json::{JsonError, Sink, ToJson, Value as Place, Written};
use replywire::{Response, Status};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::buffer;

/// A value as Python has them.
#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    /// Decimal text, of any size.
    Int(String),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    /// Keys are values too.
    Map(Vec<(Value, Value)>),
    /// `leaf` wrapped `depth` times: in a list of one, or in a map with the key `k`.
    Nest {
        map: bool,
        depth: usize,
        leaf: Box<Value>,
    },
    /// Bytes, times, UUIDs: what JSON has no word for.
    Unsupported,
}

impl Value {
    /// Reads a value of the vectors.
    ///
    /// # Panics
    ///
    /// Where it is none.
    pub fn read(json: &Json) -> Self {
        let text = |key: &str| json[key].as_str().expect("a text").to_owned();
        let list = |key: &str| json[key].as_array().expect("a list");
        match json["t"].as_str().expect("a type") {
            "null" => Self::Null,
            "bool" => Self::Bool(json["v"].as_bool().expect("a boolean")),
            "int" => Self::Int(text("v")),
            "float" => {
                let bits = u64::from_str_radix(&text("bits"), 16).expect("hexadecimal bits");
                Self::Float(f64::from_bits(bits))
            }
            "str" => Self::Text(text("v")),
            "list" => Self::List(list("v").iter().map(Self::read).collect()),
            "map" => Self::Map(
                list("v")
                    .iter()
                    .map(|pair| (Self::read(&pair[0]), Self::read(&pair[1])))
                    .collect(),
            ),
            "nest" => Self::Nest {
                map: text("kind") == "map",
                depth: json["depth"].as_u64().expect("a depth") as usize,
                leaf: Box::new(Self::read(&json["leaf"])),
            },
            "bytes" | "datetime" | "date" | "time" | "uuid" => Self::Unsupported,
            other => panic!("unknown type {other}"),
        }
    }

    /// Whether `serde` has a method for every integer in it.
    pub fn fits_serde(&self) -> bool {
        match self {
            Self::Int(text) => text.parse::<i128>().is_ok() || text.parse::<u128>().is_ok(),
            Self::List(list) => list.iter().all(Self::fits_serde),
            Self::Map(pairs) => pairs
                .iter()
                .all(|(key, value)| key.fits_serde() && value.fits_serde()),
            Self::Nest { leaf, .. } => leaf.fits_serde(),
            _ => true,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(text) => {
                if let Ok(value) = text.parse::<i64>() {
                    serializer.serialize_i64(value)
                } else if let Ok(value) = text.parse::<u64>() {
                    serializer.serialize_u64(value)
                } else if let Ok(value) = text.parse::<i128>() {
                    serializer.serialize_i128(value)
                } else if let Ok(value) = text.parse::<u128>() {
                    serializer.serialize_u128(value)
                } else {
                    Err(S::Error::custom("an integer beyond 128 bits"))
                }
            }
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list),
            Self::Map(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(&Key(key), value)?;
                }
                map.end()
            }
            Self::Nest { map, depth, leaf } => Nest {
                map: *map,
                depth: *depth,
                leaf,
            }
            .serialize(serializer),
            Self::Unsupported => Err(S::Error::custom("a type that JSON has no word for")),
        }
    }
}

/// A key: what cannot be one is given as bytes, which no map of JSON takes.
struct Key<'v>(&'v Value);

impl Serialize for Key<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Unsupported => serializer.serialize_bytes(b""),
            value => value.serialize(serializer),
        }
    }
}

struct Nest<'v> {
    map: bool,
    depth: usize,
    leaf: &'v Value,
}

impl Nest<'_> {
    fn inner(&self) -> Self {
        Self {
            depth: self.depth - 1,
            ..*self
        }
    }
}

impl Serialize for Nest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.depth == 0 {
            return self.leaf.serialize(serializer);
        }
        if self.map {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry("k", &self.inner())?;
            return map.end();
        }
        let mut seq = serializer.serialize_seq(Some(1))?;
        seq.serialize_element(&self.inner())?;
        seq.end()
    }
}

impl ToJson for Value {
    fn to_json<S: Sink>(&self, out: Place<S>) -> Result<Written<S>, JsonError> {
        match self {
            Self::Null => out.null(),
            Self::Bool(value) => out.bool(*value),
            Self::Int(text) => out.number(text),
            Self::Float(value) => out.double(*value),
            Self::Text(text) => out.string(text),
            Self::List(list) => {
                let mut array = out.array()?;
                for item in list {
                    array = array.item(item)?;
                }
                array.end()
            }
            Self::Map(pairs) => {
                let mut object = out.object()?;
                for (key, value) in pairs {
                    object = object.field(&key_text(key)?, value)?;
                }
                object.end()
            }
            Self::Nest { map, depth, leaf } => Nest {
                map: *map,
                depth: *depth,
                leaf,
            }
            .to_json(out),
            Self::Unsupported => Err(JsonError::Custom),
        }
    }
}

impl ToJson for Nest<'_> {
    fn to_json<S: Sink>(&self, out: Place<S>) -> Result<Written<S>, JsonError> {
        match (self.depth, self.map) {
            (0, _) => self.leaf.to_json(out),
            (_, true) => out.object()?.field("k", &self.inner())?.end(),
            (_, false) => out.array()?.item(&self.inner())?.end(),
        }
    }
}

/// A key as the text that stands for it: whoever writes by hand makes it.
fn key_text(key: &Value) -> Result<String, JsonError> {
    match key {
        Value::Null => Ok("null".into()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Int(text) | Value::Text(text) => Ok(text.clone()),
        Value::Float(value) => match value.is_finite() {
            true => Ok(float_text(*value)),
            false => Err(JsonError::NotFinite),
        },
        _ => Err(JsonError::Key),
    }
}

fn float_text(value: f64) -> String {
    let mut buf = buffer(256);
    let reply = Response::new(&mut buf, Status::OK)
        .json_by_hand(&value)
        .expect("a finite number");
    let text = std::str::from_utf8(&reply).expect("ASCII");
    let (_, body) = text.split_once("\r\n\r\n").expect("a head");
    body.to_owned()
}
