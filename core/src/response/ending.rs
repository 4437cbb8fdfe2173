//! The endings, and the lines that the library writes itself.

use super::builder::Response;
use super::reply::Reply;
use crate::body::content::text::Text;
use crate::body::transfer::{CHUNKED, Framing, Transfer};
use crate::error::{Error, Place};
use crate::field::id::FieldId;
use crate::field::name::HeaderName;
use crate::field::{location, media};
use crate::request::exchange::BodyRule;

impl<'b> Response<'b> {
    /// Ends without a body: with `content-length: 0`, if the status allows a length.
    ///
    /// # Errors
    ///
    /// The first mistake, or [`Error::Overflow`] with the size that would have been enough; so for
    /// all endings.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 64];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::NOT_FOUND).empty()?;
    /// assert_eq!(reply.as_bytes(), b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias = "NoContent")]
    #[inline]
    pub fn empty(self) -> Result<Reply<'b>, Error> {
        self.body(b"")
    }

    /// Ends with a body; its type is whatever `content-type` was set, if any.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{HeaderName, Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
    ///     .header(HeaderName::CONTENT_TYPE, "application/cbor")
    ///     .body(&[0x83, 1, 2, 3])?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/cbor\r\n\
    ///       content-length: 4\r\n\r\n\x83\x01\x02\x03",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    pub fn body(self, body: &[u8]) -> Result<Reply<'b>, Error> {
        self.buffered(body)
    }

    /// Ends with a body of this media type, by the rule of [`media_type`](Self::media_type).
    ///
    /// A `content-type` set before wins.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
    ///     .bytes("text/css", b"p{margin:0}")?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: text/css; charset=utf-8\r\n\
    ///       content-length: 11\r\n\r\np{margin:0}",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[inline]
    pub fn bytes(mut self, media_type: &str, body: &[u8]) -> Result<Reply<'b>, Error> {
        self.default_media_type(media_type);
        self.body(body)
    }

    /// Ends with a body of type `text/plain; charset=utf-8`; see [`Text`] for what it can be.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty); [`Error::Display`] and [`Error::ContentChanged`] of what is no
    /// text in memory.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).text("caf\u{e9}")?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
    ///       content-length: 5\r\n\r\ncaf\xc3\xa9",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias = "PlainTextResponse")]
    #[inline]
    pub fn text(self, text: impl Text) -> Result<Reply<'b>, Error> {
        self.typed_text(media::PLAIN, text)
    }

    /// Ends with a body of type `text/html; charset=utf-8`. Nothing in it is escaped.
    ///
    /// # Errors
    ///
    /// As [`text`](Self::text).
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).html("<p>hi")?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\
    ///       content-length: 5\r\n\r\n<p>hi",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias("HTMLResponse", "Html"))]
    #[inline]
    pub fn html(self, html: impl Text) -> Result<Reply<'b>, Error> {
        self.typed_text(media::HTML, html)
    }

    /// Ends without a body and with `location`, percent-encoding the characters that a URI cannot
    /// hold.
    ///
    /// `%` is kept, so an encoded URL stays as it is. The usual status is
    /// [`Status::TEMPORARY_REDIRECT`](crate::Status::TEMPORARY_REDIRECT). The caller answers for
    /// where the URL leads: for one that a user supplied, see
    /// [`redirect_local`](Self::redirect_local).
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::TEMPORARY_REDIRECT)
    ///     .redirect("https://example.org/a b?c=%20")?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 307 Temporary Redirect\r\n\
    ///       location: https://example.org/a%20b?c=%20\r\ncontent-length: 0\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias("RedirectResponse", "Redirect"))]
    pub fn redirect(self, url: &str) -> Result<Reply<'b>, Error> {
        self.location(url).empty()
    }

    /// [`redirect`](Self::redirect)s to a path of the same origin, and nowhere else.
    ///
    /// # Errors
    ///
    /// [`Error::Location`] unless `path` begins with one `/`, with neither `/` nor `\` after it,
    /// and has no control character; and if a draft would replace it.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Error, Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::SEE_OTHER)
    ///     .redirect_local("/items/7")?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 303 See Other\r\nlocation: /items/7\r\ncontent-length: 0\r\n\r\n",
    /// );
    ///
    /// let response = Response::to(&Exchange::GET, &mut buf, Status::SEE_OTHER);
    /// let error = response.redirect_local("//evil.example").unwrap_err();
    /// assert!(matches!(error, Error::Location(_)));
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn redirect_local(mut self, path: &str) -> Result<Reply<'b>, Error> {
        let checked = match self.drafted.has(FieldId::Location) {
            true => Err(Error::Location(Place::UNKNOWN)),
            false => location::check_local_path(path),
        };
        if checked.is_err() {
            self.admits(FieldId::Location, b"location");
            self.note(self.buf.located(checked, self.buf.len()));
        }
        self.redirect(path)
    }

    /// Ends with a body of `len` bytes that a driver reads from elsewhere; a longer source is cut
    /// at `len`, a shorter one breaks the transfer.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    ///
    /// ```
    /// use replywire::body::Step;
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 64];
    /// let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).sized(2)?;
    /// if let Step::Fill(room) = transfer.step()? {
    ///     room.copy_from_slice(b"hi");
    /// }
    /// transfer.filled(2)?;
    /// let whole = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
    /// assert!(matches!(transfer.step()?, Step::Send { bytes, .. } if bytes == whole));
    /// transfer.sent(whole.len());
    /// assert!(matches!(transfer.step()?, Step::Done));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn sized(self, len: u64) -> Result<Transfer<'b>, Error> {
        self.transfer(Framing::Sized(len))
    }

    /// [`sized`](Self::sized), but a longer source breaks the transfer too.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    ///
    /// ```
    /// use replywire::body::{BodyError, Step};
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 64];
    /// let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).sized_exactly(2)?;
    /// let Ok(Step::Fill(room)) = transfer.step() else { panic!() };
    /// room[..3].copy_from_slice(b"hi!");
    /// assert_eq!(transfer.filled(3), Err(BodyError::TooLong));
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn sized_exactly(self, len: u64) -> Result<Transfer<'b>, Error> {
        self.transfer(Framing::Exact(len))
    }

    /// Ends with a body of unknown length that a driver reads from elsewhere: in chunks, or to an
    /// HTTP/1.0 client up to the end of the connection (RFC 9112 §§ 6.1 and 6.3).
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    ///
    /// ```
    /// use replywire::body::Step;
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).stream()?;
    /// if let Step::Fill(room) = transfer.step()? {
    ///     room[..2].copy_from_slice(b"hi");
    /// }
    /// transfer.filled(2)?;
    /// let first = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n";
    /// assert!(matches!(transfer.step()?, Step::Send { bytes, .. } if bytes == first));
    /// transfer.sent(first.len());
    ///
    /// // The source has ended.
    /// transfer.filled(0)?;
    /// assert_eq!(transfer.step()?.bytes(), b"0\r\n\r\n");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[doc(alias = "StreamingResponse")]
    pub fn stream(self) -> Result<Transfer<'b>, Error> {
        match self.exchange.has_chunks() {
            true => self.transfer(Framing::Chunked),
            false => self.close().transfer(Framing::Close),
        }
    }

    /// [`stream`](Self::stream)s server-sent events: type `text/event-stream; charset=utf-8`,
    /// `cache-control: no-cache` and `x-accel-buffering: no`, which has proxies pass them on at
    /// once. A line of the caller's wins.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    ///
    /// ```
    /// use replywire::body::{Event, Stream};
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 256];
    /// let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).events()?;
    /// let mut stream = Stream::new(transfer);
    /// stream.write(&mut Event::new().data("tick"))?;
    /// stream.end()?;
    /// assert_eq!(
    ///     stream.step()?.bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
    ///       cache-control: no-cache\r\nx-accel-buffering: no\r\n\
    ///       transfer-encoding: chunked\r\n\r\nc\r\ndata: tick\n\n\r\n0\r\n\r\n",
    /// );
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[doc(alias("EventSourceResponse", "Sse"))]
    pub fn events(mut self) -> Result<Transfer<'b>, Error> {
        self.default_type_line(media::EVENTS);
        if !self.written.has(FieldId::CacheControl) {
            self = self.header(HeaderName::CACHE_CONTROL, "no-cache");
        }
        if !self.written.has(FieldId::XAccelBuffering) {
            self = self.header("x-accel-buffering", "no");
        }
        self.stream()
    }

    pub(super) fn transfer(mut self, framing: Framing) -> Result<Transfer<'b>, Error> {
        let whole = match framing {
            Framing::Sized(len) | Framing::Exact(len) => self.write_sized_head(len),
            Framing::Chunked | Framing::Close => {
                self.write_common_lines();
                match self.content {
                    BodyRule::Empty => self.buf.write_array(b"content-length: 0\r\n\r\n"),
                    BodyRule::Omitted | BodyRule::Whole if framing == Framing::Chunked => {
                        self.buf.write_array(CHUNKED);
                    }
                    _ => self.buf.write_array(b"\r\n"),
                }
                self.content == BodyRule::Whole
            }
        };
        let context = self.context();
        let (bytes, head) = self.into_bytes()?;
        let framing = if whole { framing } else { Framing::Sized(0) };
        Ok(Transfer::new(bytes, head, framing, context))
    }

    /// Ends with a body under one of the lines of [`media`].
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    pub(super) fn typed<const N: usize>(
        mut self,
        line: &[u8; N],
        body: &[u8],
    ) -> Result<Reply<'b>, Error> {
        self.default_type_line(line);
        self.body(body)
    }
}
