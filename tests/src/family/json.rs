//! Family `json`: the strict encoder, both ways.

use crate::failure::Failure;
use crate::family::{Got, Verdict};
use crate::plan::{Content, Plan, Way};
use crate::value::Value;
use crate::vector::Vector;

pub(super) fn check(vector: &Vector) -> Verdict {
    let (input, expect) = (&vector.input, &vector.expect["json"]);
    let value = Value::read(&input["value"]);
    let fits_serde = value.fits_serde();
    let plan = match plan(vector, value) {
        Ok(plan) => plan,
        Err(failure) => return Got::Refused(failure).against(expect, input),
    };
    let by_hand = plan.run(Way::Hand).against(expect, input);
    if !fits_serde || !by_hand.same() {
        return by_hand;
    }
    plan.run(Way::Serde).against(expect, input)
}

fn plan(vector: &Vector, value: Value) -> Result<Plan, Failure> {
    let input = &vector.input;
    let status = input
        .get("status")
        .unwrap_or(&serde_json::json!(200))
        .clone();
    Plan::new(
        "JSONResponse",
        Content::Json(value),
        &status,
        &input["headers"],
        &input["media_type"],
    )
}
