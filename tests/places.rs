//! The place that an error tells: which field line, and which byte of a name or a value.

use replywire::body::{Chunk, Event, Stream, Trailers};
use replywire::request::{Exchange, Version};
use replywire::{
    Draft, Error, Head, HeaderName, HeaderValue, Headers, Place, Response, SetCookie, Status, head,
};
use replywire_embedded::Unanswered;

/// A kind of mistake that has a place.
type Kind = fn(Place) -> Error;

const NAME: HeaderName = HeaderName::new("x-name").unwrap();
const GOOD: HeaderValue = HeaderValue::new("good").unwrap();
const HEAD: Head = head!(Status::OK, "x-first" => "1", "x-second" => "2");

/// A text of which one byte is wrong.
struct Wrong {
    text: String,
    /// The index of that byte.
    at: usize,
    error: fn(Place) -> Error,
}

/// Every text of up to 12 bytes with one mistake: of one byte each, and after a character of two.
fn wrong_values() -> Vec<Wrong> {
    let mut all = Vec::new();
    for len in 1..=12 {
        for at in 0..len {
            let blanks: &[&str] = match at == 0 || at + 1 == len {
                true => &[" ", "\t"],
                false => &[],
            };
            for bad in [&["\0", "\n", "\r", "\u{1f}", "\u{7f}"], blanks].concat() {
                for text in texts(len, at, bad) {
                    let error = Error::HeaderValue;
                    all.push(Wrong { text, at, error });
                }
            }
            for text in texts(len, at, "\u{100}") {
                let error = Error::NotLatin1;
                all.push(Wrong { text, at, error });
            }
        }
    }
    all
}

/// A text of so many characters with `bad` at `at`, before or after a character of two bytes too.
fn texts(len: usize, at: usize, bad: &str) -> Vec<String> {
    let (before, after) = ("a".repeat(at), "b".repeat(len - at - 1));
    let mut all = vec![format!("{before}{bad}{after}")];
    if at >= 2 {
        all.push(format!("\u{e9}{}{bad}{after}", &before[2..]));
    }
    if len - at > 2 {
        all.push(format!("{before}{bad}\u{e9}{}", &after[2..]));
    }
    all
}

fn assert_place(error: Error, want: Error, line: Option<usize>, at: Option<usize>, text: &str) {
    let number = |number: usize| u16::try_from(number).unwrap();
    assert_eq!(error, want, "{text:?}");
    let place = error.place().unwrap();
    let got = (place.line(), place.byte());
    let want = (line.map(number), at.map(|at| number(at + 1)));
    assert_eq!(got, want, "{error:?} of {text:?}");
}

/// A way to write a value after so many lines.
type Way = fn(usize, &str) -> Result<(), Error>;

fn lines<'b>(mut response: Response<'b>, n: usize) -> Response<'b> {
    for _ in 0..n {
        response = response.header(NAME, GOOD);
    }
    response
}

fn to(n: usize, buf: &mut [u8]) -> Response<'_> {
    lines(Response::to(&Exchange::GET, buf, Status::OK), n)
}

fn store(n: usize) -> Headers<256> {
    let mut headers = Headers::new();
    for _ in 0..n {
        headers.append(NAME, GOOD).unwrap();
    }
    headers
}

fn ended(response: Response<'_>) -> Result<(), Error> {
    response.empty().map(drop)
}

fn trailers(n: usize, add: impl Fn(Trailers<'_>) -> Trailers<'_>) -> Result<(), Error> {
    let exchange = Exchange::new("GET", Version::Http11, [("TE", "trailers")]);
    let (mut buf, mut room) = ([0; 256], [0; 256]);
    let response = Response::to(&exchange, &mut buf, Status::OK);
    let mut stream = Stream::new(response.stream().unwrap());
    let mut trailers = Trailers::new(&mut room);
    for _ in 0..n {
        trailers = trailers.field(NAME, GOOD);
    }
    match stream.end_with(add(trailers)) {
        Err(replywire::body::StreamError::Chunk(error)) => Err(error),
        other => {
            assert_eq!(other, Ok(()));
            Ok(())
        }
    }
}

#[test]
fn a_wrong_value_is_told_by_its_line_and_its_byte_however_it_is_given() {
    let ways: [Way; 13] = [
        |n, value| ended(to(n, &mut [0; 256]).header("X-Name", value)),
        |n, value| ended(to(n, &mut [0; 256]).header(NAME, value)),
        |n, value| ended(to(n, &mut [0; 256]).header(NAME, &String::from(value))),
        |n, value| ended(to(n, &mut [0; 256]).header(NAME, format_args!("{value}"))),
        |n, value| {
            let (first, rest) = value.split_at(value.char_indices().nth(1).map_or(0, |at| at.0));
            ended(to(n, &mut [0; 256]).header("x", format_args!("{first}{rest}")))
        },
        // A singleton goes to the end.
        |n, value| {
            let mut buf = [0; 256];
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            let response = response.header("server", "a");
            ended(lines(response, n).header("server", value))
        },
        |n, value| {
            let mut buf = [0; 256];
            let response = Response::with_head(&Exchange::GET, &mut buf, HEAD);
            match n.checked_sub(2) {
                Some(n) => ended(lines(response, n).header(NAME, value)),
                // The constant head has two lines.
                None => ended(to(n, &mut [0; 256]).header(NAME, value)),
            }
        },
        |n, value| store(n).append(NAME, value),
        |n, value| store(n).set("x", value),
        |n, value| store(n).set_default("x", format_args!("{value}")).map(drop),
        |n, value| {
            let mut draft = Draft::<256>::new();
            *draft.headers_mut() = store(n);
            draft.append("x", value)
        },
        |n, value| {
            let mut buf = [0; 256];
            let reply = to(n, &mut buf).text("a body").unwrap();
            // The ending has written a line of its own: `content-type`.
            match n.checked_sub(1) {
                Some(_) => {
                    let mut buf = [0; 256];
                    let reply = to(n - 1, &mut buf).text("a body").unwrap();
                    reply.edit().header(NAME, value).finish().map(drop)
                }
                None => {
                    let reply = reply.edit().header("content-type", value);
                    reply.finish().map(drop)
                }
            }
        },
        |n, value| trailers(n, |trailers| trailers.field(NAME, value)),
    ];
    for wrong in wrong_values() {
        for n in 0..4 {
            for way in ways {
                let error = way(n, &wrong.text).unwrap_err();
                let want = (wrong.error)(Place::UNKNOWN);
                assert_place(error, want, Some(n + 1), Some(wrong.at), &wrong.text);
            }
        }
    }
}

#[test]
fn wrong_bytes_are_told_as_text_is() {
    for wrong in wrong_values() {
        let bytes = wrong.text.as_bytes();
        for n in 0..4 {
            for result in [
                ended(to(n, &mut [0; 256]).header("x", bytes)),
                store(n).set(NAME, bytes),
                trailers(n, |trailers| trailers.field(NAME, bytes)),
            ] {
                match (wrong.error)(Place::UNKNOWN) {
                    // Bytes above ASCII stand as they are.
                    Error::NotLatin1(_) => assert_eq!(result, Ok(()), "{bytes:?}"),
                    want => {
                        let error = result.unwrap_err();
                        assert_place(error, want, Some(n + 1), Some(wrong.at), &wrong.text);
                    }
                }
            }
        }
    }
}

#[test]
fn a_wrong_name_is_told_by_its_first_byte_that_no_token_has() {
    for len in 1..=12 {
        for at in 0..len {
            for bad in ["\0", " ", ":", "\n", "\u{7f}", "\u{e9}", "\u{100}"] {
                let name = format!("{}{bad}{}", "a".repeat(at), "b".repeat(len - at - 1));
                let name = name.as_str();
                for n in 0..4 {
                    for result in [
                        ended(to(n, &mut [0; 256]).header(name, "1")),
                        ended(to(n, &mut [0; 256]).header(name, GOOD)),
                        ended(to(n, &mut [0; 256]).forward([(name, "1")])),
                        store(n).append(name, "1"),
                        store(n).set(name, "1"),
                        trailers(n, |trailers| trailers.field(name, "1")),
                    ] {
                        let error = result.unwrap_err();
                        let want = Error::HeaderName(Place::UNKNOWN);
                        assert_place(error, want, Some(n + 1), Some(at), name);
                    }
                }
            }
        }
    }
}

#[test]
fn a_name_that_is_empty_or_another_s_is_told_by_its_line() {
    for n in 0..4 {
        for (name, want) in [
            ("", Error::HeaderName as Kind),
            ("Connection", Error::FramingHeader),
            ("content-length", Error::FramingHeader),
        ] {
            for result in [
                ended(to(n, &mut [0; 256]).header(name, "1")),
                store(n).append(name, "1"),
            ] {
                let error = result.unwrap_err();
                assert_place(error, want(Place::UNKNOWN), Some(n + 1), None, name);
            }
        }
        let error = trailers(n, |trailers| trailers.field("Content-Type", "a/b")).unwrap_err();
        let want = Error::Trailer(Place::UNKNOWN);
        assert_place(error, want, Some(n + 1), None, "content-type");
    }
}

#[test]
fn a_wrong_cookie_is_told_by_its_line_its_part_and_the_byte_in_that() {
    type Part = for<'c> fn(SetCookie<'c>, &'c str) -> SetCookie<'c>;
    let attributes: [(Part, Kind, &str); 3] = [
        (|cookie, text| cookie.domain(text), Error::CookieDomain, "a"),
        (|cookie, text| cookie.path(text), Error::CookiePath, "/"),
        (
            |cookie, text| cookie.expires_text(text),
            Error::CookieExpires,
            "a",
        ),
    ];
    let check = |cookie: SetCookie<'_>, want: fn(Place) -> Error, at, text: &str| {
        for n in 0..4 {
            for result in [
                ended(to(n, &mut [0; 256]).cookie(&cookie)),
                store(n).cookie(&cookie),
            ] {
                let error = result.unwrap_err();
                assert_place(error, want(Place::UNKNOWN), Some(n + 1), at, text);
            }
        }
    };
    for len in 1..=12 {
        for at in 0..len {
            for bad in ["\0", "\n", "\u{7f}"] {
                let text = |fill: &str| {
                    let (before, after) = (fill.repeat(at), fill.repeat(len - at - 1));
                    format!("{before}{bad}{after}")
                };
                let name = text("a");
                let value = text("a");
                for new in [SetCookie::new, SetCookie::quoting] {
                    check(new(&name, "1"), Error::CookieName, Some(at), &name);
                    check(new("a", &value), Error::CookieValue, Some(at), &value);
                }
                for (set, want, fill) in attributes {
                    let text = text(fill);
                    let quoting = set(SetCookie::quoting("a", "1"), &text);
                    check(quoting, want, Some(at), &text);
                    // A strict expiry is a date as a whole.
                    let is_date = want(Place::UNKNOWN) == Error::CookieExpires(Place::UNKNOWN);
                    let strict = set(SetCookie::new("a", "1"), &text);
                    check(strict, want, (!is_date).then_some(at), &text);
                }
            }
            let value = format!("{}\u{100}{}", "a".repeat(at), "b".repeat(len - at - 1));
            check(
                SetCookie::new("a", &value),
                Error::CookieValue,
                Some(at),
                &value,
            );
            let quoting = SetCookie::quoting("a", &value);
            check(quoting, Error::NotLatin1, Some(at), &value);
            for (set, _, _) in attributes {
                let quoting = set(SetCookie::quoting("a", "1"), &value);
                check(quoting, Error::NotLatin1, Some(at), &value);
            }
        }
    }
    check(SetCookie::new("", "1"), Error::CookieName, None, "");
    check(
        SetCookie::new("path", "1"),
        Error::CookieReservedName,
        None,
        "path",
    );
    check(
        SetCookie::new("__Host-a", "1").domain("b"),
        Error::CookiePrefix,
        None,
        "__Host-a",
    );
    let path = "/".repeat(1025);
    check(
        SetCookie::new("a", "1").path(&path),
        Error::CookiePath,
        Some(1024),
        &path,
    );
    check(
        SetCookie::new("a", "1").path("a"),
        Error::CookiePath,
        Some(0),
        "a",
    );
    check(
        SetCookie::quoting("a", "1").path("/ "),
        Error::CookiePath,
        Some(1),
        "/ ",
    );
    check(
        SetCookie::new("a", "1").domain("a..b"),
        Error::CookieDomain,
        None,
        "a..b",
    );
}

#[test]
fn a_url_of_elsewhere_and_a_wrong_media_type_are_told() {
    for n in 0..4 {
        for (path, at) in [
            ("", None),
            ("a", Some(0)),
            ("//a", Some(1)),
            ("/\\a", Some(1)),
            ("/a\nb", Some(2)),
        ] {
            let mut buf = [0; 256];
            let error = to(n, &mut buf).redirect_local(path).unwrap_err();
            let want = Error::Location(Place::UNKNOWN);
            assert_place(error, want, Some(n + 1), at, path);
        }
        for (media_type, want, at) in [
            ("text", Error::MediaType as Kind, None),
            ("a/b\n", Error::HeaderValue, Some(3)),
            ("a/b; c=\"\u{100}\"", Error::NotLatin1, Some(8)),
        ] {
            let mut buf = [0; 256];
            let error = to(n, &mut buf).bytes(media_type, b"").unwrap_err();
            assert_place(error, want(Place::UNKNOWN), Some(n + 1), at, media_type);
        }
    }
}

#[test]
fn an_event_s_name_and_id_are_told_by_their_byte() {
    for len in 1..=12 {
        for at in 0..len {
            let text = format!("{}\n{}", "a".repeat(at), "b".repeat(len - at - 1));
            let error = Event::new().name(&text).fill(&mut [0; 64]).unwrap_err();
            let want = Error::EventName(Place::UNKNOWN);
            assert_place(error, want, None, Some(at), &text);
            let error = Event::new().id(&text).fill(&mut [0; 64]).unwrap_err();
            let want = Error::EventId(Place::UNKNOWN);
            assert_place(error, want, None, Some(at), &text);
        }
    }
}

#[test]
fn a_byte_is_told_at_every_length_of_the_buffer_and_a_line_where_those_before_it_fit() {
    let before = "HTTP/1.1 200 OK\r\nx-name: good\r\n".len();
    for len in 0..80 {
        let mut buf = vec![0; len];
        let error = to(1, &mut buf)
            .header("x", "a\nb")
            .text("text")
            .unwrap_err();
        let line = (len >= before).then_some(2);
        let want = Error::HeaderValue(Place::UNKNOWN);
        assert_place(error, want, line, Some(1), "a\nb");
    }
}

#[test]
fn the_first_mistake_is_told_and_what_is_passed_over_has_no_line() {
    let mut draft = Draft::<64>::new();
    draft.set("server", "a").unwrap();
    let mut buf = [0; 256];
    let response = to(1, &mut buf).join(&draft).header("server", "b\n");
    let error = response.header("x", "\n").empty().unwrap_err();
    let want = Error::HeaderValue(Place::UNKNOWN);
    assert_place(error, want, None, Some(1), "b\n");
}

#[test]
fn a_place_is_said_in_words_and_ends_a_chain_of_causes() {
    let mut buf = [0; 256];
    let error = to(2, &mut buf).header("x", "good\n").empty().unwrap_err();
    let text = "invalid header value: byte 5, in field line 3";
    assert_eq!(error.to_string(), text);
    let told = format!("reply not written: {text}");
    assert_eq!(Unanswered::from(error).to_string(), told);

    let error = to(2, &mut buf).header("", "1").empty().unwrap_err();
    assert_eq!(error.to_string(), "invalid header name: field line 3");
    let error = Error::HeaderValue(Place::UNKNOWN);
    assert_eq!(error.to_string(), "invalid header value");
    assert_eq!(Error::Status.place(), None);
}
