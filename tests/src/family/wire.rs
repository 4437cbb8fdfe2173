//! Family `wire`: whole exchanges, down to the bytes of two servers.

use replywire::Response;
use replywire::request::{Exchange, Version};
use serde_json::Value as Json;

use crate::drive::drive;
use crate::failure::Failure;
use crate::family::{Differences, Got, Verdict, Words, different_fields, one};
use crate::plan::{LENGTH_IS_AN_ARGUMENT, one_length, read_status};
use crate::reply::{Parsed, lenient};
use crate::vector::{Vector, base64, pairs};
use crate::{ROOM, buffer};

pub(super) fn check(vector: &Vector) -> Verdict {
    let input = &vector.input;
    let method = input["method"].as_str().expect("a method");
    let messages: Vec<Vec<u8>> = input["body_messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| base64(&message["b64"]))
        .collect();
    let reads: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();

    let run = transfer(input, &reads);
    let got = match run.failure {
        Some(failure) => Got::Refused(failure),
        None => Got::read(&run.sent, method),
    };
    let mut differs =
        ["httptools", "h11"].map(|server| run.differs(&vector.expect[server], &got, input));

    // A body that is there at once, and as long as its length says, makes the same reply.
    let agrees = match whole(input, &messages.concat()) {
        Some(Ok(wire)) => Got::read(&wire, method) == got,
        Some(Err(failure)) => Got::Refused(failure) == got,
        None => true,
    };
    if !agrees {
        differs.iter_mut().for_each(|differs| {
            differs.insert("whole".into());
        });
    }
    let sane = !matches!(got, Got::Broken(_));
    let text = format!("{got} after \"{}\"", run.sent.escape_ascii());
    Verdict::new(differs.into(), sane, text).said(&words(input))
}

/// A line of the application that is said in the library's own words.
fn word(name: &str, value: &str) -> Option<&'static str> {
    let is = |field: &str| name.eq_ignore_ascii_case(field);
    let mut options = value.split(',').map(str::trim);
    if is("content-length") {
        Some(LENGTH_IS_AN_ARGUMENT)
    } else if is("connection") && options.any(|option| option.eq_ignore_ascii_case("close")) {
        Some("close-is-a-call")
    } else if is("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
        Some("chunked-is-the-librarys")
    } else {
        None
    }
}

fn words(input: &Json) -> Words {
    let lines = pairs(&input["headers"]).into_iter();
    lines
        .filter_map(|(name, value)| word(name, value))
        .collect()
}

/// The outcome on our side.
struct Run {
    sent: Vec<u8>,
    closes: bool,
    failure: Option<Failure>,
}

impl Run {
    fn differs(&self, expect: &Json, got: &Got, input: &Json) -> Differences {
        let wire = base64(&expect["wire"]["b64"]);
        let mut differs = match (got, expect["error"].as_str()) {
            (Got::Reply(parsed), None) => match lenient(&wire) {
                Ok(want) => different_replies(parsed, &want),
                Err(_) => one("broken"),
            },
            // What the reference sent before it failed is a beginning of ours.
            (Got::Reply(parsed), Some(_)) => {
                let mut differs = one("answered");
                if let Ok(want) = lenient(&wire) {
                    differs.extend(different_replies(parsed, &want));
                }
                differs
            }
            (Got::Refused(failure), Some(kind)) => {
                let mut differs = different_parts(&self.sent, &wire);
                if !failure.is(kind, input) {
                    differs.insert("kind".into());
                }
                differs
            }
            (Got::Refused(_), None) => one("refused"),
            (Got::Broken(_), _) => one("broken"),
        };
        // An error ends the connection, and only that.
        let both_ended = matches!(got, Got::Refused(_)) == expect["error"].is_string();
        if both_ended && expect["closed"] != self.closes {
            differs.insert("closed".into());
        }
        differs
    }
}

fn different_replies(got: &Parsed, want: &Parsed) -> Differences {
    let mut differs = different_fields(&got.by_name(), &want.by_name());
    for (what, is_same) in [
        ("status", got.status == want.status),
        ("reason", got.reason == want.reason),
        ("body", got.body == want.body),
    ] {
        if !is_same {
            differs.insert(what.into());
        }
    }
    differs
}

/// The differences where one should be how the other begins.
fn different_parts(ours: &[u8], theirs: &[u8]) -> Differences {
    if ours.is_empty() || theirs.is_empty() {
        return Differences::new();
    }
    let (Ok(ours), Ok(theirs)) = (lenient(ours), lenient(theirs)) else {
        return one("broken");
    };
    let mut differs = different_replies(&ours, &theirs);
    if ours.body.starts_with(&theirs.body) || theirs.body.starts_with(&ours.body) {
        differs.remove("body");
    }
    differs
}

/// The head up to how the body is framed, and the length that the application supplied.
fn head<'b>(input: &Json, buf: &'b mut [u8]) -> Result<(Response<'b>, Option<u64>), Failure> {
    let version = match input["http_version"].as_str() {
        Some("1.0") => Version::Http10,
        Some("1.1") => Version::Http11,
        other => panic!("unknown version {other:?}"),
    };
    let connection = input["request_connection"].as_str();
    let exchange = Exchange::new(
        input["method"].as_str().expect("a method"),
        version,
        connection.map(|value| ("Connection", value)),
    );
    let mut response = Response::to(&exchange, buf, read_status(&input["status"])?);
    let mut lengths = Vec::new();
    for (name, value) in pairs(&input["headers"]) {
        response = match word(name, value) {
            Some(LENGTH_IS_AN_ARGUMENT) => {
                lengths.push(value);
                response
            }
            Some("close-is-a-call") => response.close(),
            // That is how a body without a length is sent anyway.
            Some(_) => response,
            None => response.header(name, value),
        };
    }
    Ok(match one_length(&lengths) {
        Some(length) => (response, length),
        // The core refuses what is no length, or two.
        None => (response.header("content-length", lengths[0]), None),
    })
}

/// Sends the messages as they come.
fn transfer(input: &Json, reads: &[&[u8]]) -> Run {
    let mut buf = buffer(ROOM);
    let started = head(input, &mut buf).and_then(|(response, length)| {
        Ok(match length {
            Some(length) => response.sized_exactly(length)?,
            None => response.stream()?,
        })
    });
    match started {
        Ok(transfer) => {
            let closes = transfer.closes();
            let driven = drive(transfer, reads, &[]);
            Run {
                sent: driven.sent,
                closes: closes || driven.result.is_err(),
                failure: driven.result.err().map(Failure::Body),
            }
        }
        Err(failure) => Run {
            sent: Vec::new(),
            closes: true,
            failure: Some(failure),
        },
    }
}

/// Sends a body of the supplied length in one piece.
fn whole(input: &Json, body: &[u8]) -> Option<Result<Vec<u8>, Failure>> {
    let mut buf = buffer(ROOM);
    match head(input, &mut buf) {
        Ok((response, Some(length))) if length == body.len() as u64 => Some(
            response
                .body(body)
                .map(|reply| reply.as_bytes().to_vec())
                .map_err(Failure::Core),
        ),
        _ => None,
    }
}
