//! Finished replies: what they tell of themselves, and what edits make of them.

use conformance::buffer;
use conformance::chain::{self, When};
use conformance::reply::{Parsed, strict};
use replywire::json::Ujson;
use replywire::request::{Exchange, Version};
use replywire::{
    Disposition, Draft, Edit, Error, Headers, HttpDate, Place, Reply, Response, SetCookie, Status,
};

const PLENTY: usize = 8192;

const STATUSES: [Status; 7] = [
    Status::OK,
    Status::NOT_FOUND,
    Status::NO_CONTENT,
    Status::RESET_CONTENT,
    Status::NOT_MODIFIED,
    Status::EARLY_HINTS,
    Status::NETWORK_AUTHENTICATION_REQUIRED,
];

/// Every kind of request, by its method.
fn exchanges() -> Vec<(&'static str, Exchange<'static>)> {
    let mut all = Vec::new();
    for method in ["GET", "HEAD", "POST", "CONNECT"] {
        let none: [(&str, &str); 0] = [];
        let dated = HttpDate::from_unix(784_111_777).unwrap();
        for exchange in [
            Exchange::new(method, Version::Http11, none),
            Exchange::new(method, Version::Http11, none).at(dated),
            Exchange::new(method, Version::Http11, none).closing(),
            Exchange::new(method, Version::Http10, none).at(dated),
        ] {
            all.push((method, exchange));
        }
    }
    all
}

type End = for<'b> fn(Response<'b>) -> Result<Reply<'b>, Error>;

/// Every ending that gives a reply.
const ENDS: [(&str, End); 11] = [
    ("empty", |response| response.empty()),
    ("body", |response| response.body(b"a body")),
    ("bytes", |response| {
        response.bytes("image/png", b"\x89PNG\r\n\r\n")
    }),
    ("text", |response| response.text("hi\r\n\r\nx: y")),
    ("html", |response| response.html("")),
    ("json", |response| response.json(&("a", 1))),
    ("by hand", |response| response.json_by_hand("abcdefgh")),
    ("document", |response| {
        response.document(Ujson::of(&[1.5, 2.0]))
    }),
    ("redirect", |response| response.redirect("/caf\u{e9}")),
    ("created", |response| {
        response.location("/caf\u{e9}").text("hi")
    }),
    ("local", |response| response.redirect_local("/a")),
];

/// Makes an edit of each kind, on a reply before its end and on one after it.
macro_rules! edits {
    ($(($what:literal, $effect:ident, $on:ident => $call:expr)),+ $(,)?) => {
        type Before = for<'b> fn(Response<'b>) -> Response<'b>;
        type After = for<'b> fn(Edit<'b>) -> Edit<'b>;
        const EDITS: &[(&str, Effect, Before, After)] =
            &[$(($what, Effect::$effect, |$on| $call, |$on| $call)),+];
    };
}

/// The effect of an edit on a reply of [`ENDS`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Effect {
    /// Only adds to it.
    Adds,
    /// May replace a line or the status.
    Replaces,
    Refused(Error),
}

#[allow(non_upper_case_globals)]
impl Effect {
    const Framing: Self = Self::Refused(Error::FramingHeader(Place::UNKNOWN));
    const Value: Self = Self::Refused(Error::HeaderValue(Place::UNKNOWN));
    const Name: Self = Self::Refused(Error::HeaderName(Place::UNKNOWN));
}

edits! {
    ("nothing", Adds, on => on),
    ("a list", Adds, on => on.header("Vary", "Origin")),
    ("two lists", Adds, on => on.header("vary", "Origin").header("VARY", "Cookie")),
    ("a singleton", Adds, on => on.header("etag", "\"a\"")),
    ("a singleton twice", Replaces, on => on.header("etag", "\"aaa\"").header("etag", "\"b\"")),
    ("an empty value", Adds, on => on.header("x", "")),
    ("a long value", Adds, on => on.header("x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
    ("a type", Replaces, on => on.header("Content-Type", "text/x")),
    ("a media type", Replaces, on => on.media_type("text/css")),
    ("a date", Replaces, on => on.header("date", "Mon, 07 Nov 1994 08:49:37 GMT")),
    ("a cookie", Adds, on => on.cookie(&SetCookie::new("sid", "31d4d96e"))),
    ("cookies", Adds, on => on.cookie(&SetCookie::new("a", "1")).cookie(&SetCookie::new("a", "2"))),
    ("a disposition", Adds, on => on.disposition(&Disposition::attachment("a.txt"))),
    ("a store", Adds, on => on.headers(&store())),
    ("another message", Adds, on => on.forward([("connection", "x"), ("x", "1"), ("y", " 2")])),
    ("a draft", Replaces, on => on.join(&draft(None)).header("etag", "\"late\"")),
    ("a draft with a status", Replaces, on => on.join(&draft(Some(Status::ACCEPTED)))),
    ("close", Adds, on => on.close()),
    ("a framing field", Framing, on => on.header("x", "1").header("content-length", "2")),
    ("a bad value", Value, on => on.header("x", "a\nb").header("y y", "")),
    ("a bad name", Name, on => on.header("y y", "").cookie(&SetCookie::new("", ""))),
}

fn store() -> Headers<64> {
    let mut headers = Headers::new();
    headers.append("vary", "Origin").unwrap();
    headers.append("server", "s").unwrap();
    headers
}

fn draft(status: Option<Status>) -> Draft<128> {
    let mut draft = Draft::new();
    draft.set_status(status);
    draft.set("content-type", "text/draft").unwrap();
    draft.set("etag", "\"draft\"").unwrap();
    draft.cookie(&SetCookie::new("a", "1")).unwrap();
    draft
}

fn copy(reply: Result<Reply<'_>, Error>) -> Result<Vec<u8>, Error> {
    reply.map(|reply| reply.as_bytes().to_vec())
}

fn needed(result: Result<Vec<u8>, Error>) -> usize {
    match result {
        Err(Error::Overflow { needed }) => needed,
        other => panic!("{other:?} in too little room"),
    }
}

/// A reply to compare with one whose lines stand in another order; within a name it counts, and
/// the lines of the library are the last.
fn same(edited: &[u8], written: &[u8], method: &str) {
    let [edited, written] = [edited, written].map(|wire| strict(wire, method).unwrap());
    let own = |parsed: &Parsed| {
        let names = parsed.fields.iter().rev().map(|(name, _)| name.clone());
        let is_own =
            |name: &String| ["content-length", "connection", "date"].contains(&name.as_str());
        names.take_while(is_own).collect::<Vec<_>>()
    };
    // A date of the caller's may be the last line of one.
    let own = [own(&edited), own(&written)].map(|mut own| {
        own.retain(|name| name != "date");
        own
    });
    assert_eq!(own[0], own[1]);
    assert_eq!(edited.by_name(), written.by_name());
    assert_eq!(
        (edited.status, edited.reason, edited.framing, edited.body),
        (
            written.status,
            written.reason,
            written.framing,
            written.body
        )
    );
}

/// Is there content with this status, or would there be to another method than `HEAD`?
fn has_content(status: Status, method: &str) -> bool {
    !conformance::reply::has_no_content(status.code(), method) && status != Status::RESET_CONTENT
}

#[test]
fn a_reply_tells_its_parts() {
    for (method, exchange) in exchanges() {
        for status in STATUSES {
            for (end, write) in ENDS {
                let mut buf = buffer(PLENTY);
                let response = Response::to(&exchange, &mut buf, status).header("X", "1");
                let Ok(reply) = write(response) else {
                    assert_eq!(exchange.version(), Version::Http10);
                    assert_eq!(status, Status::EARLY_HINTS);
                    continue;
                };
                let wire = reply.as_bytes();
                let parsed = strict(wire, method).unwrap();
                assert_eq!(reply.status().code(), parsed.status, "{end}");
                assert_eq!(reply.body(), parsed.body);
                assert_eq!(reply.as_ref(), wire);
                assert_eq!([reply.head(), reply.body()].concat(), wire);
                assert!(reply.head().ends_with(b"\r\n\r\n"));
                let fields: Vec<_> = reply
                    .fields()
                    .iter()
                    .map(|(name, value)| (name.to_owned(), value.to_vec()))
                    .collect();
                assert_eq!(fields, parsed.fields);
                let closes = reply.fields().get("connection") == Some(b"close");
                assert_eq!(reply.closes(), closes);
            }
        }
    }
}

#[test]
fn an_edited_reply_is_the_one_that_was_written_so_from_the_start() {
    for (method, exchange) in exchanges() {
        for status in STATUSES {
            for (end, write) in ENDS {
                for (what, effect, before, after) in EDITS {
                    let context = format!("{method} {exchange:?} {status} {end}, {what}");
                    let written = |buf: &mut [u8]| {
                        let response = Response::to(&exchange, buf, status).header("x", "y");
                        copy(write(before(response)))
                    };
                    let edited = |buf: &mut [u8]| {
                        let response = Response::to(&exchange, buf, status).header("x", "y");
                        copy(write(response).and_then(|reply| after(reply.edit()).finish()))
                    };
                    let base = |buf: &mut [u8]| {
                        copy(write(Response::to(&exchange, buf, status).header("x", "y")))
                    };
                    let got = edited(&mut buffer(PLENTY));
                    if base(&mut buffer(PLENTY)).is_err() {
                        assert_eq!(got, Err(Error::InterimStatus), "{context}");
                        continue;
                    }
                    if let Effect::Refused(error) = effect {
                        assert_eq!(got, Err(*error), "{context}");
                        assert_eq!(written(&mut buffer(PLENTY)), got, "{context}");
                        continue;
                    }
                    let to = match *what {
                        "a draft with a status" => Status::ACCEPTED,
                        _ => status,
                    };
                    if has_content(to, method) && !has_content(status, method) {
                        assert_eq!(got, Err(Error::ContentMissing), "{context}");
                        continue;
                    }
                    let got = got.unwrap_or_else(|error| panic!("{context}: {error:?}"));
                    same(&got, &written(&mut buffer(PLENTY)).unwrap(), method);

                    let first = needed(base(&mut []));
                    let second = match edited(&mut buffer(first)) {
                        Ok(_) => first,
                        other => needed(other),
                    };
                    assert!(second >= got.len(), "{context}");
                    if *effect == Effect::Adds {
                        assert_eq!(second, needed(written(&mut [])), "{context}");
                    }
                    let ends = [first - 1, first, second - 1, second, second + 1];
                    let lens: Vec<usize> = match exchange == Exchange::GET {
                        true => (0..second + 3).collect(),
                        false => ends.into(),
                    };
                    for len in lens {
                        let result = edited(&mut buffer(len));
                        let want = match len {
                            _ if len < first => Err(Error::Overflow { needed: first }),
                            _ if len < second => Err(Error::Overflow { needed: second }),
                            _ => Ok(got.clone()),
                        };
                        assert_eq!(result, want, "{context}, at length {len}");
                    }
                }
            }
        }
    }
}

#[test]
fn an_edit_adds_its_lines_before_those_of_the_library() {
    let mut buf = buffer(PLENTY);
    let exchange = Exchange::GET
        .at(HttpDate::from_unix(784_111_777).unwrap())
        .closing();
    let reply = Response::to(&exchange, &mut buf, Status::OK).json_by_hand(&[1, 2, 3]);
    let edit = reply.unwrap().edit().status(Status::CREATED);
    let edit = edit.cookie(&SetCookie::new("a", "1")).header("X", "y");
    let reply = edit.finish().unwrap();
    assert_eq!(reply.status(), Status::CREATED);
    assert_eq!(reply.check(&exchange), Ok(()));
    assert!(reply.closes());
    assert_eq!(
        reply.as_bytes(),
        b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n\
          set-cookie: a=1; Path=/; SameSite=lax\r\nx: y\r\n\
          date: Sun, 06 Nov 1994 08:49:37 GMT\r\nconnection: close\r\n\
          content-length: 7\r\n\r\n[1,2,3]"
    );
    // Again, from where the reply stands now.
    let reply = reply.edit().media_type("application/x").finish().unwrap();
    assert_eq!(
        reply.as_bytes(),
        b"HTTP/1.1 201 Created\r\n\
          set-cookie: a=1; Path=/; SameSite=lax\r\nx: y\r\ncontent-type: application/x\r\n\
          date: Sun, 06 Nov 1994 08:49:37 GMT\r\nconnection: close\r\n\
          content-length: 7\r\n\r\n[1,2,3]"
    );
}

#[test]
fn a_status_drops_content_that_it_does_not_allow_and_never_invents_any() {
    for (method, exchange) in exchanges() {
        for from in STATUSES {
            for to in STATUSES {
                let write = |buf: &mut [u8]| {
                    let reply = Response::to(&exchange, buf, from).text("hi")?;
                    copy(reply.edit().status(Status::OK).status(to).finish())
                };
                let got = write(&mut buffer(PLENTY));
                let is_interim = from.is_informational() || to.is_informational();
                if exchange.version() == Version::Http10 && is_interim {
                    assert_eq!(got, Err(Error::InterimStatus));
                } else if has_content(to, method) && !has_content(from, method) {
                    assert_eq!(got, Err(Error::ContentMissing), "{method} {from} to {to}");
                } else {
                    let mut other = buffer(PLENTY);
                    let want = copy(Response::to(&exchange, &mut other, to).text("hi"));
                    assert_eq!(got, want, "{method} {from} to {to}");
                }
            }
        }
    }
}

#[test]
fn a_refused_edit_gives_no_bytes_and_the_first_mistake() {
    let mut buf = buffer(PLENTY);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT).empty();
    let edit = reply.unwrap().edit().status(Status::OK);
    let edit = edit.header("connection", "x").header("a b", "");
    assert_eq!(
        edit.finish().unwrap_err(),
        Error::FramingHeader(Place::UNKNOWN)
    );
}

#[test]
fn an_edit_of_a_chain_is_the_chain_with_its_calls() {
    let mut compared = 0;
    for number in 0..chain::count() {
        let write = |when, len| chain::edited(number, when, &mut buffer(len));
        let (edited, written) = (write(When::After, PLENTY), write(When::Before, PLENTY));
        match (&edited, &written) {
            (Ok(edited), Ok(written)) => {
                // The method is not told, and does not matter: both are the same.
                let [edited, written] = [edited, written].map(|wire| {
                    let (head, body) = conformance::reply::head(wire).unwrap();
                    (
                        head.status,
                        head.reason.clone(),
                        head.by_name(),
                        body.to_vec(),
                    )
                });
                assert_eq!(edited, written, "{number}");
                compared += 1;
            }
            (Err(Error::ContentMissing), Ok(_)) => {}
            _ => assert_eq!(edited, written, "{number}"),
        }
        let mut len = 0;
        for _ in 0..3 {
            match write(When::After, len) {
                Err(Error::Overflow { needed }) => {
                    assert!(needed > len, "{number}");
                    let below = write(When::After, needed - 1);
                    assert_eq!(below, Err(Error::Overflow { needed }), "{number}");
                    len = needed;
                }
                got => {
                    assert_eq!(got, edited, "{number} at length {len}");
                    break;
                }
            }
        }
        assert_eq!(write(When::After, len), edited, "{number}");
    }
    assert!(compared > chain::count() / 2, "{compared}");
}

#[test]
fn a_reply_that_changes_the_protocol_is_not_edited() {
    for protocol in ["echo", "websocket"] {
        let mut buf = [0; 256];
        let asked = [("connection", "upgrade"), ("upgrade", protocol)];
        let reply = Response::to(&Exchange::GET, &mut buf, Status::SWITCHING_PROTOCOLS)
            .upgrade(asked, protocol)
            .unwrap();
        let edited = reply.edit().header("x", "y").finish();
        assert_eq!(edited.map(drop), Err(Error::Upgrade), "{protocol}");
    }
}
