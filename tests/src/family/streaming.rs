//! Family `streaming`: bodies that come in chunks, events, and work after a reply.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use replywire::body::{Chunk, Event, JsonLine, StreamError};
use replywire::json::{ByHand, BySerde, Document, Pydantic};
use replywire::{Draft, Error, Status};
use replywire_embedded::{
    Answered, Buffers, Cause, Chunks, Handler, Limits, Request, Responder, Unanswered,
    chunks_from_fn, serve_connection,
};
use replywire_std::try_chunks;
use serde_json::{Value as Json, json};

use crate::edits;
use crate::failure::Failure;
use crate::family::{Differences, Got, Verdict, Words, different_fields, one};
use crate::line::{Dry, Line, Log, Logs, once_pending};
use crate::plan::{Content, Plan, Way, read_status};
use crate::reply::{Framing, Parsed, head};
use crate::script::poll_times;
use crate::spelling::Spelled;
use crate::value::Value;
use crate::vector::{Vector, base64, fields};
use crate::{ROOM, buffer};

pub(super) fn check(vector: &Vector) -> Verdict {
    let input = &vector.input;
    match input["kind"].as_str().expect("a kind") {
        "stream" => stream(vector),
        "background" => against(&run(input, &Body::Buffered), &vector.expect, input),
        "sse_event" => event(vector, &vector.expect, plain_event(input)),
        "sse_typed_event" => typed_event(vector),
        "sse_stream" | "jsonl" => items(vector),
        other => panic!("unknown kind {other}"),
    }
}

/// The body to send.
enum Body {
    Buffered,
    /// These items under a draft response.
    Items(Box<Draft<16384>>, Status, Vec<Item>, bool),
    Stream(Box<Plan>, Messages),
}

fn stream(vector: &Vector) -> Verdict {
    let input = &vector.input;
    let body = |waits, source| {
        let mut plan = Plan::new(
            "Response",
            Content::None,
            &input["status"],
            &input["headers"],
            &input["media_type"],
        )?;
        plan.edit(&input["ops"], NOW)?;
        Ok::<_, Failure>(Body::Stream(
            Box::new(plan),
            Messages::read(input, waits, source),
        ))
    };
    let runs = |waits, source| match body(waits, source) {
        Ok(body) => run(input, &body),
        Err(failure) => Run::refused(failure),
    };
    // Where the source waits, each chunk leaves alone; else they leave together.
    let against = |waits, source| against(&runs(waits, source), &vector.expect, input);
    let is_error = !vector.expect["error"].is_null();
    let sources = [Source::Impl, Source::Block, Source::Closure];
    Verdict::of_all(sources.into_iter().flat_map(|source| {
        let alone = against(true, source);
        [Some(alone), (!is_error).then(|| against(false, source))]
            .into_iter()
            .flatten()
    }))
}

const NOW: i64 = 2_116_411_200;

fn items(vector: &Vector) -> Verdict {
    let input = &vector.input;
    let list = input["items"].as_array().expect("items");
    let is_events = input["kind"] == "sse_stream";
    let values: Vec<Value> = list.iter().map(Value::read).collect();
    let mut ways: Vec<Way> = vec![Way::Hand, Way::Serde];
    ways.retain(|way| values.iter().all(|value| value.ways().contains(way)));
    let (expect, words) = match input["typed"] == true {
        true => (vector.expect.clone(), Words::new()),
        false => compact(&vector.expect, list),
    };
    Verdict::of_all(ways.into_iter().map(|way| {
        let item = |value: &Value| match is_events {
            true => Item::Event(value.clone(), way),
            false => Item::Line(value.clone(), way),
        };
        let items = values.iter().map(item).collect();
        let body = collect(input).and_then(|draft| {
            let status = match &input["route_status"] {
                Json::Null => Status::OK,
                status => read_status(status)?,
            };
            Ok(Body::Items(Box::new(draft), status, items, is_events))
        });
        let run = match body {
            Ok(body) => run(input, &body),
            Err(failure) => Run::refused(failure),
        };
        against(&run, &expect, input).said(&words)
    }))
}

/// The expected outcome in the library's own spelling, where the reference writes values of no
/// declared type as Python does: no blanks after separators, and text as it is.
fn compact(expect: &Json, values: &[Json]) -> (Json, Words) {
    let (mut expect, mut words) = (expect.clone(), Words::new());
    for outcome in ["ok", "sent_before_error"] {
        let Some(messages) = expect[outcome]["body_messages"].as_array() else {
            continue;
        };
        let messages = messages.iter().map(|message| base64(&message["b64"]));
        let body: Vec<u8> = messages.flatten().collect();
        let body = spelled(&body, values, &mut words);
        expect[outcome]["body_messages"] = json!([{ "b64": STANDARD.encode(body) }]);
    }
    (expect, words)
}

/// The body with each of these values in the library's own spelling, as far as it has them.
fn spelled(body: &[u8], values: &[Json], words: &mut Words) -> Vec<u8> {
    let (mut spelled, mut rest) = (Vec::new(), body);
    for value in values {
        let theirs = python_json(value).into_bytes();
        let ours = Pydantic::SPELLING.of(&Value::read(value));
        let Some(place) = find(rest, &theirs) else {
            break;
        };
        if ours != theirs {
            words.insert("compact-json");
        }
        spelled.extend_from_slice(&rest[..place]);
        spelled.extend_from_slice(&ours);
        rest = &rest[place + theirs.len()..];
    }
    spelled.extend_from_slice(rest);
    spelled
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// The draft response as it is when the stream begins.
fn collect(input: &Json) -> Result<Draft<16384>, Failure> {
    let mut draft = Draft::new();
    for op in input["ops"].as_array().expect("operations") {
        match op["op"].as_str() {
            Some("set_status") => draft.set_status(read_status(&op["value"])?),
            Some("set_body") => {}
            _ => edits::apply(op, NOW, draft.headers_mut())?,
        }
    }
    Ok(draft)
}

/// The form in which chunks are given.
#[derive(Clone, Copy)]
enum Source {
    Block,
    Closure,
    Impl,
}

/// The chunks of a vector.
struct Messages {
    chunks: Vec<Vec<u8>>,
    source: Source,
    waits: bool,
    fails_after: Option<u64>,
    breaks_at: Option<u64>,
}

impl Messages {
    fn read(input: &Json, waits: bool, source: Source) -> Self {
        let chunks = input["chunks"].as_array().expect("chunks");
        let bytes = |chunk: &Json| match chunk["v"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => base64(&chunk["b64"]),
        };
        Self {
            chunks: chunks.iter().map(bytes).collect(),
            source,
            waits,
            fails_after: input["producer_fails_after"].as_u64(),
            breaks_at: input["send_fails_at_body_message"].as_u64(),
        }
    }
}

/// [`Messages`] as a source.
struct Giving<'m> {
    messages: &'m Messages,
    given: u64,
    is_broken: Rc<Cell<bool>>,
}

impl<'m> Chunks for Giving<'m> {
    type Chunk<'c> = &'c [u8];
    type Error = Dry;

    async fn next(&mut self) -> Result<Option<&[u8]>, Dry> {
        if self.messages.waits {
            once_pending().await;
        }
        if self.messages.fails_after == Some(self.given) {
            return Err(Dry);
        }
        if self.messages.breaks_at == Some(self.given) {
            self.is_broken.set(true);
        }
        let chunk = self.messages.chunks.get(self.given as usize);
        self.given += 1;
        Ok(chunk.map(Vec::as_slice))
    }
}

fn owned(chunk: Option<&[u8]>) -> Option<Vec<u8>> {
    chunk.map(<[u8]>::to_vec)
}

/// The items of an event stream or of JSON Lines.
enum Item {
    /// The data of an event.
    Event(Value, Way),
    Line(Value, Way),
}

struct Items<'i>(std::slice::Iter<'i, Item>);

impl<'i> Chunks for Items<'i> {
    type Chunk<'c> = Piece<'i>;
    type Error = Dry;

    async fn next(&mut self) -> Result<Option<Piece<'i>>, Dry> {
        Ok(self.0.next().map(|item| match item {
            Item::Event(value, Way::Hand) => {
                Piece::EventByHand(Event::new().json(Pydantic::by_hand(value)))
            }
            Item::Event(value, Way::Serde) => {
                Piece::EventBySerde(Event::new().json(Pydantic::of(value)))
            }
            Item::Line(value, Way::Hand) => {
                Piece::LineByHand(JsonLine::new(Pydantic::by_hand(value)))
            }
            Item::Line(value, Way::Serde) => Piece::LineBySerde(JsonLine::new(Pydantic::of(value))),
        }))
    }
}

enum Piece<'i> {
    EventByHand(Event<'i, ByHand<'i, Value, Pydantic>>),
    EventBySerde(Event<'i, BySerde<'i, Value, Pydantic>>),
    LineByHand(JsonLine<ByHand<'i, Value, Pydantic>>),
    LineBySerde(JsonLine<BySerde<'i, Value, Pydantic>>),
}

impl Chunk for Piece<'_> {
    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        match self {
            Self::EventByHand(event) => event.fill(room),
            Self::EventBySerde(event) => event.fill(room),
            Self::LineByHand(line) => line.fill(room),
            Self::LineBySerde(line) => line.fill(room),
        }
    }

    fn is_done(&self) -> bool {
        match self {
            Self::EventByHand(event) => event.is_done(),
            Self::EventBySerde(event) => event.is_done(),
            Self::LineByHand(line) => line.is_done(),
            Self::LineBySerde(line) => line.is_done(),
        }
    }
}

/// The outcome on our side.
struct Run {
    wire: Vec<u8>,
    failure: Option<Failure>,
    /// The numbers of the tasks that were begun.
    tasks: Vec<usize>,
    /// A task was begun before all of the reply was sent.
    is_early: bool,
    words: Words,
}

impl Run {
    fn refused(failure: Failure) -> Self {
        Self {
            wire: Vec::new(),
            failure: Some(failure),
            tasks: Vec::new(),
            is_early: false,
            words: Words::new(),
        }
    }
}

/// Answers one request with a vector's reply.
struct App<'v> {
    input: &'v Json,
    body: &'v Body,
    is_broken: Rc<Cell<bool>>,
    logs: Logs,
    outcome: RefCell<Option<Result<(), Failure>>>,
}

impl App<'_> {
    async fn send(
        &self,
        responder: Responder<'_, Line>,
        work: impl Future<Output = Result<(), Dry>>,
    ) -> Result<Answered, Unanswered> {
        match self.body {
            Body::Buffered => responder.ok().background(work).text("hi").await,
            Body::Stream(plan, messages) => {
                let mut source = Giving {
                    messages,
                    given: 0,
                    is_broken: self.is_broken.clone(),
                };
                let begin = |status| responder.status(status).background(work);
                match messages.source {
                    Source::Impl => plan.stream(begin, source).await,
                    Source::Closure => {
                        let source = chunks_from_fn(async move || source.next().await.map(owned));
                        plan.stream(begin, source).await
                    }
                    Source::Block => {
                        let source = try_chunks(|mut sender| async move {
                            while let Some(chunk) = owned(source.next().await?) {
                                sender.send(chunk).await;
                            }
                            Ok::<(), Dry>(())
                        });
                        plan.stream(begin, source).await
                    }
                }
            }
            Body::Items(draft, status, items, is_events) => {
                let reply = responder.status(*status).join(draft).background(work);
                match is_events {
                    true => reply.events(Items(items.iter())).await,
                    false => reply.json_lines(Items(items.iter())).await,
                }
            }
        }
    }
}

impl Handler<Line> for App<'_> {
    async fn handle(
        &self,
        _: &Request<'_>,
        responder: Responder<'_, Line>,
    ) -> Result<Answered, Unanswered> {
        let none = Vec::new();
        let tasks = self.input["background"].as_array().unwrap_or(&none);
        let work = async {
            for (at, task) in tasks.iter().enumerate() {
                self.logs.add(Log::Worked(at));
                if task == "fail" {
                    return Err(Dry);
                }
            }
            Ok(())
        };
        let done = self.send(responder, work).await;
        let outcome = done.as_ref().map(|_| ());
        *self.outcome.borrow_mut() = Some(outcome.map_err(|error| match error.cause() {
            Cause::Background => Failure::Task,
            Cause::Body(StreamError::Body(error)) => Failure::Body(error),
            Cause::Body(StreamError::Chunk(error)) | Cause::Reply(error) => Failure::Core(error),
            Cause::Source => Failure::Producer,
            _ => Failure::Disconnect,
        }));
        done
    }
}

fn run(input: &Json, body: &Body) -> Run {
    let method = input["method"].as_str().unwrap_or("GET");
    let mut line = Line::new(format!("{method} / HTTP/1.1\r\nhost: x\r\n\r\n"));
    let app = App {
        input,
        body,
        is_broken: line.is_broken.clone(),
        logs: line.logs.clone(),
        outcome: RefCell::new(None),
    };
    let (mut request, mut reply) = (buffer(1024), buffer(ROOM));
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new();
    let served = serve_connection(&mut line, &app, buffers, &limits);
    let _ = poll_times(served, 1 << 16).expect("an end");
    let logs = app.logs.all();
    let is_task = |log: &Log| matches!(log, Log::Worked(_));
    let first = logs.iter().position(is_task).unwrap_or(logs.len());
    Run {
        wire: app.logs.wire(),
        failure: app.outcome.borrow_mut().take().expect("an outcome").err(),
        tasks: logs
            .iter()
            .filter_map(|log| match log {
                Log::Worked(at) => Some(*at),
                _ => None,
            })
            .collect(),
        is_early: logs[first..].iter().any(|log| matches!(log, Log::Wrote(_))),
        words: match body {
            Body::Stream(plan, _) => plan.words().clone(),
            Body::Buffered | Body::Items(..) => Words::new(),
        },
    }
}

/// Compares with what the reference did.
fn against(run: &Run, expect: &Json, input: &Json) -> Verdict {
    let method = input["method"].as_str().unwrap_or("GET");
    let whole = || Got::read(&run.wire, method);
    let (got, differs) = match (run.failure, expect["error"].as_str()) {
        (None, None) => match whole() {
            Got::Reply(parsed) => {
                let differs = different(&parsed, &expect["ok"], method);
                (Got::Reply(parsed), &differs | &tasks(run, &expect["ok"]))
            }
            got => (got, one("broken")),
        },
        (None, Some(_)) => (whole(), one("answered")),
        (Some(failure), None) => (Got::Refused(failure), one("refused")),
        (Some(failure), Some(kind)) => {
            let mut differs = Differences::new();
            let sent = &expect["sent_before_error"];
            if !failure.is(kind, input) {
                differs.insert("kind".into());
            } else if sent.is_object() {
                match part(&run.wire) {
                    Ok(parsed) => differs.extend(different(&parsed, sent, method)),
                    Err(_) => differs.extend(one("broken")),
                }
                differs.extend(tasks(run, sent));
            }
            (Got::Refused(failure), differs)
        }
    };
    let mut verdict = got.verdict(differs).said(&run.words);
    write!(verdict.got, " after \"{}\"", run.wire.escape_ascii()).expect("a text");
    verdict
}

/// The differences from a recorded response. It is the server's business to send nothing for
/// `HEAD`.
fn different(got: &Parsed, want: &Json, method: &str) -> Differences {
    let mut differs = Differences::new();
    if want["headers"].is_array() {
        let mut lines = got.by_name();
        lines.remove("transfer-encoding");
        differs = different_fields(&lines, &fields(&want["headers"]));
    }
    if want["status"].is_u64() && want["status"] != got.status {
        differs.insert("status".into());
    }
    if let Some(messages) = want["body_messages"].as_array() {
        let messages = messages.iter().map(|message| base64(&message["b64"]));
        let body: Vec<u8> = messages.flatten().collect();
        if method != "HEAD" && got.body != body || method == "HEAD" && !got.body.is_empty() {
            differs.insert("body".into());
        }
    }
    differs
}

/// The difference where other tasks were begun, or at another time.
fn tasks(run: &Run, want: &Json) -> Differences {
    let none = Vec::new();
    let events = want["events"].as_array().unwrap_or(&none);
    let events = events.iter().filter_map(Json::as_str);
    let tasks: Vec<&str> = events.filter(|event| event.starts_with("task")).collect();
    let ours: Vec<String> = run.tasks.iter().map(|at| format!("task{at}")).collect();
    match tasks == ours && !run.is_early {
        true => Differences::new(),
        false => one("events"),
    }
}

/// Reads as much of a reply as there is.
fn part(wire: &[u8]) -> Result<Parsed, String> {
    let (mut parsed, mut rest) = head(wire)?;
    if parsed.values("transfer-encoding").is_empty() {
        parsed.framing = Framing::Close;
        parsed.body = rest.to_vec();
        return Ok(parsed);
    }
    while !rest.is_empty() {
        let line = rest
            .iter()
            .position(|byte| *byte == b'\r')
            .ok_or("no size")?;
        let digits = std::str::from_utf8(&rest[..line]).map_err(|error| error.to_string())?;
        let len = usize::from_str_radix(digits, 16).map_err(|error| error.to_string())?;
        let chunk = rest.get(line + 2..line + 2 + len).ok_or("half a chunk")?;
        parsed.body.extend_from_slice(chunk);
        rest = rest.get(line + 4 + len..).ok_or("half a chunk")?;
    }
    Ok(parsed)
}

fn event<D: Document + Clone>(
    vector: &Vector,
    expect: &Json,
    event: Result<Event<'_, D>, Failure>,
) -> Verdict {
    let written = event.and_then(|event| {
        let mut all = BTreeSet::new();
        for size in (16..80).chain([4096]) {
            all.insert(written(event.clone(), size)?);
        }
        Ok(all)
    });
    let (differs, got) = match (&written, expect["error"].as_str()) {
        (Ok(all), None) => {
            let want = base64(&expect["ok"]["body"]["b64"]);
            let differs = match all.len() == 1 && all.contains(&want) {
                true => Differences::new(),
                false => one("body"),
            };
            (differs, format!("{all:?}"))
        }
        (Ok(all), Some(_)) => (one("answered"), format!("{all:?}")),
        (Err(failure), Some(kind)) if failure.is(kind, &vector.input) => {
            (Differences::new(), format!("{failure:?}"))
        }
        (Err(failure), Some(_)) => (one("kind"), format!("{failure:?}")),
        (Err(failure), None) => (one("refused"), format!("{failure:?}")),
    };
    Verdict::new(vec![differs], true, got)
}

/// The event through rooms of this size.
fn written<D: Document>(mut event: Event<'_, D>, size: usize) -> Result<Vec<u8>, Error> {
    let mut room = buffer(size);
    let mut all = Vec::new();
    while !event.is_done() {
        let n = event.fill(&mut room)?;
        all.extend_from_slice(&room[..n]);
    }
    Ok(all)
}

fn plain_event(input: &Json) -> Result<Event<'_>, Failure> {
    let mut event = Event::new();
    for (key, field) in input.as_object().expect("fields") {
        event = match (key.as_str(), field.as_str()) {
            ("comment", Some(text)) => event.comment(text),
            ("event", Some(text)) => event.name(text),
            ("data_str" | "raw_data", Some(text)) => event.data(text),
            ("id", Some(text)) => event.id(text),
            ("retry", None) if !field.is_null() => {
                event.retry(field.as_u64().ok_or(Failure::Type)?)
            }
            _ => event,
        };
    }
    Ok(event)
}

/// An event whose data is a value.
fn typed_event(vector: &Vector) -> Verdict {
    let input = &vector.input;
    let plain = || plain_event(input);
    let data = match &input["data"] {
        Json::Null => return event(vector, &vector.expect, plain()),
        data if data["t"] == "null" => return event(vector, &vector.expect, plain()),
        data => data,
    };
    let value = Value::read(data);
    let (mut expect, mut words) = (vector.expect.clone(), Words::new());
    if expect["ok"].is_object() {
        let body = base64(&expect["ok"]["body"]["b64"]);
        let body = spelled(&body, std::slice::from_ref(data), &mut words);
        expect["ok"]["body"] = json!({ "b64": STANDARD.encode(body) });
    }
    Verdict::of_all(value.ways().into_iter().map(|way| {
        let verdict = match way {
            Way::Hand => {
                let said = plain().map(|event| event.json(Pydantic::by_hand(&value)));
                event(vector, &expect, said)
            }
            Way::Serde => {
                let said = plain().map(|event| event.json(Pydantic::of(&value)));
                event(vector, &expect, said)
            }
        };
        verdict.said(&words)
    }))
}

/// A value as Python writes what has no declared type: blanks after separators, ASCII alone.
fn python_json(value: &Json) -> String {
    let list = || value["v"].as_array().expect("a list").iter();
    match value["t"].as_str().expect("a type") {
        "null" => "null".into(),
        "bool" => value["v"].to_string(),
        "int" => value["v"].as_str().expect("digits").into(),
        "float" => match value["decimal"].as_str().expect("a decimal") {
            "nan" | "inf" | "-inf" => "null".into(),
            decimal => decimal.into(),
        },
        "str" => ascii(value["v"].as_str().expect("a text")),
        "list" => format!(
            "[{}]",
            list().map(python_json).collect::<Vec<_>>().join(", ")
        ),
        "map" => {
            let member =
                |pair: &Json| format!("{}: {}", python_json(&pair[0]), python_json(&pair[1]));
            format!("{{{}}}", list().map(member).collect::<Vec<_>>().join(", "))
        }
        other => panic!("unknown type {other}"),
    }
}

fn ascii(text: &str) -> String {
    let mut out = String::from("\"");
    for unit in text.encode_utf16() {
        match char::from_u32(unit.into()) {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(char @ ' '..='~') => out.push(char),
            _ => write!(out, "\\u{unit:04x}").expect("a text"),
        }
    }
    out.push('"');
    out
}
