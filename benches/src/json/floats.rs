//! The outline of a country: pairs of coordinates with all the digits that a double has.

use replywire::json::{Outcome, Sink, ToJson, Value};
use serde::Serialize;

use super::contest::contest;
use crate::dice::Dice;
use crate::measure::Work;

pub(super) fn work() -> Work {
    let mut dice = Dice::new(0x7ab1_e0f1_a55e_55ed);
    let coordinates = (0..100).map(|_| ring(&mut dice)).collect();
    contest("floats", Box::leak(Box::new(Outline { coordinates })))
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

fn ring(dice: &mut Dice) -> Ring {
    let mut point = || {
        [
            -141.0 + 88.0 * dice.fraction(),
            42.0 + 41.0 * dice.fraction(),
        ]
    };
    Ring((0..50).map(|_| point()).collect())
}
