//! No call of the core allocates: a counting allocator watches the whole public surface.

#![allow(unused_must_use, reason = "replies are made, not sent")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write;

use conformance::buffer;
use replywire::body::{BodyError, Chunk, Event, JsonLine, Step, Stream, Transfer};
use replywire::file::{Boundary, File, FileBytes};
use replywire::json::{
    Document, JsonError, Orjson, Outcome, Python, Resumable, Sink, ToJson, Ujson, Value,
};
use replywire::request::{Exchange, Method, Version};
use replywire::{
    Cors, Draft, Error, Head, HeaderName, HeaderValue, Headers, HttpDate, Preflight, Response,
    SameSite, SetCookie, Status, head,
};
use serde::Serialize;

/// Counts what the current thread asks for.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    COUNT.with(|count| count.set(count.get() + 1));
}

#[allow(unsafe_code, reason = "an allocator cannot be written without")]
// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs `act`, which must not allocate.
#[track_caller]
fn without_allocating<R>(act: impl FnOnce() -> R) -> R {
    let before = COUNT.with(Cell::get);
    let result = act();
    let after = COUNT.with(Cell::get);
    assert_eq!(after - before, 0, "allocations");
    result
}

/// A place to display into.
struct Text([u8; 256], usize);

impl Text {
    fn of(value: impl std::fmt::Display + std::fmt::Debug) -> Self {
        let mut text = Self([0; 256], 0);
        write!(text, "{value} {value:?}").unwrap();
        text
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.1 + text.len();
        self.0
            .get_mut(self.1..end)
            .ok_or(std::fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.1 = end;
        Ok(())
    }
}

/// Starts a plain reply.
fn ok(buf: &mut [u8]) -> Response<'_> {
    Response::to(&Exchange::GET, buf, Status::OK)
}

fn drive(mut transfer: Transfer<'_>, mut source: &[u8]) -> (usize, Result<(), BodyError>) {
    let mut sent = 0;
    loop {
        match transfer.step().unwrap() {
            Step::Fill(room) => {
                let n = room.len().min(source.len()).min(3);
                room[..n].copy_from_slice(&source[..n]);
                source = &source[n..];
                if let Err(error) = transfer.filled(n) {
                    return (sent, Err(error));
                }
            }
            Step::Send { bytes, .. } => {
                let n = bytes.len().min(7);
                sent += n;
                transfer.sent(n);
            }
            Step::Done => return (sent, Ok(())),
        }
    }
}

struct Reading {
    sensor: &'static str,
    celsius: f64,
}

impl ToJson for Reading {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.object()?
            .field("sensor", self.sensor)?
            .field("celsius", &self.celsius)?
            .field("all", &[1u64, 2, u64::MAX])?
            .field("big", &i128::MIN)?
            .field("none", &None::<bool>)?
            .field("unit", &())?
            .end()
    }
}

#[derive(Serialize)]
enum Shape {
    Unit,
    New(u8),
    Tuple(u8, i128),
    Struct { x: f32, y: Option<char> },
}

#[test]
fn the_counter_counts() {
    let before = COUNT.with(Cell::get);
    drop(std::hint::black_box(vec![0u8; 100]));
    assert_eq!(COUNT.with(Cell::get), before + 1);
}

#[test]
fn responses_of_every_ending_do_not_allocate() {
    const PAGE: Head = head!(Status::OK, "Content-Type" => "text/html", "x" => "y");
    const NO_STORE: HeaderValue<'_> = HeaderValue::new("no-store").unwrap();
    let mut buf = buffer(1024);
    let exchange = Exchange::new(
        "GET",
        Version::Http11,
        [("host", "a"), ("connection", "close")],
    )
    .at(HttpDate::from_unix(784_111_777).unwrap());

    without_allocating(|| {
        for status in [Status::OK, Status::NO_CONTENT, Status::new(299).unwrap()] {
            let full = Response::to(&exchange, &mut buf, status)
                .header("X-Text", "caf\u{e9}")
                .header("x-bytes", *b"\xff\xfe")
                .header(HeaderName::CACHE_CONTROL, NO_STORE)
                .header(HeaderName::AGE, 4_000_000_000u32)
                .header(HeaderName::LAST_MODIFIED, HttpDate::from_unix(0).unwrap())
                .header("content-type", "a/b")
                .media_type("text/plain")
                .close();
            let reply = full.body(b"body").unwrap();
            assert!(reply.closes() && reply.as_bytes().len() > 100);
            assert!(reply.as_ref().len() == reply.as_bytes().len());
            let (bytes, range) = reply.into_parts();
            assert!(range.end <= bytes.len());

            Response::to(&exchange, &mut buf, status).empty().unwrap();
            Response::to(&exchange, &mut buf, status)
                .bytes("image/png", b"png")
                .unwrap();
            Response::to(&exchange, &mut buf, status)
                .text("text")
                .unwrap();
            Response::to(&exchange, &mut buf, status)
                .html("<p>")
                .unwrap();
            Response::to(&exchange, &mut buf, status)
                .redirect("/a b\u{e9}\r\n")
                .unwrap();
            Response::to(&exchange, &mut buf, status)
                .redirect_local("/a?b=c#d")
                .unwrap();
            Response::to(&exchange, &mut buf, status)
                .redirect_local("//evil")
                .unwrap_err();
            Response::to(&exchange, &mut buf, status)
                .header("x y", "1")
                .header("x", "\r\n")
                .empty()
                .unwrap_err();
            Response::to(&exchange, &mut buf[..20], status)
                .text("too long for that")
                .unwrap_err();
        }
        Response::to(&Exchange::GET, &mut buf, PAGE.status())
            .empty()
            .unwrap();
        Response::with_head(&exchange, &mut buf, PAGE)
            .html("<p>")
            .unwrap();
    });
}

#[test]
fn cookies_do_not_allocate() {
    let mut buf = buffer(1024);
    let now = HttpDate::from_unix(784_111_777).unwrap();
    without_allocating(|| {
        for policy in [SetCookie::new, SetCookie::quoting] {
            let cookie = policy("__Host-sid", "31d4d96e")
                .max_age(-5)
                .same_site(SameSite::parse("StRiCt").unwrap())
                .secure()
                .http_only()
                .partitioned();
            let deleting = policy("sid", "").domain("example.org").deleting(now);
            let later = policy("a", "b").path("/x").expires_in(now, 60).any_site();
            let spelled = policy("a", "b").expires_text("Sun, 06 Nov 1994 08:49:37 GMT");
            let wrong = policy("a b", "c;d").expires_in(now, i64::MIN);
            Response::to(&Exchange::GET, &mut buf, Status::OK)
                .cookie(&cookie)
                .cookie(&deleting)
                .cookie(&later)
                .cookie(&spelled)
                .empty()
                .unwrap();
            Response::to(&Exchange::GET, &mut buf, Status::OK)
                .cookie(&wrong)
                .empty()
                .unwrap_err();
        }
        let quoted = SetCookie::quoting("a", "\"caf\u{e9}\"; \\ =");
        Response::to(&Exchange::GET, &mut buf, Status::OK)
            .cookie(&quoted)
            .empty()
            .unwrap();
        SameSite::parse("no").unwrap_err();
    });
}

#[test]
fn stores_and_drafts_do_not_allocate() {
    let mut buf = buffer(1024);
    without_allocating(|| {
        let mut draft = Draft::<512>::new();
        draft.set_status(Status::CREATED);
        draft.set("x", "1").unwrap();
        draft.append(HeaderName::LINK, "<a>").unwrap();
        draft.cookie(&SetCookie::new("a", "b")).unwrap();
        let headers = draft.headers_mut();
        headers.set("X", "2").unwrap();
        headers.set_default("y", "3").unwrap();
        headers.update([("z", "4"), ("y", "5")]).unwrap();
        headers.add_vary("Origin").unwrap();
        headers.add_vary("Cookie").unwrap();
        headers.append("a", "\n").unwrap_err();
        headers.remove("LINK");
        assert!(headers.contains("x") && headers.get("vary").is_some());
        assert_eq!(
            headers.get_all("y").count() + headers.iter().count(),
            headers.len() + 1
        );
        let copy = headers.clone();
        assert!(copy == *headers && !headers.is_empty());
        assert_eq!(draft.status(), Some(Status::CREATED));
        Response::to(&Exchange::GET, &mut buf, Status::OK)
            .join(&draft)
            .text("made")
            .unwrap();
        Response::to(&Exchange::GET, &mut buf, Status::OK)
            .headers(draft.headers())
            .empty()
            .unwrap();
        draft.headers_mut().clear();

        let mut small = Headers::<8>::new();
        assert!(matches!(
            small.append("name", "value"),
            Err(Error::Overflow { .. })
        ));
    });
}

#[test]
fn cors_does_not_allocate() {
    let mut buf = buffer(1024);
    let rule = |origin: &[u8]| origin.ends_with(b".example");
    let cors = Cors::new()
        .origins(&["https://app.example"])
        .origin_rule(&rule)
        .methods(&["*"])
        .headers(&["X-Token"])
        .expose_headers(&["x-request-id"])
        .credentials()
        .private_network()
        .max_age(60);
    without_allocating(|| {
        let mut headers = Headers::<256>::new();
        cors.simple(Some(b"https://a.example"), &mut headers)
            .unwrap();
        cors.simple(None, &mut headers).unwrap();
        for method in ["PUT", "BREW"] {
            let request: [(&str, &[u8]); 3] = [
                ("Origin", b"https://app.example"),
                ("Access-Control-Request-Method", method.as_bytes()),
                ("access-control-request-headers", b"x-token, accept"),
            ];
            let preflight = Preflight::read("OPTIONS", request).unwrap();
            cors.preflight(&preflight, &Exchange::GET, &mut buf)
                .unwrap();
            assert!(Preflight::read("GET", request).is_none());
        }
    });
}

#[test]
fn json_does_not_allocate() {
    let mut buf = buffer(2048);
    let map: BTreeMap<u8, &str> = [(1, "one"), (2, "two")].into();
    let shapes = [
        Shape::Unit,
        Shape::New(1),
        Shape::Tuple(2, i128::MAX),
        Shape::Struct {
            x: 1e-7,
            y: Some('\u{1f600}'),
        },
    ];
    let reading = Reading {
        sensor: "roof \"north\" \u{7}",
        celsius: -21.5e-30,
    };
    let address = std::net::Ipv6Addr::LOCALHOST;
    let exchange = Exchange::new("HEAD", Version::Http11, [("", ""); 0]);
    without_allocating(|| {
        ok(&mut buf).json(&map).unwrap();
        ok(&mut buf).json(&shapes).unwrap();
        ok(&mut buf).json(&(address, 1.5, u128::MAX, "\n")).unwrap();
        ok(&mut buf).json_by_hand(&reading).unwrap();
        ok(&mut buf[..90]).json(&shapes).unwrap_err();
        ok(&mut buf[..90]).json_by_hand(&reading).unwrap_err();
        ok(&mut buf).json(&f64::NAN).unwrap_err();
        ok(&mut buf)
            .json(&BTreeMap::<[u8; 1], u8>::from([]))
            .unwrap();
        Response::to(&exchange, &mut buf, Status::OK)
            .json(&shapes)
            .unwrap();
        ok(&mut buf).json_by_hand(&[Some(1.5f32), None]).unwrap();
        ok(&mut buf).json_by_hand("\n\u{1}\u{e9}").unwrap();
    });
}

/// Writes a document as a whole, by a measure of it, as a reply and piece by piece.
fn written(document: impl Document + Clone, buf: &mut [u8]) -> Result<usize, Error> {
    let len = document.write(buf)?;
    assert_eq!(document.measure(), Ok(len));
    assert_eq!(document.try_write(&mut buf[..len]), Some(len));
    assert_eq!(
        document.write(&mut buf[..len - 1]),
        Err(Error::Overflow { needed: len })
    );
    ok(buf).document(&document).unwrap();
    for size in [16, 61, 300] {
        let mut pieces = Resumable::new(document.clone());
        let mut sent = 0;
        while !pieces.is_done() {
            sent += pieces.fill(&mut buf[..size]).unwrap();
        }
        assert_eq!(sent, len);
    }
    Ok(len)
}

#[test]
fn documents_do_not_allocate() {
    let mut buf = buffer(4096);
    let maps: Vec<BTreeMap<u8, Shape>> = (0..12)
        .map(|n| [(n, Shape::Tuple(n, -1)), (n + 1, Shape::Unit)].into())
        .collect();
    let value = (
        &maps,
        "a/b \"\u{7}\u{1f600}\"".repeat(20),
        (1e-7, f32::MAX, u64::MAX),
        std::net::Ipv6Addr::LOCALHOST,
    );
    let reading = Reading {
        sensor: "roof \"north\" \u{7}",
        celsius: -21.5e-30,
    };
    without_allocating(|| {
        written(Python::of(&value), &mut buf).unwrap();
        written(Ujson::of(&value), &mut buf).unwrap();
        written(Orjson::of(&value), &mut buf).unwrap();
        written(Python::by_hand(&reading), &mut buf).unwrap();
        written(Ujson::by_hand(&reading), &mut buf).unwrap();
        written(Orjson::by_hand(&reading), &mut buf).unwrap_err();
        written(Ujson::of(&f64::NAN), &mut buf).unwrap_err();
        written(Orjson::of(&[f64::NAN]), &mut buf).unwrap();
    });
}

#[test]
fn transfers_do_not_allocate() {
    let mut buf = buffer(128);
    let old = Exchange::new("GET", Version::Http10, [("", ""); 0]);
    without_allocating(|| {
        let source = b"the source of a body";
        drive(ok(&mut buf).stream().unwrap(), source).1.unwrap();
        drive(ok(&mut buf).sized(20).unwrap(), source).1.unwrap();
        drive(ok(&mut buf).sized(3).unwrap(), source).1.unwrap();
        drive(ok(&mut buf).sized_exactly(20).unwrap(), source)
            .1
            .unwrap();
        drive(ok(&mut buf).sized_exactly(3).unwrap(), source)
            .1
            .unwrap_err();
        drive(ok(&mut buf).sized(30).unwrap(), source)
            .1
            .unwrap_err();
        let closing = Response::to(&old, &mut buf, Status::OK).stream().unwrap();
        assert!(closing.closes());
        drive(closing, source).1.unwrap();
        assert!(ok(&mut buf[..10]).stream().is_err());
    });
}

#[test]
fn streams_do_not_allocate() {
    let mut buf = buffer(160);
    let long = "a\r\nb".repeat(100);
    let (value, reading) = ([1.5, -7.0], (1, "text"));
    without_allocating(|| {
        for events in [false, true] {
            let response = ok(&mut buf);
            let transfer = match events {
                true => response.events(),
                false => response.json_lines(),
            };
            let mut stream = Stream::new(transfer.unwrap());
            stream.check(&Exchange::GET).unwrap();
            gather(&mut stream, &mut long.as_bytes());
            gather(&mut stream, &mut JsonLine::new(Orjson::of(&value)));
            gather(&mut stream, &mut Event::new().json(Python::of(&reading)));
            let mut event = Event::new().name("n").data(&long).id("1").retry(u64::MAX);
            gather(&mut stream, &mut event);
            stream.flush().unwrap();
            leave(&mut stream);
            stream.write(&mut Event::new().name(&long)).unwrap_err();
            assert!(stream.closes());
        }
    });
}

fn gather(stream: &mut Stream<'_>, chunk: &mut impl Chunk) {
    while !stream.write(chunk).unwrap() {
        leave(stream);
    }
}

fn leave(stream: &mut Stream<'_>) {
    while let Step::Send { bytes, .. } = stream.step().unwrap() {
        let n = bytes.len();
        stream.sent(n);
    }
}

#[test]
fn files_do_not_allocate() {
    let content = [7; 1000];
    let mut buf = buffer(512);
    without_allocating(|| {
        let file = File::of(&content)
            .guess_type_from_name("a.txt")
            .modified(784_111_777, 5)
            .boundary(Boundary::from_bits(1));
        for (name, value) in [
            ("range", "bytes=-1,0-1,300-900"),
            ("range", "bytes=5-900"),
            ("range", "bytes=1000-"),
            ("range", "x"),
            ("if-none-match", "\"x\", W/\"ae1b981bc490a05-3e8\""),
            ("if-match", "\"x\""),
            ("if-unmodified-since", "Sun Nov  6 08:49:37 1994"),
        ] {
            let plan = file.plan(&Exchange::GET, [(name, value)]);
            Text::of(plan.status());
            let transfer = ok(&mut buf).header("content-language", "en").file(&plan);
            let mut transfer = transfer.unwrap();
            transfer.check(&Exchange::GET).unwrap();
            loop {
                match transfer.step().unwrap() {
                    Step::Copy(FileBytes { len, .. }) => transfer.copied(len).unwrap(),
                    Step::Fill(FileBytes { room, .. }) => {
                        let n = room.len();
                        transfer.filled(n).unwrap();
                    }
                    Step::Send { bytes, .. } => {
                        let n = bytes.len();
                        transfer.sent(n);
                    }
                    Step::Done => break,
                }
            }
        }
    });
}

#[test]
fn dates_statuses_and_errors_do_not_allocate() {
    without_allocating(|| {
        let date = HttpDate::from_civil(1994, 11, 6, 8, 49, 37).unwrap();
        for text in [
            &b"Sun, 06 Nov 1994 08:49:37 GMT"[..],
            b"Sunday, 06-Nov-94 08:49:37 GMT",
            b"Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(HttpDate::parse(text), Some(date));
            assert_eq!(HttpDate::parse_near(text, date), Some(date));
        }
        assert_eq!(HttpDate::parse(b"yesterday"), None);
        assert_eq!(date.checked_add(1).unwrap().to_unix(), 784_111_778);
        assert_eq!(&date.to_imf_fixdate(), b"Sun, 06 Nov 1994 08:49:37 GMT");
        assert!(Text::of(date).0.starts_with(b"Sun, 06 Nov"));
        assert!(Text::of(Status::NOT_FOUND).0.starts_with(b"404 Not Found"));
        assert!(Text::of(HeaderName::VARY).0.starts_with(b"vary"));
        assert!(
            Text::of(Error::Overflow { needed: 12 })
                .0
                .starts_with(b"buffer")
        );
        assert!(Text::of(Error::Json(JsonError::Depth)).1 > 10);
        assert!(Text::of(BodyError::TooShort { missing: 3 }).1 > 10);
        assert_eq!(Method::parse(b"PATCH"), Method::Patch);
        assert!(HeaderName::new("x-a").is_some() && HeaderName::new("X").is_none());
        assert!(HeaderValue::from_bytes(b"a\n").is_none());
    });
}
