//! Random JSON values.

use replywire::json::{Outcome, Sink, ToJson, Value as ValueSink};
use serde_json::{Map, Number, Value as Json};

use crate::random::Random;

/// A value of `serde_json` that writes itself by hand.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'v>(pub &'v Json);

impl ToJson for Hand<'_> {
    fn to_json<S: Sink>(&self, out: ValueSink<S>) -> Outcome<S> {
        match self.0 {
            Json::Null => out.null(),
            Json::Bool(value) => out.bool(*value),
            Json::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => out.unsigned(value),
                (_, Some(value)) => out.signed(value),
                _ => out.double(number.as_f64().unwrap()),
            },
            Json::String(text) => out.string(text),
            Json::Array(list) => {
                let mut array = out.array()?;
                for item in list {
                    array = array.item(&Hand(item))?;
                }
                array.end()
            }
            Json::Object(map) => {
                let mut object = out.object()?;
                for (key, value) in map {
                    object = object.field(key, &Hand(value))?;
                }
                object.end()
            }
        }
    }
}

/// A value that nests up to `depth` levels.
pub fn any_value(source: &mut Random, depth: usize) -> Json {
    match source.below(if depth == 0 { 6 } else { 8 }) {
        0 => Json::Null,
        1 => source.bits().is_multiple_of(2).into(),
        2 => source.bits().into(),
        3 => ((source.bits() as i64) >> source.below(64)).into(),
        4 => Json::Number(Number::from_f64(source.double()).unwrap()),
        5 => source.text(12).into(),
        6 => (0..source.below(4))
            .map(|_| any_value(source, depth - 1))
            .collect(),
        _ => {
            let mut map = Map::new();
            for _ in 0..source.below(4) {
                map.insert(source.text(6), any_value(source, depth - 1));
            }
            map.into()
        }
    }
}
