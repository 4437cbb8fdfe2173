//! The rules of `divergences.toml`: a tag of the vectors or a condition on the input, never an id.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::family::response_model::{
    has_index_outside, is_wide_and_direct, names_what_is_not_there,
};
use crate::typed::Typed;
use crate::vector::{Vector, base64, pairs};

/// One rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub name: String,
    /// What it goes by: this tag, or else the condition.
    pub tag: Option<String>,
    /// The name of one of [`CONDITIONS`].
    pub condition: Option<String>,
    pub families: Vec<String>,
    /// In what the outcome may differ, and in nothing else; see [`crate::family::Differences`].
    pub differs: Vec<String>,
    pub rfc: String,
    pub reason: String,
    /// The test in `divergences.rs` that shows what is better.
    pub test: String,
}

#[derive(Deserialize)]
struct Rules {
    rule: Vec<Rule>,
}

/// All rules, in order.
///
/// # Panics
///
/// Where the file is not what it should be.
pub fn read() -> Vec<Rule> {
    let text = include_str!("../divergences.toml");
    toml::from_str::<Rules>(text).expect("rules").rule
}

/// Whether a condition is met by a vector's input.
type Condition = fn(&Json) -> bool;

/// The conditions that a rule can name, each a predicate on a vector's input.
pub const CONDITIONS: &[(&str, Condition)] = &[
    ("blank at an end of a field value", has_blank_end),
    ("bytes as a value", has_bytes),
    ("connection option other than close", has_connection_option),
    (
        "content-length other than that of a stream",
        is_stream_with_other_length,
    ),
    ("content-length with status 304", is_304_with_length),
    ("content-range supplied", |input| {
        !supplied(input, "content-range").is_empty()
    }),
    ("directory without its slash", is_directory_without_slash),
    ("disposition type of another use", |input| {
        let kind = input["content_disposition_type"].as_str();
        kind.is_some_and(|kind| !matches!(kind, "attachment" | "inline"))
    }),
    ("empty file name", |input| input["filename"] == ""),
    ("empty path", |input| {
        input["site"].is_string() && input["path"] == ""
    }),
    ("event with two kinds of data", has_two_data),
    ("expiry before 1970", expires_before_1970),
    ("file name over 255 bytes", |input| {
        input["filename"]
            .as_str()
            .is_some_and(|name| name.len() > 255)
    }),
    ("file name that is no plain word", |input| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let name = input["filename"].as_str();
        name.is_some_and(|name| !name.bytes().all(is_plain))
    }),
    (
        "failure where nothing is left to send",
        is_failure_of_nothing,
    ),
    (
        "field of an event stream in its draft",
        drafts_field_of_events,
    ),
    (
        "filter that names what is not there",
        names_what_is_not_there,
    ),
    ("index outside a list", has_index_outside),
    (
        "integer beyond 64 bits in a model's own writer",
        is_wide_and_direct,
    ),
    ("length supplied for a file", |input| {
        !supplied(input, "content-length").is_empty()
    }),
    ("method not in upper case", |input| {
        let method = input["method"].as_str();
        method.is_some_and(|method| method.bytes().any(|byte| byte.is_ascii_lowercase()))
    }),
    ("modified before 1970", |input| {
        input["file"]["mtime_ns"]
            .as_i64()
            .is_some_and(|nanos| nanos < 0)
    }),
    ("modified just before a second", |input| {
        let nanos = input["file"]["mtime_ns"].as_i64().unwrap_or_default();
        nanos.rem_euclid(1_000_000_000) >= 999_999_500
    }),
    ("no content-length with status 205", is_205_without_length),
    ("path with two dots", has_two_dots),
    ("partial status of a caller and a range", |input| {
        input["file"].is_object()
            && input["status"] == 206
            && pairs(&input["request_headers"])
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("range"))
    }),
    ("precondition", |input| {
        let is_one = |name: &str| {
            name.eq_ignore_ascii_case("if-match")
                || name.eq_ignore_ascii_case("if-modified-since")
                || name.eq_ignore_ascii_case("if-none-match")
                || name.eq_ignore_ascii_case("if-unmodified-since")
        };
        pairs(&input["request_headers"])
            .iter()
            .any(|(name, _)| is_one(name))
    }),
    ("retry below zero", has_negative_retry),
    ("status 206 for a range", |input| {
        let is_range = |name: &str| name.eq_ignore_ascii_case("range");
        let fields = pairs(&input["request_headers"]);
        input["status"] == 206 && fields.iter().any(|(name, _)| is_range(name))
    }),
    ("status outside 100 to 999", has_odd_status),
    ("stored name in upper case", stores_upper_case),
    ("time or UUID", has_typed),
    ("time that its crate spells otherwise", has_other_spelling),
];

impl Rule {
    /// Whether an outcome may differ in `what`; with no encoder's name, whichever encodes.
    pub fn allows(&self, what: &str) -> bool {
        let whichever = what.split_once(' ').map_or(what, |(_, what)| what);
        let is_allowed = |named: &String| named == what || named == whichever;
        self.differs.iter().any(is_allowed)
    }

    /// Whether a vector of `family` may be left out by this rule.
    ///
    /// # Panics
    ///
    /// Where the rule names an unknown condition.
    pub fn covers(&self, family: &str, vector: &Vector) -> bool {
        if !self.families.iter().any(|name| name == family) {
            return false;
        }
        if let Some(tag) = &self.tag {
            return vector.tags.contains(tag);
        }
        let condition = self.condition.as_deref().expect("a tag or a condition");
        let (_, is_met) = CONDITIONS
            .iter()
            .find(|(name, _)| *name == condition)
            .expect("a known condition");
        is_met(&vector.input)
    }
}

/// A space or a tab at either end of a header value, a media type or an attribute of a cookie.
fn has_blank_end(input: &Json) -> bool {
    const OPS: [&str; 6] = [
        "add_vary",
        "append",
        "append_header",
        "set",
        "set_header",
        "setdefault_header",
    ];
    let is_blank = |value: &str| value.trim_matches([' ', '\t']) != value;
    any(input, &|key, json| match key {
        "domain" | "media_type" | "path" => json.as_str().is_some_and(is_blank),
        "expires" => json["v"].as_str().is_some_and(is_blank),
        "headers" | "initial" | "inner_headers" | "pairs" | "raw" | "request_headers" => {
            pairs(json).iter().any(|(_, value)| is_blank(value))
        }
        _ => {
            json["op"].as_str().is_some_and(|op| OPS.contains(&op))
                && json["value"].as_str().is_some_and(is_blank)
        }
    })
}

fn has_connection_option(input: &Json) -> bool {
    supplied(input, "connection")
        .iter()
        .any(|value| !value.eq_ignore_ascii_case("close"))
}

fn is_304_with_length(input: &Json) -> bool {
    input["status"] == 304 && !supplied(input, "content-length").is_empty()
}

fn is_205_without_length(input: &Json) -> bool {
    input["status"] == 205 && supplied(input, "content-length").is_empty()
}

fn is_stream_with_other_length(input: &Json) -> bool {
    let len: usize = chunk_lens(input).iter().sum();
    supplied(input, "content-length")
        .iter()
        .any(|value| value.parse() != Ok(len))
}

/// A source or a connection that is to fail where the reply has no content, or a connection that is
/// to fail behind the last byte of a known length.
fn is_failure_of_nothing(input: &Json) -> bool {
    let breaks_at = input["send_fails_at_body_message"].as_u64();
    let fails = breaks_at.is_some() || input["producer_fails_after"].is_u64();
    let has_no_content = input["method"] == "HEAD"
        || matches!(input["status"].as_u64(), Some(100..=199 | 204 | 205 | 304));
    let is_behind_the_end = || {
        let lens = chunk_lens(input);
        !supplied(input, "content-length").is_empty()
            && breaks_at.is_some_and(|at| lens.iter().skip(at as usize).all(|len| *len == 0))
    };
    input["kind"] == "stream" && (fails && has_no_content || is_behind_the_end())
}

/// How many bytes each chunk of a stream has.
fn chunk_lens(input: &Json) -> Vec<usize> {
    let chunks = input["chunks"].as_array().into_iter().flatten();
    let len = |chunk: &Json| match chunk["v"].as_str() {
        Some(text) => text.len(),
        None => base64(&chunk["b64"]).len(),
    };
    chunks.map(len).collect()
}

fn drafts_field_of_events(input: &Json) -> bool {
    let ops = input["ops"].as_array().into_iter().flatten();
    let is_field = |name: &str| {
        ["cache-control", "x-accel-buffering"]
            .iter()
            .any(|field| name.eq_ignore_ascii_case(field))
    };
    input["kind"] == "sse_stream"
        && ops
            .into_iter()
            .any(|op| op["name"].as_str().is_some_and(is_field))
}

fn has_two_data(input: &Json) -> bool {
    input["raw_data"].is_string() && input["data"].is_object() && input["data"]["t"] != "null"
}

fn has_negative_retry(input: &Json) -> bool {
    input["retry"].as_i64().is_some_and(|retry| retry < 0)
}

/// A path that a folder of pages may redirect, as far as can be told without the folder.
fn is_directory_without_slash(input: &Json) -> bool {
    let is_html = input["site"]
        .as_str()
        .is_some_and(|site| site.starts_with("html"));
    is_html
        && input["path"]
            .as_str()
            .is_some_and(|path| !path.ends_with('/'))
}

/// A path with a component `..`, wherever it leads.
fn has_two_dots(input: &Json) -> bool {
    let path = input["path"].as_str().filter(|_| input["site"].is_string());
    path.is_some_and(|path| path.split('/').any(|part| part == ".."))
}

/// Whether `is` true of a value in it that is no key, or of a key.
fn has_value(json: &Json, is: &dyn Fn(&Json, bool) -> bool, is_key: bool) -> bool {
    let mut parts = json["v"].as_array().into_iter().flatten();
    let has = |part: &Json, is_key| has_value(part, is, is_key);
    is(json, is_key)
        || match json["t"].as_str() {
            Some("list") => parts.any(|item| has(item, false)),
            Some("map") => parts.any(|pair| has(&pair[0], true) || has(&pair[1], false)),
            Some("nest") => has(&json["leaf"], false),
            _ => false,
        }
}

fn has_bytes(input: &Json) -> bool {
    let is_bytes = |value: &Json, is_key: bool| value["t"] == "bytes" && !is_key;
    has_value(&input["value"], &is_bytes, false)
}

fn has_typed(input: &Json) -> bool {
    let is_typed = |value: &Json, _| Typed::read(value).is_some();
    has_value(&input["value"], &is_typed, false)
}

/// UTC is `Z` to `chrono`, whole milliseconds have three digits, an offset has no seconds, and a key
/// is spelled as a value is.
fn has_other_spelling(input: &Json) -> bool {
    let is_other = |value: &Json, is_key: bool| {
        let micros = value["us"].as_u64().unwrap_or_default();
        let offset = value["offset_s"].as_i64();
        micros != 0 && micros.is_multiple_of(1000)
            || offset.is_some_and(|offset| offset == 0 || offset % 60 != 0)
            || is_key && value["t"] == "datetime"
    };
    has_value(&input["value"], &is_other, false)
}

fn expires_before_1970(input: &Json) -> bool {
    let now = input["now"].as_i64().unwrap_or(2_116_411_200);
    any(input, &|key, expires| {
        key == "expires"
            && match expires["kind"].as_str() {
                Some("int") => expires["v"].as_i64().is_some_and(|v| now + v < 0),
                Some("datetime") => expires["y"].as_i64().is_some_and(|year| year < 1970),
                _ => false,
            }
    })
}

fn has_odd_status(input: &Json) -> bool {
    let is_odd = |status: &Json| {
        status
            .as_i64()
            .is_some_and(|status| !(100..=999).contains(&status))
    };
    any(input, &|key, json| match key {
        "status" | "inner_status" => is_odd(json),
        _ => json["op"] == "set_status" && is_odd(&json["value"]),
    })
}

fn stores_upper_case(input: &Json) -> bool {
    any(input, &|key, json| {
        matches!(key, "initial" | "raw")
            && pairs(json)
                .iter()
                .any(|(name, _)| name.bytes().any(|byte| byte.is_ascii_uppercase()))
    })
}

/// The values of a supplied header.
fn supplied<'i>(input: &'i Json, field: &str) -> Vec<&'i str> {
    pairs(&input["headers"])
        .into_iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(field))
        .map(|(_, value)| value)
        .collect()
}

/// Whether `is` true of any part of `json`, which is given the key of the part (or "").
fn any(json: &Json, is: &impl Fn(&str, &Json) -> bool) -> bool {
    match json {
        Json::Object(map) => map.iter().any(|(key, part)| is(key, part) || any(part, is)),
        Json::Array(list) => list.iter().any(|part| is("", part) || any(part, is)),
        _ => false,
    }
}
