//! Heads through the library, compared with the second reader's.

use replywire::request::{
    Fields, HeadScan, Method, Refusal, Refused, Request, RequestHead, Scanned, Version,
};
use replywire::{Error, Response};

use super::coding::Kind;
use super::connection;
use super::input::{Case, Pace};
use super::reader::{self, Form, Found, Head};

/// Scans, reads and refuses the bytes as heads, alone and as the requests of a connection.
///
/// # Panics
///
/// Where the library and the second reader differ.
pub fn check(data: &[u8]) {
    let Some(case) = Case::read(data) else {
        return;
    };
    scan(&case.wire, case.pace);
    let (empty, found) = reader::find(&case.wire);
    if let Found::Head(len) = found {
        let head = &case.wire[empty..empty + len];
        parse::<0>(head);
        parse::<1>(head);
        parse::<2>(head);
        parse::<5>(head);
        parse::<40>(head);
    }
    // It is for whole heads; others are refused or read, and nothing else comes of them.
    let _ = RequestHead::parse::<3>(&case.wire);
    connection::check(case);
}

/// The end of a head is found in whatever pieces it comes.
fn scan(wire: &[u8], mut pace: Pace) {
    let mut scan = HeadScan::new();
    let mut start = 0;
    for end in pace.ends(wire.len()) {
        let (empty, want) = reader::find(&wire[..end]);
        let got = loop {
            let got = scan.next(&wire[start..end]);
            assert_eq!(got, scan.next(&wire[start..end]), "asked twice");
            if got != Scanned::EmptyLine {
                break got;
            }
            scan = HeadScan::new();
            start += 2;
        };
        assert_eq!(start, empty, "empty lines");
        let got = match got {
            Scanned::BareLf => Found::BareLf,
            Scanned::Head { len } => Found::Head(len),
            Scanned::EmptyLine | Scanned::More => Found::More,
        };
        assert_eq!(got, want, "\"{}\"", wire[..end].escape_ascii());
        if got != Found::More {
            return;
        }
    }
}

fn parse<const FIELDS: usize>(head: &[u8]) {
    let text = head.escape_ascii();
    match (
        RequestHead::parse::<FIELDS>(head),
        reader::read(head, FIELDS),
    ) {
        (Ok(got), Ok(want)) => {
            same(&got.request(), &want);
            let content = match want.kind {
                Kind::Chunked => (true, None, false),
                Kind::Sized(len) => (false, Some(len), len == 0),
            };
            let decoder = got.content();
            let got_content = (
                decoder.is_chunked(),
                decoder.remaining(),
                decoder.is_ended(),
            );
            assert_eq!(got_content, content, "\"{text}\"");
            assert_eq!(
                decoder.expects_continue(),
                want.expects_continue,
                "\"{text}\""
            );
        }
        (Err(got), Err(want)) => refused(got, want, head.starts_with(b"HEAD ")),
        (got, want) => panic!("{got:?} where {want:?} was due of \"{text}\""),
    }
}

/// The library must have read what the second reader did.
pub fn same(got: &Request<'_>, want: &Head<'_>) {
    assert_eq!(got.method(), want.method);
    assert_eq!(got.target(), want.target);
    let Form {
        authority,
        path,
        query,
    } = want.form;
    assert_eq!((got.path(), got.query()), (path, query), "{want:?}");
    let authority = match authority {
        // RFC 9112 § 3.3
        "" => got
            .header("host")
            .map_or("", |host| str::from_utf8(host).unwrap()),
        authority => authority,
    };
    assert_eq!(got.authority(), authority, "{want:?}");
    let fields: Vec<_> = got.headers().collect();
    assert_eq!(fields, want.fields);
    for (name, _) in &want.fields {
        let first = want
            .fields
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name));
        let first = first.map(|(_, value)| *value);
        assert_eq!(got.header(&name.to_ascii_uppercase()), first);
        assert_eq!(got.header(&name.to_ascii_lowercase()), first);
    }
    assert_eq!(got.header("not there"), None);
    let exchange = got.exchange();
    assert_eq!(exchange.method(), method(want.method));
    let version = match want.is_old {
        true => Version::Http10,
        false => Version::Http11,
    };
    assert_eq!((got.version(), exchange.version()), (version, version));
    assert_eq!(exchange.keep_alive(), want.keep_alive, "{want:?}");
    assert_eq!(exchange.takes_trailers(), want.takes_trailers, "{want:?}");
    assert_eq!(exchange.date(), None);
    let lines = want
        .fields
        .iter()
        .map(|(name, value)| [name.as_bytes(), b": ", value].concat());
    let lines = lines
        .map(|line| [line, b"\r\n".to_vec()].concat())
        .collect::<Vec<_>>()
        .concat();
    assert!(
        Fields::of_lines(&lines)
            .iter()
            .eq(want.fields.iter().copied())
    );
}

fn method(name: &str) -> Method {
    match name {
        "CONNECT" => Method::Connect,
        "DELETE" => Method::Delete,
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "OPTIONS" => Method::Options,
        "PATCH" => Method::Patch,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "TRACE" => Method::Trace,
        _ => Method::Other,
    }
}

/// A refusal must have this status, and a reply of these bytes.
pub fn refused(refused: Refused, status: u16, is_head: bool) {
    let reason = match status {
        400 => Refusal::BadRequest,
        413 => Refusal::ContentTooLarge,
        414 => Refusal::UriTooLong,
        417 => Refusal::ExpectationFailed,
        431 => Refusal::FieldsTooLarge,
        501 => Refusal::NotImplemented,
        505 => Refusal::VersionNotSupported,
        _ => panic!("no request is refused with {status}"),
    };
    assert_eq!((refused.reason, refused.is_head), (reason, is_head));
    assert_eq!(refused.reason.status().code(), status);
    let phrase = match status {
        400 => "Bad Request",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        _ => "HTTP Version Not Supported",
    };
    let content = match is_head {
        true => "",
        false => phrase,
    };
    let len = phrase.len();
    let want = format!(
        "HTTP/1.1 {status} {phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n\
         connection: close\r\ncontent-length: {len}\r\n\r\n{content}"
    );
    let exchange = refused.exchange();
    let mut buf = [0xaa; 256];
    let room = &mut buf[..want.len()];
    let reply = Response::refuse(&exchange, room, refused.reason).expect("it fits");
    assert_eq!(reply.as_bytes(), want.as_bytes());
    assert!(reply.closes());
    let room = &mut buf[..want.len() - 1];
    let short = Response::refuse(&exchange, room, refused.reason).err();
    assert_eq!(short, Some(Error::Overflow { needed: want.len() }));
}
