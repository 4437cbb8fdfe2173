//! Contents: a body with its media type, of a class of one's own.

#[cfg(feature = "askama-016")]
pub(crate) mod askama;
#[cfg(feature = "bytes")]
mod bytes;
pub(crate) mod text;
pub(crate) mod transfer;
pub(crate) mod writer;

use self::writer::ContentWriter;
use crate::error::Error;

/// A body with its media type, which writes itself: a class of replies of one's own.
///
/// [`Response::content`](crate::Response::content) writes it into the buffer, after the head and
/// before its length is known; [`Response::content_sized`](crate::Response::content_sized) has it
/// leave through a buffer of any size. [`PlainText`](super::PlainText) and [`Html`](super::Html)
/// are such contents.
///
/// What is a subclass of `Response` with its `media_type` and a method `render` in FastAPI, is a
/// type with these two methods here. There:
///
/// ```python
/// class PrettyJSONResponse(Response):
///     media_type = "application/json"
///
///     def render(self, content):
///         return json.dumps(content, indent=4).encode()
///
/// PrettyJSONResponse({"sensor": "roof", "celsius": 21.5})
/// ```
///
/// Here:
///
/// ```
/// use replywire::body::{Content, ContentWriter};
/// use replywire::json::Python;
/// use replywire::request::Exchange;
/// use replywire::{Error, Response, Status};
///
/// struct PrettyJson<'a>(&'a [(&'a str, f64)]);
///
/// impl Content for PrettyJson<'_> {
///     fn media_type(&self) -> &str {
///         "application/json"
///     }
///
///     fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
///         out.text("{")?;
///         for (n, (name, value)) in self.0.iter().enumerate() {
///             out.text(if n > 0 { ",\n    " } else { "\n    " })?;
///             out.document(Python::by_hand(name))?;
///             out.text(": ")?;
///             out.document(Python::by_hand(value))?;
///         }
///         out.text("\n}")
///     }
/// }
///
/// let mut buf = [0; 160];
/// let content = PrettyJson(&[("celsius", 21.5), ("bar", 1.0)]);
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).content(content)?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 39\r\n\r\n\
///       {\n    \"celsius\": 21.5,\n    \"bar\": 1.0\n}",
/// );
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "media_type")]
#[doc(alias = "render")]
pub trait Content {
    /// The media type, by the rule of [`Response::media_type`](crate::Response::media_type): a text
    /// that names no charset gets `; charset=utf-8`.
    fn media_type(&self) -> &str;

    /// Writes the content to `out`.
    ///
    /// It may be called more than once for one reply, and must write the same each time: another
    /// length is [`Error::ContentChanged`].
    ///
    /// # Errors
    ///
    /// Those of the calls on `out`, passed on; or an error of its own.
    #[doc(alias = "render")]
    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error>;

    /// The content, where it lies in memory as a whole. It is copied then, and never written.
    fn as_bytes(&self) -> Option<&[u8]> {
        None
    }
}

/// Bytes of no known type.
impl Content for [u8] {
    fn media_type(&self) -> &str {
        "application/octet-stream"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        out.bytes(self)
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl<C: Content + ?Sized> Content for &C {
    fn media_type(&self) -> &str {
        (**self).media_type()
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        (**self).write(out)
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        (**self).as_bytes()
    }
}
