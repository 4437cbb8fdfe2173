//! The rules of a reply, told again over plain vectors. Nothing here calls the library.

pub mod cookie;
pub mod field;
pub mod filter;
pub mod json;
pub mod store;

use replywire::body::BodyError;
use replywire::{Error, Place};

use self::json::{Flavour, PYTHON};
use self::store::Store;
use crate::drive::{DRAFT_STORE, LARGE_STORE, SMALL_STORE};
use crate::input::{Case, Code, Draft, Edit, End, Late, Name, Request, Source, Start, Value};

/// Names, lower-case, and values.
pub type Fields = Vec<(String, Vec<u8>)>;

/// What a case comes to.
#[derive(Debug)]
pub struct Want {
    pub code: u16,
    pub fields: Fields,
    pub framing: Framing,
    /// What the client reads, or the front of it when the body is broken.
    pub body: Vec<u8>,
    pub broken: Option<BodyError>,
    pub closes: bool,
    /// A line was taken back, which may have needed more room than what is left.
    pub replaced: bool,
}

/// How the head says where the body ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Framing {
    Chunked,
    /// With the connection, or at once where there can be no body.
    Close,
    Length(u64),
}

/// What the case must come to; the error is the first mistake, and no `Overflow`.
pub fn want(case: &Case) -> Result<Want, Error> {
    let mut reply = Reply::new(case);
    for edit in &case.edits {
        reply.edit(edit);
    }
    reply.end(&case.end, case.late.as_ref())
}

struct Reply<'c> {
    request: &'c Request,
    code: u16,
    fields: Fields,
    /// The singletons of the draft.
    drafted: Vec<String>,
    error: Option<Error>,
    closes: bool,
    replaced: bool,
}

/// What is sent of a body.
enum Content {
    /// None, and it has no length.
    None,
    /// None, and its length is 0.
    Empty,
    /// None, but its length.
    Omitted,
    Whole,
}

enum Body {
    Buffered(Vec<u8>),
    /// A source, and whether it must end where it was said to.
    Sized(Vec<u8>, u64, bool),
    Stream(Vec<u8>),
}

impl<'c> Reply<'c> {
    fn new(case: &'c Case) -> Self {
        let request = &case.request;
        let asked_to_close = request.connection.iter().any(|connection| {
            connection.0.split(',').any(|option| {
                option
                    .trim_matches([' ', '\t'])
                    .eq_ignore_ascii_case("close")
            })
        });
        let mut reply = Self {
            request,
            code: 200,
            fields: Fields::new(),
            drafted: Vec::new(),
            error: None,
            closes: request.http_1_0 || asked_to_close,
            replaced: false,
        };
        match &case.start {
            // A reply to a plain `GET`.
            Start::New(code) => {
                reply.code = code.0;
                reply.request = PLAIN_GET;
                reply.closes = false;
            }
            Start::To(code) => reply.code = code.0,
            Start::Head => {
                reply.push("content-type", b"text/html; charset=utf-8");
                reply.push("cache-control", b"no-store");
            }
            Start::Join(code, draft) => {
                reply.status(*code);
                reply.join(draft);
            }
        }
        reply.status(Code(reply.code));
        reply
    }

    fn status(&mut self, code: Code) {
        self.code = code.0;
        // RFC 9110 § 15.2
        if self.code < 200 && self.request.http_1_0 {
            self.note(Error::InterimStatus);
        }
    }

    /// The draft's status and lines.
    fn join(&mut self, draft: &Draft) {
        if let Some(code) = draft.status {
            // Its line may be shorter than the one it replaces.
            self.replaced = true;
            self.status(code);
        }
        let lines = Store::edited(&draft.edits, DRAFT_STORE).fields;
        for (name, value) in lines {
            self.put(&name, &value);
            if field::is_singleton(&name) {
                self.drafted.push(name);
            }
        }
    }

    /// The edits of a finished reply.
    fn late(&mut self, late: &Late) {
        let had = self.content();
        self.drafted.clear();
        self.replaced = true;
        if let Some(code) = late.status {
            self.status(code);
        }
        if let Some(draft) = &late.join {
            self.join(draft);
        }
        for edit in &late.edits {
            self.edit(edit);
        }
        let is_gone = matches!(had, Content::None | Content::Empty);
        if is_gone && matches!(self.content(), Content::Omitted | Content::Whole) {
            self.note(Error::ContentMissing);
        }
    }

    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Header(name, value) => self.header(name, value),
            Edit::SmallStore(edits) => self.headers(Store::edited(edits, SMALL_STORE)),
            Edit::LargeStore(edits) => self.headers(Store::edited(edits, LARGE_STORE)),
            Edit::Cookie(cookie) => match cookie::value(cookie) {
                Ok(value) => self.push("set-cookie", &value),
                Err(error) => self.note(error),
            },
            Edit::MediaType(media_type) => {
                if !self.is_drafted("content-type") {
                    self.take_back("content-type");
                }
                self.default_media_type(&media_type.0);
            }
            Edit::Close => self.closes = true,
        }
    }

    fn header(&mut self, name: &Name, value: &Value) {
        match field::line(name.as_str(), value) {
            Ok((name, _)) if self.is_drafted(&name) => {}
            Ok((name, value)) => self.put(&name, &value),
            Err(error) => self.note(error),
        }
    }

    fn headers(&mut self, store: Store) {
        for (name, value) in store.fields {
            if !self.is_drafted(&name) {
                self.put(&name, &value);
            }
        }
    }

    /// Adds a line, which replaces an earlier one of a singleton.
    fn put(&mut self, name: &str, value: &[u8]) {
        if field::is_singleton(name) {
            self.take_back(name);
        }
        self.push(name, value);
    }

    fn take_back(&mut self, name: &str) {
        let before = self.fields.len();
        self.fields.retain(|(field, _)| field != name);
        self.replaced |= self.fields.len() != before;
    }

    fn push(&mut self, name: &str, value: &[u8]) {
        self.fields.push((name.to_owned(), value.to_vec()));
    }

    fn note(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    fn is_drafted(&self, name: &str) -> bool {
        self.drafted.iter().any(|drafted| drafted == name)
    }

    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// A type is checked where another is there, too.
    fn default_media_type(&mut self, media_type: &str) {
        match field::text(media_type) {
            Ok(value) => match field::media_type(&value) {
                Some(_) if self.has("content-type") => {}
                Some(value) => self.push("content-type", &value),
                None => self.note(Error::MediaType(Place::UNKNOWN)),
            },
            // The grammar is read before the characters.
            Err(Error::NotLatin1(_)) if field::media_type(media_type.as_bytes()).is_none() => {
                self.note(Error::MediaType(Place::UNKNOWN));
            }
            Err(error) => self.note(error),
        }
    }

    fn end(mut self, end: &End, late: Option<&Late>) -> Result<Want, Error> {
        let body = match end {
            End::Empty => Body::Buffered(Vec::new()),
            End::Body(body) => Body::Buffered(body.0.clone()),
            End::Bytes(media_type, body) => {
                self.default_media_type(&media_type.0);
                Body::Buffered(body.0.clone())
            }
            End::Text(text) => {
                self.default_media_type("text/plain");
                Body::Buffered(text.0.clone().into_bytes())
            }
            End::Html(text) => {
                self.default_media_type("text/html");
                Body::Buffered(text.0.clone().into_bytes())
            }
            End::Json(value) => self.document(json::dumps(value, Flavour::Serde, &PYTHON)),
            End::JsonByHand(value) => self.document(json::dumps(value, Flavour::ByHand, &PYTHON)),
            End::Redirect(url) => self.redirect(&url.0),
            End::RedirectLocal(path) => {
                if !field::is_local(&path.0) || self.is_drafted("location") {
                    self.note(Error::Location(Place::UNKNOWN));
                }
                self.redirect(&path.0)
            }
            End::Sized(source) => sized(source, false),
            End::SizedExactly(source) => sized(source, true),
            End::Stream(body) => {
                self.closes |= self.request.http_1_0;
                Body::Stream(body.0.clone())
            }
        };
        if let (Body::Buffered(_), Some(late)) = (&body, late) {
            self.late(late);
        }
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.framed(body)),
        }
    }

    fn document(&mut self, text: Result<String, replywire::json::JsonError>) -> Body {
        self.default_media_type("application/json");
        match text {
            Ok(text) => Body::Buffered(text.into_bytes()),
            Err(error) => {
                self.note(Error::Json(error));
                Body::Buffered(Vec::new())
            }
        }
    }

    fn redirect(&mut self, url: &str) -> Body {
        if !self.is_drafted("location") {
            self.put("location", field::encoded(url).as_bytes());
        }
        Body::Buffered(Vec::new())
    }

    /// Adds what every reply has at the end of its head.
    fn framed(mut self, body: Body) -> Want {
        if let Some(date) = self.request.date
            && !self.has("date")
        {
            self.push("date", field::date(date).as_bytes());
        }
        // RFC 9112 § 9.6: an interim reply is not the last.
        self.closes &= self.code >= 200;
        if self.closes {
            self.push("connection", b"close");
        }
        let content = self.content();
        let framing = match (&content, &body) {
            (Content::None, _) => Framing::Close,
            (Content::Empty, _) => Framing::Length(0),
            (_, Body::Buffered(body)) => Framing::Length(body.len() as u64),
            (_, Body::Sized(_, promised, _)) => Framing::Length(*promised),
            (_, Body::Stream(_)) if self.request.http_1_0 => Framing::Close,
            (_, Body::Stream(_)) => Framing::Chunked,
        };
        match framing {
            Framing::Chunked => self.push("transfer-encoding", b"chunked"),
            Framing::Close => {}
            Framing::Length(len) => self.push("content-length", len.to_string().as_bytes()),
        }
        let (body, broken) = match content {
            Content::Whole => arriving(body),
            _ => (Vec::new(), None),
        };
        Want {
            code: self.code,
            fields: self.fields,
            framing,
            body,
            broken,
            closes: self.closes,
            replaced: self.replaced,
        }
    }

    fn content(&self) -> Content {
        match (self.code, self.request.method.as_str()) {
            (100..=199 | 204 | 304, _) | (200..=299, "CONNECT") => Content::None,
            (205, _) => Content::Empty,
            (_, "HEAD") => Content::Omitted,
            _ => Content::Whole,
        }
    }
}

const PLAIN_GET: &Request = &Request {
    method: crate::input::Method::Get,
    http_1_0: false,
    connection: Vec::new(),
    date: None,
};

fn sized(source: &Source, exactly: bool) -> Body {
    Body::Sized(source.body.0.clone(), source.promised(), exactly)
}

/// What arrives of a body, and what is wrong with its length.
fn arriving(body: Body) -> (Vec<u8>, Option<BodyError>) {
    match body {
        Body::Buffered(body) | Body::Stream(body) => (body, None),
        Body::Sized(mut body, promised, exactly) => {
            let len = body.len() as u64;
            let broken = if len < promised {
                Some(BodyError::TooShort {
                    missing: promised - len,
                })
            } else if len > promised && exactly {
                Some(BodyError::TooLong)
            } else {
                None
            };
            body.truncate(usize::try_from(promised).unwrap_or(usize::MAX));
            (body, broken)
        }
    }
}
