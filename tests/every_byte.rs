//! Every byte in every place: refused with a typed error, or read back exactly as it was given.

use conformance::python_cookie::unquoted;
use conformance::reply::{Parsed, strict};
use conformance::{buffer, from_latin1};
use replywire::request::Exchange;
use replywire::{Draft, Error, Headers, HttpDate, Place, Reply, Response, SetCookie, Status};

/// The places of a byte: alone, at the start, in the middle, at the end.
const PLACES: [(&str, &str); 4] = [("", ""), ("", "b"), ("a", "b"), ("a", "")];

/// Every byte as a character, in every place.
fn texts() -> impl Iterator<Item = (u8, String)> {
    (0..=255).flat_map(|byte| {
        PLACES.map(|(front, back)| (byte, format!("{front}{}{back}", char::from(byte))))
    })
}

/// The characters of `text` as bytes; they are all below U+0100.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|char| char as u8).collect()
}

/// RFC 9110 § 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char))
}

/// RFC 9110 § 5.5, with obs-text.
fn is_field_value(value: &[u8]) -> bool {
    let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    !is_blank(value.first())
        && !is_blank(value.last())
        && value
            .iter()
            .all(|byte| *byte == b'\t' || !byte.is_ascii_control())
}

/// Ends a reply with the body `body` and reads it back, if it was written.
fn read_back(
    status: Status,
    end: impl FnOnce(Response<'_>) -> Result<Reply<'_>, Error>,
) -> Result<Parsed, Error> {
    let mut buf = buffer(1024);
    let reply = end(Response::to(&Exchange::GET, &mut buf, status))?;
    Ok(strict(reply.as_bytes(), "GET").unwrap_or_else(|error| panic!("{error}")))
}

/// [`read_back`] of a reply with `body` after what `add` adds.
fn with_body(add: impl FnOnce(Response<'_>) -> Response<'_>) -> Result<Parsed, Error> {
    read_back(Status::OK, |response| add(response).body(b"body"))
}

/// True if `parsed` is a reply with one field and the body of [`with_body`].
fn is_one_field(parsed: &Parsed, name: &str, value: &[u8]) -> bool {
    parsed.status == 200
        && parsed.reason == "OK"
        && parsed.fields
            == [
                (name.to_owned(), value.to_vec()),
                ("content-length".to_owned(), b"4".to_vec()),
            ]
        && parsed.body == b"body"
}

#[test]
fn a_header_name_is_a_token_or_refused() {
    for (_, name) in texts() {
        let direct = with_body(|response| response.header(name.as_str(), "value"));
        let mut headers = Headers::<64>::new();
        let stored = headers.append(name.as_str(), "value");
        match is_token(&name) {
            true => {
                let lower = name.to_ascii_lowercase();
                assert!(is_one_field(&direct.unwrap(), &lower, b"value"), "{name:?}");
                assert_eq!(stored, Ok(()));
                assert_eq!(headers.get(name.as_str()), Some(&b"value"[..]));
            }
            false => {
                assert_eq!(direct, Err(Error::HeaderName(Place::UNKNOWN)), "{name:?}");
                assert_eq!(stored, Err(Error::HeaderName(Place::UNKNOWN)), "{name:?}");
                assert!(headers.is_empty());
            }
        }
    }
}

#[test]
fn a_header_value_is_read_back_as_its_latin_1_bytes_or_refused() {
    for (_, value) in texts() {
        let want = bytes(&value);
        let by_text = with_body(|response| response.header("x", value.as_str()));
        let by_bytes = with_body(|response| response.header("x", want.as_slice()));
        assert_eq!(by_text, by_bytes, "{value:?}");
        match is_field_value(&want) {
            true => assert!(is_one_field(&by_text.unwrap(), "x", &want), "{value:?}"),
            false => assert_eq!(
                by_text,
                Err(Error::HeaderValue(Place::UNKNOWN)),
                "{value:?}"
            ),
        }
    }
    let above = with_body(|response| response.header("x", "a\u{100}b"));
    assert_eq!(above, Err(Error::NotLatin1(Place::UNKNOWN)));
}

#[test]
fn every_pair_of_bytes_is_a_header_value_or_refused() {
    for first in 0..=255u8 {
        for second in 0..=255u8 {
            let value = [first, second];
            let text = from_latin1(&value);
            let by_bytes = with_body(|response| response.header("x", value));
            match is_field_value(&value) {
                true => assert!(is_one_field(&by_bytes.unwrap(), "x", &value), "{value:?}"),
                false => assert_eq!(
                    by_bytes,
                    Err(Error::HeaderValue(Place::UNKNOWN)),
                    "{value:?}"
                ),
            }
            let mut headers = Headers::<16>::new();
            let stored = headers.set("x", text.as_str());
            match is_field_value(&value) {
                true => assert_eq!(headers.get("x"), Some(&value[..])),
                false => assert_eq!(stored, Err(Error::HeaderValue(Place::UNKNOWN))),
            }
        }
    }
}

/// A line of every way to edit a store, after `x: 1`.
fn edits(name: &str, value: &str) -> [(Headers<256>, Result<(), Error>, bool); 5] {
    let mut first = Headers::<256>::new();
    first.append("vary", "one").unwrap();
    let edit = |edit: &dyn Fn(&mut Headers<256>) -> Result<(), Error>| {
        let mut headers = first.clone();
        let result = edit(&mut headers);
        let unchanged = headers == first;
        (headers, result, unchanged)
    };
    [
        edit(&|headers| headers.append(name, value)),
        edit(&|headers| headers.set(name, value)),
        edit(&|headers| headers.set_default(name, value).map(|_| ())),
        edit(&|headers| headers.update([(name, value)])),
        edit(&|headers| headers.add_vary(value)),
    ]
}

#[test]
fn an_edit_of_a_store_is_read_back_or_changes_nothing() {
    for (_, text) in texts() {
        for (name, value) in [(text.as_str(), "value"), ("x", text.as_str())] {
            for (headers, result, unchanged) in edits(name, value) {
                let Ok(()) = result else {
                    let error = result.unwrap_err();
                    assert!(
                        matches!(error, Error::HeaderName(_) | Error::HeaderValue(_)),
                        "{error:?}"
                    );
                    assert!(unchanged, "{name:?} {value:?}");
                    continue;
                };
                assert!(!unchanged);
                let mut stored: Vec<_> = headers
                    .iter()
                    .map(|(name, value)| (name.to_owned(), value.to_vec()))
                    .collect();
                let parsed = with_body(|response| response.headers(&headers)).unwrap();
                stored.push(("content-length".to_owned(), b"4".to_vec()));
                assert_eq!(parsed.fields, stored, "{name:?} {value:?}");
                assert_eq!(parsed.body, b"body");

                let mut draft = Draft::<256>::new();
                draft.headers_mut().update(headers.iter()).unwrap();
                let mut buf = buffer(512);
                let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).join(&draft);
                let parsed = strict(reply.body(b"body").unwrap().as_bytes(), "GET").unwrap();
                assert_eq!(parsed.fields, stored, "{name:?} {value:?}");
            }
        }
    }
}

/// A cookie's line: the name, the value, and the attributes but `Path=/`, if written.
type Crumbs = (String, Vec<u8>, Vec<Vec<u8>>);

/// Reads the only cookie of a reply, as a browser does: up to the first `;`, then by `; `.
fn crumbs(parsed: &Parsed) -> Crumbs {
    assert_eq!(parsed.fields.len(), 2);
    assert_eq!(parsed.body, b"body");
    let [line] = parsed.values("set-cookie")[..] else {
        panic!("not one cookie: {parsed:?}");
    };
    // A `;` only ever ends a part: the quoting policy writes it as `\073`.
    let mut parts = line.split(|byte| *byte == b';');
    let pair = parts.next().unwrap();
    let equals = pair.iter().position(|byte| *byte == b'=').unwrap();
    let attributes = parts
        .map(|part| part.strip_prefix(b" ").unwrap().to_vec())
        .collect();
    let name = from_latin1(&pair[..equals]);
    (name, pair[equals + 1..].to_vec(), attributes)
}

fn cookie(cookie: SetCookie<'_>) -> Result<Crumbs, Error> {
    let direct = with_body(|response| response.cookie(&cookie));
    let mut headers = Headers::<512>::new();
    let stored = match headers.cookie(&cookie) {
        Ok(()) => with_body(|response| response.headers(&headers)),
        Err(error) => Err(error),
    };
    assert_eq!(direct, stored);
    direct.map(|parsed| crumbs(&parsed))
}

#[test]
fn a_cookie_name_is_read_back_or_refused() {
    for (_, name) in texts() {
        let strict = cookie(SetCookie::new(&name, "v"));
        let quoting = cookie(SetCookie::quoting(&name, "v"));
        let lax = vec![b"Path=/".to_vec(), b"SameSite=lax".to_vec()];
        let want = (name.clone(), b"v".to_vec(), lax);
        match is_token(&name) {
            true => assert_eq!((strict.as_ref(), quoting.as_ref()), (Ok(&want), Ok(&want))),
            false => {
                assert_eq!(strict, Err(Error::CookieName(Place::UNKNOWN)), "{name:?}");
                match is_token(&name.replace(':', "")) || name == ":" {
                    true => assert_eq!(quoting, Ok(want)),
                    false => {
                        assert_eq!(quoting, Err(Error::CookieName(Place::UNKNOWN)), "{name:?}")
                    }
                }
            }
        }
    }
}

#[test]
fn a_strict_cookie_value_is_written_as_it_is_or_refused() {
    for (_, value) in texts() {
        // RFC 6265 § 4.1.1, cookie-octet
        let legal = value
            .chars()
            .all(|char| char.is_ascii_graphic() && !"\",;\\".contains(char));
        match (legal, cookie(SetCookie::new("n", &value))) {
            (true, Ok((name, got, _))) => assert_eq!((name.as_str(), got), ("n", bytes(&value))),
            (false, result) => {
                assert_eq!(result, Err(Error::CookieValue(Place::UNKNOWN)), "{value:?}")
            }
            (true, error) => panic!("{value:?}: {error:?}"),
        }
    }
}

#[test]
fn a_quoting_cookie_value_is_what_python_reads_back_or_refused() {
    for (_, value) in texts() {
        let result = cookie(SetCookie::quoting("n", &value));
        match value.chars().any(|char| char.is_ascii_control()) {
            true => assert_eq!(result, Err(Error::CookieValue(Place::UNKNOWN)), "{value:?}"),
            false => {
                let (name, got, attributes) = result.unwrap();
                assert_eq!((name.as_str(), attributes.len()), ("n", 2));
                assert!(got.iter().all(u8::is_ascii), "{got:?}");
                assert_eq!(unquoted(&got), bytes(&value), "{got:?}");
            }
        }
    }
    let above = cookie(SetCookie::quoting("n", "\u{100}"));
    assert_eq!(above, Err(Error::NotLatin1(Place::UNKNOWN)));
}

/// Puts a text into an attribute of a cookie.
type Attribute = for<'c> fn(SetCookie<'c>, &'c str) -> SetCookie<'c>;

#[test]
fn a_cookie_attribute_is_read_back_or_refused() {
    let attributes: [(&str, Attribute); 3] = [
        ("Path", |cookie, text| cookie.path(text)),
        ("Domain", |cookie, text| cookie.path("").domain(text)),
        ("expires", |cookie, text| cookie.path("").expires_text(text)),
    ];
    for (_, text) in texts() {
        for (name, set) in attributes {
            for quoting in [false, true] {
                let cookie_of = match quoting {
                    true => SetCookie::quoting,
                    false => SetCookie::new,
                };
                let want = [name.as_bytes(), b"=", &bytes(&text)].concat();
                // With something after it, and as the end of the line.
                for last in [false, true] {
                    let base = set(cookie_of("n", "v"), &text);
                    let base = if last { base.any_site() } else { base };
                    match cookie(base) {
                        Ok((name, value, got)) => {
                            assert_eq!((name.as_str(), value.as_slice()), ("n", &b"v"[..]));
                            let mut all = vec![want.clone()];
                            all.extend((!last).then(|| b"SameSite=lax".to_vec()));
                            assert_eq!(got, all, "{text:?}");
                            assert!(quoting || text.is_ascii());
                            assert!(!text.chars().any(|char| char.is_ascii_control()));
                        }
                        Err(error) => {
                            let want = match name {
                                "Domain" => Error::CookieDomain(Place::UNKNOWN),
                                "Path" => Error::CookiePath(Place::UNKNOWN),
                                _ => Error::CookieExpires(Place::UNKNOWN),
                            };
                            assert_eq!(error, want, "{text:?}");
                            let wrong = |char: char| char.is_ascii_control() || char == ';';
                            let blank = text.starts_with(' ') || text.ends_with(' ');
                            // What else the strict policy refuses, `cookies` tells.
                            assert!(text.chars().any(wrong) || !quoting || blank, "{text:?}");
                        }
                    }
                }
            }
        }
    }
}

/// Undoes percent-encoding.
fn decoded(location: &[u8]) -> Vec<u8> {
    let hex = |digit: u8| char::from(digit).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::new();
    let mut rest = location;
    loop {
        rest = match rest {
            [] => return out,
            [b'%', high, low, tail @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap() << 4 | hex(*low).unwrap());
                tail
            }
            [byte, tail @ ..] => {
                out.push(*byte);
                tail
            }
        };
    }
}

#[test]
fn a_location_is_read_back_as_the_url_and_holds_only_what_a_uri_can() {
    for (_, text) in texts() {
        for url in [
            text.clone(),
            format!("/{text}"),
            format!("https://a.example/?q={text}#"),
        ] {
            let parsed = read_back(Status::FOUND, |response| response.redirect(&url)).unwrap();
            assert_eq!(parsed.fields.len(), 2);
            let [location] = parsed.values("location")[..] else {
                panic!("not one location: {parsed:?}");
            };
            assert_eq!(decoded(location), url.as_bytes());
            // RFC 3986 §§ 2.1 to 2.3
            assert!(
                location.iter().all(|byte| byte.is_ascii_alphanumeric()
                    || b"%-._~:/?#[]@!$&'()*+,;=".contains(byte)),
                "{url:?}"
            );
            assert!(parsed.body.is_empty());
        }
    }
}

#[test]
fn a_local_redirect_stays_on_the_host_or_is_refused() {
    for (byte, text) in texts() {
        for url in [text.clone(), format!("/{text}"), format!("/a{text}")] {
            let result = read_back(Status::FOUND, |response| response.redirect_local(&url));
            // What a browser drops, or takes for a slash, would lead to another host.
            let local = url.starts_with('/')
                && !url.starts_with("//")
                && !url.starts_with("/\\")
                && !byte.is_ascii_control();
            match result {
                Ok(parsed) => {
                    assert!(local, "{url:?}");
                    assert_eq!(decoded(parsed.values("location")[0]), url.as_bytes());
                }
                Err(error) => assert_eq!(
                    (error, local),
                    (Error::Location(Place::UNKNOWN), false),
                    "{url:?}"
                ),
            }
        }
    }
}

/// `media-type`, RFC 9110 § 8.3.1, without a parameter.
fn is_plain_type(text: &str) -> bool {
    let parts = text.split_once('/');
    parts.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

#[test]
fn a_media_type_is_read_back_or_refused() {
    for (_, text) in texts() {
        for media_type in [
            text.clone(),
            format!("application/{text}"),
            format!("text/{text}"),
        ] {
            let typed = with_body(|response| response.media_type(&media_type));
            let ended = read_back(Status::OK, |response| response.bytes(&media_type, b"body"));
            assert_eq!(typed, ended, "{media_type:?}");
            let plain = media_type.trim_end_matches(';');
            let want = match media_type.starts_with("text/") {
                true => [&bytes(plain)[..], b"; charset=utf-8"].concat(),
                false => bytes(&media_type),
            };
            match typed {
                Ok(parsed) => {
                    assert!(is_plain_type(plain), "{media_type:?}");
                    assert!(
                        is_one_field(&parsed, "content-type", &want),
                        "{media_type:?}"
                    );
                }
                Err(Error::MediaType(_)) => assert!(!is_plain_type(plain), "{media_type:?}"),
                Err(error) => {
                    assert_eq!(error, Error::HeaderValue(Place::UNKNOWN), "{media_type:?}");
                    assert!(!is_field_value(&bytes(&media_type)), "{media_type:?}");
                }
            }
        }
    }
}

#[test]
fn a_deleted_cookie_is_read_back_for_every_name() {
    let now = HttpDate::from_unix(784_111_777).unwrap();
    for (_, name) in texts().filter(|(_, name)| is_token(name)) {
        let (got, value, attributes) = cookie(SetCookie::new(&name, "v").deleting(now)).unwrap();
        assert_eq!((got, value), (name, Vec::new()));
        let expires = b"expires=Sun, 06 Nov 1994 08:49:37 GMT".to_vec();
        let want = [
            expires,
            b"Max-Age=0".to_vec(),
            b"Path=/".to_vec(),
            b"SameSite=lax".to_vec(),
        ];
        assert_eq!(attributes, want);
    }
}
