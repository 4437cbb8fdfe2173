//! The effect of a request, a draft and a clock on a reply, byte by byte.

use conformance::buffer;
use replywire::request::{Exchange, Version};
use replywire::{
    Cors, Draft, Error, Head, HeaderName, HeaderValue, Headers, HttpDate, Preflight, Response,
    SetCookie, Status, head,
};

/// Sun, 06 Nov 1994 08:49:37 GMT
const NOW: u64 = 784_111_777;

fn dated() -> Exchange {
    Exchange::GET.at(HttpDate::from_unix(NOW).unwrap())
}

/// The bytes of a reply, and whether the connection closes after it.
fn wire(
    exchange: &Exchange,
    end: impl FnOnce(Response<'_>) -> Result<replywire::Reply<'_>, Error>,
) -> (String, bool) {
    let mut buf = buffer(1024);
    let reply = end(Response::to(exchange, &mut buf, Status::OK)).unwrap();
    (String::from_utf8(reply.to_vec()).unwrap(), reply.closes())
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
    let reply = Response::join(&dated(), &mut buf, Status::OK, &draft).empty();
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
    let reply = Response::join(&Exchange::GET, &mut buf, Status::OK, &draft)
        .header(HeaderName::ETAG, "\"4\"")
        .header(HeaderName::LINK, HeaderValue::new("<c>").unwrap())
        .headers(&headers)
        .cookie(&SetCookie::new("b", "3"))
        .text("x");
    assert_eq!(
        String::from_utf8(reply.unwrap().to_vec()).unwrap(),
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
    let (bytes, range) = Response::new(&mut buf, Status::OK)
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
            Err(Error::HeaderValue)
        );
        let request = [
            ("origin", origin),
            ("access-control-request-method", b"GET"),
        ];
        let preflight = Preflight::read("OPTIONS", request).unwrap();
        let mut buf = buffer(1024);
        let reply = cors.preflight(&preflight, &Exchange::GET, &mut buf);
        assert_eq!(reply.err(), Some(Error::HeaderValue));
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
fn the_first_mistake_is_the_one_that_is_told() {
    for method in ["GET", "HEAD"] {
        let exchange = Exchange::new(method, Version::Http11, [("host", "a")]);
        let start = |buf| -> Response<'_> { Response::to(&exchange, buf, Status::OK) };
        let mut buf = buffer(256);
        let reply = start(&mut buf).header("x y", "1").header("x", "\n").empty();
        assert_eq!(reply.err(), Some(Error::HeaderName));
        let mut buf = buffer(256);
        let reply = start(&mut buf)
            .header("x", "\n")
            .cookie(&SetCookie::new("", ""))
            .redirect_local("//evil");
        assert_eq!(reply.err(), Some(Error::HeaderValue));
        let mut buf = buffer(256);
        let reply = start(&mut buf)
            .cookie(&SetCookie::new("", ""))
            .json(&f64::NAN);
        assert_eq!(reply.err(), Some(Error::CookieName), "{method}");
    }
}

#[test]
fn a_head_is_built_whatever_the_caller_calls_its_constants() {
    const STATUS: Status = Status::NOT_FOUND;
    const LEN: &str = "12";
    const BYTES: Head = head!(STATUS, "x-len" => LEN);
    assert_eq!(BYTES.as_bytes(), b"HTTP/1.1 404 Not Found\r\nx-len: 12\r\n");
}

#[test]
fn a_local_redirect_is_not_replaced_by_a_draft() {
    let mut draft = Draft::<64>::new();
    draft.set("location", "https://evil.example/").unwrap();
    let mut buf = [0; 256];
    let refused =
        Response::join(&Exchange::GET, &mut buf, Status::SEE_OTHER, &draft).redirect_local("/home");
    assert_eq!(refused.unwrap_err(), Error::Location);
}

#[test]
fn integers_of_either_sign_are_values() {
    let mut buf = [0; 256];
    let reply = Response::new(&mut buf, Status::NO_CONTENT)
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
