//! Values and texts that display themselves into the buffer: the same as what they display, given
//! as a text.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::{self, Display, Write as _};
use std::num::{NonZeroI8, NonZeroI128, NonZeroU64, NonZeroU128, NonZeroUsize};
use std::rc::Rc;

use conformance::buffer;
use conformance::reply::strict;
use replywire::request::{Exchange, Method, Version};
use replywire::{ETag, Error, FieldValue, Headers, HttpDate, Place, Reply, Response, Status};

use crate::overflow::at_every_length;

/// A text in so many fragments of which each is a call of the formatter.
struct Fragments<'t>(&'t [&'t str]);

impl Display for Fragments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|text| f.write_str(text))
    }
}

/// A text of which each character is a call.
struct Chars<'t>(&'t str);

impl Display for Chars<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| f.write_char(char))
    }
}

/// A text that fails after its characters.
struct Failing<'t>(&'t str);

impl Display for Failing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        Err(fmt::Error)
    }
}

fn with_value(buf: &mut [u8], value: impl FieldValue) -> Result<Vec<u8>, Error> {
    let response = Response::to(&Exchange::GET, buf, Status::OK);
    copy(response.header("x-value", value).header("y", 1).empty())
}

fn copy(reply: Result<Reply<'_>, Error>) -> Result<Vec<u8>, Error> {
    reply.map(|reply| reply.as_bytes().to_vec())
}

/// Every character below U+0200, and two that take more bytes, in every place.
fn texts() -> impl Iterator<Item = [String; 3]> {
    let chars = ('\0'..'\u{200}').chain(['\u{20ac}', '\u{1f600}']);
    chars.flat_map(|char| {
        [("", ""), ("", "b"), ("a", "b"), ("a", "")]
            .map(|(front, back)| [front.to_owned(), char.to_string(), back.to_owned()])
    })
}

#[test]
fn a_displayed_value_is_the_text_as_a_value() {
    for parts in texts() {
        let text = parts.concat();
        let want = with_value(&mut buffer(256), text.as_str());
        let parts = parts.each_ref().map(String::as_str);
        for got in [
            with_value(&mut buffer(256), format_args!("{text}")),
            with_value(&mut buffer(256), format_args!("{}", Fragments(&parts))),
            with_value(&mut buffer(256), format_args!("{}", Chars(&text))),
            with_value(&mut buffer(256), &text),
        ] {
            assert_eq!(got, want, "{text:?}");
        }
        let mut headers = Headers::<64>::new();
        let stored = headers.append("x-value", format_args!("{}", Chars(&text)));
        assert_eq!(stored.err(), want.as_ref().err().copied(), "{text:?}");
        if let Ok(wire) = want {
            let value = strict(&wire, "GET").unwrap().fields[0].1.clone();
            assert_eq!(headers.get("x-value"), Some(&value[..]));
        }
    }
}

#[test]
fn a_mistake_in_the_value_counts_wherever_it_is() {
    for (parts, error) in [
        (&["\u{100}", "\r\n"][..], Error::HeaderValue(Place::UNKNOWN)),
        (&["\r\n", "\u{100}"], Error::HeaderValue(Place::UNKNOWN)),
        (&["", " ", "a"], Error::HeaderValue(Place::UNKNOWN)),
        (&["a", "\t", ""], Error::HeaderValue(Place::UNKNOWN)),
        (&["\u{100}"], Error::NotLatin1(Place::UNKNOWN)),
        (&["a\0"], Error::HeaderValue(Place::UNKNOWN)),
    ] {
        for len in 0..64 {
            let value = format_args!("{}", Fragments(parts)).to_string();
            assert_eq!(with_value(&mut buffer(len), value.as_str()), Err(error));
            let got = with_value(&mut buffer(len), format_args!("{}", Fragments(parts)));
            assert_eq!(got, Err(error), "{parts:?}");
        }
    }
    assert!(with_value(&mut buffer(256), format_args!("{}", Fragments(&["", ""]))).is_ok());
}

#[test]
fn a_display_that_fails_is_an_error_of_its_own() {
    for text in ["", "a", "\r\n", "\u{100}", " "] {
        for len in 0..128 {
            let value = with_value(&mut buffer(len), format_args!("x{}", Failing(text)));
            assert_eq!(value, Err(Error::Display));
            let mut buf = buffer(len);
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            let body = copy(response.text(format_args!("x{}", Failing(text))));
            assert_eq!(body, Err(Error::Display));
        }
    }
    let mut headers = Headers::<64>::new();
    headers.append("x", 1).unwrap();
    let failed = headers.append("y", format_args!("{}", Failing("a")));
    assert_eq!(failed, Err(Error::Display));
    assert_eq!(headers.get("y"), None);
    assert_eq!(headers.get("x"), Some(&b"1"[..]));
}

#[test]
fn a_value_can_be_whatever_is_a_text() {
    let want = with_value(&mut buffer(256), "caf\u{e9}").unwrap();
    assert!(want.windows(15).any(|line| line == b"x-value: caf\xe9\r\n"));
    let string = String::from("caf\u{e9}");
    let (text, boxed, shared): (&str, Box<str>, Rc<str>) =
        (&string, string.as_str().into(), string.as_str().into());
    let cow: Cow<'_, str> = Cow::Borrowed(text);
    assert_eq!(with_value(&mut buffer(256), &string).as_ref(), Ok(&want));
    // A reference to a reference, as iterators give it.
    for text in &[text, &string] {
        assert_eq!(with_value(&mut buffer(256), text).as_ref(), Ok(&want));
    }
    assert_eq!(with_value(&mut buffer(256), &boxed).as_ref(), Ok(&want));
    assert_eq!(with_value(&mut buffer(256), &shared).as_ref(), Ok(&want));
    assert_eq!(with_value(&mut buffer(256), &cow).as_ref(), Ok(&want));
    assert_eq!(
        with_value(&mut buffer(256), *b"caf\xe9").as_ref(),
        Ok(&want)
    );
    assert_eq!(
        with_value(&mut buffer(256), b"caf\xe9".as_slice()).as_ref(),
        Ok(&want)
    );
}

#[test]
fn numbers_and_words_are_values() {
    fn check(value: impl FieldValue + Display) {
        let want = with_value(&mut buffer(256), value.to_string().as_str());
        assert_eq!(with_value(&mut buffer(256), value), want);
        let displayed = with_value(&mut buffer(256), format_args!("{value}"));
        assert_eq!(displayed, want);
        assert_eq!(at_every_length(|buf| with_value(buf, value), 3), want);
    }

    check(true);
    check(false);
    for value in [
        0,
        1,
        10,
        u128::from(u64::MAX),
        1 << 64,
        10_u128.pow(38),
        u128::MAX,
    ] {
        check(value);
        if let Some(value) = NonZeroU128::new(value) {
            check(value);
        }
    }
    for value in [i128::MIN, i128::from(i64::MIN) - 1, -1, 0, 1, i128::MAX] {
        check(value);
        if let Some(value) = NonZeroI128::new(value) {
            check(value);
        }
    }
    for value in [i64::MIN, -1, 0, i64::MAX] {
        check(value);
    }
    check(NonZeroI8::MIN);
    check(NonZeroU64::MAX);
    check(NonZeroUsize::MIN);
    for char in [
        '\0', '\t', ' ', 'a', '\u{7f}', '\u{85}', '\u{ff}', '\u{100}',
    ] {
        let want = with_value(&mut buffer(256), char.to_string().as_str());
        assert_eq!(with_value(&mut buffer(256), char), want, "{char:?}");
    }
    check(HttpDate::EPOCH);
    check(ETag::weak("v").unwrap());
    check(ETag::of(b"content"));
}

#[test]
fn a_displayed_value_takes_the_room_that_it_needs() {
    for parts in [&[][..], &["a"], &["caf\u{e9}", "/", "12"]] {
        let write = |buf: &mut [u8]| with_value(buf, format_args!("{}", Fragments(parts)));
        let wire = at_every_length(write, 8).unwrap();
        let text = parts.concat();
        assert_eq!(Ok(wire), with_value(&mut buffer(256), text.as_str()));
    }
}

/// The reply with a text that is displayed, and with the same one in memory.
fn both(exchange: &Exchange<'_>, status: Status, text: &str) -> [Result<Vec<u8>, Error>; 2] {
    let displayed = |buf: &mut [u8]| {
        let response = Response::to(exchange, buf, status).header("x", "y");
        copy(response.text(format_args!("{}", Chars(text))))
    };
    let in_memory = |buf: &mut [u8]| {
        let response = Response::to(exchange, buf, status).header("x", "y");
        copy(response.text(text))
    };
    [
        at_every_length(displayed, 16),
        at_every_length(in_memory, 16),
    ]
}

#[test]
fn a_displayed_text_is_the_text() {
    for len in (0..24).chain([99, 100, 101, 999, 1000]) {
        let text = "\u{e9}x".chars().cycle().take(len).collect::<String>();
        for (method, version) in [
            (Method::Get, Version::Http11),
            (Method::Get, Version::Http10),
            (Method::Head, Version::Http11),
        ] {
            let exchange = match method {
                Method::Head => Exchange::new("HEAD", version, [("", ""); 0]),
                _ => Exchange::new("GET", version, [("", ""); 0]),
            };
            for status in [
                Status::OK,
                Status::NO_CONTENT,
                Status::RESET_CONTENT,
                Status::NOT_MODIFIED,
            ] {
                let [displayed, in_memory] = both(&exchange, status, &text);
                assert_eq!(displayed, in_memory, "{len} {method:?} {status}");
            }
        }
    }
}

#[test]
fn a_body_can_be_whatever_is_a_text() {
    fn body(end: impl FnOnce(Response<'_>) -> Result<Reply<'_>, Error>) -> String {
        let mut buf = buffer(256);
        let reply = end(Response::to(&Exchange::GET, &mut buf, Status::OK)).unwrap();
        String::from_utf8(strict(reply.as_bytes(), "GET").unwrap().body).unwrap()
    }

    let string = String::from("caf\u{e9}");
    assert_eq!(body(|response| response.text("caf\u{e9}")), string);
    assert_eq!(body(|response| response.text(&string)), string);
    assert_eq!(
        body(|response| response.html(&Cow::Borrowed("caf\u{e9}"))),
        string
    );
    assert_eq!(
        body(|response| response.html(format_args!("{string}"))),
        string
    );
    assert_eq!(
        body(|response| response.text(u128::MAX)),
        u128::MAX.to_string()
    );
    assert_eq!(body(|response| response.text(false)), "false");
    assert_eq!(body(|response| response.text(NonZeroI8::MIN)), "-128");
    assert_eq!(body(|response| response.text('\u{1f600}')), "\u{1f600}");
    assert_eq!(
        body(|response| response.text(Status::NOT_FOUND)),
        "404 Not Found"
    );
    assert_eq!(
        body(|response| response.text(ETag::weak("v").unwrap())),
        "W/\"v\""
    );
    assert_eq!(
        body(|response| response
            .media_type("application/xml")
            .text(format_args!("<{}/>", 'a'))),
        "<a/>"
    );
}

/// A text that is one longer each time.
struct Growing(Cell<usize>);

impl Display for Growing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get() + 1);
        "x".repeat(self.0.get()).fmt(f)
    }
}

#[test]
fn a_text_that_changes_is_written_once_or_refused() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                content-length: 9\r\n\r\n";
    let mut changed = 0;
    for len in 0..head.len() + 200 {
        let mut buf = buffer(len);
        let text = Growing(Cell::new(8));
        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
        let reply = copy(response.text(format_args!("{text}")));
        match (text.0.get(), reply) {
            (9, Ok(reply)) => assert_eq!(reply, [head, "xxxxxxxxx"].concat().as_bytes()),
            (9, reply) => {
                assert_eq!(
                    reply,
                    Err(Error::Overflow {
                        needed: head.len() + 9
                    })
                );
                assert!(len < head.len() + 9);
            }
            (_, reply) => {
                assert_eq!(reply, Err(Error::ContentChanged));
                changed += 1;
            }
        }
    }
    assert_eq!(
        changed, 1,
        "where the room for two digits makes the difference"
    );
}

/// A value that has another of these texts at each look, in turn.
struct Turns(Cell<usize>, [&'static str; 2]);

impl Display for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0.replace(self.0.get() + 1);
        f.write_str(self.1[at % 2])
    }
}

#[test]
fn a_stored_value_that_changes_while_it_is_written_leaves_the_store_as_it_was() {
    let mut headers = Headers::<256>::new();
    headers.set("x-a", "1").unwrap();
    for (texts, error) in [
        (["9", "10"], Error::ContentChanged),
        (["10", "9"], Error::ContentChanged),
        (["ab", "a\n"], Error::HeaderValue(Place::UNKNOWN)),
    ] {
        let value = Turns(Cell::new(0), texts);
        assert_eq!(headers.set("x-b", format_args!("{value}")), Err(error));
        let value = Turns(Cell::new(0), texts);
        assert_eq!(headers.append("x-a", format_args!("{value}")), Err(error));
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("x-a", &b"1"[..])]);
    }
    headers.set("x-c", "2").unwrap();
    let mut buf = buffer(128);
    let response = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT);
    let reply = copy(response.headers(&headers).empty()).unwrap();
    assert_eq!(
        reply,
        b"HTTP/1.1 204 No Content\r\nx-a: 1\r\nx-c: 2\r\n\r\n"
    );
}
