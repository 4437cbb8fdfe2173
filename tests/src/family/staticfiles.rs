//! Family `staticfiles`: requests to a folder of real files, answered through the connection loop.
//!
//! Two texts of the reference are put in the library's own words before anything is compared: a
//! tag is the reference's hash, and a boundary is random and of another length. Wherever the hash
//! of a file stands, in a field of the request or in what is expected, the text that this library
//! defines for the tag of that file is put; see [`Sites::tags`]. Both texts mean nothing but
//! themselves (RFC 9110 § 8.8.3 and RFC 2046 § 5.1.1), so a vector passes by the one as by the
//! other.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use embedded_io_async::{ErrorType, Read, Write};
use replywire_embedded::{
    Answered, Buffers, Closed, Handler, Limits, Request, Responder, Transport, Unanswered,
    serve_connection,
};
use replywire_files::{FileTransport, Folder};
use serde_json::{Value as Json, json};

use crate::family::{Got, Verdict};
use crate::script::{Script, poll_times};
use crate::site::{Sites, escaped};
use crate::vector::{Vector, base64, pairs};
use crate::{buffer, from_latin1, latin1};

thread_local! {
    /// Made once a thread, gone with it.
    static SITES: Sites = Sites::new();
}

/// The text that stands for a boundary.
const BOUNDARY: &str = "0123456789abcdef0123456789abcdef";

pub(super) fn check(vector: &Vector) -> Verdict {
    SITES.with(|sites| {
        let input = &vector.input;
        let tags = sites.tags();
        let hides = has_hidden_name(input["path"].as_str().expect("a path"));
        let folder = Arc::new(sites.folder(input, hides));
        let request = request(input, tags);
        let method = input["method"].as_str().expect("a method");
        let wires = [
            Script::new([&request]),
            Script::new([&request]).hesitates(),
            Script::new(request.chunks(1)).max_write(7),
        ]
        .map(|script| with_boundary(&answer(&folder, script)));

        let got = Got::read(&wires[0], method);
        let expect = expected(vector, method, tags);
        let mut differs = got.differs(&expect, input);
        if differs.contains("location") {
            differs.extend(other_place(&got, &expect, input));
        }
        if wires.iter().any(|wire| *wire != wires[0]) {
            differs.insert("whole".into());
        }
        let words = hides.then_some("hidden-names");
        got.verdict(differs).said(&words.into_iter().collect())
    })
}

/// Tells if a part of the path is a name that begins with a dot. Such files are served where the
/// folder's options ask for them.
fn has_hidden_name(path: &str) -> bool {
    let is_hidden = |part: &str| part.starts_with('.') && !matches!(part, "." | "..");
    path.split('/').any(is_hidden)
}

/// The request that a client sends.
fn request(input: &Json, tags: &BTreeMap<String, String>) -> Vec<u8> {
    let text = |key: &str| input[key].as_str();
    let mut target = match text("path").expect("a path") {
        // RFC 9112 § 3.2.1
        "" => "/".into(),
        path => escaped(path),
    };
    // The reference cannot tell an empty query from none.
    if let Some(query) = text("query").filter(|query| !query.is_empty()) {
        target.push('?');
        target.push_str(query);
    }
    let method = text("method").expect("a method");
    let host = text("host").expect("a host");
    let mut sent = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\n");
    for (name, value) in pairs(&input["request_headers"]) {
        sent.push_str(&format!("{name}: {}\r\n", with_tags(value, tags)));
    }
    sent.push_str("\r\n");
    latin1(&sent)
}

/// Puts the library's own text for every tag of the reference, in either case.
fn with_tags(text: &str, tags: &BTreeMap<String, String>) -> String {
    tags.iter().fold(text.to_owned(), |text, (theirs, ours)| {
        text.replace(theirs, ours)
            .replace(&theirs.to_uppercase(), &ours.to_uppercase())
    })
}

/// The bytes written in answer to the one request of `script`.
fn answer(folder: &Arc<Folder>, script: Script) -> Vec<u8> {
    let mut conn = Conn(script);
    let (mut request, mut reply) = (buffer(16 * 1024), buffer(1024));
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let site = Site(Arc::clone(folder));
    let limits = <Limits>::new();
    let served = serve_connection(&mut conn, &site, buffers, &limits);
    let closed = poll_times(served, 100_000).expect("a script ends");
    // A request that is refused ends the connection.
    assert!(
        matches!(closed, Ok(Closed::Peer | Closed::Server)),
        "{closed:?}"
    );
    conn.0.wire()
}

/// Puts [`BOUNDARY`] for the boundary of a reply, if that is 32 digits.
fn with_boundary(wire: &[u8]) -> Vec<u8> {
    let text = from_latin1(wire);
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    match text.split_once("; boundary=") {
        Some((_, rest)) if rest.bytes().take_while(|byte| is_digit(*byte)).count() == 32 => {
            latin1(&text.replace(&rest[..32], BOUNDARY))
        }
        _ => wire.to_vec(),
    }
}

/// The expected reply, in the library's own words and without the content that no server sends.
fn expected(vector: &Vector, method: &str, tags: &BTreeMap<String, String>) -> Json {
    let mut expect = vector.expect.clone();
    if method == "HEAD" {
        expect["ok"]["body"] = json!({ "len": 0, "b64": "" });
    }
    let boundary = vector.input["boundary"].as_str();
    if let Some(boundary) = boundary {
        let body = from_latin1(&base64(&expect["ok"]["body"]["b64"]));
        let body = latin1(&body.replace(boundary, BOUNDARY));
        expect["ok"]["body"] = json!({ "len": body.len(), "b64": STANDARD.encode(&body) });
    }
    let len = expect["ok"]["body"]["len"].to_string();
    for line in expect["ok"]["headers"].as_array_mut().expect("lines") {
        let value = line[1].as_str().expect("a value");
        line[1] = match (line[0].as_str(), boundary) {
            (Some("etag"), _) => with_tags(value, tags).into(),
            (Some("content-type"), Some(boundary)) => value.replace(boundary, BOUNDARY).into(),
            (Some("content-length"), Some(_)) => len.clone().into(),
            _ => continue,
        };
    }
    expect
}

/// The name of the reference's server, for requests without a `Host` that can be one.
const SERVER: &str = "testserver";

/// The way in which a redirect misses the expected place, which begins with the origin:
/// `segments` are spared that say nothing, or else it is another `place`.
fn other_place(got: &Got, expect: &Json, input: &Json) -> Option<String> {
    let Got::Reply(parsed) = got else { return None };
    let place = from_latin1(parsed.values("location").first()?);
    let lines = pairs(&expect["ok"]["headers"]);
    let (_, url) = lines.iter().find(|(name, _)| *name == "location")?;
    let url = url.strip_prefix("http://").unwrap_or_default();
    let (authority, want) = url.split_at(url.find('/').unwrap_or(url.len()));
    let is_origin = input["host"] == authority || authority == SERVER;
    match is_origin {
        true if place == want => None,
        true if place == without_segments(want) => Some("segments".into()),
        _ => Some("place".into()),
    }
}

/// A path without its segments that are empty or one dot, up to the query.
fn without_segments(place: &str) -> String {
    let (path, query) = place.split_at(place.find('?').unwrap_or(place.len()));
    let segments = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let path: String = segments.map(|part| format!("/{part}")).collect();
    format!("{path}/{query}")
}

/// Answers every request with the folder.
struct Site(Arc<Folder>);

impl Handler<Conn> for Site {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Conn>,
    ) -> Result<Answered, Unanswered> {
        Ok(self.0.answer(request, responder).await?)
    }
}

/// A script that files are sent over: nothing else runs that a disk could keep waiting, and there
/// is no socket.
struct Conn(Script);

fn never<T>(result: Result<T, Infallible>) -> io::Result<T> {
    match result {
        Ok(done) => Ok(done),
        Err(error) => match error {},
    }
}

impl ErrorType for Conn {
    type Error = io::Error;
}

impl Read for Conn {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        never(self.0.read(buf).await)
    }
}

impl Write for Conn {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        never(self.0.write(bytes).await)
    }

    async fn flush(&mut self) -> io::Result<()> {
        never(self.0.flush().await)
    }
}

impl Transport for Conn {}

impl FileTransport for Conn {
    async fn blocking<R, F>(work: F) -> io::Result<R>
    where
        R: Send + 'static,
        F: FnOnce() -> io::Result<R> + Send + 'static,
    {
        work()
    }

    async fn kernel(
        &mut self,
        _: impl FnMut(BorrowedFd<'_>) -> io::Result<usize>,
    ) -> Option<io::Result<usize>> {
        None
    }
}
