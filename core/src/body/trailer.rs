use core::fmt;

use crate::error::{Error, Place};
use crate::field::grammar::is_name;
use crate::field::hop_by_hop;
use crate::field::id::FieldId;
use crate::field::line::write_field;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::write::buf::Buf;

/// Trailer fields, written into the caller's buffer: facts that are known only at the end of a
/// body, such as its checksum; RFC 9110 § 6.5.
///
/// They are sent after the last chunk of a reply whose request said `TE: trailers`; see
/// [`Exchange::takes_trailers`]. Other clients do not get them, so nothing may depend on them. A
/// head should announce their names in the field `trailer` (RFC 9110 § 6.6.2). The first mistake is
/// remembered and returned when they are sent.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::body::{Stream, Trailers};
/// use replywire::request::{Exchange, Version};
///
/// let exchange = Exchange::new("GET", Version::Http11, [("TE", "trailers")]);
/// let mut buf = [0; 128];
/// let response = Response::to(&exchange, &mut buf, Status::OK).header("trailer", "x-sum");
/// let mut stream = Stream::new(response.stream()?);
/// assert!(stream.write(&mut &b"content"[..])?);
///
/// let mut lines = [0; 32];
/// stream.end_with(Trailers::new(&mut lines).field("x-sum", "c0ffee"))?;
/// let wire = stream.step()?.bytes();
/// assert!(wire.ends_with(b"\r\n\r\n7\r\ncontent\r\n0\r\nx-sum: c0ffee\r\n\r\n"));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// [`Exchange::takes_trailers`]: crate::request::Exchange::takes_trailers
#[must_use = "trailer fields do nothing until a stream ends with them"]
pub struct Trailers<'t> {
    lines: Buf<'t>,
    error: Option<Error>,
}

impl<'t> Trailers<'t> {
    /// Starts with no fields; a line takes its name, its value and four bytes of `buf`.
    pub fn new(buf: &'t mut [u8]) -> Self {
        Self {
            lines: Buf::new(buf),
            error: None,
        }
    }

    /// Makes a section without fields, which ends the content as
    /// [`Stream::end`](crate::body::Stream::end) does.
    pub fn none() -> Self {
        Self::new(&mut [])
    }

    /// Adds a line, its name in lower case. A later `etag` replaces an earlier one, which takes its
    /// room all the same.
    ///
    /// Remembers [`Error::Trailer`] for a field that has to be known before the content, else what
    /// [`Response::header`](crate::Response::header) does, and [`Error::Overflow`].
    pub fn field(mut self, name: impl FieldName, value: impl FieldValue) -> Self {
        self.add(name, value);
        self
    }

    /// Adds trailer fields that came from elsewhere, as
    /// [`Response::forward`](crate::Response::forward) does: without the blanks around a value, and
    /// without the fields that belong to another connection. Those that have to be known before the
    /// content are left out, too.
    ///
    /// Remembers what that does.
    ///
    /// ```
    /// use replywire::body::Trailers;
    ///
    /// let mut lines = [0; 64];
    /// let came = [("content-length", "7"), ("te", "trailers"), ("x-sum", " c0ffee ")];
    /// let trailers = Trailers::new(&mut lines).forward(came);
    /// # let _ = trailers;
    /// ```
    pub fn forward<N, V>(mut self, fields: impl IntoIterator<Item = (N, V)> + Clone) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let forwarded = hop_by_hop::forward(fields, |name, value| {
            if may_trail(name.as_bytes()) {
                self.add(name, value);
            }
            Ok(())
        });
        if let Err(error) = forwarded {
            self.error.get_or_insert(error);
        }
        self
    }

    fn add(&mut self, name: impl FieldName, value: impl FieldValue) {
        let may_trail = may_trail(name.bytes());
        if may_trail && name.id().is_singleton() {
            self.lines.remove_lines(name.bytes());
        }
        let start = self.lines.len();
        let result = match may_trail {
            true => write_field(&mut self.lines, name, value),
            false => Err(Error::Trailer(Place::UNKNOWN)),
        };
        if let Err(error) = result {
            let line = self.lines.line_ends(start).map_or(0, |before| before + 1);
            self.error.get_or_insert(error.in_line(line));
        }
    }

    /// The trailer section, or the first mistake in it; `None` where it is empty.
    pub(crate) fn section(self) -> Result<Option<Section<'t>>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let (bytes, len) = self.lines.finish()?;
        let lines = bytes.get(..len).unwrap_or_default();
        Ok((!lines.is_empty()).then_some(Section { lines, at: 0 }))
    }
}

impl fmt::Debug for Trailers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trailers")
            .field("lines", &self.lines)
            .field("error", &self.error)
            .finish()
    }
}

/// The last chunk, the trailer section and the empty line after it, RFC 9112 §§ 7.1 and 7.1.2.
pub(crate) struct Section<'t> {
    lines: &'t [u8],
    /// The number of bytes written so far.
    at: usize,
}

impl<'t> Section<'t> {
    /// The lines of the fields.
    #[cfg(feature = "hosted")]
    pub(crate) const fn lines(&self) -> &'t [u8] {
        self.lines
    }

    /// The length in bytes.
    pub(crate) const fn len(&self) -> usize {
        LAST_SIZE.len() + self.lines.len() + END.len()
    }

    /// Writes the next bytes into `room`, and returns how many.
    pub(crate) fn fill(&mut self, room: &mut [u8]) -> usize {
        let all = LAST_SIZE.iter().chain(self.lines).chain(END);
        let from = self.at;
        for (to, byte) in room.iter_mut().zip(all.skip(from)) {
            *to = *byte;
            self.at += 1;
        }
        self.at - from
    }
}

const LAST_SIZE: &[u8; 3] = b"0\r\n";
const END: &[u8; 2] = b"\r\n";

/// Fields, besides singletons, that have to be known before the content: for framing, routing,
/// authentication, what caches do, how the content is read; RFC 9110 § 6.5.1.
const LEADING: [&[u8]; 28] = [
    b"authorization",
    b"cache-control",
    b"connection",
    b"content-encoding",
    b"content-language",
    b"content-length",
    b"content-security-policy",
    b"cookie",
    b"expect",
    b"host",
    b"keep-alive",
    b"link",
    b"max-forwards",
    b"pragma",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"range",
    b"set-cookie",
    b"set-cookie2",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
    b"vary",
    b"via",
    b"warning",
    b"www-authenticate",
];

/// Returns true for a field that may stand after the content. For a field that is not known here,
/// the sender has to know.
fn may_trail(name: &[u8]) -> bool {
    let field = FieldId::of(name);
    let leads = LEADING.iter().any(|other| is_name(name, other));
    // RFC 9110 § 8.8.3 has the entity tag known after the content.
    !leads && (!field.is_singleton() || field == FieldId::ETag)
}
