//! The rules of `divergences.toml`: a tag of the vectors or a condition on the input, never an id.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::family::response_model::{has_index_outside, names_what_is_not_there};
use crate::site;
use crate::typed::Typed;
use crate::vector::{Vector, base64, content, pairs};

/// One rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub name: String,
    /// The tag that it goes by, or else the condition. A rule with `words` has neither.
    pub tag: Option<String>,
    /// The name of one of [`CONDITIONS`].
    pub condition: Option<String>,
    pub families: Vec<String>,
    /// In what the outcome may differ, and in nothing else: a difference as
    /// [`crate::family::Differences`] has it, or a set of them; see [`Rule::allows`].
    #[serde(default)]
    pub differs: Vec<String>,
    /// The input as the suite says it in the library's own words, where the reference's are refused
    /// or mean nothing. The outcome is then the recorded one, and counts as diverged all the same.
    pub words: Option<String>,
    #[serde(default)]
    pub standing: Standing,
    pub rfc: String,
    pub reason: String,
    /// The test in `divergences.rs` that shows what is better.
    pub test: String,
}

/// The ground that a rule stands on.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// An RFC is on its side.
    #[default]
    Better,
    /// No RFC asks for it.
    Choice,
    /// The reference does right: the rule goes when the library does too.
    Weakness,
}

/// Sets of differences that rules name together.
const SETS: &[(&str, &[&str])] = &[
    // What a reply from a file has besides its `etag`, which a 304 has too.
    (
        "content of a file",
        &[
            "accept-ranges",
            "body",
            "content-disposition",
            "content-length",
            "content-range",
            "content-type",
            "last-modified",
            "status",
        ],
    ),
];

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

/// A condition on a vector's input.
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
    ("content-length left out or removed", has_no_length),
    ("content-length set by an operation", |input| {
        const SETTING: [&str; 3] = ["append_header", "set_header", "setdefault_header"];
        operates(input, &SETTING, "content-length")
    }),
    ("directory without its slash", is_directory_without_slash),
    ("disposition type of another use", |input| {
        let kind = input["content_disposition_type"].as_str();
        kind.is_some_and(|kind| !matches!(kind, "attachment" | "inline"))
    }),
    ("empty file name", |input| input["filename"] == ""),
    ("empty member of access-control-request-headers", |input| {
        let fields = input["request_headers"].as_array();
        fields.into_iter().flatten().any(|field| {
            let is_asked = field[0] == "access-control-request-headers";
            let mut members = field[1].as_str().unwrap_or_default().split(',');
            is_asked && members.any(|member| member.trim().is_empty())
        })
    }),
    ("empty path", |input| {
        input["site"].is_string() && input["path"] == ""
    }),
    ("host that is no authority", |input| {
        let host = input["host"].as_str().unwrap_or_default();
        host.contains(|byte: char| !byte.is_ascii_graphic() || "\"#,/<>?@\\^`{|}".contains(byte))
    }),
    ("path without its first slash", |input| {
        let path = input["path"].as_str().unwrap_or("/");
        input["site"].is_string() && !path.is_empty() && !path.starts_with('/')
    }),
    ("event with two kinds of data", has_two_data),
    ("expiry before 1601", expires_before_1601),
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
    ("if-none-match that is empty", |input| {
        let fields = pairs(&input["request_headers"]);
        let is_empty = |(name, value): &(&str, &str)| {
            name.eq_ignore_ascii_case("if-none-match") && value.is_empty()
        };
        fields.iter().any(is_empty)
    }),
    ("index outside a list", has_index_outside),
    ("last bytes of an empty file", |input| {
        let is_empty = match path(input) {
            Some(path) => site::is_empty_file(input["site"].as_str().unwrap_or_default(), path),
            None => content(&input["file"]["content"]).is_empty(),
        };
        let is_suffix = |(name, value): &(&str, &str)| {
            name.eq_ignore_ascii_case("range") && value.contains("=-")
        };
        is_empty && pairs(&input["request_headers"]).iter().any(is_suffix)
    }),
    ("length supplied that is not the file's", |input| {
        let len = content(&input["file"]["content"]).len();
        let lengths = supplied(input, "content-length");
        lengths.iter().any(|length| length.parse() != Ok(len))
    }),
    (
        "file of a registered type that the reference does not know",
        is_of_newly_known_type,
    ),
    ("media type of a text in upper case", |input| {
        has_media_type(input, &|media_type| {
            let is_text = media_type.to_ascii_lowercase().starts_with("text/");
            is_text && !media_type.starts_with("text/")
        })
    }),
    ("media type without a type or a subtype", |input| {
        has_media_type(input, &|media_type| {
            let essence = media_type.split(';').next().unwrap_or_default().trim();
            match essence.split_once('/') {
                Some((kind, subtype)) => kind.is_empty() || subtype.is_empty(),
                None => true,
            }
        })
    }),
    ("method not in upper case", |input| {
        let method = input["method"].as_str();
        method.is_some_and(|method| method.bytes().any(|byte| byte.is_ascii_lowercase()))
    }),
    ("modified just before a second", |input| {
        let nanos = input["file"]["mtime_ns"].as_i64().unwrap_or_default();
        nanos.rem_euclid(1_000_000_000) >= 999_999_500
    }),
    ("path outside of the mount", is_outside_of_mount),
    ("path that ends as a directory's", |input| {
        path(input).is_some_and(|path| path.ends_with('/') || path.ends_with("/."))
    }),
    ("path with empty segments or dots", |input| {
        let mut segments = path(input).unwrap_or_default().split('/').skip(1);
        segments.any(|segment| matches!(segment, "" | "."))
    }),
    ("path with two dots", has_two_dots),
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
    ("ranges that are inverted", has_inverted_ranges),
    ("retry below zero", has_negative_retry),
    ("several ranges and a content-type supplied", |input| {
        let is_several = |(name, value): &(&str, &str)| {
            name.eq_ignore_ascii_case("range") && value.contains(',')
        };
        !supplied(input, "content-type").is_empty()
            && pairs(&input["request_headers"]).iter().any(is_several)
    }),
    ("status 205", |input| statuses(input).contains(&205)),
    ("status 206 for a range", |input| {
        let is_range = |name: &str| name.eq_ignore_ascii_case("range");
        let fields = pairs(&input["request_headers"]);
        input["status"] == 206 && fields.iter().any(|(name, _)| is_range(name))
    }),
    ("status outside 100 to 999", has_odd_status),
    ("stored name in upper case", stores_upper_case),
    ("time or UUID", has_typed),
    ("time that its crate spells otherwise", has_other_spelling),
    (
        "vary with a name twice, an empty one or a star",
        has_repeated_vary,
    ),
];

impl Rule {
    /// Tells if the outcome of a vector may differ in `what`; with no encoder's name, whichever
    /// encodes. Besides differences a rule names a set of [`SETS`], or one of these:
    ///
    /// * `supplied`: any field that the caller supplies;
    /// * `dropped`: any of them that the recorded reply has not;
    /// * `parts`: the body, and its length, where the recorded reply has several ranges in it.
    pub fn allows(&self, what: &str, vector: &Vector) -> bool {
        let whichever = what.split_once(' ').map_or(what, |(_, what)| what);
        self.differs.iter().any(|named| match named.as_str() {
            "dropped" => supplies(vector, what) && !records(vector, what),
            "supplied" => supplies(vector, what),
            "parts" => matches!(what, "body" | "content-length") && has_parts(vector),
            named if named == what || named == whichever => true,
            named => SETS
                .iter()
                .any(|(name, set)| *name == named && set.contains(&whichever)),
        })
    }

    /// True if a vector of `family` may be left out by this rule.
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
        let Some(condition) = self.condition.as_deref() else {
            return false;
        };
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

fn has_media_type(input: &Json, is: &impl Fn(&str) -> bool) -> bool {
    any(input, &|key, json| {
        key == "media_type" && json.as_str().is_some_and(is)
    })
}

/// A file whose extension has a type here, and none in the recorded table.
fn is_of_newly_known_type(input: &Json) -> bool {
    let table: Json =
        serde_json::from_str(include_str!("../vectors/mime_table.json")).expect("JSON");
    let names = [&input["filename"], &input["file"]["name"], &input["path"]];
    let is_new = |name: &str| {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let extension = format!(".{}", extension.to_ascii_lowercase());
        let tables = ["types", "content_encodings", "suffix_aliases"];
        let is_recorded = tables.iter().any(|part| !table[part][&extension].is_null());
        !is_recorded && replywire::file::guess_media_type(name).is_some()
    };
    names.iter().any(|name| name.as_str().is_some_and(is_new))
}

/// Names in all `vary` lines that there are or are made, of which one is there twice, or is empty
/// or a star. CORS adds `Origin`.
fn has_repeated_vary(input: &Json) -> bool {
    let mut values = Vec::new();
    visit(input, &mut |_, json| {
        let is_vary = |name: &Json| {
            let name = name.as_str();
            name.is_some_and(|name| name.eq_ignore_ascii_case("vary"))
        };
        let value = match json {
            Json::Array(pair) if pair.first().is_some_and(is_vary) => &pair[1],
            Json::Object(op) if op.get("name").is_some_and(is_vary) => &json["value"],
            Json::Object(_) if json["op"] == "add_vary" => &json["value"],
            _ => return,
        };
        values.push(value.as_str().unwrap_or_default().to_ascii_lowercase());
    });
    if !input["inner_headers"].is_null() {
        values.push("origin".into());
    }
    let mut names: Vec<&str> = values.iter().flat_map(|value| value.split(',')).collect();
    names.iter_mut().for_each(|name| *name = name.trim());
    let is_odd = |name: &&str| matches!(*name, "" | "*");
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() < all || names.iter().any(is_odd)
}

fn has_connection_option(input: &Json) -> bool {
    supplied(input, "connection")
        .iter()
        .any(|value| !value.eq_ignore_ascii_case("close"))
}

fn is_304_with_length(input: &Json) -> bool {
    let is_edited = input["status"] != 304 && input["return"]["status"] != 304;
    statuses(input).contains(&304) && (is_edited || !supplied(input, "content-length").is_empty())
}

/// A response that has no length when it is constructed, or from which it is removed.
fn has_no_length(input: &Json) -> bool {
    let constructed = [&input["status"], &input["return"]["status"]];
    let has_none = |status: &&Json| matches!(status.as_u64(), Some(..=199 | 204 | 304));
    operates(input, &["del_header"], "content-length")
        || constructed.iter().any(has_none) && any(input, &|_, json| json["op"] == "set_status")
}

/// The statuses that a response is constructed with or given later.
fn statuses(input: &Json) -> Vec<u64> {
    let mut all = Vec::new();
    let mut add = |status: &Json| all.extend(status.as_u64());
    add(&input["status"]);
    add(&input["return"]["status"]);
    add(&input["route"]["status"]);
    add(&input["route_status"]);
    visit(input, &mut |_, json| {
        if json["op"] == "set_status" {
            add(&json["value"]);
        }
    });
    all
}

fn is_stream_with_other_length(input: &Json) -> bool {
    let len: usize = chunk_lens(input).iter().sum();
    supplied(input, "content-length")
        .iter()
        .any(|value| value.parse() != Ok(len))
}

/// A source or a connection that is to fail where the reply has no content, or a connection that is
/// to fail after the last byte of a known length.
fn is_failure_of_nothing(input: &Json) -> bool {
    let breaks_at = input["send_fails_at_body_message"].as_u64();
    let fails = breaks_at.is_some() || input["producer_fails_after"].is_u64();
    let is_without = |status: &u64| matches!(status, 100..=199 | 204 | 205 | 304);
    let has_no_content = input["method"] == "HEAD" || statuses(input).iter().any(is_without);
    let is_after_the_end = || {
        let lens = chunk_lens(input);
        !supplied(input, "content-length").is_empty()
            && breaks_at.is_some_and(|at| lens.iter().skip(at as usize).all(|len| *len == 0))
    };
    input["kind"] == "stream" && (fails && has_no_content || is_after_the_end())
}

/// The number of bytes of each chunk of a stream.
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

/// Several ranges that end before they begin.
fn has_inverted_ranges(input: &Json) -> bool {
    let is_inverted = |member: &&str| {
        let ends = member.trim().split_once('-');
        let numbers = ends.map(|(first, last)| (first.parse::<u64>(), last.parse::<u64>()));
        matches!(numbers, Some((Ok(first), Ok(last))) if last < first)
    };
    let has_inverted = |field: &str| {
        let members = field.split_once('=').map_or("", |(_, members)| members);
        members.split(',').any(|member| is_inverted(&member))
    };
    pairs(&input["request_headers"])
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("range") && has_inverted(value))
}

/// The path of a request to a folder.
fn path(input: &Json) -> Option<&str> {
    input["path"].as_str().filter(|_| input["site"].is_string())
}

/// A path that a folder of pages may redirect, as far as can be told without the folder.
fn is_directory_without_slash(input: &Json) -> bool {
    path(input).is_some_and(|path| !path.ends_with('/'))
}

/// A path that does not lead into the place where the folder is mounted.
fn is_outside_of_mount(input: &Json) -> bool {
    let mount = input["root_path"].as_str().unwrap_or_default();
    path(input).is_some_and(|path| match path.strip_prefix(mount) {
        Some(rest) => !rest.is_empty() && !rest.starts_with('/'),
        None => true,
    })
}

/// A path with a component `..`, wherever it leads.
fn has_two_dots(input: &Json) -> bool {
    path(input).is_some_and(|path| path.split('/').any(|part| part == ".."))
}

/// True if `is` holds for a value in it that is no key, or for a key.
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

/// UTC is `Z` to `chrono`, whole milliseconds have three digits, an offset has no seconds, and a
/// key is spelled as a value is.
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

fn expires_before_1601(input: &Json) -> bool {
    const START: i64 = -11_644_473_600;
    let now = input["now"].as_i64().unwrap_or(2_116_411_200);
    any(input, &|key, expires| {
        key == "expires"
            && match expires["kind"].as_str() {
                Some("int") => expires["v"].as_i64().is_some_and(|v| now + v < START),
                Some("datetime") => expires["y"].as_i64().is_some_and(|year| year < 1601),
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

/// The values of a supplied header, of the response itself or of one that an endpoint returns.
fn supplied<'i>(input: &'i Json, field: &str) -> Vec<&'i str> {
    [&input["headers"], &input["return"]["headers"]]
        .into_iter()
        .flat_map(pairs)
        .filter(|(name, _)| name.eq_ignore_ascii_case(field))
        .map(|(_, value)| value)
        .collect()
}

/// Tells if one of these operations is applied to a field.
fn operates(input: &Json, operations: &[&str], field: &str) -> bool {
    any(input, &|_, json| {
        let is_one = |op: &str| operations.contains(&op);
        json["op"].as_str().is_some_and(is_one)
            && json["name"]
                .as_str()
                .is_some_and(|name| name.eq_ignore_ascii_case(field))
    })
}

/// Tells if the caller supplies a field, with the reply or by an operation.
fn supplies(vector: &Vector, field: &str) -> bool {
    const COOKIES: [&str; 2] = ["delete_cookie", "set_cookie"];
    let names = pairs(&vector.input["headers"]);
    let mut names = names.into_iter().map(|(name, _)| name);
    let is_cookie = |op: &Json| op["op"].as_str().is_some_and(|op| COOKIES.contains(&op));
    let mut ops = vector.input["ops"].as_array().into_iter().flatten();
    names.any(|name| name.eq_ignore_ascii_case(field))
        || ops.any(|op| match is_cookie(op) {
            true => field == "set-cookie",
            false => op["name"]
                .as_str()
                .is_some_and(|name| name.eq_ignore_ascii_case(field)),
        })
}

/// Tells if the recorded reply has a field.
fn records(vector: &Vector, field: &str) -> bool {
    let lines = pairs(&vector.expect["ok"]["headers"]);
    let mut names = lines.into_iter().map(|(name, _)| name);
    names.any(|name| name.eq_ignore_ascii_case(field))
}

/// Tells if the recorded reply has several ranges.
fn has_parts(vector: &Vector) -> bool {
    pairs(&vector.expect["ok"]["headers"])
        .iter()
        .any(|(name, value)| *name == "content-type" && value.starts_with("multipart/byteranges"))
}

/// True if `is` holds for any part of `json`, which is given the key of the part (or "").
fn any(json: &Json, is: &impl Fn(&str, &Json) -> bool) -> bool {
    let mut found = false;
    visit(json, &mut |key, part| found |= is(key, part));
    found
}

/// Shows every part of `json`, with its key (or "").
fn visit(json: &Json, see: &mut impl FnMut(&str, &Json)) {
    match json {
        Json::Object(map) => map.iter().for_each(|(key, part)| {
            see(key, part);
            visit(part, see);
        }),
        Json::Array(list) => list.iter().for_each(|part| {
            see("", part);
            visit(part, see);
        }),
        _ => {}
    }
}
