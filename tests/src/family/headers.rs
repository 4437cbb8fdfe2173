//! Family `headers`: edits of a header store, and the CORS protocol.

use regex::Regex;
use replywire::request::{Exchange, Version};
use replywire::{Cors, Error, Headers, Preflight, Response, Status};
use serde_json::{Value as Json, json};

use crate::drive::drive;
use crate::failure::Failure;
use crate::family::{Differences, Got, Verdict};
use crate::plan::read_status;
use crate::reply::by_name;
use crate::vector::{Vector, pairs};
use crate::{ROOM, buffer, from_latin1, latin1};

type Store = Headers<16384>;

pub(super) fn check(vector: &Vector) -> Verdict {
    match vector.input["kind"].as_str() {
        Some("ops") => ops(vector),
        Some("cors") => cors(vector),
        other => panic!("unknown kind {other:?}"),
    }
}

fn ops(vector: &Vector) -> Verdict {
    let (input, ok) = (&vector.input, &vector.expect["ok"]);
    let mut store = match read_store(&input["initial"]) {
        Ok(store) => store,
        Err(error) => return Got::Refused(error.into()).against(&vector.expect, input),
    };
    let ops = input["ops"].as_array().expect("operations");
    let wants = ok["results"].as_array().expect("results");
    assert_eq!(ops.len(), wants.len());
    let mut differs = Differences::new();
    let mut got = Vec::new();
    for (op, want) in ops.iter().zip(wants) {
        let result = apply(op, &mut store);
        differs.extend(match (&result, want["error"].as_str()) {
            (Ok(value), None) if *value == want["ok"] => None,
            (Err(error), Some(kind)) if Failure::from(*error).is(kind, op) => None,
            (Ok(_), _) => Some("results".to_owned()),
            (Err(_), _) => Some("refused".to_owned()),
        });
        got.push(format!("{result:?}"));
    }
    let lines = items(&store);
    if lines != ok["raw"] {
        differs.insert("lines".into());
    }

    // What is in the store is what a client reads.
    let mut buf = buffer(ROOM);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .headers(&store)
        .empty();
    let sane = match reply.map(|reply| Got::read(reply.as_bytes(), "GET")) {
        Ok(Got::Reply(parsed)) => {
            let mut stored: Vec<_> = store
                .iter()
                .map(|(name, value)| (name, value.to_vec()))
                .collect();
            stored.push(("content-length", b"0".to_vec()));
            parsed.by_name() == by_name(&stored)
        }
        _ => false,
    };
    Verdict::new(vec![differs], sane, format!("{got:?} and {lines}"))
}

fn read_store(lines: &Json) -> Result<Store, Error> {
    let mut store = Store::new();
    for (name, value) in pairs(lines) {
        store.append(name, value)?;
    }
    Ok(store)
}

fn items(store: &Store) -> Json {
    store
        .iter()
        .map(|(name, value)| json!([name, from_latin1(value)]))
        .collect()
}

fn apply(op: &Json, store: &mut Store) -> Result<Json, Error> {
    let text = |key: &str| op[key].as_str().expect("a text");
    let value = |bytes: &[u8]| Json::String(from_latin1(bytes));
    Ok(match text("op") {
        "set" => store
            .set(text("name"), text("value"))
            .map(|()| Json::Null)?,
        "append" => store
            .append(text("name"), text("value"))
            .map(|()| Json::Null)?,
        "add_vary" => store.add_vary(text("value")).map(|()| Json::Null)?,
        "update" | "merge" => store.update(pairs(&op["pairs"])).map(|()| Json::Null)?,
        "merge_headers" => store.update(pairs(&op["raw"])).map(|()| Json::Null)?,
        "setdefault" => value(store.set_default(text("name"), text("value"))?),
        "del" => {
            store.remove(text("name"));
            Json::Null
        }
        "get" => store.get(text("name")).map_or(Json::Null, value),
        "get_all" => store.get_all(text("name")).map(value).collect(),
        "contains" => store.contains(text("name")).into(),
        "len" => store.len().into(),
        "keys" => store.iter().map(|(name, _)| name).collect(),
        "values" => store.iter().map(|(_, bytes)| value(bytes)).collect(),
        "items" => items(store),
        // Nothing is equal to lines that cannot be.
        "equals" => read_store(&op["raw"])
            .is_ok_and(|other| *store == other)
            .into(),
        other => panic!("unknown operation {other}"),
    })
}

fn cors(vector: &Vector) -> Verdict {
    let (input, expect) = (&vector.input, &vector.expect);
    let config = &input["config"];
    let origins = texts(&config["allow_origins"]);
    let methods = texts(&config["allow_methods"]);
    let names = texts(&config["allow_headers"]);
    let exposed = texts(&config["expose_headers"]);
    let regex = config["allow_origin_regex"]
        .as_str()
        .map(|regex| Regex::new(&format!(r"\A(?:{regex})\z")).expect("a pattern"));
    let matches = |origin: &[u8]| {
        let text = std::str::from_utf8(origin).unwrap_or_default();
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    };

    let mut cors = Cors::new()
        .origins(&origins)
        .headers(&names)
        .expose_headers(&exposed);
    if regex.is_some() {
        cors = cors.origin_rule(&matches);
    }
    if !config["allow_methods"].is_null() {
        cors = cors.methods(&methods);
    }
    if config["allow_credentials"] == true {
        cors = cors.credentials();
    }
    if config["allow_private_network"] == true {
        cors = cors.private_network();
    }
    if let Some(seconds) = config["max_age"].as_u64() {
        cors = cors.max_age(u32::try_from(seconds).expect("seconds"));
    }

    let method = input["method"].as_str().expect("a method");
    let request: Vec<(&str, Vec<u8>)> = pairs(&input["request_headers"])
        .into_iter()
        .map(|(name, value)| (name, latin1(value)))
        .collect();
    let exchange = Exchange::new(method, Version::Http11, request.iter().cloned());
    let lines = request
        .iter()
        .map(|(name, value)| (*name, value.as_slice()));
    let mut buf = buffer(ROOM);
    if let Some(preflight) = Preflight::read(method, lines.clone()) {
        let got = match cors.preflight(&preflight, &exchange, &mut buf) {
            Ok(reply) => Got::read(reply.as_bytes(), method),
            Err(error) => Got::Refused(error.into()),
        };
        return got.against(expect, input);
    }

    let origin = lines
        .clone()
        .find(|(name, _)| name.eq_ignore_ascii_case("origin"))
        .map(|(_, value)| value);
    let got = match inner(input, &cors, origin, &exchange, &mut buf) {
        Ok(wire) => Got::read(&wire, method),
        Err(failure) => Got::Refused(failure),
    };
    let mut differs = got.differs(expect, input);
    // The application under test gives no length, so how the body ends is not its affair.
    differs.remove("transfer-encoding");
    got.verdict(differs)
}

/// The reply of the wrapped application, with what CORS adds.
fn inner(
    input: &Json,
    cors: &Cors<'_>,
    origin: Option<&[u8]>,
    exchange: &Exchange<'_>,
    buf: &mut [u8],
) -> Result<Vec<u8>, Failure> {
    let mut headers = read_store(&input["inner_headers"])?;
    cors.simple(origin, &mut headers)?;
    let response = Response::to(exchange, buf, read_status(&input["inner_status"])?);
    let driven = drive(response.headers(&headers).stream()?, &[b"ok"], &[]);
    driven.result?;
    Ok(driven.sent)
}

fn texts(list: &Json) -> Vec<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .map(|text| text.as_str().expect("a text"))
        .collect()
}
