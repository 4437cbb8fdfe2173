//! The outline of a country: pairs of coordinates, with all the digits that a double has or with the
//! six behind the point that GeoJSON asks for (RFC 7946 § 11.2).

use replywire::json::{Outcome, Sink, ToJson, Value};
use serde::Serialize;

use super::contest::contest;
use crate::dice::Dice;
use crate::measure::Work;

pub(super) fn floats() -> Work {
    outline("floats", |coordinate| coordinate)
}

pub(super) fn decimals() -> Work {
    outline("decimals", |coordinate| (coordinate * 1e6).round() / 1e6)
}

fn outline(name: &'static str, digits: fn(f64) -> f64) -> Work {
    let mut dice = Dice::new(0x7ab1_e0f1_a55e_55ed);
    let coordinates = (0..100).map(|_| ring(&mut dice, digits)).collect();
    contest(name, Box::leak(Box::new(Outline { coordinates })))
}

#[derive(Serialize)]
struct Outline {
    coordinates: Vec<Ring>,
}

#[derive(Serialize)]
struct Ring(Vec<[f64; 2]>);

impl ToJson for Outline {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("coordinates", self.coordinates.as_slice())?
            .end()
    }
}

impl ToJson for Ring {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        self.0.as_slice().to_json(out)
    }
}

fn ring(dice: &mut Dice, digits: fn(f64) -> f64) -> Ring {
    let mut point = || {
        [
            digits(-141.0 + 88.0 * dice.fraction()),
            digits(42.0 + 41.0 * dice.fraction()),
        ]
    };
    Ring((0..50).map(|_| point()).collect())
}
