use core::fmt;

use ::askama::Template;

use super::Content;
use super::writer::ContentWriter;
use crate::error::Error;

/// A template of `askama` as content of type `text/html; charset=utf-8`, rendered straight into the
/// buffer: there is no `String`. A template of another type has its own
/// [`media_type`](crate::Response::media_type).
///
/// It is rendered again where it did not fit, or where it leaves in pieces (see
/// [`ContentTransfer`](super::transfer::ContentTransfer)), and must be the same each time. One that
/// fails by itself is [`Error::Display`].
///
/// ```
/// use askama::Template;
/// use replywire::body::Askama;
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
///
/// #[derive(Template)]
/// #[template(source = "<h1>{{ name }}</h1>", ext = "html")]
/// struct Page<'a> {
///     name: &'a str,
/// }
///
/// let mut buf = [0; 128];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
///     .content(Askama::new(Page { name: "R&D" }))?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\
///       content-length: 16\r\n\r\n<h1>R&#38;D</h1>",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Askama<T>(T);

impl<T> Askama<T> {
    /// The content of a template.
    pub const fn new(template: T) -> Self {
        Self(template)
    }
}

impl<T: Template> Content for Askama<T> {
    fn media_type(&self) -> &str {
        "text/html"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        self.0.render_into(out).map_err(|_| Error::Display)
    }
}

impl<T> fmt::Debug for Askama<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Askama").finish_non_exhaustive()
    }
}
