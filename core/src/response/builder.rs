//! A reply as it grows: its status line and the caller's lines.

use core::fmt;

use crate::error::Error;
use crate::field::cookie::SetCookie;
use crate::field::disposition::Disposition;
use crate::field::id::{FieldId, Singletons};
use crate::field::name::{FieldName, HeaderName};
use crate::field::value::FieldValue;
use crate::head::constant::Head;
use crate::head::draft::Draft;
use crate::head::headers::Headers;
use crate::head::lines::{Line, Lines, find, first_line};
use crate::head::status::Status;
use crate::head::written::WrittenFields;
use crate::request::exchange::{BodyRule, Exchange};
use crate::write::buf::Buf;

/// A reply being written into the caller's buffer; the order is fixed by ownership.
///
/// ```
/// use replywire::{HeaderName, Response, Status};
///
/// let mut buf = [0; 128];
/// let reply = Response::new(&mut buf, Status::SEE_OTHER)
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
/// [`new`](Self::new) writes the status line, [`header`](Self::header) and the like may be called
/// any number of times, and each way to end takes `self`, so a header after the body does not
/// compile:
///
/// ```compile_fail,E0382
/// # use replywire::{Response, Status};
/// # let mut buf = [0; 64];
/// let response = Response::new(&mut buf, Status::OK);
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
#[must_use = "nothing is written until the reply is ended"]
pub struct Response<'b> {
    pub(super) buf: Buf<'b>,
    pub(super) error: Option<Error>,
    pub(super) content: BodyRule,
    pub(super) status: Status,
    pub(super) exchange: Exchange,
    /// The singletons that the joined draft has; the reply takes no more of them.
    pub(super) drafted: Singletons,
    pub(super) written: WrittenFields,
}

impl<'b> Response<'b> {
    /// Starts a reply to a plain `GET` with its status line.
    #[inline]
    pub fn new(buf: &'b mut [u8], status: Status) -> Self {
        Self::to(&Exchange::GET, buf, status)
    }

    /// Starts a reply to a request with its status line.
    #[inline]
    pub fn to(exchange: &Exchange, buf: &'b mut [u8], status: Status) -> Self {
        let mut response = Self::start(exchange, buf, status, WrittenFields::NONE);
        status.write_line(&mut response.buf);
        response
    }

    /// Starts a reply whose status line and first headers were built at compile time.
    #[inline]
    pub fn with_head(exchange: &Exchange, buf: &'b mut [u8], head: Head) -> Self {
        let mut response = Self::start(exchange, buf, head.status(), head.written());
        response.buf.write_long(head.as_bytes());
        response
    }

    /// Starts a reply that `draft` joins; `status` counts if the draft has none.
    pub fn join<const N: usize>(
        exchange: &Exchange,
        buf: &'b mut [u8],
        status: Status,
        draft: &Draft<N>,
    ) -> Self {
        let mut response = Self::to(exchange, buf, draft.status().unwrap_or(status));
        let mut lines = draft.headers().as_lines();
        while let Some(Line { name, len, .. }) = first_line(lines) {
            let (line, rest) = lines.split_at_checked(len).unwrap_or_default();
            lines = rest;
            // Of a singleton, the last line counts.
            let field = FieldId::of(name);
            if !response.drafted.add(field) || find(rest, name).is_none() {
                response.buf.write(line);
                response.written.note(field, len);
            }
        }
        response
    }

    #[inline]
    fn start(
        exchange: &Exchange,
        buf: &'b mut [u8],
        status: Status,
        written: WrittenFields,
    ) -> Self {
        Self {
            buf: Buf::new(buf),
            error: None,
            content: exchange.content(status),
            status,
            exchange: *exchange,
            drafted: Singletons::default(),
            written,
        }
    }

    /// Adds one header line, its name in lower case.
    ///
    /// Lines of one name add up, but for `content-type`, `date` and `location`: there, a later line
    /// replaces an earlier one. If other fields of one value may be set twice, collect them in
    /// [`Headers`], whose [`set`](Headers::set) replaces. A field of one value that a joined draft
    /// has is passed over.
    ///
    /// Remembers [`Error::HeaderName`], [`Error::FramingHeader`], [`Error::HeaderValue`] or
    /// [`Error::NotLatin1`]; see [`FieldValue`] for what a value can be.
    #[inline(always)]
    pub fn header(mut self, name: impl FieldName, value: impl FieldValue) -> Self {
        self.add(name, value);
        self
    }

    /// Adds the lines of a store, as [`header`](Self::header) would.
    pub fn headers<const N: usize>(mut self, headers: &Headers<N>) -> Self {
        for Line { name, value, len } in Lines(headers.as_lines()) {
            let field = FieldId::of(name);
            if self.drafted.has(field) {
                continue;
            }
            self.remove_replaced(field, name);
            self.buf.write_line(name, value);
            self.written.add(field, len);
        }
        self
    }

    /// Adds a `set-cookie` line, or remembers the cookie's error.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    pub fn cookie(mut self, cookie: &SetCookie<'_>) -> Self {
        self.add_cookie(cookie);
        self
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn add_cookie(&mut self, cookie: &SetCookie<'_>) {
        let result = cookie.write(&mut self.buf);
        self.note(result);
    }

    /// Adds a `content-disposition` line, unless a joined draft has one.
    pub fn disposition(self, disposition: &Disposition<'_>) -> Self {
        self.header(HeaderName::CONTENT_DISPOSITION, *disposition)
    }

    /// Sets `content-type`; a type `text/*` that names no charset gets `; charset=utf-8`.
    ///
    /// Remembers [`Error::HeaderValue`] or [`Error::NotLatin1`].
    #[inline]
    pub fn media_type(mut self, media_type: &str) -> Self {
        self.remove_replaced(FieldId::ContentType, b"content-type");
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
