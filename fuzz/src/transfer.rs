//! Bodies of any framing, from chunks of any kind, through buffers and connections of any size, read
//! back by a decoder that knows RFC 9112 and not the library.

use arbitrary::Arbitrary;
use replywire::body::{
    BodyError, Chunk, Event, JsonLine, Step, Stream, StreamError, Trailers, Transfer,
};
use replywire::json::Python;
use replywire::request::{Exchange, Version};
use replywire::{Error, Place, Response, Status};

#[derive(Arbitrary, Debug)]
pub struct Case {
    method: Method,
    is_old: bool,
    closes: bool,
    te: Te,
    status: Code,
    framing: Framing,
    room: u16,
    /// How many bytes the connection takes at a time, over and over.
    takes: Vec<u8>,
    ops: Vec<Op>,
    trailers: Vec<(Name, String)>,
    /// How many bytes there are for the trailer fields.
    trailer_room: u8,
}

/// The name of a trailer field, which may be wrong.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Name {
    Date,
    ETag,
    Length,
    NoToken,
    Sum,
}

impl Name {
    const fn text(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::ETag => "ETag",
            Self::Length => "Content-Length",
            Self::NoToken => "a b",
            Self::Sum => "x-Sum",
        }
    }
}

/// What the request says of trailer fields.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Te {
    Gzip,
    None,
    Trailers,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Method {
    Connect,
    Get,
    Head,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Code {
    Ok,
    NoContent,
    NotModified,
    ResetContent,
    Teapot,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Framing {
    Events,
    Exact(u16),
    Lines,
    Sized(u16),
    Stream,
    /// As a transfer that is read into.
    Raw(u16),
}

#[derive(Arbitrary, Debug)]
enum Op {
    Bytes(Vec<u8>),
    Event {
        comment: Option<String>,
        data: Option<String>,
        id: Option<String>,
        json: Option<(u32, String)>,
        name: Option<String>,
        retry: Option<u64>,
    },
    Flush,
    Line(Vec<(i64, String)>),
    /// As many bytes of one kind.
    Many(u8, u16),
    /// What is to be sent is sent.
    Send,
}

/// What a body comes to.
#[derive(Debug, Eq, PartialEq)]
enum End {
    /// A chunk could not be written.
    Chunk(Error),
    /// The body is not as long as was promised.
    Length(BodyError),
    Whole,
}

/// # Panics
///
/// Where the library is wrong.
pub fn check(case: &Case) {
    let method = match case.method {
        Method::Connect => "CONNECT",
        Method::Get => "GET",
        Method::Head => "HEAD",
    };
    let version = if case.is_old {
        Version::Http10
    } else {
        Version::Http11
    };
    let connection = case.closes.then_some(("Connection", "close"));
    let te = match case.te {
        Te::Gzip => Some(("TE", "gzip")),
        Te::None => None,
        Te::Trailers => Some(("te", "gzip, Trailers")),
    };
    let exchange = Exchange::new(method, version, connection.into_iter().chain(te));
    let code = match case.status {
        Code::Ok => 200,
        Code::NoContent => 204,
        Code::NotModified => 304,
        Code::ResetContent => 205,
        Code::Teapot => 418,
    };
    let status = Status::new(code).expect("a status");
    let mut buf = vec![0xaa; 200 + usize::from(case.room % 2048)];
    let response = Response::to(&exchange, &mut buf, status);
    let transfer = match case.framing {
        Framing::Events => response.events(),
        Framing::Exact(len) => response.sized_exactly(len.into()),
        Framing::Lines => response.json_lines(),
        Framing::Sized(len) => response.sized(len.into()),
        Framing::Stream | Framing::Raw(_) => response.stream(),
    };
    let transfer = transfer.expect("a head fits");
    transfer
        .check(&exchange)
        .expect("it was made for the exchange");

    let mut conn = Conn {
        wire: Vec::new(),
        takes: &case.takes,
        at: 0,
    };
    let end = match case.framing {
        Framing::Raw(most) => raw(transfer, case, most, &mut conn),
        _ => stream(transfer, case, &mut conn),
    };

    let (content, wrong) = content(case);
    let has_none = method == "HEAD"
        || matches!(code, 204 | 205 | 304)
        || method == "CONNECT" && (200..300).contains(&code);
    let want = match (case.framing, wrong) {
        _ if has_none => (&[][..], End::Whole),
        (Framing::Sized(len), wrong) => {
            let len = usize::from(len);
            match (content.get(..len), wrong) {
                (Some(cut), None) => (cut, End::Whole),
                // Whether what is wrong comes to be looked at depends on what gathers.
                (Some(cut), Some(error)) if end == End::Whole => {
                    let _ = error;
                    (cut, End::Whole)
                }
                (_, Some(error)) => (&content[..], End::Chunk(error)),
                (None, None) => {
                    let missing = (len - content.len()) as u64;
                    (&content[..], End::Length(BodyError::TooShort { missing }))
                }
            }
        }
        (Framing::Exact(len), wrong) => match (usize::from(len), wrong) {
            (len, Some(error)) if content.len() <= len => (&content[..], End::Chunk(error)),
            (len, None) if content.len() == len => (&content[..], End::Whole),
            (len, None) if content.len() < len => {
                let missing = (len - content.len()) as u64;
                (&content[..], End::Length(BodyError::TooShort { missing }))
            }
            (len, Some(error)) if end == End::Chunk(error) => {
                (content.get(..len).unwrap_or(&content), End::Chunk(error))
            }
            (len, _) => (&content[..len], End::Length(BodyError::TooLong)),
        },
        (_, Some(error)) => (&content[..], End::Chunk(error)),
        (_, None) => (&content[..], End::Whole),
    };
    let takes_trailers = matches!(case.te, Te::Trailers);
    let is_chunked = version == Version::Http11
        && matches!(
            case.framing,
            Framing::Events | Framing::Lines | Framing::Stream
        );
    let section = match case.framing {
        Framing::Raw(_) => Some(Vec::new()),
        _ => section(case),
    };
    // What is wrong with a trailer field may be found before what is wrong with the length.
    let breaks = section.is_none() && end != want.1;
    match (breaks, want.1) {
        (true, End::Chunk(_)) if is_chunked && !has_none => panic!("another error: {end:?}"),
        (true, _) => assert!(matches!(end, End::Chunk(_)), "{end:?}"),
        (false, want) => assert_eq!(end, want),
    }
    match end {
        End::Whole => {
            let (body, trailers) =
                decode(&conn.wire, version, has_none, true).expect("a whole reply");
            assert!(body == want.0, "another body");
            let due = section.filter(|_| takes_trailers && is_chunked && !has_none);
            assert_eq!(trailers, due.unwrap_or_default());
        }
        // What was sent is a beginning, and cannot be taken for a whole reply.
        _ if conn.wire.is_empty() => {}
        _ => {
            let (body, _) =
                decode(&conn.wire, version, has_none, false).expect("a part of a reply");
            assert!(want.0.starts_with(&body), "no beginning of the body");
            // What is too long is found behind the promised length, all of which may have left.
            let is_all = match case.framing {
                _ if has_none => true,
                Framing::Exact(len) => content.len() >= usize::from(len),
                Framing::Sized(len) => breaks && content.len() >= usize::from(len),
                _ => version == Version::Http10,
            };
            if !is_all {
                let whole = decode(&conn.wire, version, has_none, true);
                assert!(whole.is_err(), "a part looks whole");
            }
        }
    }
}

/// What the body is to be, told without the library, up to the first chunk that is wrong.
fn content(case: &Case) -> (Vec<u8>, Option<Error>) {
    let mut all = Vec::new();
    for op in &case.ops {
        match op {
            Op::Bytes(bytes) => all.extend_from_slice(bytes),
            Op::Many(byte, len) => all.resize(all.len() + usize::from(*len), *byte),
            Op::Line(items) if !matches!(case.framing, Framing::Raw(_)) => {
                all.extend(serde_json::to_vec(items).expect("JSON"));
                all.push(b'\n');
            }
            Op::Event {
                comment,
                data,
                id,
                json,
                name,
                retry,
            } if !matches!(case.framing, Framing::Raw(_)) => {
                let is_wrong = |text: &Option<String>, bad: &[char]| {
                    text.as_ref().is_some_and(|text| text.contains(bad))
                };
                if is_wrong(name, &['\r', '\n']) {
                    return (all, Some(Error::EventName(Place::UNKNOWN)));
                }
                if is_wrong(id, &['\r', '\n', '\0']) {
                    return (all, Some(Error::EventId(Place::UNKNOWN)));
                }
                let json = json
                    .as_ref()
                    .map(|json| serde_json::to_string(json).expect("JSON"));
                let retry = retry.map(|retry| retry.to_string());
                for (field, text) in [
                    ("", comment),
                    ("event", name),
                    ("data", if json.is_some() { &json } else { data }),
                    ("id", id),
                    ("retry", &retry),
                ] {
                    let Some(text) = text else { continue };
                    for line in text.replace("\r\n", "\n").split(['\r', '\n']) {
                        all.extend(format!("{field}: {line}\n").bytes());
                    }
                }
                all.push(b'\n');
            }
            _ => {}
        }
    }
    (all, None)
}

/// The trailer fields as they stand on the wire, of which a later `etag` replaces an earlier one;
/// `None` where one of them is wrong, or all together, the replaced ones too, have no room.
fn section(case: &Case) -> Option<Vec<u8>> {
    let mut lines = Vec::<(Name, Vec<u8>)>::new();
    let mut counted = 0;
    for (name, value) in &case.trailers {
        let is_good = matches!(name, Name::ETag | Name::Sum)
            && value
                .chars()
                .all(|char| matches!(char, '\t' | ' '..='~' | '\u{80}'..='\u{ff}'))
            && !value.starts_with([' ', '\t'])
            && !value.ends_with([' ', '\t']);
        if !is_good {
            return None;
        }
        let mut line = name.text().to_ascii_lowercase().into_bytes();
        line.extend(b": ");
        line.extend(value.chars().map(|char| char as u8));
        line.extend(b"\r\n");
        counted += line.len();
        lines.retain(|(earlier, _)| !matches!((name, earlier), (Name::ETag, Name::ETag)));
        lines.push((*name, line));
    }
    let lines = lines.into_iter().flat_map(|(_, line)| line);
    (counted <= case.trailer_room.into()).then(|| lines.collect())
}

struct Conn<'t> {
    wire: Vec<u8>,
    takes: &'t [u8],
    at: usize,
}

impl Conn<'_> {
    /// How many of these bytes the connection takes.
    fn write(&mut self, bytes: &[u8]) -> usize {
        assert!(!bytes.is_empty(), "an empty write");
        let most = self
            .takes
            .get(self.at)
            .map_or(bytes.len(), |take| usize::from(*take) + 1);
        self.at = (self.at + 1) % self.takes.len().max(1);
        let n = most.min(bytes.len());
        self.wire.extend_from_slice(&bytes[..n]);
        n
    }
}

fn stream(transfer: Transfer<'_>, case: &Case, conn: &mut Conn<'_>) -> End {
    let mut room = vec![0; case.trailer_room.into()];
    let fields = case.trailers.iter();
    let trailers = fields.fold(Trailers::new(&mut room), |trailers, (name, value)| {
        trailers.field(name.text(), value.as_str())
    });
    let mut stream = Stream::new(transfer);
    let all = || {
        for op in &case.ops {
            match op {
                Op::Bytes(bytes) => write(&mut stream, &mut bytes.as_slice(), conn)?,
                Op::Many(byte, len) => {
                    let bytes = vec![*byte; usize::from(*len)];
                    write(&mut stream, &mut bytes.as_slice(), conn)?;
                }
                Op::Line(items) => write(&mut stream, &mut JsonLine::new(Python::of(items)), conn)?,
                Op::Event {
                    comment,
                    data,
                    id,
                    json,
                    name,
                    retry,
                } => {
                    let mut event = Event::new();
                    if let Some(comment) = comment {
                        event = event.comment(comment);
                    }
                    if let Some(name) = name {
                        event = event.name(name);
                    }
                    if let Some(id) = id {
                        event = event.id(id);
                    }
                    if let Some(retry) = retry {
                        event = event.retry(*retry);
                    }
                    if let Some(data) = data {
                        event = event.data(data);
                    }
                    match json {
                        Some(json) => write(&mut stream, &mut event.json(Python::of(json)), conn)?,
                        None => write(&mut stream, &mut event, conn)?,
                    }
                }
                Op::Flush => stream.flush()?,
                Op::Send => {
                    stream.flush()?;
                    send(&mut stream, conn)?;
                }
            }
        }
        stream.end_with(trailers)?;
        send(&mut stream, conn)
    };
    match all() {
        Ok(()) => {
            assert_eq!(stream.step(), Ok(Step::Done));
            End::Whole
        }
        Err(error) => {
            // Nothing more is sent, and the connection must be closed.
            assert_eq!(stream.step(), Err(error));
            assert!(stream.closes() && !stream.is_open());
            match error {
                StreamError::Body(error) => End::Length(error),
                StreamError::Chunk(error) => End::Chunk(error),
                error => unreachable!("{error}"),
            }
        }
    }
}

fn write<C: Chunk>(
    stream: &mut Stream<'_>,
    chunk: &mut C,
    conn: &mut Conn<'_>,
) -> Result<(), StreamError> {
    while !stream.write(chunk)? {
        assert!(!stream.step()?.bytes().is_empty(), "nothing goes on");
        send(stream, conn)?;
    }
    Ok(())
}

fn send(stream: &mut Stream<'_>, conn: &mut Conn<'_>) -> Result<(), StreamError> {
    while let Step::Send { bytes, .. } = stream.step()? {
        let n = conn.write(bytes);
        stream.sent(n);
    }
    Ok(())
}

/// Reads what the chunks have, at most as many bytes at a time.
fn raw(mut transfer: Transfer<'_>, case: &Case, most: u16, conn: &mut Conn<'_>) -> End {
    let (content, _) = content(case);
    let mut rest = &content[..];
    loop {
        match transfer.step().unwrap() {
            Step::Done => return End::Whole,
            Step::Fill(room) => {
                assert!(!room.is_empty(), "no room");
                let n = rest.len().min(room.len()).min(usize::from(most) + 1);
                room[..n].copy_from_slice(&rest[..n]);
                rest = &rest[n..];
                if let Err(error) = transfer.filled(n) {
                    return End::Length(error);
                }
            }
            Step::Send { bytes, .. } => {
                let n = conn.write(bytes);
                transfer.sent(n);
            }
        }
    }
}

/// The content of a reply, which must be all of `wire`, or else of what there is of it; and the lines
/// of the trailer section.
fn decode(
    wire: &[u8],
    version: Version,
    has_none: bool,
    is_whole: bool,
) -> Result<(Vec<u8>, Vec<u8>), String> {
    let end = wire.windows(4).position(|end| end == b"\r\n\r\n");
    let Some(end) = end else {
        return match is_whole {
            true => Err("no whole head".into()),
            false => Ok(Default::default()),
        };
    };
    let head = std::str::from_utf8(&wire[..end]).map_err(|error| error.to_string())?;
    let mut rest = &wire[end + 4..];
    let field = |name: &str| {
        let lines = head.split("\r\n").skip(1);
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        (values.next(), values.next().is_none())
    };
    let (length, is_one) = field("content-length");
    let (coding, is_one_coding) = field("transfer-encoding");
    if !is_one || !is_one_coding || length.is_some() && coding.is_some() {
        return Err("framed twice".into());
    }
    if has_none {
        return match rest.is_empty() {
            true => Ok(Default::default()),
            false => Err("content where there is none".into()),
        };
    }
    match (length, coding) {
        (Some(length), _) => match length.parse() {
            Ok(length) if rest.len() == length || !is_whole && rest.len() < length => {
                Ok((rest.into(), Vec::new()))
            }
            _ => Err(format!("{} bytes for {length}", rest.len())),
        },
        (None, None) if field("connection").0 == Some("close") => Ok((rest.into(), Vec::new())),
        (None, None) => Err("no framing".into()),
        (_, Some("chunked")) if version == Version::Http11 => {
            let mut body = Vec::new();
            loop {
                let Some(line) = rest.windows(2).position(|end| end == b"\r\n") else {
                    return cut(body, is_whole);
                };
                let digits = &rest[..line];
                let is_size = digits
                    .iter()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                if !is_size || digits.is_empty() || digits.starts_with(b"0") && digits.len() > 1 {
                    return Err("no size".into());
                }
                let size = digits.iter().fold(0, |size, digit| {
                    size * 16 + (*digit as char).to_digit(16).expect("a digit") as usize
                });
                rest = &rest[line + 2..];
                if size == 0 {
                    // RFC 9112 § 7.1.2: lines up to an empty one.
                    return match rest.strip_suffix(b"\r\n") {
                        Some(lines) if lines.is_empty() || is_section(lines) => {
                            Ok((body, lines.into()))
                        }
                        _ => cut(body, is_whole),
                    };
                }
                let n = size.min(rest.len());
                body.extend_from_slice(&rest[..n]);
                let Some(behind) = rest.get(size..size + 2) else {
                    return cut(body, is_whole);
                };
                if behind != b"\r\n" {
                    return Err("a chunk of another size".into());
                }
                rest = &rest[size + 2..];
            }
        }
        _ => Err("a coding that there is not".into()),
    }
}

/// What there is of a reply that ends before its end.
fn cut(body: Vec<u8>, is_whole: bool) -> Result<(Vec<u8>, Vec<u8>), String> {
    match is_whole {
        true => Err("cut".into()),
        false => Ok((body, Vec::new())),
    }
}

/// Whether these are whole lines, none of them empty.
fn is_section(lines: &[u8]) -> bool {
    let Some(lines) = lines.strip_suffix(b"\r\n") else {
        return false;
    };
    let text: String = lines.iter().copied().map(char::from).collect();
    text.split("\r\n")
        .all(|line| line.contains(": ") && !line.contains(['\r', '\n']))
}
