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
use crate::json::{Dialect, Document, Python, ToJson};
use crate::request::exchange::BodyRule;

impl<'b> Response<'b> {
    /// Ends with `value` as JSON, type `application/json`.
    ///
    /// The text is that of Starlette's `JSONResponse`, in the dialect
    /// [`Python`](crate::json::Python): no blanks, and literal UTF-8. FastAPI writes as
    /// [`Pydantic`](crate::json::Pydantic) where a route declares what it returns; that is a
    /// [`document`](Self::document).
    ///
    /// The value is serialized once if there is ample room, else up to three times, and must be the
    /// same each time.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that JSON cannot express.
    ///
    /// ```
    /// use replywire::{Response, Status};
    /// use replywire::request::Exchange;
    ///
    /// #[derive(serde::Serialize)]
    /// struct Reading {
    ///     sensor: &'static str,
    ///     celsius: f32,
    /// }
    ///
    /// let mut buf = [0; 128];
    /// let reading = Reading { sensor: "roof", celsius: 21.5 };
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).json(&reading)?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    ///       content-length: 32\r\n\r\n{\"sensor\":\"roof\",\"celsius\":21.5}",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias("JSONResponse", "Json"))]
    #[cfg(feature = "serde")]
    pub fn json<T: serde_core::Serialize + ?Sized>(self, value: &T) -> Result<Reply<'b>, Error> {
        self.write_document(&Python::of(value))
    }

    /// Ends with a value that writes itself as JSON by hand, without `serde`.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that JSON cannot express.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).json_by_hand(&["a", "b"])?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    ///       content-length: 9\r\n\r\n[\"a\",\"b\"]",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn json_by_hand<T: ToJson + ?Sized>(self, value: &T) -> Result<Reply<'b>, Error> {
        self.write_document(&Python::by_hand(value))
    }

    /// Ends with a document, type `application/json`: a value in a dialect of JSON.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty), and [`Error::Json`] for a value that the dialect cannot express.
    ///
    /// ```
    /// use replywire::json::Orjson;
    /// use replywire::{Response, Status};
    /// use replywire::request::Exchange;
    ///
    /// let mut buf = [0; 128];
    /// let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    /// let reply = response.document(Orjson::of(&[1.5, f64::NAN]))?;
    /// assert_eq!(reply.body(), b"[1.5,null]");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias("UJSONResponse", "ORJSONResponse"))]
    pub fn document(self, document: impl Document) -> Result<Reply<'b>, Error> {
        self.write_document(&document)
    }

    /// Ends with `value` as JSON of any length, written while it leaves through the buffer; see
    /// [`document_stream`](Self::document_stream).
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    /// let mut transfer = response.json_stream(&[1, 2, 3])?;
    /// assert_eq!(
    ///     transfer.step()?.bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    ///       content-length: 7\r\n\r\n[1,2,3]",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[cfg(feature = "serde")]
    pub fn json_stream<'v, T: serde_core::Serialize + ?Sized>(
        self,
        value: &'v T,
    ) -> Result<JsonTransfer<'b, BySerde<'v, T>>, Error> {
        self.document_stream(Python::of(value))
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
    ///
    /// ```
    /// use replywire::body::Step;
    /// use replywire::json::{Dialect, Orjson};
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 112];
    /// let text = "a long text ".repeat(3);
    /// let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
    ///     .document_stream(Orjson::by_hand(text.as_str()))?;
    /// let mut wire = Vec::new();
    /// while let Step::Send { bytes, .. } = transfer.step()? {
    ///     let n = bytes.len();
    ///     wire.extend_from_slice(bytes);
    ///     transfer.sent(n);
    /// }
    /// assert_eq!(
    ///     wire,
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    ///       transfer-encoding: chunked\r\n\r\n\
    ///       26\r\n\"a long text a long text a long text \"\r\n0\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn document_stream<T: Document>(self, document: T) -> Result<JsonTransfer<'b, T>, Error> {
        match (self.content, self.exchange.has_chunks()) {
            (BodyRule::Whole, true) => {
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
    ///
    /// ```
    /// use replywire::body::Step;
    /// use replywire::json::{Dialect, Python};
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
    ///     .document_sized(Python::by_hand(&[1, 2, 3]))?;
    /// let mut wire = Vec::new();
    /// while let Step::Send { bytes, .. } = transfer.step()? {
    ///     let n = bytes.len();
    ///     wire.extend_from_slice(bytes);
    ///     transfer.sent(n);
    /// }
    /// assert_eq!(
    ///     wire,
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    ///       content-length: 7\r\n\r\n[1,2,3]",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
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
    /// As [`empty`](Self::empty), and [`JsonError::Depth`](crate::json::JsonError::Depth) in a
    /// dialect that is [`Shallow`](crate::json::Shallow) to a depth of 0.
    ///
    /// ```
    /// use replywire::body::Step;
    /// use replywire::json::{Dialect, Python};
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let mut rows = Response::to(&Exchange::GET, &mut buf, Status::OK).array_stream(Python)?;
    /// for row in 1..=3 {
    ///     assert_eq!(rows.item(Python::by_hand(&row))?.step()?, Step::Done);
    /// }
    /// assert_eq!(
    ///     rows.end()?.step()?.bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    ///       transfer-encoding: chunked\r\n\r\n7\r\n[1,2,3]\r\n0\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn array_stream<D: Dialect>(self, dialect: D) -> Result<Elements<'b, D>, Error> {
        check_depth::<D>()?;
        let transfer = self.with_json_type().stream()?;
        Ok(Elements::array(transfer, dialect))
    }

    /// Ends with an object whose members come one by one; else as
    /// [`array_stream`](Self::array_stream).
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// ```
    /// use replywire::body::Step;
    /// use replywire::json::{Dialect, Python};
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let mut members = Response::to(&Exchange::GET, &mut buf, Status::OK).object_stream(Python)?;
    /// assert_eq!(members.member("celsius", Python::by_hand(&21))?.step()?, Step::Done);
    /// assert_eq!(
    ///     members.end()?.step()?.bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    ///       transfer-encoding: chunked\r\n\r\ne\r\n{\"celsius\":21}\r\n0\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn object_stream<D: Dialect>(self, dialect: D) -> Result<Elements<'b, D>, Error> {
        check_depth::<D>()?;
        let transfer = self.with_json_type().stream()?;
        Ok(Elements::object(transfer, dialect))
    }

    /// [`stream`](Self::stream)s JSON Lines: type `application/jsonl`.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    ///
    /// ```
    /// use replywire::body::{JsonLine, Stream};
    /// use replywire::json::{Dialect, Python};
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 128];
    /// let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).json_lines()?;
    /// let mut stream = Stream::new(transfer);
    /// for row in [1, 2] {
    ///     stream.write(&mut JsonLine::new(Python::by_hand(&row)))?;
    /// }
    /// stream.end()?;
    /// assert_eq!(
    ///     stream.step()?.bytes(),
    ///     b"HTTP/1.1 200 OK\r\ncontent-type: application/jsonl\r\n\
    ///       transfer-encoding: chunked\r\n\r\n4\r\n1\n2\n\r\n0\r\n\r\n",
    /// );
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn json_lines(mut self) -> Result<Transfer<'b>, Error> {
        self.default_type_line(media::JSON_LINES);
        self.stream()
    }

    fn with_json_type(mut self) -> Self {
        self.default_type_line(media::JSON);
        self
    }
}

/// Checks that a dialect has arrays and objects.
const fn check_depth<D: Dialect>() -> Result<(), Error> {
    match D::DEPTH {
        0 => Err(Error::Json(JsonError::Depth)),
        _ => Ok(()),
    }
}
