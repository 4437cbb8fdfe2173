//! The endings with JSON.

use super::builder::Response;
use super::reply::Reply;
use crate::body::document::JsonTransfer;
use crate::body::elements::Elements;
use crate::body::transfer::{Framing, Transfer};
use crate::error::{Error, JsonError};
use crate::field::media;
#[cfg(feature = "serde")]
use crate::json::BySerde;
#[cfg(not(target_pointer_width = "64"))]
use crate::json::document::compact::write_and_measure;
use crate::json::{Dialect, Document, Strict, ToJson};
use crate::request::exchange::{Content, Version};
#[cfg(not(target_pointer_width = "64"))]
use crate::write::buf::Buf;
use crate::write::decimal::{self, digits};

/// What ends a head behind the digits of a length.
const BLANK_LINE: usize = b"\r\n\r\n".len();

impl<'b> Response<'b> {
    /// Ends with `value` as JSON, type `application/json`.
    ///
    /// The text is that of Python's `json.dumps` without blanks and with literal UTF-8. The value is
    /// serialized once where there is ample room, else up to three times, and must be the same each
    /// time.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that JSON cannot say.
    ///
    /// ```
    /// use replywire::{Response, Status};
    ///
    /// #[derive(serde::Serialize)]
    /// struct Reading {
    ///     sensor: &'static str,
    ///     celsius: f32,
    /// }
    ///
    /// let mut buf = [0; 128];
    /// let reading = Reading { sensor: "roof", celsius: 21.5 };
    /// let reply = Response::new(&mut buf, Status::OK).json(&reading)?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    ///       content-length: 32\r\n\r\n{\"sensor\":\"roof\",\"celsius\":21.5}",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[cfg(feature = "serde")]
    pub fn json<T: serde_core::Serialize + ?Sized>(self, value: &T) -> Result<Reply<'b>, Error> {
        self.document(&Strict::of(value))
    }

    /// Ends with a value that writes itself as JSON by hand, without `serde`.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that JSON cannot say.
    pub fn json_by_hand<T: ToJson + ?Sized>(self, value: &T) -> Result<Reply<'b>, Error> {
        self.document(&Strict::by_hand(value))
    }

    /// Ends with a document, type `application/json`: a value in a dialect of JSON.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that the dialect cannot say.
    ///
    /// ```
    /// use replywire::json::{Dialect, Lenient};
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::new(&mut buf, Status::OK).document(&Lenient::of(&[1.5, f64::NAN]))?;
    /// assert!(reply.ends_with(b"[1.5,null]"));
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn document(self, document: &impl Document) -> Result<Reply<'b>, Error> {
        #[cfg(target_pointer_width = "64")]
        return self.put_document(document);
        #[cfg(not(target_pointer_width = "64"))]
        self.put_document(&|buf| write_and_measure(document, buf))
    }

    /// Ends with `value` as JSON of any length, written while it leaves through the buffer; see
    /// [`document_stream`](Self::document_stream).
    ///
    /// # Errors
    ///
    /// As there.
    #[cfg(feature = "serde")]
    pub fn json_stream<'v, T: serde_core::Serialize + ?Sized>(
        self,
        value: &'v T,
    ) -> Result<JsonTransfer<'b, BySerde<'v, T>>, Error> {
        self.document_stream(Strict::of(value))
    }

    /// Ends with a document of any length, type `application/json`, written while it leaves through
    /// the buffer: in chunks, of which each is one write. A document that fits the buffer behind the
    /// head leaves with it and tells its length.
    ///
    /// To an HTTP/1.0 client, or where no body is sent, it is as
    /// [`document_sized`](Self::document_sized).
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that the dialect cannot say, as
    /// far as it was written. Later errors come from the transfer.
    pub fn document_stream<T: Document>(self, document: T) -> Result<JsonTransfer<'b, T>, Error> {
        match (self.content, self.exchange.version()) {
            (Content::Whole, Version::Http11) => {
                let transfer = self.with_json_type().transfer(Framing::Chunked)?;
                Ok(JsonTransfer::new(transfer, document).begin()?)
            }
            _ => self.document_sized(document),
        }
    }

    /// Ends with a document of any length, type `application/json`, which is measured first, to
    /// tell its length, and then written while it leaves through the buffer.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that the dialect cannot say.
    pub fn document_sized<T: Document>(self, document: T) -> Result<JsonTransfer<'b, T>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let len = document.measure()?;
        let transfer = self.with_json_type().sized_exactly(len as u64)?;
        Ok(JsonTransfer::new(transfer, document))
    }

    /// Ends with an array whose elements come one by one, type `application/json`: in chunks, or to
    /// an HTTP/1.0 client up to the end of the connection.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn array_stream<D: Dialect>(self, dialect: D) -> Result<Elements<'b, D>, Error> {
        let transfer = self.with_json_type().stream()?;
        Ok(Elements::array(transfer, dialect))
    }

    /// Ends with an object whose members come one by one; else as
    /// [`array_stream`](Self::array_stream).
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn object_stream<D: Dialect>(self, dialect: D) -> Result<Elements<'b, D>, Error> {
        let transfer = self.with_json_type().stream()?;
        Ok(Elements::object(transfer, dialect))
    }

    /// [`stream`](Self::stream)s JSON Lines: type `application/jsonl`.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    pub fn json_lines(mut self) -> Result<Transfer<'b>, Error> {
        self.default_media_type("application/jsonl");
        self.stream()
    }

    fn with_json_type(mut self) -> Self {
        self.default_type_line(media::JSON);
        self
    }

    /// Writes the document once, behind room for the digits of its length; then the head moves up
    /// to the digits that were needed.
    #[cfg(target_pointer_width = "64")]
    fn put_document(mut self, document: &impl Document) -> Result<Reply<'b>, Error> {
        self.default_type_line(media::JSON);
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.content != Content::Whole {
            // A value that is no JSON is an error even where it is not sent.
            let len = document.measure()?;
            self.put_sized_head(len as u64);
            return self.finish();
        }
        let mut room = self.begin_length();
        let len = match document.try_write(self.behind_length(room)) {
            Some(len) => len,
            None => {
                // It does not fit, or only where its length has fewer digits.
                let len = document.measure()?;
                room = digits(len);
                let free = self.behind_length(room);
                if len <= free.len() && document.try_write(free) != Some(len) {
                    return Err(Error::Json(JsonError::LengthChanged));
                }
                len
            }
        };
        let gap = self.end_length(room, len);
        self.finish_from(gap)
    }

    /// The same for a document whose code is there once, and no more of it.
    #[cfg(not(target_pointer_width = "64"))]
    #[inline(never)]
    fn put_document(
        mut self,
        write: &dyn Fn(&mut Buf<'_>) -> Result<(), JsonError>,
    ) -> Result<Reply<'b>, Error> {
        self.default_type_line(media::JSON);
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut gap = 0;
        if self.content == Content::Whole {
            let mut room = self.begin_length();
            let mut before = None;
            let len = loop {
                let mut text = Buf::new(self.behind_length(room));
                write(&mut text)?;
                let len = text.len();
                if before.is_some_and(|before| before != len) {
                    return Err(Error::Json(JsonError::LengthChanged));
                }
                let needed = digits(len);
                if len <= text.capacity() || room == needed {
                    break len;
                }
                // It does not fit, or only where its length has fewer digits.
                room = needed;
                before = Some(len);
            };
            gap = self.end_length(room, len);
        } else {
            // A value that is no JSON is an error even where it is not sent.
            let mut text = Buf::new(&mut []);
            write(&mut text)?;
            self.put_sized_head(text.len() as u64);
        }
        self.finish_from(gap)
    }

    /// Begins the last line of the head; the most digits that its length can have.
    #[inline]
    fn begin_length(&mut self) -> usize {
        self.put_common_lines();
        self.buf.put_array(b"content-length: ");
        digits(self.buf.behind(BLANK_LINE).len())
    }

    /// The room for a body behind that for so many digits.
    #[inline]
    fn behind_length(&mut self, digits: usize) -> &mut [u8] {
        self.buf.behind(digits + BLANK_LINE)
    }

    /// Ends the head of a body of `len` bytes, which stands behind room for so many digits; how many
    /// bytes the head moved.
    #[inline]
    fn end_length(&mut self, room: usize, len: usize) -> usize {
        let gap = room.saturating_sub(digits(len));
        self.buf.shift(self.buf.len(), gap);
        self.buf.skip(gap);
        decimal::put(&mut self.buf, len as u64);
        self.buf.put_array(b"\r\n\r\n");
        self.buf.skip(len);
        gap
    }
}
