//! Integers of all widths: one of 5 bits is as frequent as one of 50.

use replywire::json::{Outcome, Sink, ToJson, Value};
use serde::Serialize;

use super::contest::contest;
use crate::dice::Dice;
use crate::measure::Work;

pub(super) fn work() -> Work {
    let mut dice = Dice::new(0xdec1_dedb_ea57_1e55);
    let counters = Counters {
        totals: (0..6500).map(|_| magnitude(&mut dice, 64)).collect(),
        changes: (0..6500).map(|_| change(&mut dice)).collect(),
    };
    contest("integers", Box::leak(Box::new(counters)))
}

#[derive(Serialize)]
struct Counters {
    totals: Vec<u64>,
    changes: Vec<i64>,
}

impl ToJson for Counters {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("totals", self.totals.as_slice())?
            .field("changes", self.changes.as_slice())?
            .end()
    }
}

/// A number of 1 to `bits` bits.
fn magnitude(dice: &mut Dice, bits: usize) -> u64 {
    dice.bits() >> (64 - 1 - dice.below(bits))
}

fn change(dice: &mut Dice) -> i64 {
    let magnitude = magnitude(dice, 63) as i64;
    match dice.once_in(2) {
        true => magnitude,
        false => -magnitude,
    }
}
