//! Family `redirect`.

use serde_json::Value as Json;

use crate::failure::Failure;
use crate::family::{Got, Verdict};
use crate::plan::{Content, Plan, Way};
use crate::vector::Vector;

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
    let url = input["url"].as_str().expect("a url");
    Plan::new(
        "RedirectResponse",
        Content::Redirect(url.to_owned()),
        &input["status"],
        &input["headers"],
        &Json::Null,
    )
}
