//! Adds lines of fields that have rules of their own, in every way there is, and reads them back.

use replywire::request::Exchange;
use replywire::{Draft, Error, Headers, Place, Response, Status};

use crate::model::field::{is_singleton, is_token, is_value};

/// Every line fits.
const ROOM: usize = 1 << 16;
const STORE: usize = 1 << 13;

/// Names, and values that each can have.
const FIELDS: [(&str, [&str; 3]); 22] = [
    ("accept-ranges", ["bytes", "none", "x, bytes"]),
    (
        "Access-Control-Allow-Origin",
        ["*", "null", "https://a.example"],
    ),
    ("access-control-expose-headers", ["x-a", "x-a, x-b", "*"]),
    ("access-control-max-age", ["0", "600", "86400"]),
    ("allow", ["GET", "GET, HEAD", ""]),
    (
        "cache-control",
        ["no-store", "max-age=60", "private, no-cache"],
    ),
    (
        "Content-Disposition",
        ["inline", "attachment", "attachment; filename=\"a, b\""],
    ),
    ("content-encoding", ["gzip", "br", "gzip, br"]),
    ("content-language", ["en", "en, de", "fr"]),
    ("content-location", ["/", "/a", "b?c"]),
    ("content-range", ["bytes 0-1/2", "bytes */9", "bytes 1-1/*"]),
    (
        "Content-Type",
        ["text/plain", "text/html; charset=utf-8", "a/b"],
    ),
    (
        "date",
        [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "",
        ],
    ),
    ("ETag", ["\"v1\"", "W/\"v1\"", "\"\""]),
    ("expires", ["0", "Sun, 06 Nov 1994 08:49:37 GMT", "-1"]),
    ("last-modified", ["Sun, 06 Nov 1994 08:49:37 GMT", "", "x"]),
    ("Location", ["/", "https://a.example/?b", ""]),
    ("retry-after", ["1", "120", "Sun, 06 Nov 1994 08:49:37 GMT"]),
    ("set-cookie", ["a=1", "b=2; Path=/", "a=3"]),
    ("vary", ["origin", "accept, origin", "*"]),
    ("x-frame-options", ["DENY", "SAMEORIGIN", ""]),
    ("x-request-id", ["1", "abc", ""]),
];

/// The fields that another message has for itself.
const OF_ANOTHER: [(&str, &str); 6] = [
    ("Content-Length", "7"),
    ("transfer-encoding", "chunked"),
    ("Keep-Alive", "timeout=5"),
    ("trailer", "x"),
    ("upgrade", "h2c"),
    ("proxy-connection", "close"),
];

/// Lower-case names, and values.
type Lines = Vec<(String, Vec<u8>)>;

/// Choices, a byte each.
struct Choices<'d>(std::slice::Iter<'d, u8>);

impl Choices<'_> {
    fn next(&mut self, below: usize) -> usize {
        self.0.next().map_or(0, |byte| usize::from(*byte) % below)
    }

    /// A line: mostly a right one, else with a value of any bytes.
    fn line(&mut self) -> (&'static str, Vec<u8>) {
        let (name, values) = FIELDS[self.next(FIELDS.len())];
        let value = match self.next(4) {
            3 => (0..self.next(8)).map(|_| self.next(256) as u8).collect(),
            at => values[at].as_bytes().to_vec(),
        };
        (name, value)
    }
}

/// Adds a line to a model, as a later one.
fn put(lines: &mut Lines, name: &str, value: &[u8]) {
    let name = name.to_ascii_lowercase();
    if is_singleton(&name) {
        lines.retain(|(other, _)| *other != name);
    }
    lines.push((name, value.to_vec()));
}

fn trimmed(value: &[u8]) -> &[u8] {
    let mut value = value;
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// # Panics
///
/// Where a line is there that should not be, or is not there that should.
pub fn check(data: &[u8]) {
    let choices = &mut Choices(data.iter());
    let (mut want, mut fails) = (Lines::new(), false);
    let mut draft = Draft::<STORE>::new();
    for _ in 0..choices.next(4) {
        let (name, value) = choices.line();
        let result = draft.append(name, value.as_slice());
        assert_eq!(result.is_ok(), is_value(&value), "{name}: {value:?}");
        if result.is_ok() {
            put(&mut want, name, &value);
        }
    }
    let drafted: Vec<String> = want.iter().map(|(name, _)| name.clone()).collect();
    let mut later = |name: &str, value: &[u8]| {
        let lower = name.to_ascii_lowercase();
        fails |= !is_value(value);
        if !is_singleton(&lower) || !drafted.contains(&lower) {
            put(&mut want, name, value);
        }
    };
    let mut buf = vec![0xaa; ROOM];
    let mut response = Response::to(&Exchange::GET, &mut buf, Status::OK).join(&draft);
    for _ in 0..choices.next(8) {
        let (name, value) = choices.line();
        response = match choices.next(4) {
            0 => {
                let mut headers = Headers::<STORE>::new();
                if headers.append(name, value.as_slice()).is_ok() {
                    later(name, &value);
                }
                response.headers(&headers)
            }
            1 => {
                let (named, other) = choices.line();
                let blank = ["", " ", "\t "][choices.next(3)].as_bytes();
                let value = [blank, &value, blank].concat();
                let (own, its) = OF_ANOTHER[choices.next(OF_ANOTHER.len())];
                let fields = [
                    (name, value.as_slice()),
                    (own, its.as_bytes()),
                    (named, &other),
                    ("Connection", named.as_bytes()),
                ];
                if !name.eq_ignore_ascii_case(named) {
                    later(name, trimmed(&value));
                }
                response.forward(fields)
            }
            _ => {
                later(name, &value);
                response.header(name, value.as_slice())
            }
        };
    }
    let reply = match choices.next(3) {
        0 => response.empty(),
        1 => response.body(b"hi"),
        _ => {
            let reply = response.text("hi");
            if !want.iter().any(|(name, _)| name == "content-type") {
                put(&mut want, "content-type", b"text/plain; charset=utf-8");
            }
            reply
        }
    };
    match reply {
        Ok(reply) => {
            assert!(!fails, "a wrong value was written: {reply:?}");
            read(reply.as_bytes(), want);
        }
        Err(error) => assert!(
            fails && error == Error::HeaderValue(Place::UNKNOWN),
            "{error:?}"
        ),
    }
}

/// Reads a reply strictly.
fn read(wire: &[u8], want: Lines) {
    let text: String = wire.iter().copied().map(char::from).collect();
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.split("\r\n");
    assert_eq!(lines.next(), Some("HTTP/1.1 200 OK"));
    let mut got = Lines::new();
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a name and a value");
        let value: Vec<u8> = value.chars().map(|char| char as u8).collect();
        assert!(
            is_token(name) && name == name.to_ascii_lowercase(),
            "{name:?}"
        );
        assert!(is_value(&value), "{name}: {value:?}");
        let is_other = got.iter().all(|(other, _)| other != name);
        assert!(is_other || !is_singleton(name), "two lines of {name}");
        got.push((name.to_owned(), value));
    }
    let framing = got.pop().expect("a line that frames");
    assert_eq!(
        framing,
        ("content-length".into(), body.len().to_string().into_bytes())
    );
    assert_eq!(got, want);
}
