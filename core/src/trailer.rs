use core::fmt;

use crate::buf::Buf;
use crate::header::put_line;
use crate::{Chunk, Error, FieldName, FieldValue, field};

/// Trailer fields, written into the caller's buffer: what is known of a body only at its end, such
/// as a checksum; RFC 9110 § 6.5.
///
/// They are sent behind the last chunk of a reply whose request said `TE: trailers`; see
/// [`Exchange::takes_trailers`]. To all others they are not sent, so nothing may depend on them. A
/// head should announce their names in the field `trailer` (RFC 9110 § 6.6.2). The first mistake is
/// remembered and returned when they are sent.
///
/// ```
/// use replywire::{Exchange, Response, Status, Stream, Trailers, Version};
///
/// let exchange = Exchange::new("GET", Version::Http11, [("TE", "trailers")]);
/// let mut buf = [0; 128];
/// let response = Response::to(&exchange, &mut buf, Status::OK).header("trailer", "x-sum");
/// let mut stream = Stream::new(response.stream()?);
/// assert!(stream.write(&mut &b"content"[..])?);
///
/// let mut lines = [0; 32];
/// let mut trailers = Trailers::new(&mut lines).field("x-sum", "c0ffee");
/// // Where this is false, what is pending is sent first.
/// assert!(stream.end_with(&mut trailers)?);
/// let wire = stream.pending()?.unwrap_or_default();
/// assert!(wire.ends_with(b"\r\n\r\n7\r\ncontent\r\n0\r\nx-sum: c0ffee\r\n\r\n"));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// [`Exchange::takes_trailers`]: crate::Exchange::takes_trailers
#[must_use = "trailer fields do nothing until a stream ends with them"]
pub struct Trailers<'t> {
    lines: Buf<'t>,
    error: Option<Error>,
    /// How many bytes of the section were written.
    at: usize,
}

impl<'t> Trailers<'t> {
    /// None yet; a line takes its name, its value and four bytes of `buf`.
    pub fn new(buf: &'t mut [u8]) -> Self {
        Self {
            lines: Buf::new(buf),
            error: None,
            at: 0,
        }
    }

    /// None.
    pub fn none() -> Self {
        Self::new(&mut [])
    }

    /// Adds a line, its name in lower case.
    ///
    /// Remembers [`Error::Trailer`] for a field that has to be known before the content, else what
    /// [`Response::header`](crate::Response::header) does, and [`Error::Overflow`].
    pub fn field(mut self, name: impl FieldName, value: impl FieldValue) -> Self {
        let result = match field::may_trail(name.bytes()) {
            true => put_line(&mut self.lines, name, value),
            false => Err(Error::Trailer),
        };
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
        self
    }

    /// The trailer section, or what is wrong with it; `None` where it is empty.
    pub(crate) fn section(&mut self) -> Result<Option<Section<'_, 't>>, Error> {
        let needed = self.lines.len();
        match self.error {
            Some(error) => Err(error),
            None if needed > self.lines.capacity() => Err(Error::Overflow { needed }),
            None if needed == 0 => Ok(None),
            None => Ok(Some(Section(self))),
        }
    }
}

impl fmt::Debug for Trailers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trailers")
            .field("lines", &self.lines)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// The trailer section and the empty line behind it, RFC 9112 § 7.1.2.
pub(crate) struct Section<'a, 't>(&'a mut Trailers<'t>);

impl Section<'_, '_> {
    /// What was not yet written: of the lines, or else of the empty line.
    fn rest(&self) -> &[u8] {
        let lines = self.0.lines.written().unwrap_or_default();
        match lines.get(self.0.at..) {
            Some(rest @ [_, ..]) => rest,
            _ => {
                let at = self.0.at.saturating_sub(lines.len());
                b"\r\n".get(at..).unwrap_or_default()
            }
        }
    }
}

impl Chunk for Section<'_, '_> {
    const MIN_ROOM: usize = 1;

    fn fill(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let mut rest = self.rest();
        let n = rest.fill(room)?;
        self.0.at = self.0.at.saturating_add(n);
        Ok(n)
    }

    fn is_done(&self) -> bool {
        self.rest().is_empty()
    }
}
