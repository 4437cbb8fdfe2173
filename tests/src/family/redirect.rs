//! Family `redirect`.

use serde_json::Value as Json;

use crate::failure::Failure;
use crate::family::Verdict;
use crate::plan::{Content, Plan};
use crate::vector::Vector;

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
    let url = input["url"].as_str().expect("a url");
    Plan::new(
        "RedirectResponse",
        Content::Redirect(url.to_owned()),
        &input["status"],
        &input["headers"],
        &Json::Null,
    )
}
