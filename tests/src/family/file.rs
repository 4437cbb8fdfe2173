//! Family `file`: one file, served once from memory; over a connection where work comes after it.

use std::cell::Cell;
use std::convert::Infallible;
use std::path::Path;

use replywire::file::{Boundary, File, guess_media_type};
use replywire::request::{Exchange, Version};
use replywire::{Disposition, ETag, Error, Headers, Place, Response, Status};
use replywire_embedded::{
    Answered, Buffers, Handler, Limits, Request, Responder, Unanswered, serve_connection,
};
use replywire_files::{OpenError, OpenFile};
use serde_json::Value as Json;

use crate::drive::{FileWay, drive_file};
use crate::edits;
use crate::failure::Failure;
use crate::family::{Got, Verdict, Words};
use crate::line::Line;
use crate::plan::{LENGTH_IS_AN_ARGUMENT, one_length, read_status};
use crate::script::poll_times;
use crate::vector::{Vector, content, pairs, reference_tag};
use crate::{ROOM, buffer, latin1};

/// Seconds since the epoch where a family has no clock of its own.
const NOW: i64 = 2_116_411_200;

pub(super) fn check(vector: &Vector) -> Verdict {
    let input = &vector.input;
    if let Some(kind) = input["path_kind"].as_str() {
        return Got::Refused(not_opened(kind)).against(&vector.expect, input);
    }
    let case = Case::new(input);
    let content = content(&input["file"]["content"]);
    let got = case.run(&content, ROOM, FileWay::Filled, usize::MAX);
    let mut differs = got.differs(&by_path(&vector.expect, &content), input);
    if !case.is_same_in_every_way(&content, &got) {
        differs.insert("whole".into());
    }
    let ran = vector.expect["ok"]["background_ran"].as_bool();
    if let (Some(ran), Got::Reply(_)) = (ran, &got) {
        let (wire, did) = case.serve(&content);
        if did != ran {
            differs.insert("background".into());
        }
        if Got::read(&wire, case.method()) != got {
            differs.insert("served".into());
        }
    }
    got.verdict(differs).said(&case.words)
}

/// Tells if the reference has this line before it edits the reply: it always has a type, and the
/// validators where the facts are given.
fn tells(name: &str, has_facts: bool) -> bool {
    match name.to_ascii_lowercase().as_str() {
        "content-type" => true,
        "etag" | "last-modified" => has_facts,
        _ => false,
    }
}

/// The reason that a path of this kind gives no file.
fn not_opened(kind: &str) -> Failure {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let path = match kind {
        "missing" => directory.join("missing"),
        "directory" => directory,
        _ => panic!("unknown kind of path {kind}"),
    };
    match OpenFile::open(&path) {
        Err(OpenError::Missing) => Failure::Missing,
        Err(OpenError::NotRegular) => Failure::NotAFile,
        other => panic!("{} {other:?}", path.display()),
    }
}

/// The expected reply, with the content where the server was given a path.
fn by_path(expect: &Json, content: &[u8]) -> Json {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    let mut expect = expect.clone();
    if expect["ok"]["pathsend"] == true {
        expect["ok"]["body"] = serde_json::json!({
            "len": content.len(),
            "b64": STANDARD.encode(content),
        });
    }
    expect
}

/// The facts and the request of a vector.
struct Case<'i> {
    input: &'i Json,
    lines: Result<Headers<8192>, Failure>,
    words: Words,
}

impl<'i> Case<'i> {
    fn new(input: &'i Json) -> Self {
        let mut case = Self {
            input,
            lines: Ok(Headers::new()),
            words: Words::new(),
        };
        case.lines = case.read_lines();
        case
    }

    /// The file's own tag: a text that the vectors give the reference's way.
    fn own_etag(&self) -> String {
        let file = &self.input["file"];
        let time = file["mtime_float"].as_str().expect("a time");
        let len = content(&file["content"]).len();
        format!("\"{}\"", reference_tag(time, len))
    }

    /// The lines of the caller, but for the length.
    fn read_lines(&mut self) -> Result<Headers<8192>, Failure> {
        let mut lines = Headers::new();
        let supplied = pairs(&self.input["headers"]);
        let lengths: Vec<&str> = supplied
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map(|(_, value)| *value)
            .collect();
        let len = content(&self.input["file"]["content"]).len() as u64;
        for (name, value) in supplied {
            match name.eq_ignore_ascii_case("content-length") {
                true if one_length(&lengths) == Some(Some(len)) => {
                    self.words.insert(LENGTH_IS_AN_ARGUMENT);
                }
                true => return Err(Failure::Core(Error::FramingHeader(Place::UNKNOWN))),
                false => lines.append(name, value)?,
            }
        }
        let has_facts = self.input["stat"] == "given";
        for op in self.input["ops"].as_array().into_iter().flatten() {
            let name = op["name"].as_str().unwrap_or_default();
            match op["op"].as_str() {
                Some("setdefault_header") if tells(name, has_facts) => {
                    self.words.insert("default-of-a-fact");
                }
                _ => edits::apply(op, NOW, &mut lines)?,
            }
        }
        Ok(lines)
    }

    /// The name that the reply suggests.
    fn file_name(&self) -> Option<&'i str> {
        self.input["filename"].as_str()
    }

    /// The name that the type is guessed by.
    fn name(&self) -> &'i str {
        match self.input["filename"].as_str() {
            Some("") | None => self.input["file"]["name"].as_str().expect("a name"),
            Some(name) => name,
        }
    }

    fn facts<'p>(&'p self, own_etag: &'p str) -> File<'p, 100> {
        let file = &self.input["file"];
        let time = file["mtime_ns"].as_i64().expect("a time");
        let len = content(&file["content"]).len() as u64;
        let etag = ETag::parse(own_etag).expect("a tag");
        let mut facts = File::new(len)
            .ranges::<100>()
            .modified(
                time.div_euclid(1_000_000_000),
                time.rem_euclid(1_000_000_000) as u32,
            )
            .etag(etag);
        let media_type = self.input["media_type"].as_str();
        if let Some(media_type) = media_type.or_else(|| guess_media_type(self.name())) {
            facts = facts.media_type(media_type);
        }
        facts.boundary(match self.input["boundary"].as_str() {
            Some(boundary) => Boundary::new(boundary).expect("a boundary"),
            None => Boundary::from_bits(1),
        })
    }

    fn request(&self) -> Vec<(&'i str, Vec<u8>)> {
        pairs(&self.input["request_headers"])
            .into_iter()
            .map(|(name, value)| (name, latin1(value)))
            .collect()
    }

    /// Sends the file through a buffer of `room` bytes, no more than `limit` bytes a write.
    fn run(&self, content: &[u8], room: usize, way: FileWay, limit: usize) -> Got {
        match self.send(content, room, way, limit) {
            Ok(sent) => Got::read(&sent, self.method()),
            Err(failure) => Got::Refused(failure),
        }
    }

    fn send(
        &self,
        content: &[u8],
        room: usize,
        way: FileWay,
        limit: usize,
    ) -> Result<Vec<u8>, Failure> {
        let lines = self.lines.as_ref().map_err(|failure| *failure)?;
        let status = read_status(&self.input["status"])?;
        let exchange = Exchange::new(self.method(), Version::Http11, self.request());
        let own_etag = self.own_etag();
        let mut buf = buffer(room);
        let mut response = self.start(&exchange, &mut buf, status, lines);
        let plan = response.plan(&self.facts(&own_etag), self.request());
        let transfer = response.file(&plan)?;
        let driven = drive_file(transfer, self.there(content), way, &[limit]);
        driven.result?;
        Ok(driven.sent)
    }

    /// Begins the reply, with the lines of the caller.
    fn start<'b>(
        &self,
        exchange: &Exchange<'b>,
        buf: &'b mut [u8],
        status: Status,
        lines: &Headers<8192>,
    ) -> Response<'b> {
        let mut response = Response::to(exchange, buf, status);
        if let Some(disposition) = self.disposition() {
            response = response.disposition(&disposition);
        }
        // A line of the caller's replaces it.
        response.headers(lines)
    }

    fn disposition(&self) -> Option<Disposition<'_>> {
        let name = self.file_name()?;
        Some(match self.input["content_disposition_type"].as_str() {
            Some("inline") => Disposition::inline(name),
            _ => Disposition::attachment(name),
        })
    }

    /// The content that is left when it is sent.
    fn there<'c>(&self, content: &'c [u8]) -> &'c [u8] {
        let there = self.input["truncate_to"].as_u64().unwrap_or(u64::MAX);
        &content[..content.len().min(there as usize)]
    }

    /// Serves the file over a connection, with work after the reply: what was written, and whether
    /// the work was done.
    fn serve(&self, content: &[u8]) -> (Vec<u8>, bool) {
        let mut sent = format!("{} / HTTP/1.1\r\nhost: x\r\n", self.method()).into_bytes();
        for (name, value) in self.request() {
            for part in [name.as_bytes(), b": ", &value, b"\r\n"] {
                sent.extend_from_slice(part);
            }
        }
        sent.extend_from_slice(b"\r\n");
        let mut line = Line::new(sent);
        let logs = line.logs.clone();
        let app = App {
            case: self,
            content,
            ran: Cell::new(false),
        };
        let (mut request, mut reply) = (buffer(ROOM), buffer(ROOM));
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let limits = Limits::new();
        let served = serve_connection(&mut line, &app, buffers, &limits);
        let _ = poll_times(served, 1 << 16).expect("an end");
        (logs.wire(), app.ran.get())
    }

    fn method(&self) -> &'i str {
        self.input["method"].as_str().expect("a method")
    }

    /// True if the wire is the same through every kind of buffer and driver.
    fn is_same_in_every_way(&self, content: &[u8], want: &Got) -> bool {
        // The second answer knows the lines of validators, which then fit.
        let mut needed = 0;
        for _ in 0..2 {
            match self.send(content, needed, FileWay::Filled, usize::MAX) {
                Err(Failure::Core(Error::Overflow { needed: more })) => needed = more,
                Err(_) => return matches!(want, Got::Refused(_)),
                Ok(_) => {}
            }
        }
        let mut ways = Vec::new();
        for room in [needed, needed + 1, needed + 13, needed + 600] {
            for way in [FileWay::Filled, FileWay::Copied, FileWay::Mixed] {
                ways.push((room, way));
            }
        }
        ways.into_iter()
            .zip([usize::MAX, 7, 1000].into_iter().cycle())
            .all(|((room, way), limit)| {
                match (self.run(content, room, way, limit), want) {
                    // How much is missing depends on how much had been read.
                    (Got::Refused(Failure::Body(_)), Got::Refused(Failure::Body(_))) => true,
                    (got, want) => got == *want,
                }
            })
    }
}

/// Answers with the file of a case, and has work to do after it.
struct App<'c> {
    case: &'c Case<'c>,
    content: &'c [u8],
    ran: Cell<bool>,
}

impl Handler<Line> for App<'_> {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, Line>,
    ) -> Result<Answered, Unanswered> {
        let (case, own_etag) = (self.case, self.case.own_etag());
        let lines = case.lines.as_ref().expect("what was written before");
        let status = read_status(&case.input["status"]).expect("a status");
        let source = case.there(self.content);
        let work = async {
            self.ran.set(true);
            Ok::<_, Infallible>(())
        };
        let mut reply = responder.status(status).background(work);
        if let Some(disposition) = case.disposition() {
            reply = reply.disposition(&disposition);
        }
        // A line of the caller's replaces it.
        let reply = reply.headers(lines);
        reply.file(request, case.facts(&own_etag), source).await
    }
}
