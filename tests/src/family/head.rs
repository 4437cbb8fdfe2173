//! Family `head`: constructed responses.

use crate::failure::Failure;
use crate::family::Verdict;
use crate::plan::Plan;
use crate::vector::Vector;

/// Seconds since the epoch where a family has no clock of its own.
const NOW: i64 = 2_116_411_200;

pub(super) fn check(vector: &Vector) -> Verdict {
    super::against(plan(vector), vector)
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
