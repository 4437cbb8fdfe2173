//! Family `head`: constructed responses.

use crate::failure::Failure;
use crate::family::{Got, Verdict};
use crate::plan::{Plan, Way};
use crate::vector::Vector;

/// Seconds since the epoch where a family has no clock of its own.
const NOW: u64 = 2_116_411_200;

pub(super) fn check(vector: &Vector) -> Verdict {
    let got = match plan(vector) {
        Ok(plan) => plan.run(Way::Hand),
        Err(failure) => Got::Refused(failure),
    };
    got.against(&vector.expect, &vector.input)
}

/// The response of a vector of this family.
///
/// # Errors
///
/// What the core refuses.
///
/// # Panics
///
/// Where the vector is of another family.
pub fn plan(vector: &Vector) -> Result<Plan, Failure> {
    let input = &vector.input;
    let mut plan = Plan::new(
        input["class"].as_str().expect("a class"),
        Plan::content(&input["content"]),
        &input["status"],
        &input["headers"],
        &input["media_type"],
    )?;
    plan.edit(&input["ops"], NOW)?;
    Ok(plan)
}
