mod json;

use core::fmt;

use crate::buf::Buf;
use crate::bytes;
use crate::decimal;
use crate::exchange::{Answer, Content};
use crate::header;
use crate::header::private::Name as _;
use crate::headers::{Lines, find, first_line};
use crate::known::{Known, Singletons};
use crate::reply::Reply;
use crate::seen::{DESCRIBING, KEEPING, Marks, Seen};
use crate::transfer::{CHUNKED, Framing, Transfer};
use crate::{
    Disposition, Draft, Error, Exchange, FieldName, FieldValue, FilePlan, FileTransfer, Head,
    HeaderName, Headers, SetCookie, Status, Version, location, media,
};

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
    buf: Buf<'b>,
    error: Option<Error>,
    content: Content,
    status: Status,
    exchange: Exchange,
    /// The singletons that the joined draft has, and so the reply has no more.
    drafted: Singletons,
    seen: Seen,
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
        let mut response = Self::start(exchange, buf, status, Seen::NONE);
        status.put_line(&mut response.buf);
        response
    }

    /// Starts a reply whose status line and first headers were built at compile time.
    #[inline]
    pub fn with_head(exchange: &Exchange, buf: &'b mut [u8], head: Head) -> Self {
        let mut response = Self::start(exchange, buf, head.status(), head.seen());
        response.buf.put_long(head.as_bytes());
        response
    }

    /// Starts a reply that `draft` joins; `status` counts where the draft has none.
    pub fn join<const N: usize>(
        exchange: &Exchange,
        buf: &'b mut [u8],
        status: Status,
        draft: &Draft<N>,
    ) -> Self {
        let mut response = Self::to(exchange, buf, draft.status().unwrap_or(status));
        let mut lines = draft.headers().as_lines();
        while let Some((name, _, len)) = first_line(lines) {
            let (line, rest) = lines.split_at_checked(len).unwrap_or_default();
            lines = rest;
            // Of a singleton, the last line counts.
            let field = Known::of(name);
            if !response.drafted.add(field) || find(rest, name).is_none() {
                response.buf.put(line);
                response.seen.note(field, len);
            }
        }
        response
    }

    #[inline]
    fn start(exchange: &Exchange, buf: &'b mut [u8], status: Status, seen: Seen) -> Self {
        Self {
            buf: Buf::new(buf),
            error: None,
            content: exchange.content(status),
            status,
            exchange: *exchange,
            drafted: Singletons::default(),
            seen,
        }
    }

    /// Adds one header line, its name in lower case.
    ///
    /// Lines of one name add up, but for `content-type`, `date` and `location`, where a later one
    /// replaces an earlier. Where other fields of one value may be set twice, collect them in
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

    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    fn add(&mut self, name: impl FieldName, value: impl FieldValue) {
        self.add_known(name.known(), name, value);
    }

    /// The compiler knows of a constant name what is to be done besides writing the line.
    #[cfg(not(target_pointer_width = "64"))]
    #[inline(always)]
    fn add<N: FieldName>(&mut self, name: N, value: impl FieldValue) {
        let field = name.known();
        match N::CHECKED && !field.is_replaced() {
            true => self.add_line(field, name, value),
            false => self.add_unusual(name, value),
        }
    }

    #[cfg(not(target_pointer_width = "64"))]
    #[inline(never)]
    fn add_unusual(&mut self, name: impl FieldName, value: impl FieldValue) {
        self.add_known(name.known(), name, value);
    }

    #[inline(always)]
    fn add_known(&mut self, field: Known, name: impl FieldName, value: impl FieldValue) {
        if !self.drafted.has(field) {
            self.forget(field, name.bytes());
        }
        self.add_line(field, name, value);
    }

    /// Adds a line that replaces no other.
    #[inline(always)]
    fn add_line(&mut self, field: Known, name: impl FieldName, value: impl FieldValue) {
        if self.drafted.has(field) {
            return;
        }
        let start = self.buf.len();
        let result = header::put_line(&mut self.buf, name, value);
        let len = self.buf.len() - start;
        self.seen.add(field, len);
        self.note(result);
    }

    /// Adds the lines of a store, as [`header`](Self::header) would.
    pub fn headers<const N: usize>(mut self, headers: &Headers<N>) -> Self {
        for (name, value, len) in Lines(headers.as_lines()) {
            let field = Known::of(name);
            if self.drafted.has(field) {
                continue;
            }
            self.forget(field, name);
            self.buf.put_line(name, value);
            self.seen.add(field, len);
        }
        self
    }

    /// Adds a `set-cookie` line, or remembers what is wrong with the cookie.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    pub fn cookie(mut self, cookie: &SetCookie<'_>) -> Self {
        self.add_cookie(cookie);
        self
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn add_cookie(&mut self, cookie: &SetCookie<'_>) {
        let result = cookie.put(&mut self.buf);
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
        self.forget(Known::ContentType, b"content-type");
        self.default_media_type(media_type);
        self
    }

    /// Says that the connection closes after this reply.
    pub const fn close(mut self) -> Self {
        self.exchange = self.exchange.closing();
        self
    }

    /// Ends without a body: `content-length: 0` where the status allows a length.
    ///
    /// # Errors
    ///
    /// The first mistake, or [`Error::Overflow`]; so for all endings.
    #[inline]
    pub fn empty(self) -> Result<Reply<'b>, Error> {
        self.body(b"")
    }

    /// Ends with a body whose type a header has told, or no one.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    #[cfg_attr(not(target_pointer_width = "64"), expect(unused_mut))]
    pub fn body(mut self, body: &[u8]) -> Result<Reply<'b>, Error> {
        // The usual body, with no step that takes a reference to `self`: so the reply is built in
        // registers.
        #[cfg(target_pointer_width = "64")]
        if let Ok(len @ 0..10_000) = u16::try_from(body.len())
            && self.content == Content::Whole
        {
            self.put_common_lines();
            self.buf.put_content(len, body);
            return self.finish();
        }
        self.other_body(body)
    }

    #[inline(never)]
    fn other_body(mut self, body: &[u8]) -> Result<Reply<'b>, Error> {
        if self.put_sized_head(body.len() as u64) {
            self.buf.put(body);
        }
        self.finish()
    }

    /// Ends with a body of this media type, by the rule of [`media_type`](Self::media_type).
    ///
    /// A `content-type` set before wins.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    #[inline]
    pub fn bytes(mut self, media_type: &str, body: &[u8]) -> Result<Reply<'b>, Error> {
        self.default_media_type(media_type);
        self.body(body)
    }

    /// Ends with a body of type `text/plain; charset=utf-8`.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    #[inline]
    pub fn text(self, text: &str) -> Result<Reply<'b>, Error> {
        self.typed(media::PLAIN, text.as_bytes())
    }

    /// Ends with a body of type `text/html; charset=utf-8`. Nothing in it is escaped.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    #[inline]
    pub fn html(self, html: &str) -> Result<Reply<'b>, Error> {
        self.typed(media::HTML, html.as_bytes())
    }

    /// Ends without a body and with `location`, what a URI cannot hold percent-encoded.
    ///
    /// `%` is kept, so an encoded URL stays as it is. The usual status is
    /// [`Status::TEMPORARY_REDIRECT`]. Where the URL leads is the caller's affair: for one that a
    /// user supplied, see [`redirect_local`](Self::redirect_local).
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn redirect(mut self, url: &str) -> Result<Reply<'b>, Error> {
        if !self.drafted.has(Known::Location) {
            self.forget(Known::Location, b"location");
            self.buf.put_array(b"location: ");
            location::put_url(&mut self.buf, url);
            self.buf.put_array(b"\r\n");
        }
        self.empty()
    }

    /// [`redirect`](Self::redirect)s to a path of the same origin, and nowhere else.
    ///
    /// # Errors
    ///
    /// [`Error::Location`] unless `path` begins with one `/`, with neither `/` nor `\` behind it,
    /// and has no control character; and where a draft would replace it.
    pub fn redirect_local(mut self, path: &str) -> Result<Reply<'b>, Error> {
        if !location::is_local_path(path) || self.drafted.has(Known::Location) {
            self.note(Err(Error::Location));
        }
        self.redirect(path)
    }

    /// Ends with a body of `len` bytes that a driver reads from elsewhere; a longer source is cut
    /// at `len`, a shorter one breaks the transfer.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn sized(self, len: u64) -> Result<Transfer<'b>, Error> {
        self.transfer(Framing::Sized(len))
    }

    /// [`sized`](Self::sized), where a longer source breaks the transfer too.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn sized_exactly(self, len: u64) -> Result<Transfer<'b>, Error> {
        self.transfer(Framing::Exact(len))
    }

    /// Ends with a body of unknown length that a driver reads from elsewhere: in chunks, or to an
    /// HTTP/1.0 client up to the end of the connection (RFC 9112 §§ 6.1 and 6.3).
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn stream(self) -> Result<Transfer<'b>, Error> {
        match self.exchange.version() {
            Version::Http10 => self.close().transfer(Framing::Close),
            Version::Http11 => self.transfer(Framing::Chunked),
        }
    }

    /// Ends with a file, or what the request is to be sent of it; RFC 9110 §§ 13 and 14.
    ///
    /// A reply that was started with [`Status::OK`], or with the status of the plan, gets the status
    /// of the plan. With any other status the whole file is its content, such as that of an error
    /// page.
    ///
    /// The plan's file says what `content-type`, `last-modified` and `etag` are. `accept-ranges` and
    /// `content-encoding` of the caller win. A `304` keeps the lines of the caller that do not
    /// describe content. So do an error for what the request asks of the file, `400`, `412` or `416`,
    /// but for `cache-control` and `expires`: caches would keep it for those who ask rightly.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::FileHeader`] for a field that only the plan may tell.
    pub fn file<'p, const RANGES: usize>(
        self,
        plan: &'p FilePlan<'_, RANGES>,
    ) -> Result<FileTransfer<'b, 'p>, Error> {
        plan.end(self)
    }

    /// The status so far.
    pub(crate) const fn status(&self) -> Status {
        self.status
    }

    /// Makes this the status of the reply, whose status line is no longer than the new one.
    pub(crate) fn restart(&mut self, status: Status) {
        let (mut before, mut now) = (Buf::new(&mut []), Buf::new(&mut []));
        self.status.put_line(&mut before);
        status.put_line(&mut now);
        let by = now.len().saturating_sub(before.len());
        let len = self.buf.len();
        self.buf.skip(by);
        self.buf.shift(len, by);
        self.buf.put_front(status);
        self.status = status;
        self.content = self.exchange.content(status);
    }

    /// Whether the reply has a line of these [`Marks`].
    pub(crate) const fn has_line(&self, marks: u8) -> bool {
        self.seen.marks & marks != 0
    }

    /// Whether the joined draft tells this singleton.
    pub(crate) const fn is_drafted(&self, field: Known) -> bool {
        self.drafted.has(field)
    }

    /// Takes back the `content-type`, unless a draft told it.
    pub(crate) fn forget_type(&mut self) {
        self.forget(Known::ContentType, b"content-type");
    }

    /// Takes back every line that describes content.
    pub(crate) fn forget_content(&mut self) {
        self.forget_type();
        let describing = core::mem::take(&mut self.seen.describing);
        self.forget_lines(&DESCRIBING, describing);
    }

    /// Takes back every line that says how long the reply may be kept.
    pub(crate) fn forget_keeping(&mut self) {
        let keeping = core::mem::take(&mut self.seen.keeping);
        self.forget_lines(&KEEPING, keeping);
    }

    /// Takes back every line of these names, which have `left` bytes in all.
    fn forget_lines(&mut self, names: &[&[u8]], mut left: usize) {
        for name in names {
            while left > 0
                && let Some((start, len)) = self.place(name)
            {
                if let Some(written) = self.buf.written_mut() {
                    bytes::remove(written, start, len);
                }
                self.buf.truncate(self.buf.len().saturating_sub(len));
                left = left.saturating_sub(len);
            }
        }
        // Where the lines have not fitted, they still count.
        self.buf.truncate(self.buf.len().saturating_sub(left));
    }

    /// Where a line of this name is, and how long.
    fn place(&mut self, name: &[u8]) -> Option<(usize, usize)> {
        let written = &*self.buf.written_mut()?;
        let start = written.iter().position(|byte| *byte == b'\n')? + 1;
        let place = find(written.get(start..)?, name)?;
        let (_, _, len) = first_line(written.get(start + place..)?)?;
        Some((start + place, len))
    }

    /// Writes a line whose value `put` writes.
    pub(crate) fn put_line_with(
        &mut self,
        name: HeaderName,
        put: impl FnOnce(&mut Buf<'b>) -> Result<(), Error>,
    ) {
        let start = self.buf.len();
        self.buf.put(name.bytes());
        self.buf.put_array(b": ");
        let result = put(&mut self.buf);
        self.buf.put_array(b"\r\n");
        let len = self.buf.len().saturating_sub(start);
        if let Some(seen) = self.seen.of(name.known()) {
            *seen = len;
        }
        self.note(result);
    }

    /// The first error, or else this one.
    pub(crate) fn error(&self, error: Error) -> Error {
        self.error.unwrap_or(error)
    }

    /// Ends the head of content of `len` bytes, in a buffer of at least `room`: the buffer, the
    /// head's length, and whether the content follows.
    pub(crate) fn head(
        mut self,
        len: u64,
        room: usize,
    ) -> Result<(&'b mut [u8], usize, bool, Answer), Error> {
        let whole = self.put_sized_head(len);
        let answer = self.answer();
        let head = self.buf.len();
        self.buf.skip(room.saturating_sub(head));
        self.buf.truncate(head);
        let (bytes, head) = self.into_bytes()?;
        Ok((bytes, head, whole, answer))
    }

    /// [`stream`](Self::stream)s server-sent events: type `text/event-stream; charset=utf-8`,
    /// `cache-control: no-cache` and `x-accel-buffering: no`, which has proxies pass them on at
    /// once. A line of the caller's wins.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn events(mut self) -> Result<Transfer<'b>, Error> {
        self.default_media_type("text/event-stream");
        if !self.has_line(Marks::CACHE_CONTROL) {
            self = self.header(HeaderName::CACHE_CONTROL, "no-cache");
        }
        if !self.has_line(Marks::X_ACCEL_BUFFERING) {
            self = self.header("x-accel-buffering", "no");
        }
        self.stream()
    }

    fn transfer(mut self, framing: Framing) -> Result<Transfer<'b>, Error> {
        let whole = match framing {
            Framing::Sized(len) | Framing::Exact(len) => self.put_sized_head(len),
            Framing::Chunked | Framing::Close => {
                self.put_common_lines();
                match self.content {
                    Content::Empty => self.buf.put_array(b"content-length: 0\r\n\r\n"),
                    Content::Omitted | Content::Whole if framing == Framing::Chunked => {
                        self.buf.put_array(CHUNKED);
                    }
                    _ => self.buf.put_array(b"\r\n"),
                }
                self.content == Content::Whole
            }
        };
        let answer = self.answer();
        let (bytes, head) = self.into_bytes()?;
        let framing = if whole { framing } else { Framing::Sized(0) };
        Ok(Transfer::new(bytes, head, framing, answer))
    }

    /// Ends the head of a body of `len` bytes; true when the body follows.
    #[inline(never)]
    fn put_sized_head(&mut self, len: u64) -> bool {
        self.put_common_lines();
        if self.content == Content::None {
            self.buf.put_array(b"\r\n");
        } else {
            self.buf.put_array(b"content-length: ");
            let len = if self.content == Content::Empty {
                0
            } else {
                len
            };
            decimal::put(&mut self.buf, len);
            self.buf.put_array(b"\r\n\r\n");
        }
        self.content == Content::Whole
    }

    /// The lines that every reply may have behind the caller's.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn put_common_lines(&mut self) {
        if self.seen.date == 0 && !self.drafted.has(Known::Date) {
            self.exchange.put_date(&mut self.buf);
        }
        // What an interim reply says of the connection, the final one says (RFC 9112 § 9.6).
        if !self.exchange.keep_alive() && !self.status.is_informational() {
            self.buf.put_array(b"connection: close\r\n");
        }
    }

    /// Ends with a body under one of the lines of [`media`].
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    fn typed<const N: usize>(mut self, line: &[u8; N], body: &[u8]) -> Result<Reply<'b>, Error> {
        self.default_type_line(line);
        self.body(body)
    }

    #[inline]
    fn default_type_line<const N: usize>(&mut self, line: &[u8; N]) {
        if self.seen.content_type == 0 && !self.drafted.has(Known::ContentType) {
            self.seen.content_type = N;
            self.buf.put_array(line);
        }
    }

    fn default_media_type(&mut self, media_type: &str) {
        if self.seen.content_type != 0 || self.drafted.has(Known::ContentType) {
            return;
        }
        let start = self.buf.len();
        let result = media::put_content_type(&mut self.buf, media_type);
        self.seen.content_type = self.buf.len() - start;
        self.note(result);
    }

    /// Takes back the line of a singleton, which another is about to replace.
    #[inline]
    fn forget(&mut self, field: Known, name: &[u8]) {
        if let Some(seen) = self.seen.of(field) {
            let len = core::mem::take(seen);
            if len != 0 {
                self.take_back(name, len);
            }
        }
    }

    #[cold]
    fn take_back(&mut self, name: &[u8], len: usize) {
        if let Some(written) = self.buf.written_mut() {
            let start = written
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(0, |end| end + 1);
            let lines = written.get_mut(start..).unwrap_or_default();
            if let Some(place) = find(lines, name) {
                bytes::remove(lines, place, len);
            }
        }
        self.buf.truncate(self.buf.len().saturating_sub(len));
    }

    #[inline]
    fn answer(&self) -> Answer {
        Answer::new(&self.exchange, self.status)
    }

    #[inline]
    fn note(&mut self, result: Result<(), Error>) {
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
    }

    #[inline]
    fn finish(self) -> Result<Reply<'b>, Error> {
        self.finish_from(0)
    }

    /// Ends the reply, which starts behind `start` bytes.
    #[inline]
    fn finish_from(self, start: usize) -> Result<Reply<'b>, Error> {
        let answer = self.answer();
        let (bytes, end) = self.into_bytes()?;
        Ok(Reply {
            bytes,
            range: start..end,
            answer,
        })
    }

    #[inline]
    fn into_bytes(self) -> Result<(&'b mut [u8], usize), Error> {
        match self.error {
            Some(error) => Err(error),
            None => self.buf.finish(),
        }
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
