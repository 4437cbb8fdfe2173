//! A reply as it grows: its status line and the caller's lines.

use core::fmt;

use super::adding::{Adding, note};
use crate::error::Error;
use crate::field::cookie::SetCookie;
use crate::field::date::HttpDate;
use crate::field::disposition::Disposition;
use crate::field::id::{FieldId, FieldSet};
use crate::field::name::{FieldName, HeaderName};
use crate::field::value::FieldValue;
use crate::field::{hop_by_hop, location};
use crate::head::constant::Head;
use crate::head::draft::Draft;
use crate::head::headers::Headers;
use crate::head::lines::{Line, Lines};
use crate::head::status::Status;
use crate::head::written::WrittenFields;
use crate::request::exchange::{BodyRule, Exchange};
use crate::write::buf::Buf;

/// A reply being written into the caller's buffer; the order is fixed by ownership.
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{HeaderName, Response, Status};
///
/// let mut buf = [0; 128];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::SEE_OTHER)
///     .header(HeaderName::CACHE_CONTROL, "no-store")
///     .redirect("/caf\u{e9}?next=1")?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 303 See Other\r\ncache-control: no-store\r\n\
///       location: /caf%C3%A9?next=1\r\ncontent-length: 0\r\n\r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// [`to`](Self::to) writes the status line, [`header`](Self::header) and the like may be called any
/// number of times, and each way to end takes `self`, so a header after the body does not compile
/// (but see [`Reply::edit`](crate::Reply::edit)):
///
/// ```compile_fail,E0382
/// # use replywire::request::Exchange;
/// # use replywire::{Response, Status};
/// # let mut buf = [0; 64];
/// let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
/// let reply = response.text("hi");
/// response.header("late", "no"); // use of moved value
/// ```
///
/// The first mistake is remembered and returned by the call that ends the reply, so a chain has
/// one `?`. Too small a buffer gives [`Error::Overflow`] with the size that would have been enough;
/// until then nothing of the reply comes out.
///
/// `date`, `connection`, `content-length` and `transfer-encoding` are written at the end, by the
/// rules of the [`Exchange`] and the status.
#[doc(alias = "HttpResponse")]
#[must_use = "nothing is written until the reply is ended"]
pub struct Response<'b> {
    pub(super) buf: Buf<'b>,
    pub(super) error: Option<Error>,
    pub(super) content: BodyRule,
    pub(super) status: Status,
    pub(super) exchange: Exchange<'b>,
    /// The singletons that the joined draft has, and what the reply is not to have; it takes no
    /// more of them.
    pub(super) drafted: FieldSet,
    pub(super) written: WrittenFields,
}

impl<'b> Response<'b> {
    /// Starts a reply to a request with its status line.
    #[doc(alias("init_headers", "status_code"))]
    #[inline]
    pub fn to(exchange: &Exchange<'b>, buf: &'b mut [u8], status: Status) -> Self {
        let mut buf = Buf::new(buf);
        status.write_line(&mut buf);
        Self::start(exchange, buf, status, WrittenFields::NONE)
    }

    /// Starts a reply whose status line and first headers were built at compile time.
    #[inline]
    pub fn with_head(exchange: &Exchange<'b>, buf: &'b mut [u8], head: Head) -> Self {
        let mut buf = Buf::new(buf);
        buf.write_long(head.as_bytes());
        Self::start(exchange, buf, head.status(), head.written())
    }

    #[inline]
    pub(super) fn start(
        exchange: &Exchange<'b>,
        buf: Buf<'b>,
        status: Status,
        written: WrittenFields,
    ) -> Self {
        Self {
            buf,
            error: exchange.mistake(status),
            content: exchange.content(status),
            status,
            exchange: *exchange,
            drafted: FieldSet::NONE,
            written,
        }
    }

    /// The same reply without a buffer, which only counts.
    pub(super) fn counting(&self) -> Response<'b> {
        self.over(&mut [])
    }

    /// The same reply over these bytes.
    pub(super) fn over<'r>(&self, bytes: &'r mut [u8]) -> Response<'r>
    where
        'b: 'r,
    {
        self.of(&self.exchange, bytes)
    }

    /// The same reply over these bytes, to an exchange that differs in its lines alone.
    #[inline]
    pub(super) fn of<'r>(&self, exchange: &Exchange<'r>, bytes: &'r mut [u8]) -> Response<'r> {
        Response {
            buf: self.buf.over(bytes),
            error: self.error,
            content: self.content,
            status: self.status,
            exchange: *exchange,
            drafted: self.drafted,
            written: self.written,
        }
    }

    /// Adds one header line, its name in lower case.
    ///
    /// Lines of one name add up, but those of a field of one value, such as `content-type`, `etag`
    /// or `retry-after` (RFC 9110 § 5.3): there, a later line replaces an earlier one, and one that
    /// a joined draft has too is checked and passed over. Fields that are not registered count as
    /// lists. So each part of a program adds the `vary` that it needs, for two lines are one list;
    /// [`Headers::add_vary`] writes each name once.
    ///
    /// Remembers [`Error::HeaderName`], [`Error::FramingHeader`], [`Error::HeaderValue`] or
    /// [`Error::NotLatin1`]; see [`FieldValue`] for what a value can be.
    #[inline(always)]
    pub fn header(self, name: impl FieldName, value: impl FieldValue) -> Self {
        let mut buf = self.buf;
        let mut written = self.written;
        let mut error = self.error;
        Adding {
            buf: &mut buf,
            written: &mut written,
            error: &mut error,
            drafted: self.drafted,
        }
        .add(name, value);
        Self {
            buf,
            written,
            error,
            ..self
        }
    }

    /// Adds the lines of a store, as [`header`](Self::header) would.
    pub fn headers<const N: usize>(mut self, headers: &Headers<N>) -> Self {
        for Line { name, value, len } in Lines(headers.as_lines()) {
            let field = FieldId::of(name);
            if self.admits(field, name) {
                self.buf.write_line(name, value);
                self.written.add(field, len);
            }
        }
        self
    }

    /// Adds the fields of another message, such as a reply from elsewhere, as
    /// [`header`](Self::header) would, each value without the blanks around it.
    ///
    /// The fields that say where that message ends and those of its connection are left out:
    /// `content-length`, `transfer-encoding`, `trailer`, `connection` and the fields that it names,
    /// `keep-alive`, `proxy-connection`, `te`, `upgrade`, `proxy-authenticate` and
    /// `proxy-authentication-info` (RFC 9110 §§ 7.6.1, 8.6, 11.7). All others are kept: `date`,
    /// which then is that of the origin, each `set-cookie`, bytes outside ASCII. The content has to
    /// be passed on as it came too, for `content-encoding` and the like tell of it. To `HEAD`, end
    /// with [`sized`](Self::sized) of the `content-length` that came, which no content follows.
    ///
    /// Remembers [`Error::HeaderName`] or [`Error::HeaderValue`]; the latter also for `connection`
    /// lines whose names have over 512 bytes together, each with a comma.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let fields = [
    ///     ("Content-Length", "2"),
    ///     ("Connection", "keep-alive, x-hop"),
    ///     ("X-Hop", "1"),
    ///     ("X-Request-Id", "abc "),
    /// ];
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).forward(fields).body(b"hi")?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 200 OK\r\nx-request-id: abc\r\ncontent-length: 2\r\n\r\nhi",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn forward<N, V>(mut self, fields: impl IntoIterator<Item = (N, V)> + Clone) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let result = hop_by_hop::forward(fields, |name, value| {
            self.adding().add(name, value);
            Ok(())
        });
        note(&mut self.error, result);
        self
    }

    /// Joins a draft: its status, if it has one, becomes that of the reply; its lines are added.
    ///
    /// Its cookies and lists add up with the reply's. Its singletons replace those that the reply
    /// has, also of a draft that was joined before, and stand for those that come later, which are
    /// checked and passed over. So a draft has the last word, whether it joins first or last.
    ///
    /// Remembers [`Error::InterimStatus`] for an interim status to an HTTP/1.0 client.
    ///
    /// ```
    /// use replywire::{Draft, Head, Response, Status, head};
    /// use replywire::request::Exchange;
    ///
    /// const PAGE: Head = head!(Status::OK, "cache-control" => "no-store", "server" => "a");
    ///
    /// let mut draft = Draft::<128>::new();
    /// draft.set_status(Status::CREATED);
    /// draft.set("server", "b")?;
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::with_head(&Exchange::GET, &mut buf, PAGE)
    ///     .join(&draft)
    ///     .header("server", "c")
    ///     .empty()?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 201 Created\r\ncache-control: no-store\r\nserver: b\r\n\
    ///       content-length: 0\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn join<const N: usize>(self, draft: &Draft<N>) -> Self {
        self.join_lines(draft.status(), draft.headers().as_lines())
    }

    fn join_lines(mut self, status: Option<Status>, lines: &[u8]) -> Self {
        if let Some(status) = status {
            self = self.with_status(status);
        }
        for Line { name, value, len } in Lines(lines) {
            let field = FieldId::of(name);
            if self.is_without(field) {
                continue;
            }
            self.drafted.remove(field);
            self.admits(field, name);
            self.buf.write_line(name, value);
            self.written.add(field, len);
            if field.is_singleton() {
                self.drafted.add(field);
            }
        }
        self
    }

    /// Adds a `set-cookie` line, or remembers the cookie's error.
    #[doc(alias = "set_cookie")]
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    pub fn cookie(self, cookie: &SetCookie<'_>) -> Self {
        let mut buf = self.buf;
        let mut error = self.error;
        let start = buf.len();
        let result = cookie.write(&mut buf);
        note(&mut error, buf.located(result, start));
        Self { buf, error, ..self }
    }

    /// Adds a `set-cookie` line that removes `cookie`, at the time of the exchange; see
    /// [`SetCookie::deleting`]. Without a time the cookie has expired in 1970.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, SetCookie, Status};
    ///
    /// const SESSION: SetCookie = SetCookie::new("sid", "31d4d96e").http_only();
    ///
    /// let mut buf = [0; 160];
    /// let response = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT);
    /// let reply = response.delete_cookie(&SESSION).empty()?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 204 No Content\r\nset-cookie: sid=; expires=Thu, 01 Jan 1970 00:00:00 GMT; \
    ///       HttpOnly; Max-Age=0; Path=/; SameSite=lax\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn delete_cookie(self, cookie: &SetCookie<'_>) -> Self {
        let now = self.exchange.date().unwrap_or(HttpDate::EPOCH);
        self.cookie(&cookie.deleting(now))
    }

    /// Sets `content-disposition`, unless a joined draft has one.
    #[doc(alias("content_disposition_type", "filename"))]
    pub fn disposition(self, disposition: &Disposition<'_>) -> Self {
        self.header(HeaderName::CONTENT_DISPOSITION, *disposition)
    }

    /// Sets `location` to a URL (RFC 9110 § 10.2.2), unless a joined draft has one; as in
    /// [`redirect`](Self::redirect), what may not stand in a URL is percent-encoded.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::CREATED)
    ///     .location("/items/a b")
    ///     .empty()?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 201 Created\r\nlocation: /items/a%20b\r\ncontent-length: 0\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn location(mut self, url: &str) -> Self {
        if self.admits(FieldId::Location, b"location") {
            self.buf.write_array(b"location: ");
            location::write_url(&mut self.buf, url);
            self.buf.write_array(b"\r\n");
        }
        self
    }

    /// Sets `content-type`; a type `text/*`, in any case, that names no charset gets
    /// `; charset=utf-8`.
    ///
    /// Remembers [`Error::HeaderValue`], [`Error::MediaType`] for what is no media type (RFC 9110
    /// § 8.3.1), or [`Error::NotLatin1`].
    #[doc(alias("charset", "content_type"))]
    #[inline]
    pub fn media_type(mut self, media_type: &str) -> Self {
        self.admits(FieldId::ContentType, b"content-type");
        self.default_media_type(media_type);
        self
    }

    /// Says that the connection closes after this reply.
    pub const fn close(mut self) -> Self {
        self.exchange = self.exchange.closing();
        self
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("buf", &self.buf)
            .field("error", &self.error)
            .field("content", &self.content)
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}
