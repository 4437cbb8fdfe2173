//! The effect of a request, a draft and a clock on a reply, byte by byte.

use conformance::buffer;
use conformance::reply::strict;
use replywire::file::{Accepted, File};
use replywire::request::{Exchange, Fields, Version};
use replywire::{
    Cors, Draft, ETag, Error, Head, HeaderName, HeaderValue, Headers, HttpDate, Place, Preflight,
    Response, SetCookie, Status, head,
};

/// Sun, 06 Nov 1994 08:49:37 GMT
const NOW: i64 = 784_111_777;

fn dated() -> Exchange<'static> {
    Exchange::GET.at(HttpDate::from_unix(NOW).unwrap())
}

/// The bytes of a reply, and whether the connection closes after it.
fn wire(
    exchange: &Exchange<'_>,
    end: impl FnOnce(Response<'_>) -> Result<replywire::Reply<'_>, Error>,
) -> (String, bool) {
    let mut buf = buffer(1024);
    let reply = end(Response::to(exchange, &mut buf, Status::OK)).unwrap();
    (
        String::from_utf8(reply.as_bytes().to_vec()).unwrap(),
        reply.closes(),
    )
}

#[test]
fn an_exchange_with_a_clock_dates_the_reply_once() {
    let (reply, _) = wire(&dated(), |response| response.text("hi"));
    assert_eq!(
        reply,
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
         date: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 2\r\n\r\nhi"
    );
    let (reply, _) = wire(&dated(), |response| {
        response
            .header("Date", HttpDate::from_unix(0).unwrap())
            .header("x", "y")
            .empty()
    });
    assert_eq!(
        reply,
        "HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\nx: y\r\n\
         content-length: 0\r\n\r\n"
    );
    let mut draft = Draft::<64>::new();
    draft.set("date", "Thu, 01 Jan 1970 00:00:00 GMT").unwrap();
    let mut buf = buffer(256);
    let reply = Response::to(&dated(), &mut buf, Status::OK)
        .join(&draft)
        .empty();
    assert_eq!(
        reply.unwrap().as_bytes(),
        b"HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\ncontent-length: 0\r\n\r\n"
    );
}

#[test]
fn every_way_to_end_is_dated_and_closed() {
    let exchange = dated().closing();
    let lines = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nconnection: close\r\n";
    let (json, closes) = wire(&exchange, |response| response.json(&[1]));
    assert!(closes);
    assert_eq!(
        json,
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
             {lines}content-length: 3\r\n\r\n[1]"
        )
    );
    let (redirect, _) = wire(&exchange, |response| response.redirect("/x"));
    assert_eq!(
        redirect,
        format!("HTTP/1.1 200 OK\r\nlocation: /x\r\n{lines}content-length: 0\r\n\r\n")
    );
    let mut buf = buffer(256);
    let stream = Response::to(&exchange, &mut buf, Status::OK)
        .stream()
        .unwrap();
    let driven = conformance::drive::drive(stream, &[b"ab"], &[]);
    assert_eq!(
        String::from_utf8(driven.sent).unwrap(),
        format!("HTTP/1.1 200 OK\r\n{lines}transfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")
    );
}

#[test]
fn a_reply_to_head_has_the_head_of_the_reply_to_get() {
    let head = Exchange::new("HEAD", Version::Http11, [("host", "a")]);
    let ends: [fn(Response<'_>) -> Result<replywire::Reply<'_>, Error>; 5] = [
        |response| response.text("caf\u{e9}"),
        |response| response.json(&("a", 1.5)),
        |response| response.json_by_hand(&[1, 2]),
        |response| response.redirect("/b"),
        |response| response.empty(),
    ];
    for end in ends {
        let (get, _) = wire(&Exchange::GET, end);
        let (head, _) = wire(&head, end);
        let (lines, _) = get.split_once("\r\n\r\n").unwrap();
        assert_eq!(head, format!("{lines}\r\n\r\n"));
    }
}

#[test]
fn a_method_is_told_by_its_exact_name() {
    for (method, want) in [("HEAD", ""), ("head", "hi"), ("HEADS", "hi"), ("", "hi")] {
        let exchange = Exchange::new(method, Version::Http11, [("host", "a")]);
        let (reply, _) = wire(&exchange, |response| response.body(b"hi"));
        assert_eq!(
            reply,
            format!("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{want}")
        );
    }
}

#[test]
fn close_is_found_among_the_connection_options_of_every_line() {
    for (lines, closes) in [
        (&[("Connection", "close")][..], true),
        (&[("CONNECTION", "keep-alive,\tClOsE , x")], true),
        (&[("connection", "x"), ("connection", "close")], true),
        (&[("connection", "closed, not-close, clos e")], false),
        (&[("connection", "")], false),
        (&[("x-connection", "close"), ("conn", "close")], false),
        (&[], false),
    ] {
        let exchange = Exchange::new("GET", Version::Http11, lines.iter().copied());
        assert_eq!(exchange.keep_alive(), !closes, "{lines:?}");
        let (reply, closed) = wire(&exchange, |response| response.empty());
        assert_eq!(closed, closes);
        assert_eq!(reply.contains("\r\nconnection: close\r\n"), closes);
        let old = Exchange::new("GET", Version::Http10, lines.iter().copied());
        assert!(!old.keep_alive());
    }
}

#[test]
fn a_later_content_type_location_or_date_replaces_an_earlier_one() {
    let (reply, _) = wire(&Exchange::GET, |response| {
        response
            .header("a", "1")
            .header("Location", "/first")
            .header("content-type", "text/first")
            .header("b", "2")
            .header("LOCATION", "/second")
            .header("Content-Type", "text/second")
            .header("a", "3")
            .body(b"x")
    });
    assert_eq!(
        reply,
        "HTTP/1.1 200 OK\r\na: 1\r\nb: 2\r\nlocation: /second\r\n\
         content-type: text/second\r\na: 3\r\ncontent-length: 1\r\n\r\nx"
    );
    let mut headers = Headers::<128>::new();
    headers.append("content-type", "text/a").unwrap();
    headers.append("x", "y").unwrap();
    headers.append("content-type", "text/b").unwrap();
    let (reply, _) = wire(&Exchange::GET, |response| {
        response
            .header("content-type", "text/zero")
            .headers(&headers)
            .html("x")
    });
    assert_eq!(
        reply,
        "HTTP/1.1 200 OK\r\nx: y\r\ncontent-type: text/b\r\ncontent-length: 1\r\n\r\nx"
    );
}

#[test]
fn a_draft_gives_its_status_replaces_singletons_and_adds_the_rest() {
    let mut draft = Draft::<512>::new();
    draft.set_status(Status::ACCEPTED);
    draft.set("ETag", "\"1\"").unwrap();
    draft.append("etag", "\"2\"").unwrap();
    draft.append("link", "<a>").unwrap();
    draft.cookie(&SetCookie::new("a", "1")).unwrap();
    draft.cookie(&SetCookie::new("a", "2")).unwrap();
    let mut headers = Headers::<128>::new();
    headers.append("etag", "\"3\"").unwrap();
    headers.append("link", "<b>").unwrap();
    let mut buf = buffer(512);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .join(&draft)
        .header(HeaderName::ETAG, "\"4\"")
        .header(HeaderName::LINK, HeaderValue::new("<c>").unwrap())
        .headers(&headers)
        .cookie(&SetCookie::new("b", "3"))
        .text("x");
    assert_eq!(
        String::from_utf8(reply.unwrap().as_bytes().to_vec()).unwrap(),
        "HTTP/1.1 202 Accepted\r\netag: \"2\"\r\nlink: <a>\r\n\
         set-cookie: a=1; Path=/; SameSite=lax\r\nset-cookie: a=2; Path=/; SameSite=lax\r\n\
         link: <c>\r\nlink: <b>\r\nset-cookie: b=3; Path=/; SameSite=lax\r\n\
         content-type: text/plain; charset=utf-8\r\ncontent-length: 1\r\n\r\nx"
    );
}

#[test]
fn a_head_of_constants_can_be_added_to_and_replaced() {
    const PAGE: Head = head!(
        Status::NOT_FOUND,
        "Content-Type" => "text/html",
        "X-A" => "1",
        "location" => "/a",
    );
    assert_eq!(PAGE.status(), Status::NOT_FOUND);
    assert_eq!(
        PAGE.as_bytes(),
        b"HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\nx-a: 1\r\nlocation: /a\r\n"
    );
    let mut buf = buffer(256);
    let reply = Response::with_head(&Exchange::GET, &mut buf, PAGE)
        .header("x-a", "2")
        .media_type("image/png")
        .redirect("/b");
    assert_eq!(
        reply.unwrap().as_bytes(),
        b"HTTP/1.1 404 Not Found\r\nx-a: 1\r\nx-a: 2\r\ncontent-type: image/png\r\n\
          location: /b\r\ncontent-length: 0\r\n\r\n"
    );
}

#[test]
fn the_bytes_behind_a_reply_are_left_as_they_were() {
    let mut buf = buffer(256);
    let (bytes, range) = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .text("hi")
        .unwrap()
        .into_parts();
    assert_eq!(
        &bytes[range.start..range.start + 17],
        b"HTTP/1.1 200 OK\r\n"
    );
    assert!(
        bytes[range.end..]
            .iter()
            .all(|byte| *byte == conformance::FILLER)
    );
}

#[test]
fn a_cors_reply_never_lets_a_cache_mix_origins() {
    let cors = Cors::new()
        .origins(&["https://a.example", "https://b.example"])
        .credentials();
    for (origin, answer) in [
        (None, None),
        (
            Some(&b"https://a.example"[..]),
            Some(&b"https://a.example"[..]),
        ),
        (Some(b"https://b.example"), Some(b"https://b.example")),
        (Some(b"https://A.example"), None),
        (Some(b"https://a.example.evil"), None),
        (Some(b"null"), None),
    ] {
        let mut headers = Headers::<256>::new();
        headers.append("vary", "Cookie").unwrap();
        cors.simple(origin, &mut headers).unwrap();
        assert_eq!(headers.get("access-control-allow-origin"), answer);
        assert_eq!(headers.get("vary"), Some(&b"Cookie, Origin"[..]));
        let credentials = headers.contains("access-control-allow-credentials");
        assert_eq!(credentials, origin.is_some());
    }
}

#[test]
fn an_origin_that_is_no_field_value_is_refused_and_not_mirrored() {
    let cors = Cors::new().origins(&["*"]).credentials();
    for origin in [&b"a\r\nx: y"[..], b"a\0", b" a", b"a\t"] {
        let mut headers = Headers::<256>::new();
        assert_eq!(
            cors.simple(Some(origin), &mut headers),
            Err(Error::HeaderValue(Place::UNKNOWN))
        );
        let request = [
            ("origin", origin),
            ("access-control-request-method", b"GET"),
        ];
        let preflight = Preflight::read("OPTIONS", request).unwrap();
        let mut buf = buffer(1024);
        let reply = cors.preflight(&preflight, &Exchange::GET, &mut buf);
        assert_eq!(reply.err(), Some(Error::HeaderValue(Place::UNKNOWN)));
    }
}

#[test]
fn a_preflight_is_answered_with_what_is_allowed() {
    let cors = Cors::new()
        .origins(&["https://a.example"])
        .methods(&["GET", "PUT"])
        .headers(&["X-B", "X-A", "Accept"])
        .private_network();
    let request = [
        ("Origin", &b"https://a.example"[..]),
        ("Access-Control-Request-Method", b"PUT"),
        ("Access-Control-Request-Headers", b"x-a , X-B"),
        ("Access-Control-Request-Private-Network", b"true"),
    ];
    let preflight = Preflight::read("OPTIONS", request).unwrap();
    let mut buf = buffer(1024);
    let reply = cors
        .preflight(&preflight, &Exchange::GET, &mut buf)
        .unwrap();
    assert_eq!(
        reply.as_bytes(),
        b"HTTP/1.1 200 OK\r\n\
          vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers, \
          Access-Control-Request-Private-Network\r\n\
          access-control-allow-methods: GET, PUT\r\n\
          access-control-max-age: 600\r\n\
          access-control-allow-headers: Accept, Accept-Language, Content-Language, Content-Type, \
          X-A, X-B\r\n\
          access-control-allow-origin: https://a.example\r\n\
          access-control-allow-private-network: true\r\n\
          content-type: text/plain; charset=utf-8\r\n\
          content-length: 2\r\n\r\nOK"
    );
    assert!(Preflight::read("OPTIONS", [("origin", &b"a"[..])]).is_none());
    assert!(Preflight::read("options", request).is_none());
}

#[test]
fn a_preflight_that_is_refused_says_what_is_allowed_as_one_that_is_granted() {
    let cors = Cors::new()
        .origins(&["https://a.example"])
        .methods(&["GET", "PUT"]);
    // What is asked for, and the parts that are refused.
    for (origin, method, header, is_private, is_open, refused) in [
        ("https://a.example", "PUT", "accept", false, true, ""),
        (
            "https://a.example",
            "DELETE",
            "accept",
            false,
            true,
            "method",
        ),
        ("https://a.example", "PUT", "x-b", false, true, "headers"),
        ("https://a.example", "PUT", "accept", true, true, ""),
        (
            "https://a.example",
            "PUT",
            "accept",
            true,
            false,
            "private-network",
        ),
        ("https://b.example", "PUT", "accept", false, true, "origin"),
        (
            "https://b.example",
            "DELETE",
            "x-b",
            true,
            false,
            "origin, method, headers, private-network",
        ),
    ] {
        for with_credentials in [false, true] {
            let mut cors = cors;
            if is_open {
                cors = cors.private_network();
            }
            if with_credentials {
                cors = cors.credentials();
            }
            let mut request = vec![
                ("origin", origin),
                ("access-control-request-method", method),
                ("access-control-request-headers", header),
            ];
            if is_private {
                request.push(("access-control-request-private-network", "true"));
            }
            let preflight = Preflight::read("OPTIONS", request.iter().copied()).unwrap();
            let mut buf = buffer(1024);
            let reply = cors
                .preflight(&preflight, &Exchange::GET, &mut buf)
                .unwrap();
            let (status, text) = match refused {
                "" => ("200 OK", "OK".into()),
                names => ("400 Bad Request", format!("Disallowed CORS {names}")),
            };
            let credentials = match with_credentials {
                true => "access-control-allow-credentials: true\r\n",
                false => "",
            };
            let allowed = match origin {
                "https://a.example" => "access-control-allow-origin: https://a.example\r\n",
                _ => "",
            };
            let network = match is_private && is_open {
                true => "access-control-allow-private-network: true\r\n",
                false => "",
            };
            assert_eq!(
                String::from_utf8_lossy(reply.as_bytes()),
                format!(
                    "HTTP/1.1 {status}\r\n\
                     vary: Origin, Access-Control-Request-Method, \
                     Access-Control-Request-Headers, Access-Control-Request-Private-Network\r\n\
                     access-control-allow-methods: GET, PUT\r\n\
                     access-control-max-age: 600\r\n\
                     access-control-allow-headers: Accept, Accept-Language, Content-Language, \
                     Content-Type\r\n\
                     {credentials}{allowed}{network}\
                     content-type: text/plain; charset=utf-8\r\n\
                     content-length: {}\r\n\r\n{text}",
                    text.len(),
                )
            );
        }
    }
}

#[test]
fn the_first_mistake_is_the_one_that_is_told() {
    for method in ["GET", "HEAD"] {
        let exchange = Exchange::new(method, Version::Http11, [("host", "a")]);
        let start = |buf| -> Response<'_> { Response::to(&exchange, buf, Status::OK) };
        let mut buf = buffer(256);
        let reply = start(&mut buf).header("x y", "1").header("x", "\n").empty();
        assert_eq!(reply.err(), Some(Error::HeaderName(Place::UNKNOWN)));
        let mut buf = buffer(256);
        let reply = start(&mut buf)
            .header("x", "\n")
            .cookie(&SetCookie::new("", ""))
            .redirect_local("//evil");
        assert_eq!(reply.err(), Some(Error::HeaderValue(Place::UNKNOWN)));
        let mut buf = buffer(256);
        let reply = start(&mut buf)
            .cookie(&SetCookie::new("", ""))
            .json(&f64::NAN);
        assert_eq!(
            reply.err(),
            Some(Error::CookieName(Place::UNKNOWN)),
            "{method}"
        );
    }
}

#[test]
fn a_head_is_built_whatever_the_caller_calls_its_constants() {
    const STATUS: Status = Status::NOT_FOUND;
    const LEN: &str = "12";
    const BYTES: Head = head!(STATUS, "x-len" => LEN);
    assert_eq!(BYTES.as_bytes(), b"HTTP/1.1 404 Not Found\r\nx-len: 12\r\n");
}

/// A media type, and the value that is written; `None` where it is refused.
const MEDIA_TYPES: [(&str, Option<&str>); 40] = [
    // A text gets a charset, whatever the case of its type.
    ("text/html", Some("text/html; charset=utf-8")),
    ("Text/HTML", Some("Text/HTML; charset=utf-8")),
    ("TEXT/css", Some("TEXT/css; charset=utf-8")),
    ("text/x.y+z", Some("text/x.y+z; charset=utf-8")),
    // After its parameters.
    (
        "text/html;level=1",
        Some("text/html;level=1; charset=utf-8"),
    ),
    (
        "text/html ;\tlevel=1",
        Some("text/html ;\tlevel=1; charset=utf-8"),
    ),
    (
        "text/html; a=\"b\"",
        Some("text/html; a=\"b\"; charset=utf-8"),
    ),
    // Not where it names one, whatever the case and the form.
    (
        "text/html; charset=koi8-r",
        Some("text/html; charset=koi8-r"),
    ),
    (
        "text/html;level=1;CharSet=x",
        Some("text/html;level=1;CharSet=x"),
    ),
    (
        "text/html; charset=\"utf-8\"",
        Some("text/html; charset=\"utf-8\""),
    ),
    ("text/html; charset=x;", Some("text/html; charset=x;")),
    // What only looks like one is none.
    (
        "text/html; x-charset=a",
        Some("text/html; x-charset=a; charset=utf-8"),
    ),
    (
        "text/html; charsets=a",
        Some("text/html; charsets=a; charset=utf-8"),
    ),
    ("text/x-charset", Some("text/x-charset; charset=utf-8")),
    (
        "text/html; a=\"; charset=b\"",
        Some("text/html; a=\"; charset=b\"; charset=utf-8"),
    ),
    (
        "text/html; a=\"\\\"; charset=b\"",
        Some("text/html; a=\"\\\"; charset=b\"; charset=utf-8"),
    ),
    // Empty parameters at the end are left out before it.
    ("text/html;", Some("text/html; charset=utf-8")),
    ("text/html ; ;;", Some("text/html; charset=utf-8")),
    ("text/html;;a=b; ;", Some("text/html;;a=b; charset=utf-8")),
    // Other types are written as they are.
    ("textual/x", Some("textual/x")),
    ("application/json;", Some("application/json;")),
    ("a/b; c=\"\"", Some("a/b; c=\"\"")),
    (
        "multipart/x; boundary=\"a b\"",
        Some("multipart/x; boundary=\"a b\""),
    ),
    // What is no media type is refused.
    ("", None),
    ("text", None),
    ("text/", None),
    ("/html", None),
    ("/", None),
    ("text/html/x", None),
    ("text /html", None),
    ("text/ html", None),
    ("text/html, text/plain", None),
    ("text/html charset=x", None),
    ("text/html; charset", None),
    ("text/html; charset=", None),
    ("text/html; charset = x", None),
    ("text/html; =x", None),
    ("text/html; a=\"b", None),
    ("text/html; a=\"b\\\"", None),
    ("text/html; a=\"b\"c", None),
];

#[test]
fn a_media_type_is_read_by_its_grammar_in_every_place_that_takes_one() {
    for (media_type, want) in MEDIA_TYPES {
        let (mut buf, mut other) = (buffer(512), buffer(512));
        let want = want.map(|want| {
            format!("HTTP/1.1 200 OK\r\ncontent-type: {want}\r\ncontent-length: 0\r\n\r\n")
        });
        let ended = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .bytes(media_type, b"")
            .map(|reply| reply.as_bytes().to_vec());
        let set = Response::to(&Exchange::GET, &mut other, Status::OK)
            .media_type(media_type)
            .empty()
            .map(|reply| reply.as_bytes().to_vec());
        assert_eq!(ended, set);
        match (set, want) {
            (Ok(reply), Some(want)) => assert_eq!(
                reply.escape_ascii().to_string(),
                want.as_bytes().escape_ascii().to_string()
            ),
            (Err(error), None) => {
                assert_eq!(error, Error::MediaType(Place::UNKNOWN), "{media_type:?}")
            }
            (got, _) => panic!("{media_type:?}: {got:?}"),
        }
    }
}

#[test]
fn a_local_redirect_is_not_replaced_by_a_draft() {
    let mut draft = Draft::<64>::new();
    draft.set("location", "https://evil.example/").unwrap();
    let mut buf = [0; 256];
    let refused = Response::to(&Exchange::GET, &mut buf, Status::SEE_OTHER)
        .join(&draft)
        .redirect_local("/home");
    assert_eq!(refused.unwrap_err(), Error::Location(Place::UNKNOWN));
}

#[test]
fn integers_of_either_sign_are_values() {
    let mut buf = [0; 256];
    let reply = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT)
        .header("age", 60)
        .header("x-least", i64::MIN)
        .header("x-most", u64::MAX)
        .empty()
        .unwrap();
    assert_eq!(
        reply.as_bytes(),
        b"HTTP/1.1 204 No Content\r\nage: 60\r\nx-least: -9223372036854775808\r\n\
          x-most: 18446744073709551615\r\n\r\n"
    );
}

#[test]
fn a_reply_is_for_an_exchange_that_frames_it_the_same() {
    let mut all = Vec::new();
    for method in ["CONNECT", "GET", "HEAD", "POST"] {
        for version in [Version::Http10, Version::Http11] {
            for connection in ["", "close"] {
                for te in ["", "trailers"] {
                    let fields = [("connection", connection), ("te", te)];
                    all.push((
                        if method == "POST" { "GET" } else { method },
                        version,
                        connection == "close" || version == Version::Http10,
                        te == "trailers" && version == Version::Http11,
                        Exchange::new(method, version, fields),
                    ));
                }
            }
        }
    }
    let mut fits = 0;
    for (method, version, closes, has_trailers, made) in &all {
        for (other_method, other_version, must_close, takes_trailers, answered) in &all {
            let is_same = (method, version) == (other_method, other_version);
            let want = match is_same && closes >= must_close && has_trailers <= takes_trailers {
                true => Ok(()),
                false => Err(Error::OtherExchange),
            };
            let (mut buf, mut other) = (buffer(256), buffer(256));
            let reply = Response::to(made, &mut buf, Status::OK).empty().unwrap();
            assert_eq!(reply.check(answered), want, "{made:?} {answered:?}");
            let transfer = Response::to(made, &mut other, Status::OK).stream().unwrap();
            assert_eq!(transfer.check(answered), want, "{made:?} {answered:?}");
            fits += usize::from(want.is_ok());
        }
    }
    assert_eq!((all.len(), fits), (32, 150));
}

/// Lines that are one list of `first` and `second`, with empty members in every place.
fn spellings(first: &str, second: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let empties = ["", ",", " ,\t, "];
    for (before, between, after) in empties
        .iter()
        .flat_map(|one| empties.iter().map(move |two| (one, two)))
        .flat_map(|(one, two)| empties.iter().map(move |three| (one, two, three)))
    {
        all.push(vec![format!("{before}{first} ,{between}{second}{after}")]);
        all.push(vec![
            format!("{before}{first}{between}"),
            format!("{between}{second}{after}"),
        ]);
        all.push(vec![
            before.trim().to_owned(),
            first.to_owned(),
            between.trim().to_owned(),
            second.to_owned(),
            after.trim().to_owned(),
        ]);
    }
    all
}

#[test]
fn every_list_of_a_request_is_all_its_lines_without_their_empty_members() {
    for (name, known, other) in [
        ("Connection", "close", "x"),
        ("TE", "trailers", "gzip"),
        ("Accept-Encoding", "gzip", "br;q=0"),
        ("Access-Control-Request-Headers", "x-a", "ACCEPT"),
        ("If-None-Match", "\"v1\"", "W/\"v2\""),
        ("If-Match", "\"v1\"", "\"v2\""),
    ] {
        for (first, second) in [(known, other), (other, known)] {
            for lines in spellings(first, second) {
                let case = format!("{name} {lines:?}");
                let wire: String = lines
                    .iter()
                    .map(|line| format!("x: close\r\n{name}: {line}\r\n"))
                    .collect();
                let view = Fields::of_lines(wire.as_bytes());
                let members: Vec<_> = view.list(name).collect();
                assert_eq!(members, [first.as_bytes(), second.as_bytes()], "{case}");

                let pairs: Vec<(&str, &[u8])> = view.iter().collect();
                let got = |pairs: &[(&str, &[u8])]| {
                    let pairs = pairs.iter().copied();
                    let exchange = Exchange::new("GET", Version::Http11, pairs.clone());
                    let file = File::new(5).etag(ETag::strong("v1").unwrap());
                    let asked = [
                        ("origin", &b"https://a.example"[..]),
                        ("access-control-request-method", b"GET"),
                    ];
                    let question = asked.into_iter().chain(pairs.clone());
                    let preflight = Preflight::read("OPTIONS", question).unwrap();
                    let cors = Cors::new().origins(&["*"]).headers(&["X-A"]);
                    let mut buf = buffer(1024);
                    let granted = cors
                        .preflight(&preflight, &Exchange::GET, &mut buf)
                        .unwrap();
                    (
                        exchange.keep_alive(),
                        exchange.takes_trailers(),
                        Accepted::of_fields(pairs.clone()),
                        file.plan(&exchange, pairs).status(),
                        granted.status(),
                    )
                };
                let want = (
                    name != "Connection",
                    name == "TE",
                    match name {
                        "Accept-Encoding" => Accepted::new(["gzip, br;q=0"]),
                        _ => Accepted::default(),
                    },
                    match name {
                        "If-None-Match" => Status::NOT_MODIFIED,
                        _ => Status::OK,
                    },
                    Status::OK,
                );
                assert_eq!(got(&pairs), want, "{case}");
            }
        }
    }
}

#[test]
fn a_preflight_asks_for_the_headers_of_all_its_lines() {
    let one = Cors::new().origins(&["*"]).headers(&["x-one"]);
    let any = Cors::new().origins(&["*"]).headers(&["*"]);
    let cases: [(&[&str], bool, Option<&str>); 17] = [
        (&[], true, None),
        (&[""], true, None),
        (&[","], true, None),
        (&["x-one,"], true, Some("x-one")),
        (&["x-one,,accept"], true, Some("x-one, accept")),
        (&["x-one", "X-ONE"], true, Some("x-one, X-ONE")),
        (&["", "x-one", ""], true, Some("x-one")),
        (&["x-one", "x-two"], false, Some("x-one, x-two")),
        (&["x-two", "x-one"], false, Some("x-two, x-one")),
        (&["x-one,,x-two"], false, Some("x-one, x-two")),
        (&["", "x-two"], false, Some("x-two")),
        (&[",, ,"], true, None),
        (&["", " \t"], true, None),
        (&[" x-one "], true, Some("x-one")),
        (&["\tx-one , x-two\t"], false, Some("x-one , x-two")),
        (
            &[" x-one ,,x-two,", ", ,", "x-three "],
            false,
            Some("x-one, x-two, x-three"),
        ),
        (&["x-one x-one"], false, Some("x-one x-one")),
    ];
    for (lines, is_granted, mirrored) in cases {
        let asked = [
            ("origin", "https://a.example"),
            ("access-control-request-method", "GET"),
        ];
        let lines = lines
            .iter()
            .map(|line| ("Access-Control-Request-Headers", *line));
        let request: Vec<(&str, &str)> = asked.into_iter().chain(lines).collect();
        let preflight = Preflight::read("OPTIONS", request.iter().copied()).unwrap();
        let mut buf = buffer(1024);
        let reply = one.preflight(&preflight, &Exchange::GET, &mut buf).unwrap();
        assert_eq!(reply.status() == Status::OK, is_granted, "{request:?}");
        let reply = any.preflight(&preflight, &Exchange::GET, &mut buf).unwrap();
        assert_eq!(reply.status(), Status::OK, "{request:?}");
        let parsed = strict(reply.as_bytes(), "OPTIONS").unwrap();
        let told = parsed.values("access-control-allow-headers");
        let want: Vec<&[u8]> = mirrored.iter().map(|text| text.as_bytes()).collect();
        assert_eq!(told, want, "{request:?}");
    }
}

#[test]
fn the_cookies_of_a_request_are_those_of_all_its_lines() {
    let lines = b"cookie: a=1; b=\"x y\";c\r\nHost: x\r\nCOOKIE: =d; a=2; ;e=\r\n";
    let fields = Fields::of_lines(lines);
    let want: [(&[u8], &[u8]); 6] = [
        (b"a", b"1"),
        (b"b", b"\"x y\""),
        (b"", b"c"),
        (b"", b"d"),
        (b"a", b"2"),
        (b"e", b""),
    ];
    assert!(fields.cookies().eq(want));
    assert_eq!(Fields::of_lines(b"host: x\r\n").cookies().count(), 0);
}
