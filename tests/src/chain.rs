//! Replies by random chains of calls, which end in every way there is.

use std::env;

use replywire::body::{Step, Transfer};
use replywire::file::{Boundary, File};
use replywire::json::{Orjson, Python, Ujson};
use replywire::request::{Exchange, Version};
use replywire::{
    Disposition, Draft, Edit, Error, FieldName, FieldValue, Head, HeaderName, HeaderValue, Headers,
    HttpDate, Response, SetCookie, Status, head as head_of,
};

use crate::random::Random;
use crate::singletons::SINGLETONS;
use crate::size;

/// The number of chains that are tried.
///
/// # Panics
///
/// Where `REPLYWIRE_CHAINS` is no number.
pub fn count() -> u64 {
    match env::var("REPLYWIRE_CHAINS") {
        Ok(count) => count.parse().expect("a number"),
        Err(_) => size::either(3000, 30_000),
    }
}

/// Lists, and fields that are not registered.
pub const LISTS: [&str; 12] = [
    "accept-ranges",
    "allow",
    "cache-control",
    "content-digest",
    "content-encoding",
    "content-language",
    "link",
    "repr-digest",
    "vary",
    "x",
    "x-accel-buffering",
    "x-request-id",
];

/// The fields that endings depend on, which are taken more often.
const TELLING: [&str; 16] = [
    "accept-ranges",
    "age",
    "cache-control",
    "content-digest",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-location",
    "Content-Type",
    "date",
    "ETag",
    "expires",
    "Last-Modified",
    "Location",
    "retry-after",
    "x-accel-buffering",
];

const VALUES: [&str; 12] = [
    "",
    "a",
    "en",
    "none",
    "bytes",
    "\"v2\"",
    "W/\"v2\"",
    "text/plain",
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "aaaaaaaaaaaaaaaaaaaa",
    "a value that is somewhat longer than all of the others are",
    "caf\u{e9}",
];

const HEADS: [Head; 3] = [
    head_of!(Status::OK, "Content-Type" => "text/html", "etag" => "\"v1\"", "x" => "y"),
    head_of!(Status::NOT_FOUND, "cache-control" => "no-store", "server" => "s"),
    head_of!(Status::OK, "location" => "/a", "date" => "Sun, 06 Nov 1994 08:49:37 GMT"),
];

const STATUSES: [Status; 16] = [
    Status::OK,
    Status::OK,
    Status::OK,
    Status::CREATED,
    Status::NO_CONTENT,
    Status::RESET_CONTENT,
    Status::PARTIAL_CONTENT,
    Status::NOT_MODIFIED,
    Status::TEMPORARY_REDIRECT,
    Status::BAD_REQUEST,
    Status::NOT_FOUND,
    Status::PRECONDITION_FAILED,
    Status::RANGE_NOT_SATISFIABLE,
    Status::NETWORK_AUTHENTICATION_REQUIRED,
    Status::EARLY_HINTS,
    Status::INTERNAL_SERVER_ERROR,
];

/// The lines of requests that a plan depends on.
const REQUESTS: [(&str, &str); 12] = [
    ("range", "bytes=0-1"),
    ("range", "bytes=0-1,4-5"),
    ("range", "bytes=0-0,2-2,4-4,6-6"),
    ("range", "bytes=-3"),
    ("range", "bytes=5000-"),
    ("range", "bytes"),
    ("if-none-match", "\"v2\""),
    ("if-none-match", "*"),
    ("if-match", "\"v2\""),
    ("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:36 GMT"),
    ("if-range", "\"v2\""),
];

/// A reply that was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Written {
    /// A head, of which the content comes later.
    Head(Vec<u8>),
    /// A head that was seen no further than that it fits.
    Fits,
    /// The head of a reply by a plan, which lines decide that may not have fitted.
    Planned(Vec<u8>),
    Whole(Vec<u8>),
}

fn one<T: Copy>(source: &mut Random, of: &[T]) -> T {
    of[source.below(of.len())]
}

fn name(source: &mut Random) -> String {
    let name = match source.below(4) {
        0 => one(source, &SINGLETONS),
        1 => one(source, &LISTS),
        _ => one(source, &TELLING),
    };
    match source.below(4) {
        0 => name.to_ascii_uppercase(),
        _ => name.to_owned(),
    }
}

fn value(source: &mut Random) -> String {
    match source.below(40) {
        0 => "v".repeat(source.below(400)),
        _ => one(source, &VALUES).to_owned(),
    }
}

fn fields(source: &mut Random) -> Vec<(String, String)> {
    (0..source.below(4))
        .map(|_| (name(source), value(source)))
        .collect()
}

/// A reply, or a finished one being edited, on which the calls of a chain are made.
trait Calls: Sized {
    fn header(self, name: impl FieldName, value: impl FieldValue) -> Self;
    fn headers(self, headers: &Headers<4096>) -> Self;
    fn forward(self, fields: &[(String, String)]) -> Self;
    fn cookie(self, cookie: &SetCookie<'_>) -> Self;
    fn disposition(self, disposition: &Disposition<'_>) -> Self;
    fn media_type(self, media_type: &str) -> Self;
    fn join(self, draft: &Draft<4096>) -> Self;
    fn close(self) -> Self;
}

macro_rules! calls {
    ($on:ident) => {
        impl Calls for $on<'_> {
            fn header(self, name: impl FieldName, value: impl FieldValue) -> Self {
                self.header(name, value)
            }

            fn headers(self, headers: &Headers<4096>) -> Self {
                self.headers(headers)
            }

            fn forward(self, fields: &[(String, String)]) -> Self {
                self.forward(fields.iter().map(|(name, value)| (name, value)))
            }

            fn cookie(self, cookie: &SetCookie<'_>) -> Self {
                self.cookie(cookie)
            }

            fn disposition(self, disposition: &Disposition<'_>) -> Self {
                self.disposition(disposition)
            }

            fn media_type(self, media_type: &str) -> Self {
                self.media_type(media_type)
            }

            fn join(self, draft: &Draft<4096>) -> Self {
                self.join(draft)
            }

            fn close(self) -> Self {
                self.close()
            }
        }
    };
}

calls!(Edit);
calls!(Response);

/// Applies a random call, which joins a draft now and then if `joins` says so.
fn call<R: Calls>(source: &mut Random, on: R, joins: bool) -> R {
    const NOSNIFF: HeaderValue<'_> = HeaderValue::new("nosniff").unwrap();
    match source.below(16) {
        0 => on.header(HeaderName::X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        1 => on.header(HeaderName::ETAG, "\"v2\""),
        2 => on.header(HeaderName::CONTENT_TYPE, one(source, &VALUES)),
        3 => on.header(HeaderName::RETRY_AFTER, source.below(1000)),
        4 => on.cookie(&SetCookie::new("sid", "31d4d96e")),
        5 => on.media_type(one(
            source,
            &["text/plain", "image/png", "text/x;charset=a"],
        )),
        6 => on.disposition(&Disposition::attachment(one(
            source,
            &["a.txt", "caf\u{e9}"],
        ))),
        7 => {
            let mut headers = Headers::<4096>::new();
            for (name, value) in fields(source) {
                match source.below(2) {
                    0 => headers.set(name.as_str(), value.as_str()),
                    _ => headers.append(name.as_str(), value.as_str()),
                }
                .unwrap();
            }
            on.headers(&headers)
        }
        8 => {
            let mut fields = fields(source);
            fields.push(("Connection".into(), "keep-alive, X, etag".into()));
            fields.push(("content-length".into(), "7".into()));
            let blank = one(source, &["", " ", "\t "]);
            for (_, value) in &mut fields {
                *value = format!("{blank}{value}{blank}");
            }
            on.forward(&fields)
        }
        // A mistake, now and then.
        9 if source.below(16) == 0 => on.header(name(source).as_str(), "a\nb"),
        10 if source.below(8) == 0 => on.close(),
        11 if joins && source.below(2) == 0 => on.join(&draft(source)),
        _ => on.header(name(source).as_str(), value(source).as_str()),
    }
}

fn draft(source: &mut Random) -> Draft<4096> {
    let mut draft = Draft::new();
    for (name, value) in fields(source) {
        draft.append(name.as_str(), value.as_str()).unwrap();
    }
    if source.below(4) == 0 {
        draft.set_status(one(source, &STATUSES));
    }
    draft
}

/// Starts a reply in one of three ways, and applies random calls.
fn chain<'b>(source: &mut Random, exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Response<'b> {
    let mut response = match source.below(4) {
        0 => {
            let draft = draft(source);
            Response::to(exchange, buf, one(source, &STATUSES)).join(&draft)
        }
        1 => Response::with_head(exchange, buf, one(source, &HEADS)),
        _ => Response::to(exchange, buf, one(source, &STATUSES)),
    };
    for _ in 0..source.below(9) {
        response = call(source, response, true);
    }
    response
}

/// When the later calls of a chain are made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// Before the reply ends.
    Before,
    /// On the finished reply.
    After,
}

/// Writes the reply of this number, whose last calls are made before or after its end.
///
/// A draft joins only among these: it stands for lines that come later before the end.
///
/// # Errors
///
/// What the core refuses.
pub fn edited(number: u64, when: When, buf: &mut [u8]) -> Result<Vec<u8>, Error> {
    let source = &mut Random::new(number);
    let exchange = exchange(source, &[]);
    let end = source.below(7);
    let text = one(source, &["", "hi", "a text of some more bytes \" \u{e9}"]);
    let status = one(source, &STATUSES);
    let mut response = match source.below(3) {
        0 => Response::with_head(&exchange, buf, one(source, &HEADS)),
        _ => Response::to(&exchange, buf, status),
    };
    for _ in 0..source.below(5) {
        response = call(source, response, false);
    }
    let later = 1 + source.below(4);
    if when == When::Before {
        for _ in 0..later {
            response = call(source, response, true);
        }
    }
    let reply = match end {
        0 => response.empty(),
        1 => response.body(text.as_bytes()),
        2 => response.bytes("text/css", text.as_bytes()),
        3 => response.text(text),
        4 => response.json(&(text, 1)),
        5 => response.json_by_hand(text),
        _ => response.document(Ujson::of(&text)),
    }?;
    if when == When::Before {
        return Ok(reply.as_bytes().to_vec());
    }
    let mut edit = reply.edit();
    for _ in 0..later {
        edit = call(source, edit, true);
    }
    edit.finish().map(|reply| reply.as_bytes().to_vec())
}

fn file(source: &mut Random) -> File<'static> {
    let mut file = File::new(one(source, &[0, 8, 1000]));
    if source.below(2) == 0 {
        file = file.modified(784_111_777, 0);
    }
    if source.below(2) == 0 {
        file = file.boundary(Boundary::new("AND").unwrap());
    }
    file.media_type(one(source, &["text/plain", "image/png"]))
}

fn exchange(source: &mut Random, request: &[(&str, &str)]) -> Exchange<'static> {
    let version = one(source, &[Version::Http11, Version::Http11, Version::Http10]);
    let method = one(source, &["GET", "GET", "GET", "HEAD", "POST", "CONNECT"]);
    let exchange = Exchange::new(method, version, request.iter().copied());
    match source.below(3) {
        0 => exchange.at(HttpDate::from_unix(784_111_777).unwrap()),
        _ => exchange,
    }
}

/// Writes the reply of this number.
///
/// # Errors
///
/// What the core refuses.
pub fn write(number: u64, buf: &mut [u8]) -> Result<Written, Error> {
    let source = &mut Random::new(number);
    let request: Vec<_> = (0..source.below(3))
        .map(|_| one(source, &REQUESTS))
        .collect();
    let exchange = exchange(source, &request);
    let end = source.below(24);
    let text = one(source, &["", "hi", "a text of some more bytes \" \u{e9}"]);
    let file = file(source);
    let mut response = chain(source, &exchange, buf);
    let reply = match end {
        0 => response.empty(),
        1 => response.body(text.as_bytes()),
        2 => response.bytes("text/css", text.as_bytes()),
        3 => response.text(text),
        4 => response.html(text),
        5 => response.json(&(text, 1)),
        6 => response.json_by_hand(text),
        7 => response.document(Ujson::of(&text)),
        8 => response.document(Orjson::of(&f64::NAN)),
        9 => response.redirect("/caf\u{e9}?a=b"),
        10 => response.redirect_local("/a"),
        11..=13 => {
            let plan = response.plan(&file, request.iter().copied());
            return Ok(Written::Planned(response.file(&plan)?.head().to_vec()));
        }
        14 | 15 => {
            let plan = file.plan(&exchange, request.iter().copied());
            return Ok(Written::Planned(response.file(&plan)?.head().to_vec()));
        }
        16 => return Ok(Written::Head(head(response.sized(5)?, true))),
        17 => return Ok(Written::Head(head(response.sized_exactly(50_000)?, true))),
        18 => return Ok(Written::Head(head(response.stream()?, false))),
        19 => return Ok(Written::Head(head(response.events()?, false))),
        20 => return Ok(Written::Head(head(response.json_lines()?, false))),
        21 => return response.json_stream(&text).map(|_| Written::Fits),
        22 => {
            return response
                .document_sized(Python::of(&text))
                .map(|_| Written::Fits);
        }
        _ => return response.array_stream(Python).map(|_| Written::Fits),
    };
    Ok(Written::Whole(reply?.as_bytes().to_vec()))
}

/// The head of a transfer, without its content, of which a source has some or none.
fn head(mut transfer: Transfer<'_>, has_some: bool) -> Vec<u8> {
    let bytes = loop {
        let n = match transfer.step().unwrap() {
            Step::Fill(room) if has_some => room.len(),
            Step::Fill(_) => 0,
            Step::Send { bytes, .. } => break bytes.to_vec(),
            Step::Done => panic!("a transfer without a head"),
        };
        transfer.filled(n).expect("content");
    };
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    bytes[..end.expect("a head") + 4].to_vec()
}
