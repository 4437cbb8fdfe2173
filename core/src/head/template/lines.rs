use core::fmt;

use crate::error::{Error, Place};
use crate::field::cookie::SetCookie;
use crate::field::grammar::{Quoted, is_name};
use crate::field::id::{FieldId, FieldSet};
use crate::field::line::write_field;
use crate::field::name::{FieldName, HeaderName};
use crate::field::value::FieldValue;
use crate::head::headers::Headers;
use crate::head::lines::{Line, Lines};
use crate::head::written::REPRESENTATION;
use crate::write::buf::Buf;

/// The lines of a [`Template`](super::Template) as they are written.
///
/// They go by the rules of [`Response::header`](crate::Response::header): a later singleton
/// replaces an earlier one, all others add up. The first mistake is remembered, and there is no
/// template then.
///
/// Besides the framing fields, to which `upgrade` counts here ([`Error::FramingHeader`]), these are
/// none for every reply ([`Error::Template`]): `date`, which the exchange tells; `location`; and
/// those that tell of the content or its version, such as `content-type`, `etag`, `last-modified`
/// and `accept-ranges`.
pub struct TemplateLines<'b> {
    buf: Buf<'b>,
    singletons: FieldSet,
    error: Option<Error>,
}

/// The fields that tell of one reply, besides those that describe its content.
const OF_ONE_REPLY: FieldSet = FieldSet::of(&[
    b"accept-ranges",
    b"content-location",
    b"content-range",
    b"content-type",
    b"date",
    b"etag",
    b"last-modified",
    b"location",
]);

impl<'b> TemplateLines<'b> {
    pub(super) fn new(buf: &'b mut [u8]) -> Self {
        Self {
            buf: Buf::new(buf),
            singletons: FieldSet::NONE,
            error: None,
        }
    }

    /// Adds one line, its name in lower case.
    ///
    /// Remembers [`Error::HeaderName`], [`Error::FramingHeader`], [`Error::Template`],
    /// [`Error::HeaderValue`] or [`Error::NotLatin1`].
    pub fn header(&mut self, name: impl FieldName, value: impl FieldValue) -> &mut Self {
        let field = name.id();
        let start = self.admit(field, name.bytes());
        let result = match () {
            () if is_name(name.bytes(), b"upgrade") => Err(Error::FramingHeader(Place::UNKNOWN)),
            () if OF_ONE_REPLY.has(field) || REPRESENTATION.has(field) => {
                Err(Error::Template(Place::UNKNOWN))
            }
            () => write_field(&mut self.buf, name, value),
        };
        self.note(result, start)
    }

    /// Adds a `set-cookie` line, or remembers the cookie's error.
    #[doc(alias = "set_cookie")]
    pub fn cookie(&mut self, cookie: &SetCookie<'_>) -> &mut Self {
        let start = self.buf.len();
        let result = cookie.write(&mut self.buf);
        self.note(result, start)
    }

    /// Adds the lines that make browsers careful with a site whose pages come over TLS: `policy` as
    /// `content-security-policy`, TLS alone for a year, and media types as they are told.
    ///
    /// ```
    /// use replywire::Template;
    ///
    /// let mut memory = [0; 256];
    /// let template = Template::write(&mut memory, |lines| {
    ///     lines.secure("default-src 'self'");
    /// })?;
    /// let lines = template.iter().collect::<Vec<_>>();
    /// assert_eq!(
    ///     lines,
    ///     [
    ///         ("content-security-policy", &b"default-src 'self'"[..]),
    ///         ("strict-transport-security", b"max-age=31536000"),
    ///         ("x-content-type-options", b"nosniff"),
    ///     ],
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias("helmet", "HSTS", "CSP", "nosniff"))]
    pub fn secure(&mut self, policy: impl FieldValue) -> &mut Self {
        self.header(HeaderName::CONTENT_SECURITY_POLICY, policy)
            .header(HeaderName::STRICT_TRANSPORT_SECURITY, "max-age=31536000")
            .header(HeaderName::X_CONTENT_TYPE_OPTIONS, "nosniff")
    }

    /// Adds the lines of a store, as [`header`](Self::header) would.
    ///
    /// ```
    /// use replywire::{Cors, Headers, Template};
    ///
    /// const CORS: Cors = Cors::new().origins(&["https://app.example"]);
    ///
    /// let mut headers = Headers::<256>::new();
    /// CORS.simple(Some(b"https://app.example"), &mut headers)?;
    ///
    /// let mut memory = [0; 256];
    /// let template = Template::write(&mut memory, |lines| {
    ///     lines.headers(&headers);
    /// })?;
    /// let names: Vec<_> = template.iter().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["vary", "access-control-allow-origin"]);
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn headers<const N: usize>(&mut self, headers: &Headers<N>) -> &mut Self {
        for (name, value) in headers.iter() {
            self.header(name, value);
        }
        self
    }

    /// The place of a line that is to be written; the one that it replaces is removed.
    fn admit(&mut self, field: FieldId, name: &[u8]) -> usize {
        if self.singletons.has(field) {
            self.buf.remove_lines(name);
        }
        if field.is_singleton() {
            self.singletons.add(field);
        }
        self.buf.len()
    }

    /// Remembers a mistake in the line that began at `start`, if it is the first.
    fn note(&mut self, result: Result<(), Error>, start: usize) -> &mut Self {
        if let Err(error) = result {
            let lines = self.buf.line_ends(start);
            let error = error.in_line(lines.map_or(0, |before| before.saturating_add(1)));
            self.error.get_or_insert(error);
        }
        self
    }

    /// The length of the lines and the singletons among them.
    pub(super) fn end(self) -> Result<(usize, FieldSet), Error> {
        match self.error {
            Some(error) => Err(error),
            None => {
                let (_, len) = self.buf.finish()?;
                Ok((len, self.singletons))
            }
        }
    }
}

impl fmt::Debug for TemplateLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = f.debug_struct("TemplateLines");
        for Line { name, value, .. } in Lines(self.buf.written().unwrap_or_default()) {
            lines.field(
                core::str::from_utf8(name).unwrap_or_default(),
                &Quoted(value),
            );
        }
        lines.finish()
    }
}
