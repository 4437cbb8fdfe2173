//! Fields of another message that are passed on, and those that are not.

use std::cell::Cell;

use conformance::buffer;
use replywire::request::Exchange;
use replywire::{Draft, Error, Headers, Place, Response, Status};

fn forwarded(fields: &[(&str, &[u8])]) -> Result<Vec<u8>, Error> {
    let mut buf = buffer(1024);
    let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    let reply = response.forward(fields.iter().copied()).body(b"hi")?;
    let wire = reply.as_bytes().to_vec();
    // The stores take the same.
    let (mut headers, mut draft) = (Headers::<512>::new(), Draft::<512>::new());
    headers.forward(fields.iter().copied())?;
    draft.forward(fields.iter().copied())?;
    for store in [&headers, draft.headers()] {
        let mut buf = buffer(1024);
        let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .headers(store)
            .body(b"hi");
        assert_eq!(reply.unwrap().as_bytes(), wire);
    }
    Ok(wire)
}

/// The fields that frame another message, or are of its connection.
const DROPPED: [&str; 10] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

#[test]
fn framing_and_the_fields_of_the_connection_are_dropped() {
    let want = b"HTTP/1.1 200 OK\r\nx: y\r\ncontent-length: 2\r\n\r\nhi";
    for name in DROPPED {
        let upper = name.to_ascii_uppercase();
        // A right length, a wrong one, and what could not be a value at all.
        for value in [&b"2"[..], b"3", b"keep-alive", b"", b"\r\n"] {
            let fields: [(&str, &[u8]); 3] = [(name, value), ("X", b"y"), (&upper, value)];
            assert_eq!(forwarded(&fields).unwrap(), want, "{name}: {value:?}");
        }
    }
}

#[test]
fn what_connection_lines_name_is_dropped_wherever_they_stand() {
    let hop = ("X-Hop", &b"1"[..]);
    let other = ("x-hop-2", &b"2"[..]);
    let line = ("Connection", &b"keep-alive ,\t x-hoP"[..]);
    let second = ("connection", &b", close, X-HOP-2,"[..]);
    for fields in [
        [hop, other, line, second],
        [line, second, hop, other],
        [second, hop, other, line],
        [other, second, line, hop],
    ] {
        assert_eq!(
            forwarded(&fields).unwrap(),
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
        );
    }
    assert_eq!(
        forwarded(&[("x-hop-2", b"2"), line, ("x", b"x-hop")]).unwrap(),
        b"HTTP/1.1 200 OK\r\nx-hop-2: 2\r\nx: x-hop\r\ncontent-length: 2\r\n\r\nhi"
    );
}

#[test]
fn all_other_fields_are_passed_on_without_blanks_around_them() {
    let fields: [(&str, &[u8]); 8] = [
        ("X-Request-Id", b"abc "),
        ("Set-Cookie", b"\t a=1; Path=/ \t"),
        ("set-cookie", b"b=2"),
        ("Date", b"Sun, 06 Nov 1994 08:49:37 GMT"),
        ("x-obs", b" caf\xe9\xff "),
        ("ETag", b"\"v1\""),
        ("x-empty", b" \t "),
        ("etag", b"\"v2\""),
    ];
    assert_eq!(
        forwarded(&fields).unwrap(),
        b"HTTP/1.1 200 OK\r\nx-request-id: abc\r\nset-cookie: a=1; Path=/\r\nset-cookie: b=2\r\n\
          date: Sun, 06 Nov 1994 08:49:37 GMT\r\nx-obs: caf\xe9\xff\r\nx-empty: \r\n\
          etag: \"v2\"\r\ncontent-length: 2\r\n\r\nhi"
    );
}

#[test]
fn every_byte_within_a_value_is_passed_on_or_refused() {
    for byte in 0..=255_u8 {
        let value = [b'a', byte, b'b'];
        let got = forwarded(&[("x", &value)]);
        match byte {
            0..=8 | 10..=31 | 127 => {
                assert_eq!(got, Err(Error::HeaderValue(Place::UNKNOWN)), "{byte}")
            }
            _ => {
                let want = [
                    b"HTTP/1.1 200 OK\r\nx: ",
                    &value[..],
                    b"\r\ncontent-length: 2\r\n\r\nhi",
                ];
                assert_eq!(got.unwrap(), want.concat(), "{byte}");
            }
        }
    }
}

#[test]
fn a_name_that_is_no_token_is_refused() {
    for name in [
        "",
        ":status",
        "content-length ",
        "transfer-encoding\t",
        "x y",
        "x:",
        "caf\u{e9}",
    ] {
        assert_eq!(
            forwarded(&[(name, b"1")]),
            Err(Error::HeaderName(Place::UNKNOWN)),
            "{name:?}"
        );
    }
}

#[test]
fn a_line_with_the_length_is_refused_as_before() {
    let mut buf = buffer(256);
    let response = Response::to(&Exchange::GET, &mut buf, Status::OK).header("content-length", "2");
    assert_eq!(
        response.body(b"hi").map(drop),
        Err(Error::FramingHeader(Place::UNKNOWN))
    );
}

#[test]
fn a_message_is_walked_twice_whatever_it_holds() {
    for n in [8, 8000] {
        for options in [
            "",
            "close, a",
            "b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z",
        ] {
            let mut fields = vec![("Connection", options)];
            fields.extend(vec![("a", ""); n]);
            fields.push(("connection", options));
            fields.extend(vec![("age", "1"); n]);
            let steps = Cell::new(0);
            let walked = fields
                .iter()
                .inspect(|_| steps.set(steps.get() + 1))
                .copied();
            let mut buf = buffer(64 + 8 * n);
            let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).forward(walked.clone());
            assert!(reply.empty().is_ok());
            assert_eq!(steps.take(), 2 * fields.len(), "{options}");
            Headers::<{ 1 << 16 }>::new().forward(walked).unwrap();
            assert_eq!(steps.take(), 2 * fields.len(), "{options}");
        }
    }
}

#[test]
fn connection_lines_of_more_names_than_512_bytes_hold_are_refused() {
    let line = |names: usize| ("connection", "abc ,,".repeat(names));
    for lines in [vec![line(128)], vec![line(100), line(28)]] {
        let fields: Vec<(&str, &[u8])> = [("abc", &b"1"[..])]
            .into_iter()
            .chain(lines.iter().map(|(name, value)| (*name, value.as_bytes())))
            .collect();
        let want = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
        assert_eq!(forwarded(&fields).unwrap(), want);
        for more in [&b"a"[..], b", ,\tclose"] {
            let fields = [&fields[..], &[("Connection", more)]].concat();
            assert_eq!(forwarded(&fields), Err(Error::HeaderValue(Place::UNKNOWN)));
        }
        let fields = [&fields[..], &[("Connection", b" , ,")]].concat();
        assert_eq!(forwarded(&fields).unwrap(), want);
    }
}

#[test]
fn of_a_singleton_the_last_line_is_passed_on_and_each_is_checked() {
    let fields = [
        ("ETag", &b"\"v1\""[..]),
        ("x", b"1"),
        ("etag", b"\"v2\""),
        ("Age", b"1"),
        ("y", b"2"),
    ];
    assert_eq!(
        forwarded(&fields).unwrap(),
        b"HTTP/1.1 200 OK\r\nx: 1\r\netag: \"v2\"\r\nage: 1\r\ny: 2\r\n\
          content-length: 2\r\n\r\nhi"
    );
    let fields = [("etag", &b"a\nb"[..]), ("etag", b"\"v2\"")];
    assert_eq!(forwarded(&fields), Err(Error::HeaderValue(Place::UNKNOWN)));
}
