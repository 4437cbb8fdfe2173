//! A buffered response of the vectors, and how it is said with the core.

use replywire::body::Transfer;
use replywire::request::Exchange;
use replywire::{Headers, Reply, Response, Status};
use replywire_embedded::{AfterReply, Answered, Chain, Chunks, Transport, Unanswered};
use serde_json::Value as Json;

use crate::drive::drive;
use crate::edits;
use crate::encoder::Encoder;
use crate::failure::Failure;
use crate::family::{Got, Words};
use crate::reply::strict;
use crate::value::Value;
use crate::vector::{base64, pairs};
use crate::{ROOM, buffer};

/// The rule by which a supplied length is said as an argument, or left to the library.
pub(crate) const LENGTH_IS_AN_ARGUMENT: &str = "length-is-an-argument";

/// The content that a response is made of.
#[derive(Clone, Debug)]
pub enum Content {
    None,
    Bytes(Vec<u8>),
    Json(Value, Encoder),
    Redirect(String),
    Text(String),
}

/// Which of the two ways a value goes into JSON.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    Hand,
    Serde,
}

/// A constructed response.
#[derive(Debug)]
pub struct Plan {
    status: Status,
    media_type: Option<String>,
    content: Content,
    /// Supplied lines, but for a usable `content-length`.
    lines: Vec<(String, String)>,
    /// The supplied lines after edits, if there were any.
    edited: Option<Headers<8192>>,
    /// The supplied length, which is an argument and no line.
    length: Option<u64>,
    words: Words,
}

/// A response that has ended, one way or the other.
#[derive(Debug)]
pub enum Ended<'b> {
    Reply(Reply<'b>),
    Transfer(Transfer<'b>),
}

impl Plan {
    /// Reads the content of the family `head`.
    ///
    /// # Panics
    ///
    /// Where it is none.
    pub fn content(content: &Json) -> Content {
        match content["kind"].as_str() {
            Some("none") => Content::None,
            Some("text") => Content::Text(content["v"].as_str().expect("a text").into()),
            Some("bytes") => Content::Bytes(base64(&content["b64"])),
            _ => panic!("unknown content {content}"),
        }
    }

    /// Reads what a class makes of a value.
    pub fn content_of(class: &str, value: &Value) -> Content {
        match (class, value) {
            ("default" | "JSONResponse" | "ORJSONResponse" | "UJSONResponse", _) => {
                Content::Json(value.clone(), Encoder::of(class))
            }
            ("RedirectResponse", Value::Text(url)) => Content::Redirect(url.clone()),
            (_, Value::Text(text)) => Content::Text(text.clone()),
            (_, Value::Null) => Content::None,
            _ => panic!("{class} takes no {value:?}"),
        }
    }

    /// The media type of a class.
    pub fn media_type_of(class: &str) -> Option<&'static str> {
        match class {
            "HTMLResponse" => Some("text/html"),
            "PlainTextResponse" => Some("text/plain"),
            "default" | "JSONResponse" | "ORJSONResponse" | "UJSONResponse" => {
                Some("application/json")
            }
            "RedirectResponse" | "Response" => None,
            other => panic!("unknown class {other}"),
        }
    }

    /// A constructed response. Supplied `headers` are kept apart from the type and the length.
    ///
    /// # Errors
    ///
    /// [`Failure::Status`]
    ///
    /// # Panics
    ///
    /// Where the parts are of other types than the vectors say.
    pub fn new(
        class: &str,
        content: Content,
        status: &Json,
        headers: &Json,
        media_type: &Json,
    ) -> Result<Self, Failure> {
        let (mut lengths, mut lines) = (Vec::new(), Vec::new());
        for (name, value) in pairs(headers) {
            match name.eq_ignore_ascii_case("content-length") {
                true => lengths.push(value),
                false => lines.push((name.to_owned(), value.to_owned())),
            }
        }
        let media_type = match media_type.as_str() {
            Some(text) => Some(text.to_owned()),
            None => Self::media_type_of(class).map(str::to_owned),
        };
        let mut plan = Self {
            status: read_status(status)?,
            media_type,
            content,
            lines,
            edited: None,
            length: None,
            words: Words::new(),
        };
        match one_length(&lengths) {
            Some(Some(length)) => {
                plan.length = Some(length);
                plan.words.insert(LENGTH_IS_AN_ARGUMENT);
            }
            Some(None) => {}
            // The core refuses what is no length, or two.
            None => {
                let value = lengths.first().copied().unwrap_or_default().to_owned();
                plan.lines.push(("content-length".into(), value));
            }
        }
        Ok(plan)
    }

    /// Applies operations after construction.
    ///
    /// # Errors
    ///
    /// What the core refuses.
    ///
    /// # Panics
    ///
    /// Where an operation is unknown.
    pub fn edit(&mut self, ops: &Json, now: i64) -> Result<(), Failure> {
        let Some(ops) = ops.as_array().filter(|ops| !ops.is_empty()) else {
            return Ok(());
        };
        let mut headers = Headers::<8192>::new();
        for (name, value) in &self.lines {
            headers.append(name.as_str(), value.as_str())?;
        }
        for op in ops {
            let name = op["name"].as_str().unwrap_or_default().to_ascii_lowercase();
            match (op["op"].as_str().expect("an operation"), name.as_str()) {
                ("set_status", _) => self.status = read_status(&op["value"])?,
                // What the library writes is not to be removed; what was supplied is.
                ("del_header", "content-length") => self.length = None,
                ("set_body", _) => self.content = Content::Bytes(base64(&op["b64"])),
                // The type and the target are lines of the response too, though not yet written.
                ("setdefault_header", "content-type") if self.media_type.is_some() => {}
                ("setdefault_header", "location") if self.is_redirect() => {}
                ("set_header" | "del_header", "content-type") => {
                    self.media_type = None;
                    edits::apply(op, now, &mut headers)?;
                }
                ("set_header" | "del_header", "location") if self.is_redirect() => {
                    self.content = Content::None;
                    edits::apply(op, now, &mut headers)?;
                }
                _ => edits::apply(op, now, &mut headers)?,
            }
        }
        self.edited = Some(headers);
        Ok(())
    }

    /// The rules by which the response is said in other words than the vector's.
    pub const fn words(&self) -> &Words {
        &self.words
    }

    fn is_redirect(&self) -> bool {
        matches!(self.content, Content::Redirect(_))
    }

    /// True if the supplied length contradicts the body.
    pub fn is_stale(&self) -> bool {
        self.length.is_some_and(|length| length != self.body_len())
    }

    fn body_len(&self) -> u64 {
        match &self.content {
            Content::None | Content::Redirect(_) => 0,
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Text(text) => text.len() as u64,
            Content::Json(value, encoder) => {
                let mut buf = buffer(ROOM);
                match encoder.end(
                    Response::to(&Exchange::GET, &mut buf, Status::OK),
                    value,
                    Way::Serde,
                ) {
                    Ok(reply) => {
                        strict(reply.as_bytes(), "GET").expect("a reply").body.len() as u64
                    }
                    Err(_) => 0,
                }
            }
        }
    }

    /// The source of a body that is sent by a transfer.
    pub fn source(&self) -> &[u8] {
        match &self.content {
            Content::Bytes(bytes) => bytes,
            Content::Text(text) => text.as_bytes(),
            _ => &[],
        }
    }

    /// Writes the response.
    ///
    /// # Errors
    ///
    /// What the core refuses.
    pub fn write<'b>(&self, way: Way, buf: &'b mut [u8]) -> Result<Ended<'b>, Failure> {
        let mut response = Response::to(&Exchange::GET, buf, self.status);
        match &self.edited {
            Some(headers) => response = response.headers(headers),
            None => {
                for (name, value) in &self.lines {
                    response = response.header(name.as_str(), value.as_str());
                }
            }
        }
        let has_type = match &self.edited {
            Some(headers) => headers.contains("content-type"),
            None => self
                .lines
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("content-type")),
        };
        if self.is_stale() {
            let length = self.length.unwrap_or_default();
            return match &self.content {
                Content::Json(..) | Content::Redirect(_) => Ok(Ended::Reply(
                    response.header("content-length", length).empty()?,
                )),
                _ => {
                    if let (Some(media_type), false) = (&self.media_type, has_type) {
                        response = response.media_type(media_type);
                    }
                    Ok(Ended::Transfer(response.sized_exactly(length)?))
                }
            };
        }
        let reply = match (&self.content, self.media_type.as_deref()) {
            (Content::Redirect(url), _) => response.redirect(url)?,
            (Content::Json(value, encoder), media_type) => {
                if let (Some(media_type), false) = (media_type, has_type) {
                    response = response.media_type(media_type);
                }
                encoder.end(response, value, way)?
            }
            (Content::None, None) => response.empty()?,
            (_, None) => response.body(self.source())?,
            (Content::Text(text), Some("text/html")) => response.html(text)?,
            (Content::Text(text), Some("text/plain")) => response.text(text)?,
            (_, Some(media_type)) => response.bytes(media_type, self.source())?,
        };
        Ok(Ended::Reply(reply))
    }

    /// Sends a body that comes in chunks, of the supplied length if there is one.
    ///
    /// # Errors
    ///
    /// As the endings of a chain.
    pub async fn stream<'c, T: Transport + 'c, W: AfterReply>(
        &self,
        begin: impl FnOnce(Status) -> Chain<'c, T, W>,
        source: impl Chunks,
    ) -> Result<Answered, Unanswered> {
        let mut response = begin(self.status);
        let mut has_type = false;
        match &self.edited {
            Some(headers) => {
                has_type = headers.contains("content-type");
                response = response.headers(headers);
            }
            None => {
                for (name, value) in &self.lines {
                    has_type |= name.eq_ignore_ascii_case("content-type");
                    response = response.header(name.as_str(), value.as_str());
                }
            }
        }
        if let (Some(media_type), false) = (&self.media_type, has_type) {
            response = response.media_type(media_type);
        }
        match self.length {
            Some(length) => response.stream_sized(length, source).await,
            None => response.stream(source).await,
        }
    }

    /// Writes the response and reads it back.
    pub fn run(&self, way: Way) -> Got {
        let mut buf = buffer(ROOM);
        match self.write(way, &mut buf) {
            Ok(Ended::Reply(reply)) => Got::read(reply.as_bytes(), "GET"),
            Ok(Ended::Transfer(transfer)) => {
                let driven = drive(transfer, &[self.source()], &[]);
                match driven.result {
                    Ok(()) => Got::read(&driven.sent, "GET"),
                    Err(error) => Got::Refused(error.into()),
                }
            }
            Err(failure) => Got::Refused(failure),
        }
    }
}

/// A status of the vectors.
///
/// # Errors
///
/// [`Failure::Status`] where the core has none such.
pub fn read_status(status: &Json) -> Result<Status, Failure> {
    status
        .as_u64()
        .and_then(|code| u16::try_from(code).ok())
        .and_then(Status::new)
        .ok_or(Failure::Status)
}

/// `Some` of the one length that supplied lines agree on, if any; `None` where they do not.
pub fn one_length(values: &[&str]) -> Option<Option<u64>> {
    let Some(first) = values.first() else {
        return Some(None);
    };
    let is_number = first.bytes().all(|byte| byte.is_ascii_digit());
    match values.iter().all(|value| value == first) && is_number {
        true => first.parse().ok().map(Some),
        false => None,
    }
}
