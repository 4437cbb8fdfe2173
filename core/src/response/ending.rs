//! The endings, and the lines that the library writes itself.

use super::builder::Response;
use super::reply::Reply;
use crate::body::transfer::{CHUNKED, Framing, Transfer};
use crate::error::Error;
use crate::field::header::HeaderName;
use crate::field::id::FieldId;
use crate::field::{location, media};
use crate::head::written::FieldFlags;
use crate::request::exchange::{Answer, Content, Version};
use crate::write::decimal;

impl<'b> Response<'b> {
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
            self.write_common_lines();
            self.buf.write_content(len, body);
            return self.finish();
        }
        self.other_body(body)
    }

    #[inline(never)]
    fn other_body(mut self, body: &[u8]) -> Result<Reply<'b>, Error> {
        if self.write_sized_head(body.len() as u64) {
            self.buf.write(body);
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
        if !self.drafted.has(FieldId::Location) {
            self.remove_replaced(FieldId::Location, b"location");
            self.buf.write_array(b"location: ");
            location::write_url(&mut self.buf, url);
            self.buf.write_array(b"\r\n");
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
        if !location::is_local_path(path) || self.drafted.has(FieldId::Location) {
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

    /// [`stream`](Self::stream)s server-sent events: type `text/event-stream; charset=utf-8`,
    /// `cache-control: no-cache` and `x-accel-buffering: no`, which has proxies pass them on at
    /// once. A line of the caller's wins.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn events(mut self) -> Result<Transfer<'b>, Error> {
        self.default_media_type("text/event-stream");
        if !self.has_line(FieldFlags::CACHE_CONTROL) {
            self = self.header(HeaderName::CACHE_CONTROL, "no-cache");
        }
        if !self.has_line(FieldFlags::X_ACCEL_BUFFERING) {
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
                    Content::Empty => self.buf.write_array(b"content-length: 0\r\n\r\n"),
                    Content::Omitted | Content::Whole if framing == Framing::Chunked => {
                        self.buf.write_array(CHUNKED);
                    }
                    _ => self.buf.write_array(b"\r\n"),
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
    pub(super) fn write_sized_head(&mut self, len: u64) -> bool {
        self.write_common_lines();
        if self.content == Content::None {
            self.buf.write_array(b"\r\n");
        } else {
            self.buf.write_array(b"content-length: ");
            let len = if self.content == Content::Empty {
                0
            } else {
                len
            };
            decimal::write(&mut self.buf, len);
            self.buf.write_array(b"\r\n\r\n");
        }
        self.content == Content::Whole
    }

    /// The lines that every reply may have behind the caller's.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn write_common_lines(&mut self) {
        if self.written.date == 0 && !self.drafted.has(FieldId::Date) {
            self.exchange.write_date(&mut self.buf);
        }
        // What an interim reply says of the connection, the final one says (RFC 9112 § 9.6).
        if !self.exchange.keep_alive() && !self.status.is_informational() {
            self.buf.write_array(b"connection: close\r\n");
        }
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

    #[inline]
    pub(super) fn default_type_line<const N: usize>(&mut self, line: &[u8; N]) {
        if self.written.content_type == 0 && !self.drafted.has(FieldId::ContentType) {
            self.written.content_type = N;
            self.buf.write_array(line);
        }
    }

    pub(super) fn default_media_type(&mut self, media_type: &str) {
        if self.written.content_type != 0 || self.drafted.has(FieldId::ContentType) {
            return;
        }
        let start = self.buf.len();
        let result = media::write_content_type(&mut self.buf, media_type);
        self.written.content_type = self.buf.len() - start;
        self.note(result);
    }

    #[inline]
    pub(super) fn answer(&self) -> Answer {
        Answer::new(&self.exchange, self.status)
    }

    #[inline]
    pub(super) fn finish(self) -> Result<Reply<'b>, Error> {
        self.finish_from(0)
    }

    /// Ends the reply, which starts behind `start` bytes.
    #[inline]
    pub(super) fn finish_from(self, start: usize) -> Result<Reply<'b>, Error> {
        let answer = self.answer();
        let (bytes, end) = self.into_bytes()?;
        Ok(Reply {
            bytes,
            range: start..end,
            answer,
        })
    }

    #[inline]
    pub(super) fn into_bytes(self) -> Result<(&'b mut [u8], usize), Error> {
        match self.error {
            Some(error) => Err(error),
            None => self.buf.finish(),
        }
    }
}
