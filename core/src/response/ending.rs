//! The endings, and the lines that the library writes itself.

use super::builder::Response;
use super::reply::Reply;
use crate::body::transfer::{CHUNKED, Framing, Transfer};
use crate::error::Error;
use crate::field::id::FieldId;
use crate::field::name::HeaderName;
use crate::field::{location, media};
use crate::head::written::FieldFlags;
use crate::request::exchange::BodyRule;
use crate::request::version::Version;

impl<'b> Response<'b> {
    /// Ends without a body: with `content-length: 0`, if the status allows a length.
    ///
    /// # Errors
    ///
    /// The first mistake, or [`Error::Overflow`] with the size that would have been enough; so for
    /// all endings.
    #[inline]
    pub fn empty(self) -> Result<Reply<'b>, Error> {
        self.body(b"")
    }

    /// Ends with a body; its type is whatever `content-type` was set, if any.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
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
    /// [`Error::Location`] unless `path` begins with one `/`, with neither `/` nor `\` after it,
    /// and has no control character; and if a draft would replace it.
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

    /// [`sized`](Self::sized), but a longer source breaks the transfer too.
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
