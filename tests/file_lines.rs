//! The lines and the status of a caller that tell something of a file count as what the file says.

use conformance::buffer;
use conformance::drive::{FileWay, drive_file};
use conformance::reply::{Framing, strict};
use replywire::file::{Boundary, File};
use replywire::request::{Exchange, Version};
use replywire::{Draft, Error, Place, Response, Status};

const CONTENT: &[u8] = b"abcdef";

fn file() -> File<'static> {
    File::new(6)
        .last_modified(replywire::HttpDate::from_unix(784_111_777).unwrap())
        .media_type("text/plain")
        .boundary(Boundary::new("AND").unwrap())
}

/// The reply to a request with these lines, by a plan of the reply or of the file.
fn sent(
    is_of_reply: bool,
    status: Status,
    request: &[(&str, &str)],
    lines: &[(&str, &str)],
) -> Result<String, Error> {
    let exchange = Exchange::new("GET", Version::Http11, request.iter().copied());
    let mut buf = buffer(1024);
    let mut response = Response::to(&exchange, &mut buf, status);
    for (name, value) in lines {
        response = response.header(*name, *value);
    }
    let plan = match is_of_reply {
        true => response.plan(&file(), request.iter().copied()),
        false => file().plan(&exchange, request.iter().copied()),
    };
    let driven = drive_file(response.file(&plan)?, CONTENT, FileWay::Filled, &[]);
    driven.result.unwrap();
    Ok(String::from_utf8(driven.sent).unwrap())
}

#[test]
fn several_ranges_of_what_a_line_tells_are_the_whole_file() {
    let ranges = [("range", "bytes=0-0,2-2")];
    for of_reply in [true, false] {
        assert_eq!(
            sent(
                of_reply,
                Status::OK,
                &ranges,
                &[("Content-Encoding", "gzip")]
            )
            .unwrap(),
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\
             content-type: text/plain; charset=utf-8\r\naccept-ranges: bytes\r\n\
             last-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 6\r\n\r\nabcdef"
        );
        if !of_reply {
            // The parts tell the type that the plan knows.
            let parted = sent(false, Status::OK, &ranges, &[("Content-Type", "text/x")]).unwrap();
            assert_eq!(
                parted.matches("Content-Type: text/plain").count(),
                2,
                "{parted}"
            );
            continue;
        }
        assert_eq!(
            sent(true, Status::OK, &ranges, &[("Content-Type", "text/x")]).unwrap(),
            "HTTP/1.1 200 OK\r\ncontent-type: text/x\r\naccept-ranges: bytes\r\n\
             last-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 6\r\n\r\nabcdef"
        );
        let parted = sent(of_reply, Status::OK, &ranges, &[("content-language", "en")]).unwrap();
        assert!(parted.starts_with("HTTP/1.1 206 "), "{parted}");
    }
}

#[test]
fn one_range_is_of_the_content_that_a_line_tells() {
    for of_reply in [true, false] {
        let lines = [("content-encoding", "gzip"), ("content-type", "text/x")];
        assert_eq!(
            sent(of_reply, Status::OK, &[("range", "bytes=1-2")], &lines).unwrap(),
            "HTTP/1.1 206 Partial Content\r\ncontent-encoding: gzip\r\ncontent-type: text/x\r\n\
             accept-ranges: bytes\r\nlast-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
             content-range: bytes 1-2/6\r\ncontent-length: 2\r\n\r\nbc"
        );
    }
}

#[test]
fn a_digest_of_the_content_is_never_that_of_a_part_or_of_an_error() {
    let fields = [
        [
            ("content-digest", "sha-256=:AA==:"),
            ("repr-digest", "sha-256=:AA==:"),
        ],
        [("Content-MD5", "AA=="), ("Digest", "sha-256=AA==")],
    ];
    for (lines, of_reply) in fields
        .into_iter()
        .flat_map(|lines| [(lines, true), (lines, false)])
    {
        for range in ["bytes=1-2", "bytes=0-0,2-2"] {
            let whole = sent(of_reply, Status::OK, &[("range", range)], &lines).unwrap();
            assert!(whole.starts_with("HTTP/1.1 200 "), "{whole}");
            let part = sent(of_reply, Status::OK, &[("range", range)], &lines[1..]).unwrap();
            assert!(part.starts_with("HTTP/1.1 206 "), "{part}");
            assert!(part.contains("digest: "), "{part}");
        }
        assert_eq!(
            sent(of_reply, Status::OK, &[("range", "bytes=9-")], &lines).unwrap(),
            "HTTP/1.1 416 Range Not Satisfiable\r\ncontent-range: bytes */6\r\n\
             content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n\r\n"
        );
        assert_eq!(
            sent(of_reply, Status::OK, &[("if-match", "\"x\"")], &lines).unwrap(),
            "HTTP/1.1 412 Precondition Failed\r\ncontent-type: text/plain; charset=utf-8\r\n\
             content-length: 19\r\n\r\nPrecondition Failed"
        );
        assert_eq!(
            sent(of_reply, Status::OK, &[("if-none-match", "*")], &lines).unwrap(),
            "HTTP/1.1 304 Not Modified\r\n\
             last-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"
        );
    }
}

#[test]
fn a_drafted_line_tells_of_the_file_too() {
    let request = [("range", "bytes=0-0,2-2")];
    let exchange = Exchange::new("GET", Version::Http11, request);
    let mut draft = Draft::<64>::new();
    draft.set("content-encoding", "gzip").unwrap();
    let mut buf = buffer(512);
    let response = Response::to(&exchange, &mut buf, Status::OK).join(&draft);
    let transfer = response
        .file(&file().plan(&exchange, request))
        .map(|transfer| {
            let line = transfer.head().split(|byte| *byte == b'\r').next().unwrap();
            line.to_vec()
        });
    assert_eq!(transfer.unwrap(), b"HTTP/1.1 200 OK");
}

#[test]
fn every_status_with_every_plan_is_a_right_reply() {
    let requests: [&[(&str, &str)]; 7] = [
        &[],
        &[("range", "bytes=1-2")],
        &[("range", "bytes=0-0,2-2")],
        &[("range", "bytes=9-")],
        &[("range", "bytes")],
        &[("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT")],
        &[("if-match", "\"x\"")],
    ];
    for code in 100..=999 {
        let status = Status::new(code).unwrap();
        for request in requests {
            for of_reply in [true, false] {
                let wire = sent(of_reply, status, request, &[]).unwrap();
                let parsed = strict(wire.as_bytes(), "GET").unwrap();
                let is_part = !parsed.values("content-range").is_empty();
                match parsed.status {
                    206 => assert!(is_part || wire.contains("multipart/byteranges"), "{wire}"),
                    416 => assert_eq!(parsed.values("content-range"), [b"bytes */6"], "{wire}"),
                    304 => assert_eq!(parsed.framing, Framing::None, "{wire}"),
                    _ => assert!(!is_part, "{wire}"),
                }
                if parsed.status == 200 || !matches!(code, 200 | 206 | 400 | 412 | 416) {
                    let is_empty = parsed.framing == Framing::None || parsed.status == 205;
                    let want = if is_empty { b"" } else { CONTENT };
                    assert_eq!(parsed.body, want, "{code}: {wire}");
                }
            }
        }
    }
}

#[test]
fn a_status_that_only_a_plan_can_give_is_that_of_the_plan() {
    for status in [Status::PARTIAL_CONTENT, Status::RANGE_NOT_SATISFIABLE] {
        for of_reply in [true, false] {
            assert_eq!(
                sent(of_reply, status, &[], &[("x", "y")]).unwrap(),
                "HTTP/1.1 200 OK\r\nx: y\r\ncontent-type: text/plain; charset=utf-8\r\n\
                 accept-ranges: bytes\r\nlast-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                 content-length: 6\r\n\r\nabcdef"
            );
        }
    }
}

#[test]
fn the_type_of_a_file_is_checked_even_where_another_is_told() {
    let file: File<'_> = File::new(6).content_type("a\nb");
    for request in [&[][..], &[("range", "bytes=9-")], &[("if-none-match", "*")]] {
        let exchange = Exchange::new("GET", Version::Http11, request.iter().copied());
        let mut buf = buffer(512);
        let response = Response::to(&exchange, &mut buf, Status::OK).header("content-type", "a/b");
        let plan = file.plan(&exchange, request.iter().copied());
        assert_eq!(
            response.file(&plan).map(drop),
            Err(Error::HeaderValue(Place::UNKNOWN))
        );
    }
}

#[test]
fn a_type_as_it_is_has_to_be_a_media_type() {
    for (text, want) in [
        ("text/plain", Ok(())),
        ("text/plain;", Ok(())),
        ("a/b; c=\"d\\\"\"", Ok(())),
        ("", Err(Error::MediaType(Place::UNKNOWN))),
        ("text", Err(Error::MediaType(Place::UNKNOWN))),
        ("text/", Err(Error::MediaType(Place::UNKNOWN))),
        ("/plain", Err(Error::MediaType(Place::UNKNOWN))),
        ("text/plain; charset", Err(Error::MediaType(Place::UNKNOWN))),
        (
            "text/plain, text/html",
            Err(Error::MediaType(Place::UNKNOWN)),
        ),
        (" text/plain", Err(Error::HeaderValue(Place::UNKNOWN))),
        ("a/b; c=\"\u{100}\"", Err(Error::NotLatin1(Place::UNKNOWN))),
    ] {
        let file: File<'_> = File::new(6).content_type(text);
        let plan = file.plan::<&str, &str>(&Exchange::GET, []);
        let mut buf = buffer(512);
        let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).file(&plan);
        if let Ok(transfer) = &transfer {
            let line = format!("\r\ncontent-type: {text}\r\n");
            let head = str::from_utf8(transfer.head()).unwrap();
            assert!(head.contains(&line), "{head}");
        }
        assert_eq!(transfer.map(drop), want, "{text:?}");
    }
}
