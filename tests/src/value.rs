//! The values of the vectors, and their two ways into JSON: `serde` and by hand.

use replywire::json::{Outcome, Sink, ToJson, Value as ValueSink};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::plan::Way;
use crate::typed::Typed;
use crate::vector::base64;

/// A value as Python has them.
#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Bytes(Vec<u8>),
    /// Decimal text, of any size.
    Int(String),
    Float(f64),
    /// Of 32 bits, which only arrays of Python's numpy have.
    Single(f32),
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
    Typed(Typed),
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
        if let Some(typed) = Typed::read(json) {
            return Self::Typed(typed);
        }
        match json["t"].as_str().expect("a type") {
            "null" => Self::Null,
            "bool" => Self::Bool(json["v"].as_bool().expect("a boolean")),
            "bytes" => Self::Bytes(base64(&json["b64"])),
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
            other => panic!("unknown type {other}"),
        }
    }

    /// The ways that can say it: `serde` knows integers of 128 bits, and by hand keys are texts.
    pub fn ways(&self) -> Vec<Way> {
        let by_hand = self.all(&|value| match value {
            Self::Map(pairs) => pairs.iter().all(|(key, _)| matches!(key, Self::Text(_))),
            _ => true,
        });
        let by_serde = self.all(&|value| match value {
            Self::Int(text) => text.parse::<i128>().is_ok() || text.parse::<u128>().is_ok(),
            _ => true,
        });
        let ways = [(Way::Hand, by_hand), (Way::Serde, by_serde)];
        let ways = ways.into_iter().filter(|(_, can)| *can);
        ways.map(|(way, _)| way).collect()
    }

    /// True if `is` holds for it and for all its parts, keys too.
    pub fn all(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        is(self)
            && match self {
                Self::List(list) => list.iter().all(|item| item.all(is)),
                Self::Map(pairs) => pairs.iter().all(|(key, item)| key.all(is) && item.all(is)),
                Self::Nest { leaf, .. } => leaf.all(is),
                _ => true,
            }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
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
            Self::Single(value) => serializer.serialize_f32(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list),
            Self::Map(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Self::Nest { map, depth, leaf } => Nest {
                map: *map,
                depth: *depth,
                leaf,
            }
            .serialize(serializer),
            Self::Typed(typed) => typed.serialize(serializer),
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
    fn to_json<S: Sink>(&self, out: ValueSink<S>) -> Outcome<S> {
        match self {
            Self::Null => out.null(),
            Self::Bool(value) => out.bool(*value),
            Self::Bytes(bytes) => bytes.as_slice().to_json(out),
            Self::Int(text) => out.number(text),
            Self::Float(value) => out.double(*value),
            Self::Single(value) => value.to_json(out),
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
                    let Self::Text(key) = key else {
                        panic!("by hand, keys are texts");
                    };
                    object = object.field(key, value)?;
                }
                object.end()
            }
            Self::Nest { map, depth, leaf } => Nest {
                map: *map,
                depth: *depth,
                leaf,
            }
            .to_json(out),
            Self::Typed(typed) => typed.to_json(out),
        }
    }
}

impl ToJson for Nest<'_> {
    fn to_json<S: Sink>(&self, out: ValueSink<S>) -> Outcome<S> {
        match (self.depth, self.map) {
            (0, _) => self.leaf.to_json(out),
            (_, true) => out.object()?.field("k", &self.inner())?.end(),
            (_, false) => out.array()?.item(&self.inner())?.end(),
        }
    }
}
