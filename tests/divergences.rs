//! For each rule of `divergences.toml`, what the core does instead of what the reference did.

use conformance::buffer;
use conformance::drive::{FileWay, drive, drive_file};
use conformance::encoder::Encoder;
use conformance::plan::Way;
use conformance::script::{Script, poll_times};
use replywire::body::{BodyError, Chunk, Event, Step, Stream, StreamError, Transfer};
use replywire::file::{Boundary, File, guess_media_type};
use replywire::json::Part::{self, At, In, InAt, InEach, Name};
use replywire::json::{Filter, JsonError, Orjson, Pydantic, Python, Ujson};
use replywire::request::{Exchange, Refusal, RequestHead, Version};
use replywire::{
    Cors, Disposition, Draft, Error, Headers, HttpDate, Place, Preflight, Reply, Response,
    SetCookie, Status,
};
use replywire_embedded::{
    Answered, Buffers, Closed, Handler, Limits, Request, Responder, Transport, Unanswered,
    serve_connection,
};
use serde::Serialize;

/// Starts a reply to a plain `GET`, ends it as told, and hands out a copy of its bytes.
fn written(
    status: Status,
    end: impl FnOnce(Response<'_>) -> Result<Reply<'_>, Error>,
) -> Result<Vec<u8>, Error> {
    let mut buf = buffer(512);
    end(Response::to(&Exchange::GET, &mut buf, status)).map(|reply| reply.as_bytes().to_vec())
}

/// The bytes of a reply with this body that reach the connection, and whether that was in order.
fn sent(
    exchange: &Exchange<'_>,
    status: Status,
    body: &[u8],
    end: impl FnOnce(Response<'_>) -> Result<Transfer<'_>, Error>,
) -> (Vec<u8>, Result<(), BodyError>) {
    let mut buf = buffer(512);
    let transfer = end(Response::to(exchange, &mut buf, status)).unwrap();
    let driven = drive(transfer, &[body], &[]);
    (driven.sent, driven.result)
}

#[test]
fn a_control_character_or_a_name_that_is_no_token_is_refused() {
    for value in [
        "a\r\nset-cookie: evil=1",
        "a\nb",
        "a\rb",
        "a\0b",
        "a\x7fb",
        "a\x0bb",
    ] {
        let result = written(Status::OK, |response| response.header("x", value).empty());
        assert_eq!(result, Err(Error::HeaderValue(Place::UNKNOWN)), "{value:?}");
        let result = written(Status::OK, |response| response.bytes(value, b""));
        assert_eq!(result, Err(Error::HeaderValue(Place::UNKNOWN)), "{value:?}");
        assert_eq!(
            Headers::<64>::new().set("x", value),
            Err(Error::HeaderValue(Place::UNKNOWN))
        );
    }
    for name in ["", "x y", "x:", "x\r\ny", "(x)", "x-é"] {
        let result = written(Status::OK, |response| response.header(name, "1").empty());
        assert_eq!(result, Err(Error::HeaderName(Place::UNKNOWN)), "{name:?}");
        assert_eq!(
            Headers::<64>::new().set(name, "1"),
            Err(Error::HeaderName(Place::UNKNOWN))
        );
    }
    let result = written(Status::OK, |response| {
        response.header("x", "a\tb\u{e9}").empty()
    });
    assert_eq!(
        result.unwrap(),
        b"HTTP/1.1 200 OK\r\nx: a\tb\xe9\r\ncontent-length: 0\r\n\r\n"
    );
}

#[test]
fn a_blank_at_an_end_of_a_value_is_refused() {
    for value in [" a", "a ", "\ta", "a\t", " "] {
        let result = written(Status::OK, |response| response.header("x", value).empty());
        assert_eq!(result, Err(Error::HeaderValue(Place::UNKNOWN)), "{value:?}");
        let result = written(Status::OK, |response| response.bytes(value, b"b"));
        assert_eq!(result, Err(Error::HeaderValue(Place::UNKNOWN)), "{value:?}");
        let passed_on = written(Status::NO_CONTENT, |response| {
            response.forward([("x", value)]).empty()
        });
        let want = format!(
            "HTTP/1.1 204 No Content\r\nx: {}\r\n\r\n",
            value.trim_ascii()
        );
        assert_eq!(String::from_utf8(passed_on.unwrap()).unwrap(), want);
    }
    for path in [" /", "/ "] {
        let cookie = SetCookie::quoting("a", "b").path(path).any_site();
        let result = written(Status::OK, |response| response.cookie(&cookie).empty());
        assert_eq!(result, Err(Error::CookiePath(Place::UNKNOWN)), "{path:?}");
    }
    let result = written(Status::OK, |response| response.bytes("a/b; c=d  e", b"b"));
    assert_eq!(result, Err(Error::MediaType(Place::UNKNOWN)));
}

#[test]
fn a_status_without_three_digits_does_not_exist() {
    for code in [0, 1, 99, 1000, u16::MAX] {
        assert_eq!(Status::new(code), None);
    }
    let last = Status::new(999).unwrap();
    assert_eq!(
        written(last, |response| response.body(b"x")).unwrap(),
        b"HTTP/1.1 999 \r\ncontent-length: 1\r\n\r\nx"
    );
}

#[test]
fn a_205_says_a_length_of_0() {
    let want = b"HTTP/1.1 205 Reset Content\r\ncontent-length: 0\r\n\r\n";
    let status = Status::RESET_CONTENT;
    assert_eq!(
        written(status, |response| response.body(b"null")).unwrap(),
        want
    );
    let (wire, result) = sent(&Exchange::GET, status, b"null", |response| {
        response.sized(4)
    });
    assert_eq!((wire.as_slice(), result), (&want[..], Ok(())));
    let (wire, result) = sent(&Exchange::GET, status, b"null", |response| {
        response.stream()
    });
    assert_eq!((wire.as_slice(), result), (&want[..], Ok(())));
}

#[test]
fn a_204_has_neither_length_nor_body() {
    let want = b"HTTP/1.1 204 No Content\r\n\r\n";
    let status = Status::NO_CONTENT;
    assert_eq!(
        written(status, |response| response.body(b"x")).unwrap(),
        want
    );
    let (wire, result) = sent(&Exchange::GET, status, b"x", |response| {
        response.sized_exactly(1)
    });
    assert_eq!((wire.as_slice(), result), (&want[..], Ok(())));
    let (wire, result) = sent(&Exchange::GET, status, b"x", |response| response.stream());
    assert_eq!((wire.as_slice(), result), (&want[..], Ok(())));

    let early_hints = written(Status::EARLY_HINTS, |response| response.body(b"x"));
    assert_eq!(early_hints.unwrap(), b"HTTP/1.1 103 Early Hints\r\n\r\n");
}

#[test]
fn a_304_has_neither_length_nor_body() {
    let want = b"HTTP/1.1 304 Not Modified\r\netag: \"x\"\r\n\r\n";
    let status = Status::NOT_MODIFIED;
    let end = |response: Response<'_>| {
        response
            .header("etag", "\"x\"")
            .body(b"hello")
            .map(|reply| reply.as_bytes().to_vec())
    };
    let mut buf = buffer(512);
    assert_eq!(
        end(Response::to(&Exchange::GET, &mut buf, status)).unwrap(),
        want
    );
    let (wire, result) = sent(&Exchange::GET, status, b"hello", |response| {
        response.header("etag", "\"x\"").sized_exactly(5)
    });
    assert_eq!((wire.as_slice(), result), (&want[..], Ok(())));
}

#[test]
fn a_length_that_is_not_the_bodys_is_an_error() {
    let (wire, result) = sent(&Exchange::GET, Status::OK, b"hello", |response| {
        response.sized_exactly(10)
    });
    assert_eq!(result, Err(BodyError::TooShort { missing: 5 }));
    assert_eq!(wire, b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello");

    let (wire, result) = sent(&Exchange::GET, Status::OK, b"hello", |response| {
        response.sized_exactly(3)
    });
    assert_eq!(
        (wire.as_slice(), result),
        (&b""[..], Err(BodyError::TooLong))
    );
}

#[test]
fn there_is_one_length_and_the_library_writes_it() {
    for name in [
        "content-length",
        "Content-Length",
        "transfer-encoding",
        "CONNECTION",
    ] {
        let result = written(Status::OK, |response| {
            response.header(name, "2").body(b"ok")
        });
        assert_eq!(result, Err(Error::FramingHeader(Place::UNKNOWN)));
        assert_eq!(
            Draft::<64>::new().set(name, "2"),
            Err(Error::FramingHeader(Place::UNKNOWN))
        );
    }
    assert_eq!(
        written(Status::OK, |response| response.body(b"ok")).unwrap(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    );
}

#[test]
fn a_drafted_content_type_replaces_that_of_the_reply() {
    let mut draft = Draft::<128>::new();
    draft.set("Content-Type", "application/xml").unwrap();
    let mut buf = buffer(512);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .join(&draft)
        .html("<b>");
    assert_eq!(
        reply.unwrap().as_bytes(),
        b"HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\ncontent-length: 3\r\n\r\n<b>"
    );
    let twice = written(Status::OK, |response| {
        response
            .header("content-type", "text/a")
            .header("Content-Type", "text/b")
            .empty()
    });
    assert_eq!(
        twice.unwrap(),
        b"HTTP/1.1 200 OK\r\ncontent-type: text/b\r\ncontent-length: 0\r\n\r\n"
    );
}

#[test]
fn a_drafted_location_replaces_that_of_the_redirect() {
    let mut draft = Draft::<128>::new();
    draft.set_status(Status::MOVED_PERMANENTLY);
    draft.set("location", "/other").unwrap();
    let mut buf = buffer(512);
    let status = Status::TEMPORARY_REDIRECT;
    let reply = Response::to(&Exchange::GET, &mut buf, status)
        .join(&draft)
        .redirect("/x");
    assert_eq!(
        reply.unwrap().as_bytes(),
        b"HTTP/1.1 301 Moved Permanently\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n"
    );
}

#[test]
fn a_semicolon_in_a_cookie_attribute_is_refused() {
    for policy in [SetCookie::new, SetCookie::quoting] {
        let cookie = policy("a", "b");
        for (cookie, error) in [
            (
                cookie.path("/; HttpOnly"),
                Error::CookiePath(Place::UNKNOWN),
            ),
            (
                cookie.domain("example.org;"),
                Error::CookieDomain(Place::UNKNOWN),
            ),
            (
                cookie.expires_text("tomorrow; Secure"),
                Error::CookieExpires(Place::UNKNOWN),
            ),
        ] {
            let result = written(Status::OK, |response| response.cookie(&cookie).empty());
            assert_eq!(result, Err(error));
        }
    }
}

#[test]
fn a_cookie_that_expires_before_1601_expires() {
    let cookie = SetCookie::new("a", "b");
    let earlier = HttpDate::from_civil(1600, 12, 31, 23, 59, 59).unwrap();
    for cookie in [
        cookie.expires(earlier),
        cookie.expires_in(HttpDate::EPOCH, i64::MIN),
    ] {
        assert_eq!(
            written(Status::OK, |response| response.cookie(&cookie).empty()).unwrap(),
            b"HTTP/1.1 200 OK\r\n\
              set-cookie: a=b; expires=Mon, 01 Jan 1601 00:00:00 GMT; Path=/; SameSite=lax\r\n\
              content-length: 0\r\n\r\n"
        );
    }
}

#[test]
fn a_later_line_of_a_field_of_one_value_replaces_the_earlier() {
    let tags = written(Status::OK, |response| {
        response
            .header("Etag", "\"a\"")
            .header("etag", "\"b\"")
            .empty()
    });
    assert_eq!(
        tags.unwrap(),
        b"HTTP/1.1 200 OK\r\netag: \"b\"\r\ncontent-length: 0\r\n\r\n"
    );
}

#[test]
fn an_application_can_only_ask_for_the_end_of_the_connection() {
    let options = written(Status::OK, |response| {
        response.header("connection", "x, close").empty()
    });
    assert_eq!(options, Err(Error::FramingHeader(Place::UNKNOWN)));
    let mut buf = buffer(512);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .close()
        .body(b"ok")
        .unwrap();
    assert!(reply.closes());
    assert_eq!(
        reply.as_bytes(),
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"
    );
    let old = Exchange::new("GET", Version::Http10, [("connection", "keep-alive")]);
    let (wire, result) = sent(&old, Status::OK, b"ok", |response| response.stream());
    assert_eq!(wire, b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok");
    assert_eq!(result, Ok(()));
}

#[test]
fn a_number_that_is_not_finite_is_refused() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let refused = Err(Error::Json(JsonError::NotFinite));
        assert_eq!(
            written(Status::OK, |response| response.json(&[value])),
            refused
        );
        assert_eq!(
            written(Status::OK, |response| response.json_by_hand(&[value])),
            refused
        );
        let slashed = [value];
        assert_eq!(
            written(Status::OK, |response| response
                .document(Ujson::of(&slashed))),
            refused
        );
    }
    // What is optional says so, and is null.
    assert_eq!(
        written(Status::OK, |response| response.json(&[None, Some(1.5)])).unwrap(),
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n[null,1.5]"
    );
}

#[test]
fn bytes_are_an_array_of_numbers() {
    use conformance::value::Value;

    let bytes = Value::List(vec![Value::Bytes(b"\x00\xff".into())]);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n";
    for encoder in Encoder::ALL {
        for way in [Way::Hand, Way::Serde] {
            assert_eq!(
                written(Status::OK, |response| encoder.end(response, &bytes, way)).unwrap(),
                [head, "[[0,255]]"].concat().as_bytes()
            );
        }
    }
}

#[test]
fn a_time_is_the_text_that_its_crate_makes_of_it() {
    let day = chrono::NaiveDate::from_ymd_opt(2020, 1, 2).unwrap();
    let time = day.and_hms_milli_opt(3, 4, 5, 500).unwrap();
    let value = [
        (time, time.and_utc().fixed_offset()),
        (
            time,
            time.and_utc()
                .with_timezone(&chrono::FixedOffset::east_opt(5400).unwrap()),
        ),
    ];
    let key = std::collections::BTreeMap::from([(time, uuid::Uuid::nil())]);
    let text = "{\"2020-01-02T03:04:05.500\":\"00000000-0000-0000-0000-000000000000\"}";
    assert_eq!(
        written(Status::OK, |response| response.json(&value)).unwrap(),
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 116\r\n\r\n\
          [[\"2020-01-02T03:04:05.500\",\"2020-01-02T03:04:05.500Z\"],\
          [\"2020-01-02T03:04:05.500\",\"2020-01-02T04:34:05.500+01:30\"]]"
    );
    for reply in [
        written(Status::OK, |response| response.document(Python::of(&key))),
        written(Status::OK, |response| response.document(Ujson::of(&key))),
        written(Status::OK, |response| response.document(Orjson::of(&key))),
    ] {
        assert!(reply.unwrap().ends_with(text.as_bytes()));
    }
}

#[test]
fn nesting_deeper_than_254_is_an_error() {
    use conformance::value::Value;

    let nest = |depth| Value::Nest {
        map: false,
        depth,
        leaf: Box::new(Value::Int("1".into())),
    };
    let mut buf = buffer(1024);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .json(&nest(254))
        .unwrap();
    assert!(reply.as_bytes().starts_with(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 509\r\n\r\n[[[["
    ));
    for depth in [255, 256, 1100, 100_000] {
        let refused = Err(Error::Json(JsonError::Depth));
        assert_eq!(
            written(Status::OK, |response| response.json(&nest(depth))),
            refused
        );
        assert_eq!(
            written(Status::OK, |response| response.json_by_hand(&nest(depth))),
            refused
        );
    }
}

#[test]
fn a_stored_name_is_case_insensitive() {
    let mut headers = Headers::<128>::new();
    headers.append("X-Y", "1").unwrap();
    headers.append("x-y", "2").unwrap();
    assert_eq!(headers.get("x-Y"), Some(&b"1"[..]));
    assert_eq!(
        written(Status::OK, |response| response.headers(&headers).empty()).unwrap(),
        b"HTTP/1.1 200 OK\r\nx-y: 1\r\nx-y: 2\r\ncontent-length: 0\r\n\r\n"
    );
    headers.remove("X-y");
    assert!(headers.is_empty());
}

#[test]
fn a_filter_that_names_what_is_not_there_is_an_error() {
    let users = [User::default()];
    let refused = |parts: &[Part], error| {
        for filter in [Filter::new().include(parts), Filter::new().exclude(parts)] {
            let document = Python::of(&users).filtered(&filter);
            assert_eq!(
                written(Status::OK, |response| response.document(document)),
                Err(Error::Json(error)),
                "{parts:?}"
            );
        }
    };
    refused(&[InEach(&[Name("pasword")])], JsonError::UnknownField);
    // A list has no fields, and a model no elements.
    refused(&[Name("password")], JsonError::NotAModel);
    refused(&[InEach(&[At(0)])], JsonError::NotAList);
    // A text has no parts at all.
    refused(
        &[InEach(&[In("password", &[Name("hash")])])],
        JsonError::NoParts,
    );
}

#[test]
fn an_index_outside_a_list_means_no_other_element() {
    let filter = Filter::new().exclude(&[InAt(0, &[Name("password")]), InAt(1, &[Name("name")])]);
    let users = [User::default()];
    let document = Python::of(&users).filtered(&filter);
    assert_eq!(
        written(Status::OK, |response| response.document(document)).unwrap(),
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n\
          [{\"name\":\"\"}]"
    );
}

#[test]
fn what_is_returned_has_the_type_of_the_model() {
    // A field that is missing or of another type does not compile, and what the model does not
    // declare stays behind.
    let user = User {
        name: "n",
        password: "p",
    };
    let public = PublicUser::from(user);
    assert_eq!(
        written(Status::OK, |response| response.json(&public)).unwrap(),
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n\
          {\"name\":\"n\"}"
    );
}

/// The value of the `content-disposition` line.
fn named(disposition: Disposition<'_>) -> String {
    let head = written(Status::NO_CONTENT, |response| {
        response.disposition(&disposition).empty()
    });
    let head = String::from_utf8(head.unwrap()).unwrap();
    let line = head.strip_prefix("HTTP/1.1 204 No Content\r\ncontent-disposition: ");
    let value = line.and_then(|line| line.strip_suffix("\r\n\r\n"));
    value.expect("one line").to_owned()
}

#[test]
fn a_file_name_that_is_not_plain_has_a_fallback() {
    for (name, want) in [
        (
            "na\u{ef}ve \"100%\".txt",
            "inline; filename=\"na_ve _100__.txt\"; filename*=utf-8''na%C3%AFve%20%22100%25%22.txt",
        ),
        // What leads to another folder is not part of a name.
        ("dir/name.txt", "inline; filename=\"name.txt\""),
        ("../../name.txt", "inline; filename=\"name.txt\""),
        ("C:\\name.txt", "inline; filename=\"name.txt\""),
        // What cannot be seen, or turns what can be seen around, is not part of a name.
        ("a\r\nb.txt", "inline; filename=\"ab.txt\""),
        ("gpj\u{202e}exe.bat", "inline; filename=\"gpjexe.bat\""),
    ] {
        assert_eq!(named(Disposition::inline(name)), want);
    }
}

#[test]
fn a_file_without_a_name_is_a_download() {
    for name in ["", ".", "..", "/", "\r\n"] {
        assert_eq!(
            named(Disposition::attachment(name)),
            "attachment; filename=\"download\""
        );
    }
}

#[test]
fn a_file_name_has_at_most_255_bytes() {
    let name = "a".repeat(300) + ".txt";
    assert_eq!(
        named(Disposition::attachment(&name)),
        format!("attachment; filename=\"{}.txt\"", "a".repeat(251))
    );
}

#[test]
fn a_disposition_is_attachment_or_inline() {
    for (disposition, want) in [
        (
            Disposition::attachment("a.txt"),
            "attachment; filename=\"a.txt\"",
        ),
        (Disposition::inline("a.txt"), "inline; filename=\"a.txt\""),
    ] {
        assert_eq!(named(disposition), want);
    }
}

#[test]
fn a_compressed_file_is_labelled_as_one() {
    for (name, want) in [
        ("f.tar.gz", Some("application/gzip")),
        ("f.tgz", Some("application/gzip")),
        ("f.svgz", Some("application/gzip")),
        ("f.json.GZ", Some("application/gzip")),
        ("f.bz2", Some("application/x-bzip2")),
        ("f.xz", Some("application/x-xz")),
        ("f.json.zst", Some("application/zstd")),
        // No registered type: `application/octet-stream`.
        ("f.json.br", None),
        ("f.Z", None),
    ] {
        assert_eq!(guess_media_type(name), want, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_with_two_dots_is_not_found() {
    use replywire_files::{Folder, Found};

    // There is this file.
    let folder = Folder::open(env!("CARGO_MANIFEST_DIR")).unwrap();
    let found = folder.find("/vectors/README.md", None, &[]);
    assert!(matches!(found, Found::File(found) if found.name == "README.md"));
    for path in [
        "/vectors/../vectors/README.md",
        "/src/%2e%2e/vectors/README.md",
        "/none/.%2E/vectors/README.md",
        "/../tests/vectors/README.md",
        "/src/..%2fvectors/README.md",
        "/vectors/README.md/..",
    ] {
        assert!(
            matches!(folder.find(path, None, &[]), Found::NotFound),
            "{path}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_path_outside_of_the_mount_is_not_found() {
    use replywire_files::{Folder, Found};

    let folder = || Folder::open(env!("CARGO_MANIFEST_DIR")).unwrap();
    let mounted = folder().at("/static");
    let found = mounted.find("/static/vectors/README.md", None, &[]);
    assert!(matches!(found, Found::File(found) if found.name == "README.md"));
    let found = folder().find("/vectors/README.md", None, &[]);
    assert!(matches!(found, Found::File(found) if found.name == "README.md"));
    for path in [
        "/vectors/README.md",
        "/staticvectors/README.md",
        "/static2/vectors/README.md",
        "/vectors/static/README.md",
    ] {
        let found = mounted.find(path, None, &[]);
        assert!(matches!(found, Found::NotFound), "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_hidden_name_is_not_found_unless_that_is_wanted() {
    use replywire_files::{Folder, Found};

    let root = std::env::temp_dir().join(format!("divergences-hidden-{}", std::process::id()));
    for path in [".env", ".git/config", ".well-known/security.txt"] {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    let is_found = |folder: Folder, path| matches!(folder.find(path, None, &[]), Found::File(_));
    let folder = || Folder::open(&root).unwrap();
    for (path, is_public) in [
        ("/.env", false),
        ("/.git/config", false),
        ("/.well-known/security.txt", true),
    ] {
        assert_eq!(is_found(folder(), path), is_public, "{path}");
        assert!(is_found(folder().hidden(true), path), "{path}");
    }
    std::fs::remove_dir_all(root).unwrap();
}

#[cfg(unix)]
#[test]
fn a_directorys_redirect_is_a_path() {
    use replywire_files::{Folder, Found};

    let root = std::env::temp_dir().join(format!("divergences-{}", std::process::id()));
    let page = root.join("evil.example/a b/index.html");
    std::fs::create_dir_all(page.parent().unwrap()).unwrap();
    std::fs::write(page, "").unwrap();
    let folder = Folder::open(&root).unwrap().html(true);
    for (path, query, want) in [
        ("/evil.example/a%20b", None, "/evil.example/a%20b/"),
        (
            "//evil.example//a%20b/.",
            Some("x=%20y"),
            "/evil.example/a%20b/?x=%20y",
        ),
        ("/%2fevil.example%2fa b", Some(""), "/evil.example/a%20b/?"),
    ] {
        match folder.find(path, query, &[]) {
            Found::Redirect(to) => assert_eq!(
                written(Status::TEMPORARY_REDIRECT, |response| response
                    .redirect_local(&to))
                .unwrap(),
                format!(
                    "HTTP/1.1 307 Temporary Redirect\r\nlocation: {want}\r\n\
                     content-length: 0\r\n\r\n"
                )
                .into_bytes()
            ),
            other => panic!("{path} {other:?}"),
        }
    }
    std::fs::remove_dir_all(root).unwrap();
}

#[cfg(unix)]
#[test]
fn a_file_with_a_slash_after_its_name_is_not_found() {
    use replywire_files::{Folder, Found};

    let root = std::env::temp_dir().join(format!("divergences-slash-{}", std::process::id()));
    std::fs::create_dir_all(&root).unwrap();
    std::fs::write(root.join("a.txt"), "").unwrap();
    for html in [false, true] {
        let folder = Folder::open(&root).unwrap().html(html);
        let found = |path| folder.find(path, None, &[]);
        assert!(matches!(found("/a.txt"), Found::File(_)));
        for path in [
            "/a.txt/",
            "/a.txt/.",
            "/a.txt//",
            "/a.txt%2F",
            "/./a.txt/./",
        ] {
            assert!(matches!(found(path), Found::NotFound), "{path}");
        }
    }
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn an_empty_path_is_that_of_the_top() {
    struct Paths;

    impl<T: Transport> Handler<T> for Paths {
        async fn handle(
            &self,
            request: &Request<'_>,
            responder: Responder<'_, T>,
        ) -> Result<Answered, Unanswered> {
            let reply = responder
                .send(|exchange, buf| Response::to(exchange, buf, Status::OK).text(request.path()));
            Ok(reply.await?)
        }
    }

    for target in ["/", "http://a", "http://a/", "http://a?b/c"] {
        let mut script = Script::new([format!("GET {target} HTTP/1.1\r\nhost: a\r\n\r\n")]);
        let (mut request, mut reply) = (buffer(512), buffer(512));
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let limits = <Limits>::new();
        let served = serve_connection(&mut script, &Paths, buffers, &limits);
        assert_eq!(poll_times(served, 1), Some(Ok(Closed::Peer)));
        assert_eq!(
            String::from_utf8(script.wire()).unwrap(),
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
             content-length: 1\r\n\r\n/",
            "{target}"
        );
    }
}

#[derive(Default, Serialize)]
struct User {
    name: &'static str,
    password: &'static str,
}

#[derive(Serialize)]
struct PublicUser {
    name: &'static str,
}

impl From<User> for PublicUser {
    fn from(User { name, .. }: User) -> Self {
        Self { name }
    }
}

/// The part of `abcdef` that reaches the connection, in answer to a method and a field.
fn sent_of(file: File<'_>, method: &str, field: (&str, &str)) -> String {
    sent_for(file, method, &[field])
}

fn sent_for(file: File<'_>, method: &str, fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().copied();
    let exchange = Exchange::new(method, Version::Http11, fields.clone());
    let plan = file
        .boundary(Boundary::new("AND").unwrap())
        .plan(&exchange, fields);
    let mut buf = buffer(512);
    let transfer = Response::to(&exchange, &mut buf, Status::OK)
        .header("x", "y")
        .header("content-language", "en")
        .file(&plan)
        .unwrap();
    let driven = drive_file(transfer, b"abcdef", FileWay::Filled, &[]);
    driven.result.unwrap();
    String::from_utf8(driven.sent).unwrap()
}

const WHOLE: &str = "HTTP/1.1 200 OK\r\nx: y\r\ncontent-language: en\r\n\
    content-type: application/octet-stream\r\naccept-ranges: bytes\r\n\
    content-length: 6\r\n\r\nabcdef";

fn asked_for(range: &str) -> String {
    sent_of(File::new(6), "GET", ("range", range))
}

fn refused_for(text: &str) -> String {
    let len = text.len();
    format!(
        "HTTP/1.1 400 Bad Request\r\nx: y\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: {len}\r\n\r\n{text}"
    )
}

#[test]
fn a_range_in_an_unknown_unit_is_ignored() {
    for range in ["items=0-1", "byte=0-1", "=0-1", "bytes =0-1"] {
        assert_eq!(asked_for(range), WHOLE, "{range}");
    }
}

#[test]
fn a_position_is_digits_and_nothing_else() {
    let refused = refused_for("Range header: range must be requested");
    for range in [
        "0-+1", "+0-1", "-+1", "0 -1", "0- 1", "1_0-", "-1_0", "--1", "0--1", "0x0-1",
    ] {
        assert_eq!(asked_for(&format!("bytes={range}")), refused, "{range}");
    }
}

#[test]
fn a_field_with_a_member_that_is_no_range_is_ignored() {
    for range in ["0-1,x", "x,0-1", "0-1,1", "0-1,-", "9-,x"] {
        assert_eq!(asked_for(&format!("bytes={range}")), WHOLE, "{range}");
    }
}

#[test]
fn an_inverted_range_is_a_bad_request() {
    let inverted = refused_for("Range header: start must be less than end");
    for range in [
        "5-4",
        "5-4,9-8",
        "9-8,5-4",
        "9-8",
        "9-8,8-7",
        "9-3",
        "0-1,9-3",
        "0-1,4-3",
        "9-3,-1",
        "9-,9-8",
        "6-5",
        "1-0",
        "99999999999999999999-9",
    ] {
        assert_eq!(asked_for(&format!("bytes={range}")), inverted, "{range}");
    }
}

#[test]
fn the_last_bytes_of_an_empty_file_are_all_of_it() {
    let nothing = |range: &str| sent_of(File::new(0), "GET", ("range", range));
    for range in ["-1", "-5", "-0000010", "0-,-5", "-5,0-0", "-0,-1"] {
        assert_eq!(
            nothing(&format!("bytes={range}")),
            "HTTP/1.1 200 OK\r\nx: y\r\ncontent-language: en\r\n\
             content-type: application/octet-stream\r\naccept-ranges: bytes\r\n\
             content-length: 0\r\n\r\n",
            "{range}"
        );
    }
    for range in ["-0", "0-", "0-0", "-000", "0-,-0", "1-5"] {
        assert_eq!(
            nothing(&format!("bytes={range}")),
            "HTTP/1.1 416 Range Not Satisfiable\r\nx: y\r\ncontent-range: bytes */0\r\n\
             content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n\r\n",
            "{range}"
        );
    }
    assert_eq!(
        nothing("bytes=-5,1-0"),
        refused_for("Range header: start must be less than end")
    );
}

#[test]
fn ranges_beyond_the_end_are_left_out() {
    for range in ["6-,2-3", "2-3,-0", "2-3,100-200", "8-9,2-3"] {
        assert_eq!(
            asked_for(&format!("bytes={range}")),
            "HTTP/1.1 206 Partial Content\r\nx: y\r\ncontent-language: en\r\n\
             content-type: application/octet-stream\r\naccept-ranges: bytes\r\n\
             content-range: bytes 2-3/6\r\ncontent-length: 2\r\n\r\ncd",
            "{range}"
        );
    }
}

#[test]
fn several_ranges_with_a_type_of_the_caller_are_the_whole() {
    let request = [("range", "bytes=0-0,2-2")];
    let exchange = Exchange::new("GET", Version::Http11, request);
    let file: File<'_> = File::new(6).boundary(Boundary::new("AND").unwrap());
    let mut buf = buffer(512);
    let mut response =
        Response::to(&exchange, &mut buf, Status::OK).header("content-type", "text/x");
    let plan = response.plan(&file, request);
    assert_eq!(plan.status(), Status::OK);
    let driven = drive_file(
        response.file(&plan).unwrap(),
        b"abcdef",
        FileWay::Filled,
        &[],
    );
    assert_eq!(
        str::from_utf8(&driven.sent).unwrap(),
        "HTTP/1.1 200 OK\r\ncontent-type: text/x\r\naccept-ranges: bytes\r\n\
         content-length: 6\r\n\r\nabcdef"
    );
}

#[test]
fn head_has_no_ranges() {
    for range in ["bytes=0-1", "bytes=0-0,2-2", "bytes=9-", "bytes=x", "x"] {
        assert_eq!(
            sent_of(File::new(6), "HEAD", ("range", range)),
            WHOLE.strip_suffix("abcdef").unwrap(),
            "{range}"
        );
    }
}

#[test]
fn parts_stand_in_the_order_of_the_request() {
    assert_eq!(
        asked_for("bytes=-1,0-1,3-3,1-1"),
        "HTTP/1.1 206 Partial Content\r\nx: y\r\ncontent-language: en\r\n\
         content-type: multipart/byteranges; boundary=AND\r\naccept-ranges: bytes\r\n\
         content-length: 248\r\n\r\n\
         --AND\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 5-5/6\r\n\r\nf\r\n\
         --AND\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 0-1/6\r\n\r\n\
         ab\r\n\
         --AND\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 3-3/6\r\n\r\nd\r\n\
         --AND--"
    );
}

#[test]
fn an_error_keeps_the_lines_that_do_not_describe_the_file() {
    assert_eq!(
        asked_for("bytes=6-"),
        "HTTP/1.1 416 Range Not Satisfiable\r\nx: y\r\ncontent-range: bytes */6\r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n\r\n"
    );
    assert_eq!(asked_for("x"), refused_for("Malformed range header."));
}

#[test]
fn a_file_that_ends_early_is_an_error() {
    let plan = File::new(6).plan::<&str, &str>(&Exchange::GET, []);
    let mut buf = buffer(512);
    let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .file(&plan)
        .unwrap();
    let driven = drive_file(transfer, b"abcd", FileWay::Filled, &[]);
    assert_eq!(driven.result, Err(BodyError::TooShort { missing: 2 }));
}

#[test]
fn a_method_in_lower_case_is_another_one() {
    assert_eq!(sent_of(File::new(6), "head", ("a", "b")), WHOLE);
    assert_eq!(sent_of(File::new(6), "get", ("range", "bytes=0-1")), WHOLE);
}

#[test]
fn a_file_answers_preconditions() {
    let file = File::new(6).modified(784_111_777, 0);
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for field in [
        ("if-none-match", "\"ae1b981bc490a00-6\""),
        ("if-modified-since", date),
    ] {
        assert_eq!(
            sent_of(file, "GET", field),
            "HTTP/1.1 304 Not Modified\r\nx: y\r\netag: \"ae1b981bc490a00-6\"\r\n\r\n"
        );
    }
    for field in [
        ("if-match", "\"other\""),
        ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:36 GMT"),
    ] {
        assert_eq!(
            sent_of(file, "GET", field),
            "HTTP/1.1 412 Precondition Failed\r\nx: y\r\n\
             content-type: text/plain; charset=utf-8\r\ncontent-length: 19\r\n\r\n\
             Precondition Failed"
        );
    }
}

#[test]
fn a_reply_that_starts_as_partial_has_what_was_asked_for() {
    let headers = [("range", "bytes=1-2")];
    let exchange = Exchange::new("GET", Version::Http11, headers);
    let plan = File::new(6).plan(&exchange, headers);
    assert_eq!(plan.status(), Status::PARTIAL_CONTENT);
    let mut buf = [0; 256];
    let transfer = Response::to(&exchange, &mut buf, Status::PARTIAL_CONTENT)
        .file(&plan)
        .unwrap();
    let driven = drive_file(transfer, b"abcdef", FileWay::Filled, &[]);
    assert_eq!(
        str::from_utf8(&driven.sent).unwrap(),
        "HTTP/1.1 206 Partial Content\r\ncontent-type: application/octet-stream\r\n\
         accept-ranges: bytes\r\ncontent-range: bytes 1-2/6\r\ncontent-length: 2\r\n\r\nbc",
    );
}

#[test]
fn work_after_a_file_is_done_after_an_error_too() {
    use conformance::line::{Line, Log, Logs};

    struct App(Logs);

    impl Handler<Line> for App {
        async fn handle(
            &self,
            request: &Request<'_>,
            responder: Responder<'_, Line>,
        ) -> Result<Answered, Unanswered> {
            let file = File::new(6);
            let work = async {
                self.0.add(Log::Worked(1));
                Ok::<_, std::convert::Infallible>(())
            };
            let reply = responder.ok().background(work);
            reply.file(request, file, &b"abcdef"[..]).await
        }
    }

    for (range, status) in [
        ("bytes=0-1", "206"),
        ("bytes=6-", "416"),
        ("bytes=--1", "400"),
    ] {
        let mut line = Line::new(format!(
            "GET / HTTP/1.1\r\nhost: x\r\nrange: {range}\r\n\r\n"
        ));
        let app = App(line.logs.clone());
        let (mut request, mut reply) = (buffer(512), buffer(512));
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let limits = <Limits>::new();
        poll_times(serve_connection(&mut line, &app, buffers, &limits), 16);
        let logs = app.0.all();
        let worked = logs.iter().position(|log| *log == Log::Worked(1)).unwrap();
        let wrote = |log: &Log| matches!(log, Log::Wrote(_));
        assert!(!logs[worked..].iter().any(wrote), "{logs:?}");
        let wire = String::from_utf8(app.0.wire()).unwrap();
        assert!(wire.starts_with(&format!("HTTP/1.1 {status} ")), "{wire}");
    }
}

/// Modified at `Thu, 10 Oct 2013 23:40:00 GMT`.
const DATED: File<'_> = File::new(6).modified(1_381_448_400, 0);

const DATED_WHOLE: &str = "HTTP/1.1 200 OK\r\nx: y\r\ncontent-language: en\r\n\
    content-type: application/octet-stream\r\naccept-ranges: bytes\r\n\
    last-modified: Thu, 10 Oct 2013 23:40:00 GMT\r\netag: \"132be40025882000-6\"\r\n\
    content-length: 6\r\n\r\nabcdef";

const DATED_UNCHANGED: &str =
    "HTTP/1.1 304 Not Modified\r\nx: y\r\netag: \"132be40025882000-6\"\r\n\r\n";

#[test]
fn what_is_no_date_is_ignored() {
    for text in [
        "Thu, 10 Oct 2013 23:40:00 +0500",
        "Thu, 10 Oct 2013 23:40:00 +0000",
        "Thu, 10 Oct 2013 23:40:00 UTC",
        "Thu, 10 Oct 2013 23:40:00",
        "10 Oct 2013 23:40:00 GMT",
        "10 Oct 2013 23:40 GMT",
        "Thu, 10 October 2013 23:40:00 GMT",
        "Thu, 10 Oct 13 23:40:00 GMT",
    ] {
        let sent = sent_of(DATED, "GET", ("if-modified-since", text));
        assert_eq!(sent, DATED_WHOLE, "{text}");
    }
    for text in [
        "Thu, 10 Oct 2013 23:40:00 GMT",
        "Thursday, 10-Oct-13 23:40:00 GMT",
        "Thu Oct 10 23:40:00 2013",
        // The day of the week says nothing that the rest does not.
        "Mon, 10 Oct 2013 23:40:00 GMT",
    ] {
        let sent = sent_of(DATED, "GET", ("if-modified-since", text));
        assert_eq!(sent, DATED_UNCHANGED, "{text}");
    }
}

#[test]
fn an_empty_list_of_tags_is_there() {
    let since = ("if-modified-since", "Thu, 10 Oct 2013 23:40:00 GMT");
    assert_eq!(sent_for(DATED, "GET", &[since]), DATED_UNCHANGED);
    for empty in ["", " ", "\t ", ","] {
        let tags = ("if-none-match", empty);
        assert_eq!(sent_for(DATED, "GET", &[tags]), DATED_WHOLE);
        assert_eq!(sent_for(DATED, "GET", &[tags, since]), DATED_WHOLE);
    }
}

#[test]
fn tags_in_any_line_count() {
    let other = ("if-none-match", "\"x\"");
    for value in [
        "*",
        "\"132be40025882000-6\"",
        "\"y\", W/\"132be40025882000-6\"",
    ] {
        let right = ("if-none-match", value);
        for lines in [[right, other], [other, right]] {
            assert_eq!(sent_for(DATED, "GET", &lines), DATED_UNCHANGED, "{lines:?}");
        }
    }
    assert_eq!(sent_for(DATED, "GET", &[other, other]), DATED_WHOLE);
}

#[test]
fn a_modification_is_of_its_own_second() {
    let file = File::new(6).modified(784_111_776, 999_999_999);
    let text = sent_of(file, "GET", ("a", "b"));
    assert!(
        text.contains("last-modified: Sun, 06 Nov 1994 08:49:36 GMT\r\n"),
        "{text}"
    );
}

#[test]
fn a_default_for_what_a_file_tells_wins() {
    let mut headers = Headers::<64>::new();
    headers.set_default("content-type", "x/y").unwrap();
    let plan = File::of(b"hello").plan::<&str, &str>(&Exchange::GET, []);
    let mut buf = buffer(512);
    let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .headers(&headers)
        .file(&plan)
        .unwrap();
    let head = str::from_utf8(transfer.head()).unwrap();
    assert!(head.contains("\r\ncontent-type: x/y\r\n"), "{head}");
    assert_eq!(head.matches("content-type").count(), 1);
}

#[test]
fn a_field_that_the_plan_tells_is_refused() {
    let plan = File::new(6).plan::<&str, &str>(&Exchange::GET, []);
    for name in ["content-range", "ETag", "Last-Modified"] {
        let mut buf = buffer(512);
        let result = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .header(name, "1")
            .file(&plan);
        assert_eq!(result.err(), Some(Error::FileHeader), "{name}");
        // A plan of the reply knows its validators.
        let mut buf = buffer(512);
        let mut response = Response::to(&Exchange::GET, &mut buf, Status::OK).header(name, "1");
        let plan = response.plan::<&str, &str, 16>(&File::new(6), []);
        assert_eq!(
            response.file(&plan).is_err(),
            name == "content-range",
            "{name}"
        );
    }
}

/// The part of a reply that reaches the connection, its body in these chunks, one by one.
fn streamed(transfer: Transfer<'_>, chunks: &[&str]) -> (String, Result<(), StreamError>) {
    let mut stream = Stream::new(transfer);
    let mut wire = Vec::new();
    let mut send = |stream: &mut Stream<'_>| {
        while let Step::Send { bytes, .. } = stream.step()? {
            wire.extend_from_slice(bytes);
            let n = bytes.len();
            stream.sent(n);
        }
        Ok(())
    };
    let mut all = || {
        for chunk in chunks {
            let mut chunk = chunk.as_bytes();
            while !stream.write(&mut chunk)? {
                send(&mut stream)?;
            }
            stream.flush()?;
            send(&mut stream)?;
        }
        stream.end()?;
        send(&mut stream)
    };
    let result = all();
    (String::from_utf8(wire).unwrap(), result)
}

#[test]
fn chunks_that_are_not_as_long_as_promised_are_an_error() {
    for (len, want) in [
        (4, BodyError::TooLong),
        (5, BodyError::TooLong),
        (7, BodyError::TooShort { missing: 1 }),
    ] {
        let mut buf = buffer(512);
        let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).sized_exactly(len);
        let (wire, result) = streamed(transfer.unwrap(), &["one", "two"]);
        assert_eq!(result, Err(StreamError::Body(want)));
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {len}\r\n\r\n");
        assert_eq!(wire, head + if len == 7 { "onetwo" } else { "one" });
    }
}

#[test]
fn a_reply_whose_last_byte_was_sent_is_whole() {
    let mut buf = buffer(512);
    let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).sized(3);
    let mut stream = Stream::new(transfer.unwrap());
    assert_eq!(stream.write(&mut &b"one"[..]), Ok(true));
    let wire = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none";
    assert_eq!(stream.step().unwrap().bytes(), wire);
    stream.sent(wire.len());
    assert!(!stream.is_open());
    assert_eq!(stream.step(), Ok(Step::Done));

    let exchange = Exchange::new::<&str, &str>("HEAD", Version::Http11, []);
    let transfer = Response::to(&exchange, &mut buf, Status::OK).stream();
    assert!(!Stream::new(transfer.unwrap()).is_open());
}

#[test]
fn an_event_stream_says_by_default_what_its_draft_does_not() {
    let mut draft = Draft::<128>::new();
    draft.set("Cache-Control", "no-store").unwrap();
    let mut buf = buffer(512);
    let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .join(&draft)
        .events();
    let (wire, result) = streamed(transfer.unwrap(), &["data: 1\n\n"]);
    assert_eq!(result, Ok(()));
    assert_eq!(
        wire,
        "HTTP/1.1 200 OK\r\ncache-control: no-store\r\n\
         content-type: text/event-stream; charset=utf-8\r\nx-accel-buffering: no\r\n\
         transfer-encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n0\r\n\r\n"
    );
}

#[test]
fn json_of_a_stream_has_no_blanks() {
    use replywire::body::JsonLine;

    let value = std::collections::BTreeMap::from([("caf\u{e9}", [1, 2])]);
    let mut room = [0; 64];
    let n = Event::new()
        .json(Pydantic::of(&value))
        .fill(&mut room)
        .unwrap();
    assert_eq!(&room[..n], "data: {\"caf\u{e9}\":[1,2]}\n\n".as_bytes());
    let n = JsonLine::new(Pydantic::of(&value)).fill(&mut room).unwrap();
    assert_eq!(&room[..n], "{\"caf\u{e9}\":[1,2]}\n".as_bytes());
}

#[test]
fn an_event_has_one_data() {
    let mut event = Event::new().json(Python::of(&1)).id("7").data("raw");
    let mut room = [0; 64];
    let n = event.fill(&mut room).unwrap();
    assert_eq!(&room[..n], b"data: raw\nid: 7\n\n");
    let mut event = Event::new().data("raw").json(Python::of(&1));
    let n = event.fill(&mut room).unwrap();
    assert_eq!(&room[..n], b"data: 1\n\n");
}

#[test]
fn a_time_to_wait_has_no_sign() {
    for (retry, text) in [
        (0, "retry: 0\n\n"),
        (u64::MAX, "retry: 18446744073709551615\n\n"),
    ] {
        let mut room = [0; 64];
        let n = Event::new().retry(retry).fill(&mut room).unwrap();
        assert_eq!(std::str::from_utf8(&room[..n]), Ok(text));
    }
}

#[test]
fn an_empty_member_of_the_headers_that_are_asked_for_is_no_header() {
    const CORS: Cors = Cors::new()
        .origins(&["https://app.example"])
        .headers(&["x-a"]);
    for (headers, want) in [
        ("", "OK"),
        (",", "OK"),
        ("x-a,, accept ,", "OK"),
        ("x-a,,x-b", "Disallowed CORS headers"),
    ] {
        let request = [
            ("origin", "https://app.example".as_bytes()),
            ("access-control-request-method", b"GET"),
            ("access-control-request-headers", headers.as_bytes()),
        ];
        let preflight = Preflight::read("OPTIONS", request).unwrap();
        let mut buf = [0; 1024];
        let reply = CORS
            .preflight(&preflight, &Exchange::GET, &mut buf)
            .unwrap();
        let end = [b"\r\n\r\n", want.as_bytes()].concat();
        assert!(reply.as_bytes().ends_with(&end), "{headers:?}");
    }
}

#[test]
fn a_target_that_begins_with_no_slash_is_refused() {
    for target in ["a.txt", "\\a.txt", "a/b", "?a"] {
        let head = format!("GET {target} HTTP/1.1\r\nhost: a\r\n\r\n");
        let refused = RequestHead::parse::<4>(head.as_bytes()).unwrap_err();
        assert_eq!(refused.reason, Refusal::BadRequest, "{target}");
    }
}

#[test]
fn a_host_that_is_no_authority_is_refused() {
    for host in [
        "bad host", "user@a", "a/b", "a,b", "a:b", "[::1", "a?b", "<a>",
    ] {
        let head = format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n");
        let refused = RequestHead::parse::<4>(head.as_bytes()).unwrap_err();
        assert_eq!(refused.reason, Refusal::BadRequest, "{host}");
    }
}

#[test]
fn a_text_gets_a_charset_whatever_the_case_of_its_type() {
    for media_type in ["Text/HTML", "TEXT/css", "tEXT/plain"] {
        let result = written(Status::OK, |response| response.bytes(media_type, b""));
        let want = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {media_type}; charset=utf-8\r\n\
             content-length: 0\r\n\r\n"
        );
        assert_eq!(result, Ok(want.into_bytes()));
    }
}

#[test]
fn what_is_no_media_type_is_refused() {
    for media_type in ["", "text", "text/", "/html", "text/html/x", "a b/c"] {
        let result = written(Status::OK, |response| response.bytes(media_type, b""));
        assert_eq!(
            result,
            Err(Error::MediaType(Place::UNKNOWN)),
            "{media_type:?}"
        );
    }
}

#[test]
fn a_file_has_the_type_that_is_registered_for_its_extension() {
    for (name, want) in [
        ("a.woff2", "font/woff2"),
        ("a.TTF", "font/ttf"),
        ("a.ogg", "audio/ogg"),
        ("a.flac", "audio/flac"),
        ("a.m4a", "audio/mp4"),
        ("a.js.map", "application/json"),
        ("a.yaml", "application/yaml"),
        ("a.ics", "text/calendar; charset=utf-8"),
    ] {
        let file: File<'_> = File::new(0).guess_type_from_name(name);
        let plan = file.plan(&Exchange::GET, [("", ""); 0]);
        let mut buf = buffer(256);
        let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .file(&plan)
            .unwrap();
        let head = String::from_utf8(transfer.head().to_vec()).unwrap();
        let line = format!("\r\ncontent-type: {want}\r\n");
        assert!(head.contains(&line), "{name}: {head}");
    }
}

#[test]
fn vary_has_a_name_once_and_a_star_alone() {
    for (lines, added, want) in [
        (&["Cookie"][..], "cookie", "Cookie"),
        (&["*"], "Origin", "*"),
        (&["Cookie", "Accept"], "*", "*"),
        (&[""], "Origin", "Origin"),
        (&["a, b,,B"], "A, c", "a, b, c"),
    ] {
        let mut headers = Headers::<64>::new();
        for line in lines {
            headers.append("vary", *line).unwrap();
        }
        headers.add_vary(added).unwrap();
        assert!(
            headers.iter().eq([("vary", want.as_bytes())]),
            "{headers:?}"
        );
    }
}
