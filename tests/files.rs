//! Files through the connection loop of `replywire-embedded`, over a transport that follows a
//! script.

use conformance::line::Dry;
use conformance::reply::{Parsed, head, strict};
use conformance::script::{Script, poll_times};
use embedded_io_async::Write;
use replywire::file::{Boundary, File};
use replywire::request::Exchange;
use replywire::{HeaderName, Response, Status};
use replywire_embedded::{
    Answered, Buffers, Closed, ConnectionError, FileSource, Handler, Limits, Request, Responder,
    SendError, Transport, Unanswered, serve_connection,
};

/// Byte `i` of every file.
fn byte(i: usize) -> u8 {
    (i * 31 + (i >> 8) * 17 + 7) as u8
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(byte).collect()
}

/// A file that was opened with a length, and has another one by now, or is broken.
struct Source {
    bytes: Vec<u8>,
    /// The place that cannot be read.
    broken: Option<u64>,
    /// The most bytes that one read gives.
    most: usize,
}

impl<T: Write> FileSource<T> for Source {
    type Error = Dry;

    async fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> Result<usize, Dry> {
        let start = (offset as usize).min(self.bytes.len());
        let mut n = buf.len().min(self.bytes.len() - start).min(self.most);
        if let Some(broken) = self.broken {
            if offset == broken {
                return Err(Dry);
            }
            if broken > offset {
                n = n.min((broken - offset) as usize);
            }
        }
        buf[..n].copy_from_slice(&self.bytes[start..start + n]);
        Ok(n)
    }
}

/// Answers `/LEN`, `/LEN/HAS` with a file of `LEN` bytes that has `HAS` of them, and
/// `/LEN/HAS/BROKEN` with one that cannot be read at a place.
struct Files {
    most: usize,
}

impl<T: Transport> Handler<T> for Files {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let mut numbers = request.path().split('/').skip(1).map(|text| text.parse());
        let Some(Ok(len)) = numbers.next() else {
            let text = request.path();
            let reply =
                responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).text(text));
            return Ok(reply.await?);
        };
        let has = numbers.next().map_or(len, Result::unwrap);
        let broken = numbers.next().map(|place| place.unwrap() as u64);
        let file = File::new(len as u64)
            .modified(784_111_777, 0)
            .ranges::<4>()
            .boundary(Boundary::new("BOUND").unwrap());
        let source = Source {
            bytes: content(has),
            broken,
            most: self.most,
        };
        let sent = responder.file(request, file, source, |exchange, buf| {
            Response::to(exchange, buf, Status::OK).header(HeaderName::CACHE_CONTROL, "no-cache")
        });
        Ok(sent.await?)
    }
}

struct Slices;

impl<T: Transport> Handler<T> for Slices {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let bytes = content(1000);
        let sent = responder.file(
            request,
            File::of(&bytes),
            bytes.as_slice(),
            |exchange, buf| Response::to(exchange, buf, Status::OK),
        );
        Ok(sent.await?)
    }
}

fn serve<H: Handler<Script>>(script: &mut Script, handler: &H, reply: usize) -> Option<Closed> {
    let (mut request, mut reply) = ([0; 512], vec![0; reply]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new();
    let served = serve_connection(script, handler, buffers, &limits);
    poll_times(served, 1 << 20).map(Result::unwrap)
}

/// The first of the replies, and the others.
fn first(wire: &[u8]) -> (Parsed, &[u8]) {
    let (parsed, after) = head(wire).unwrap();
    let len: usize = match &parsed.values("content-length")[..] {
        [len] => std::str::from_utf8(len).unwrap().parse().unwrap(),
        other => panic!("{other:?}"),
    };
    let (reply, rest) = wire.split_at(wire.len() - after.len() + len);
    (strict(reply, "GET").unwrap(), rest)
}

fn get(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n{fields}\r\n")
}

#[test]
fn a_file_that_fits_the_buffer_leaves_with_its_head() {
    let mut script = Script::new([get("/100", "")]);
    assert_eq!(
        serve(&mut script, &Files { most: 7 }, 512),
        Some(Closed::Peer)
    );
    assert_eq!(script.writes.len(), 1);
    assert!(script.wire().ends_with(&content(100)));
}

#[test]
fn a_slice_is_sent_from_where_it_lies() {
    let mut script = Script::new([get("/", "")]);
    assert_eq!(serve(&mut script, &Slices, 512), Some(Closed::Peer));
    assert_eq!(script.writes.len(), 2);
    assert_eq!(script.writes[1], content(1000));
}

/// Answers with a type and a tag of its own.
struct Labelled;

impl<T: Transport> Handler<T> for Labelled {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let bytes = &b"0123456789"[..];
        let sent = responder.file(request, File::of(bytes), bytes, |exchange, buf| {
            Response::to(exchange, buf, Status::OK)
                .header(HeaderName::CONTENT_TYPE, "text/x")
                .header(HeaderName::ETAG, "\"mine\"")
        });
        Ok(sent.await?)
    }
}

#[test]
fn the_type_and_the_tag_of_a_handler_count() {
    let part = "HTTP/1.1 206 Partial Content\r\ncontent-type: text/x\r\netag: \"mine\"\r\n\
                accept-ranges: bytes\r\ncontent-range: bytes 8-9/10\r\n\
                content-length: 2\r\n\r\n89";
    let whole = "HTTP/1.1 200 OK\r\ncontent-type: text/x\r\netag: \"mine\"\r\n\
                 accept-ranges: bytes\r\ncontent-length: 10\r\n\r\n0123456789";
    for (fields, want) in [
        ("", whole),
        ("range: bytes=-2\r\n", part),
        ("range: bytes=-2\r\nif-range: \"mine\"\r\n", part),
        ("range: bytes=-2\r\nif-range: \"other\"\r\n", whole),
        ("if-match: \"mine\"\r\n", whole),
        (
            "if-none-match: \"mine\"\r\n",
            "HTTP/1.1 304 Not Modified\r\netag: \"mine\"\r\n\r\n",
        ),
    ] {
        let mut script = Script::new([get("/", fields)]);
        assert_eq!(serve(&mut script, &Labelled, 512), Some(Closed::Peer));
        assert_eq!(String::from_utf8(script.wire()).unwrap(), want, "{fields}");
    }
}

#[test]
fn every_range_is_the_same_through_every_buffer_and_every_size_of_read_and_write() {
    let whole = content(300);
    for reply in [300, 301, 350, 517, 4096] {
        for (most, max_write) in [(usize::MAX, usize::MAX), (1, 3), (64, 1), (7, 100)] {
            for (range, want) in [("0-9", 0..10), ("250-", 250..300), ("-1", 299..300)] {
                let fields = format!("range: bytes={range}\r\n");
                let mut script = Script::new([get("/300", &fields)])
                    .max_write(max_write)
                    .hesitates();
                assert_eq!(
                    serve(&mut script, &Files { most }, reply),
                    Some(Closed::Peer)
                );
                let wire = script.wire();
                let reply = strict(&wire, "GET").unwrap();
                assert_eq!(reply.status, 206);
                assert_eq!(reply.body, whole[want]);
            }
            let mut script = Script::new([get("/300", "range: bytes=200-209,5-7\r\n")])
                .max_write(max_write)
                .hesitates();
            assert_eq!(
                serve(&mut script, &Files { most }, reply),
                Some(Closed::Peer)
            );
            let wire = script.wire();
            let reply = strict(&wire, "GET").unwrap();
            assert_eq!(reply.status, 206);
            let part = |range: &str| {
                format!(
                    "--BOUND\r\nContent-Type: application/octet-stream\r\n\
                     Content-Range: bytes {range}/300\r\n\r\n"
                )
                .into_bytes()
            };
            let want = [
                &part("200-209"),
                &whole[200..210],
                &b"\r\n"[..],
                &part("5-7"),
                &whole[5..8],
                b"\r\n--BOUND--",
            ];
            assert_eq!(reply.body, want.concat());
        }
    }
}

#[test]
fn replies_to_requests_that_arrive_together_leave_in_order() {
    let input = [
        get("/a", ""),
        get("/10", ""),
        get("/b", ""),
        get("/2000", ""),
    ]
    .concat();
    let mut script = Script::new([input]);
    let files = Files { most: usize::MAX };
    assert_eq!(serve(&mut script, &files, 512), Some(Closed::Peer));
    let wire = script.wire();
    let mut rest = &wire[..];
    for want in [&b"/a"[..], &content(10), b"/b", &content(2000)] {
        let (reply, after) = first(rest);
        assert_eq!(reply.body, want);
        rest = after;
    }
    assert_eq!(rest, b"");
}

#[test]
fn a_file_that_shrank_breaks_the_connection_at_any_place_and_nothing_else_follows() {
    for len in [1, 100, 1000] {
        for has in 0..len {
            let path = format!("/{len}/{has}");
            let mut script = Script::new([[get(&path, ""), get("/b", "")].concat()]);
            let closed = serve(&mut script, &Files { most: 64 }, 300);
            let wire = script.wire();
            // Before a byte has left there can be an honest reply.
            if wire.starts_with(b"HTTP/1.1 500 ") {
                assert_eq!(closed, Some(Closed::Server));
                assert!(strict(&wire, "GET").is_ok());
                continue;
            }
            assert_eq!(closed, Some(Closed::Broken), "{path}");
            let head = wire.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
            assert!(content(has).starts_with(&wire[head..]));
        }
    }
}

#[test]
fn a_file_that_grew_is_cut_at_its_length() {
    let mut script = Script::new([[get("/1000/5000", ""), get("/b", "")].concat()]);
    assert_eq!(
        serve(&mut script, &Files { most: 64 }, 300),
        Some(Closed::Peer)
    );
    let wire = script.wire();
    let (reply, rest) = first(&wire);
    assert_eq!(reply.body, content(1000));
    assert_eq!(first(rest), (strict(rest, "GET").unwrap(), &b""[..]));
}

#[test]
fn a_file_that_cannot_be_read_is_never_passed_off_as_whole() {
    for broken in [0, 1, 99, 500, 999] {
        let mut script = Script::new([get(&format!("/1000/1000/{broken}"), "")]);
        let closed = serve(&mut script, &Files { most: 64 }, 300);
        let wire = script.wire();
        assert_eq!(closed, Some(Closed::Broken));
        assert!(strict(&wire, "GET").is_err());
    }
    let mut script = Script::new([get("/100/100/50", "")]);
    assert_eq!(
        serve(&mut script, &Files { most: 64 }, 512),
        Some(Closed::Server)
    );
    assert!(script.wire().starts_with(b"HTTP/1.1 500 "));
}

#[test]
fn a_future_dropped_at_any_await_has_written_a_prefix() {
    let whole = {
        let mut script = Script::new([get("/900", "")]).max_write(100);
        serve(&mut script, &Files { most: 64 }, 300);
        script.wire()
    };
    for times in 0..200 {
        let mut script = Script::new([get("/900", "")]).max_write(100).hesitates();
        let (mut request, mut reply) = ([0; 512], [0; 300]);
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let (files, limits) = (Files { most: 64 }, Limits::new());
        let served = serve_connection(&mut script, &files, buffers, &limits);
        poll_times(served, times);
        assert!(whole.starts_with(&script.wire()));
    }
}

#[test]
fn a_source_that_fails_is_told_from_a_connection_that_fails() {
    struct Gone;
    impl embedded_io_async::ErrorType for Gone {
        type Error = std::io::Error;
    }
    impl embedded_io_async::Read for Gone {
        async fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Ok(0)
        }
    }
    impl Write for Gone {
        async fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        async fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    impl Transport for Gone {}

    let file = File::new(9);
    let plan = file.plan::<&str, &str>(&replywire::request::Exchange::GET, []);
    for (broken, is_source) in [(Some(0), true), (None, false)] {
        let source = Source {
            bytes: content(9),
            broken,
            most: 4,
        };
        let mut buf = [0; 256];
        let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .file(&plan)
            .unwrap();
        let mut gone = Gone;
        let sent = replywire_embedded::send_file(transfer, source, &mut gone);
        match poll_times(sent, 9).unwrap() {
            Err(SendError::Source(error)) => assert!(is_source, "{error}"),
            Err(SendError::Connection(ConnectionError::Io(error))) => {
                assert!(!is_source, "{error}")
            }
            other => panic!("{other:?}"),
        }
    }
}
