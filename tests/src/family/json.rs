//! Family `json`: the three encoders, each both ways.

use crate::encoder::Encoder;
use crate::failure::Failure;
use crate::family::{Got, Verdict, Words};
use crate::plan::{Content, Plan};
use crate::value::Value;
use crate::vector::Vector;

/// A vector passes only if it does with every encoder and in every way that can say the value.
pub(super) fn check(vector: &Vector) -> Verdict {
    let (input, expect) = (&vector.input, &vector.expect);
    let value = Value::read(&input["value"]);
    Verdict::of_all(Encoder::ALL.into_iter().flat_map(|encoder| {
        let plan = plan(vector, &value, encoder);
        let run = move |way| {
            let (got, words) = match &plan {
                Ok(plan) => (plan.run(way), plan.words().clone()),
                Err(failure) => (Got::Refused(*failure), Words::new()),
            };
            let verdict = got.against(&expect[encoder.name()], input);
            verdict.said(&words).with(encoder)
        };
        value.ways().into_iter().map(run)
    }))
}

fn plan(vector: &Vector, value: &Value, encoder: Encoder) -> Result<Plan, Failure> {
    let input = &vector.input;
    let status = input
        .get("status")
        .unwrap_or(&serde_json::json!(200))
        .clone();
    Plan::new(
        encoder.class(),
        Content::Json(value.clone(), encoder),
        &status,
        &input["headers"],
        &input["media_type"],
    )
}
