//! The endings with JSON.

use super::builder::Response;
use super::reply::Reply;
use crate::body::document::JsonTransfer;
use crate::body::elements::Elements;
use crate::body::transfer::{Framing, Transfer};
use crate::error::Error;
use crate::field::media;
#[cfg(feature = "serde")]
use crate::json::BySerde;
use crate::json::{Dialect, Document, Strict, ToJson};
use crate::request::exchange::BodyRule;
use crate::request::version::Version;

impl<'b> Response<'b> {
    /// Ends with `value` as JSON, type `application/json`.
    ///
    /// The text is that of Python's `json.dumps` without blanks and with literal UTF-8. The value
    /// is serialized once if there is ample room, else up to three times, and must be the same each
    /// time.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that JSON cannot express.
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
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that JSON cannot express.
    pub fn json_by_hand<T: ToJson + ?Sized>(self, value: &T) -> Result<Reply<'b>, Error> {
        self.document(&Strict::by_hand(value))
    }

    /// Ends with a document, type `application/json`: a value in a dialect of JSON.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that the dialect cannot express.
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
        self.write_document(document)
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
    /// the buffer: in chunks, of which each is one write. A document that fits the buffer after the
    /// head leaves with it and tells its length.
    ///
    /// To an HTTP/1.0 client, or if no body is sent, it is as
    /// [`document_sized`](Self::document_sized).
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that the dialect cannot express,
    /// as far as it was written. Later errors come from the transfer.
    pub fn document_stream<T: Document>(self, document: T) -> Result<JsonTransfer<'b, T>, Error> {
        match (self.content, self.exchange.version()) {
            (BodyRule::Whole, Version::Http11) => {
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
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that the dialect cannot express.
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
}
