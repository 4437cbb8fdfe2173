//! Family `merge`: one draft that several stages edit, and what it becomes part of.

use replywire::request::Exchange;
use replywire::{Draft, Headers, Reply, Response, Status};
use serde_json::{Value as Json, json};

use crate::edits;
use crate::encoder::Encoder;
use crate::failure::Failure;
use crate::family::{Got, Verdict, Words};
use crate::plan::{Content, Plan, Way, read_status};
use crate::value::Value;
use crate::vector::{Vector, pairs};
use crate::{ROOM, buffer};

pub(super) fn check(vector: &Vector) -> Verdict {
    let (input, ret) = (&vector.input, &vector.input["return"]);
    let (value, class) = match ret["kind"].as_str() {
        Some("value") => (&ret["value"], &input["route"]["class"]),
        Some("response") => (&ret["content"], &ret["class"]),
        _ => (&ret["detail"], &Json::Null),
    };
    let encoder = Encoder::of(class.as_str().unwrap_or_default());
    let run = |way| {
        let mut words = Words::new();
        let got = run(input, way, &mut words);
        let verdict = got.against(&vector.expect, input);
        verdict.said(&words).with(encoder)
    };
    Verdict::of_all(Value::read(value).ways().into_iter().map(run))
}

fn run(input: &Json, way: Way, words: &mut Words) -> Got {
    let now = input["now"].as_i64().expect("a time");
    let draft = match collect(&input["stages"], now) {
        Ok(draft) => draft,
        Err(failure) => return Got::Refused(failure),
    };
    let ret = &input["return"];
    match ret["kind"].as_str() {
        Some("value") => {
            let mut buf = buffer(ROOM);
            match join(&input["route"], &ret["value"], &draft, way, &mut buf) {
                Ok(reply) => Got::read(reply.as_bytes(), "GET"),
                Err(failure) => Got::Refused(failure),
            }
        }
        Some("response") => match response(ret, now) {
            Ok(plan) => {
                words.extend(plan.words());
                plan.run(way)
            }
            Err(failure) => Got::Refused(failure),
        },
        Some("http_exception") => {
            let mut buf = buffer(ROOM);
            match exception(ret, way, &mut buf) {
                Ok(reply) => Got::read(reply.as_bytes(), "GET"),
                Err(failure) => Got::Refused(failure),
            }
        }
        other => panic!("unknown kind {other:?}"),
    }
}

/// The draft after all stages. What is done after a `yield` comes too late for it.
fn collect(stages: &Json, now: i64) -> Result<Draft<16384>, Failure> {
    let mut draft = Draft::new();
    for stage in stages.as_array().expect("stages") {
        for op in stage["ops"].as_array().expect("operations") {
            match op["op"].as_str() {
                Some("set_status") if op["value"] == 0 => draft = without_status(&draft)?,
                Some("set_status") => draft.set_status(read_status(&op["value"])?),
                // A draft has no body.
                Some("set_body") => {}
                _ => edits::apply(op, now, draft.headers_mut())?,
            }
        }
    }
    Ok(draft)
}

/// Status 0 is how the reference spells "none".
fn without_status(draft: &Draft<16384>) -> Result<Draft<16384>, Failure> {
    let mut copy = Draft::new();
    for (name, value) in draft.headers().iter() {
        copy.append(name, value)?;
    }
    Ok(copy)
}

/// The reply that a route makes of a returned value and the draft.
fn join<'b>(
    route: &Json,
    value: &Json,
    draft: &'b Draft<16384>,
    way: Way,
    buf: &'b mut [u8],
) -> Result<Reply<'b>, Failure> {
    let class = route["class"].as_str().expect("a class");
    let value = Value::read(value);
    let content = Plan::content_of(class, &value);
    let status = match (&route["status"], &content) {
        (Json::Null, Content::Redirect(_)) => Status::TEMPORARY_REDIRECT,
        (Json::Null, _) => Status::OK,
        (status, _) => read_status(status)?,
    };
    let response = Response::to(&Exchange::GET, buf, status).join(draft);
    Ok(match (&content, class) {
        (Content::Redirect(url), _) => response.redirect(url)?,
        (Content::Json(value, encoder), _) => encoder.end(response, value, way)?,
        (Content::Text(text), "HTMLResponse") => response.html(text)?,
        (Content::Text(text), "PlainTextResponse") => response.text(text)?,
        (Content::Text(text), _) => response.body(text.as_bytes())?,
        (_, class) => response.bytes(Plan::media_type_of(class).unwrap_or_default(), b"")?,
    })
}

/// A returned response is on its own.
fn response(ret: &Json, now: i64) -> Result<Plan, Failure> {
    let class = ret["class"].as_str().expect("a class");
    let content = Plan::content_of(class, &Value::read(&ret["content"]));
    let status = match (&ret["status"], &content) {
        (Json::Null, Content::Redirect(_)) => json!(307),
        (Json::Null, _) => json!(200),
        (status, _) => status.clone(),
    };
    let mut plan = Plan::new(class, content, &status, &ret["headers"], &Json::Null)?;
    plan.edit(&ret["ops"], now)?;
    Ok(plan)
}

/// An exception is on its own too.
fn exception<'b>(ret: &Json, way: Way, buf: &'b mut [u8]) -> Result<Reply<'b>, Failure> {
    let status = read_status(&ret["status"])?;
    let detail = match Value::read(&ret["detail"]) {
        Value::Null => Value::Text(status.reason().into()),
        detail => detail,
    };
    let body = Value::Map(vec![(Value::Text("detail".into()), detail)]);
    let mut headers = Headers::<8192>::new();
    for (name, value) in pairs(&ret["headers"]) {
        headers.append(name, value)?;
    }
    let response = Response::to(&Exchange::GET, buf, status).headers(&headers);
    Ok(match status.code() {
        100..=199 | 204 | 205 | 304 => response.empty()?,
        _ => Encoder::Json.end(response, &body, way)?,
    })
}
