//! Fields of one value: a later line replaces an earlier one, wherever both come from.

use conformance::buffer;
use conformance::chain::LISTS;
use conformance::singletons::SINGLETONS;
use replywire::request::Exchange;
use replywire::{
    Disposition, Draft, Error, Head, HeaderName, HeaderValue, Headers, Place, Reply, Response,
    SetCookie, Status, head,
};

/// Adds a line in one of the ways there are.
fn add<'b>(response: Response<'b>, way: usize, name: &'static str, value: &str) -> Response<'b> {
    let upper = name.to_ascii_uppercase();
    match way {
        0 => response.header(name, value),
        1 => response.header(upper.as_str(), value.as_bytes()),
        2 => response.header(
            HeaderName::new(name).unwrap(),
            HeaderValue::new(value).unwrap(),
        ),
        3 => response.header(HeaderName::new(name).unwrap(), value),
        4 => {
            let mut headers = Headers::<128>::new();
            headers.append(upper.as_str(), value).unwrap();
            response.headers(&headers)
        }
        _ => response.forward([(upper, format!(" {value}\t"))]),
    }
}

const WAYS: usize = 6;

fn text(reply: Result<Reply<'_>, Error>) -> String {
    String::from_utf8(reply.unwrap().as_bytes().to_vec()).unwrap()
}

#[test]
fn a_later_line_of_a_singleton_replaces_an_earlier_one_in_every_way() {
    for name in SINGLETONS {
        for (first, second) in (0..WAYS * WAYS).map(|ways| (ways / WAYS, ways % WAYS)) {
            let write = |buf: &mut [u8]| {
                let response =
                    Response::to(&Exchange::GET, buf, Status::NO_CONTENT).header("y", "0");
                let response = add(response, first, name, "one").header("x", "1");
                add(response, second, name, "2")
                    .empty()
                    .map(|reply| reply.as_bytes().to_vec())
            };
            let want = format!("HTTP/1.1 204 No Content\r\ny: 0\r\nx: 1\r\n{name}: 2\r\n\r\n");
            assert_eq!(
                write(&mut buffer(512)).unwrap(),
                want.as_bytes(),
                "{first} {second}"
            );
            let Err(Error::Overflow { needed }) = write(&mut []) else {
                panic!("{name} fits nowhere");
            };
            for len in 0..needed {
                let got = write(&mut buffer(len));
                assert_eq!(got, Err(Error::Overflow { needed }), "{name} at {len}");
            }
            assert_eq!(write(&mut buffer(needed)).unwrap(), want.as_bytes());
        }
    }
}

#[test]
fn lines_of_a_list_add_up_in_every_way() {
    for name in LISTS {
        for (first, second) in (0..WAYS * WAYS).map(|ways| (ways / WAYS, ways % WAYS)) {
            let mut buf = buffer(512);
            let response = add(
                Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT),
                first,
                name,
                "one",
            );
            let want = format!("HTTP/1.1 204 No Content\r\n{name}: one\r\n{name}: 2\r\n\r\n");
            assert_eq!(text(add(response, second, name, "2").empty()), want);
        }
    }
}

#[test]
fn a_store_and_a_draft_keep_the_later_line_of_a_singleton() {
    for name in SINGLETONS {
        let mut headers = Headers::<128>::new();
        let mut draft = Draft::<128>::new();
        headers.append(name, "one").unwrap();
        headers.append("x", "1").unwrap();
        headers
            .append(name.to_ascii_uppercase().as_str(), "2")
            .unwrap();
        assert!(headers.iter().eq([("x", &b"1"[..]), (name, b"2")]));
        draft.append(name, "one").unwrap();
        draft.forward([("x", "1"), (name, " 2 ")]).unwrap();
        assert!(draft.headers() == &headers);
        // What is drafted wins over all that the reply says.
        for way in 0..WAYS {
            let mut buf = buffer(512);
            let response = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT).join(&draft);
            let want = format!("HTTP/1.1 204 No Content\r\nx: 1\r\n{name}: 2\r\n\r\n");
            assert_eq!(text(add(response, way, name, "3").empty()), want);
        }
    }
    let mut headers = Headers::<128>::new();
    for name in LISTS {
        headers.clear();
        headers.append(name, "one").unwrap();
        headers.append(name, "2").unwrap();
        assert!(headers.iter().eq([(name, &b"one"[..]), (name, b"2")]));
    }
}

#[test]
fn a_store_without_room_for_both_lines_says_what_it_needs_and_keeps_the_first() {
    let mut headers = Headers::<20>::new();
    headers.append("etag", "\"v1\"").unwrap();
    let result = headers.append("ETag", "\"v2\"");
    assert_eq!(result, Err(Error::Overflow { needed: 24 }));
    assert_eq!(headers.get("etag"), Some(&b"\"v1\""[..]));
}

#[test]
fn a_name_that_begins_as_a_singleton_s_is_another() {
    let mut buf = buffer(512);
    let response = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT)
        .header("agent", "a")
        .header("x-age", "b")
        .header("ag", "c")
        .header("age", "1");
    let response = response.header("y", "age: 1").header("Age", "2");
    assert_eq!(
        text(response.empty()),
        "HTTP/1.1 204 No Content\r\nagent: a\r\nx-age: b\r\nag: c\r\ny: age: 1\r\nage: 2\r\n\r\n"
    );
}

#[test]
fn the_later_of_two_dispositions_counts() {
    let attachment = Disposition::attachment("a.txt");
    let first = "HTTP/1.1 204 No Content\r\ncontent-disposition: inline\r\n\r\n";
    let second = "HTTP/1.1 204 No Content\r\n\
        content-disposition: attachment; filename=\"a.txt\"\r\n\r\n";
    let mut buf = buffer(512);
    let response =
        Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT).disposition(&attachment);
    assert_eq!(
        text(response.header("Content-Disposition", "inline").empty()),
        first
    );
    let response = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT);
    let response = response
        .header("content-disposition", "inline")
        .disposition(&attachment);
    assert_eq!(text(response.empty()), second);
    let response = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT);
    let response = response
        .disposition(&Disposition::inline("b"))
        .disposition(&attachment);
    assert_eq!(text(response.empty()), second);
}

#[test]
fn a_line_of_a_constant_head_is_replaced_too() {
    const PAGE: Head = head!(
        Status::OK,
        "ETag" => "\"v1\"",
        "access-control-allow-origin" => "*",
        "content-type" => "text/html",
        "vary" => "origin",
    );
    let mut buf = buffer(512);
    let reply = Response::with_head(&Exchange::GET, &mut buf, PAGE)
        .header(HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN, "https://a.example")
        .header(HeaderName::ETAG, "\"v2\"")
        .header(HeaderName::VARY, "accept")
        .media_type("image/png")
        .empty();
    assert_eq!(
        text(reply),
        "HTTP/1.1 200 OK\r\nvary: origin\r\n\
         access-control-allow-origin: https://a.example\r\netag: \"v2\"\r\nvary: accept\r\n\
         content-type: image/png\r\ncontent-length: 0\r\n\r\n"
    );
}

#[test]
fn what_is_passed_over_is_checked() {
    let cases: [(&str, &[u8], Error); 5] = [
        ("server", b"bad\r\n", Error::HeaderValue(Place::UNKNOWN)),
        ("server", b" bad", Error::HeaderValue(Place::UNKNOWN)),
        ("server", b"bad\0", Error::HeaderValue(Place::UNKNOWN)),
        ("SERVER", b"\x7f", Error::HeaderValue(Place::UNKNOWN)),
        ("content-type", b"a\nb", Error::HeaderValue(Place::UNKNOWN)),
    ];
    let mut draft = Draft::<256>::new();
    draft.append("server", "s").unwrap();
    draft.append("content-type", "text/html").unwrap();
    draft.append("content-disposition", "inline").unwrap();
    let mut buf = buffer(512);
    let mut ended = |change: &dyn Fn(Response<'_>) -> Result<Reply<'_>, Error>| {
        let response = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT).join(&draft);
        change(response).map(|reply| String::from_utf8(reply.as_bytes().to_vec()).unwrap())
    };
    for (name, value, error) in cases {
        assert_eq!(
            ended(&|response| response.header(name, value).empty()),
            Err(error)
        );
    }
    let latin = |response: Response<'_>| response.header("server", "\u{100}").empty().map(drop);
    assert_eq!(
        latin(Response::to(&Exchange::GET, &mut [], Status::OK).join(&draft)),
        Err(Error::NotLatin1(Place::UNKNOWN))
    );
    const SERVER: HeaderName = HeaderName::SERVER;
    let refused = Err(Error::HeaderValue(Place::UNKNOWN));
    assert_eq!(
        ended(&|response| response.header(SERVER, "a\nb").empty()),
        refused
    );
    assert_eq!(
        ended(&|response| response.forward([("Server", "a\nb")]).empty()),
        refused
    );
    assert_eq!(
        ended(&|response| response.media_type("a\nb").empty()),
        refused
    );
    assert_eq!(ended(&|response| response.bytes("a\nb", b"")), refused);
    let cookie = SetCookie::new("", "");
    assert_eq!(
        ended(&|response| response.cookie(&cookie).empty()),
        Err(Error::CookieName(Place::UNKNOWN))
    );
    // The right ones leave the drafted lines as they are.
    let want = "HTTP/1.1 204 No Content\r\nserver: s\r\ncontent-type: text/html\r\n\
        content-disposition: inline\r\n\r\n";
    let right = ended(&|response| {
        let response = response.header(SERVER, "t").media_type("text/css");
        response
            .disposition(&Disposition::attachment("a"))
            .bytes("image/png", b"")
    });
    assert_eq!(right.as_deref(), Ok(want));
    // So is a default type where the reply has a type of its own.
    let response =
        Response::to(&Exchange::GET, &mut buf, Status::OK).header("content-type", "text/html");
    assert_eq!(
        response.bytes("a\nb", b"").map(drop),
        Err(Error::HeaderValue(Place::UNKNOWN))
    );
}
