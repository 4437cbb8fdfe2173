use core::fmt;
use core::ops::Range;

use crate::body::content::transfer::ContentTransfer;
use crate::error::Error;
use crate::head::lines;
use crate::head::status::Status;
use crate::request::exchange::{Exchange, ReplyContext};
use crate::request::fields::Fields;

/// A whole reply, somewhere in the caller's buffer.
///
/// It can be read, in parts or as the bytes that go over the wire, and [edited](Self::edit):
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::request::Exchange;
///
/// let mut buf = [0; 128];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
///     .header("vary", "Origin")
///     .text("hi")?;
/// assert_eq!(reply.status(), Status::OK);
/// assert_eq!(reply.fields().get("Vary"), Some(&b"Origin"[..]));
/// assert_eq!(reply.body(), b"hi");
/// assert_eq!(reply.as_bytes(), [reply.head(), reply.body()].concat());
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "IntoResponse")]
#[must_use = "a reply does nothing until its bytes are sent"]
pub struct Reply<'b> {
    pub(crate) bytes: &'b mut [u8],
    pub(crate) range: Range<usize>,
    pub(crate) context: ReplyContext,
}

impl<'b> Reply<'b> {
    /// The reply as it goes over the wire.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
    }

    /// The head: the status line, the field lines, and the blank line that ends them.
    pub fn head(&self) -> &[u8] {
        self.split().0
    }

    /// The header fields in order, those that the library wrote too; their names in lower case.
    ///
    /// ```
    /// use replywire::{Response, Status};
    /// use replywire::request::Exchange;
    ///
    /// let mut buf = [0; 128];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
    ///     .header("ETag", "\"a\"")
    ///     .text("hi")?;
    /// assert!(reply.fields().iter().eq([
    ///     ("etag", &b"\"a\""[..]),
    ///     ("content-type", b"text/plain; charset=utf-8"),
    ///     ("content-length", b"2"),
    /// ]));
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias = "headers")]
    #[doc(alias = "raw_headers")]
    pub fn fields(&self) -> Fields<'_> {
        Fields::of_lines(lines::after_status_line(self.head()))
    }

    /// The body, which is empty where none is sent, such as to `HEAD`.
    pub fn body(&self) -> &[u8] {
        self.split().1
    }

    /// The status, which may be another than the reply was started with.
    #[doc(alias = "status_code")]
    pub const fn status(&self) -> Status {
        self.context.status
    }

    /// Returns true if the connection must be closed after this reply, which says so.
    pub const fn closes(&self) -> bool {
        self.context.closes()
    }

    /// Checks that this is a final reply to `exchange`: for its method and version, not for trailer
    /// fields where it takes none, and one that says that the connection closes where it does.
    ///
    /// # Errors
    ///
    /// [`Error::InterimStatus`], [`Error::OtherExchange`]
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
        self.context.check(exchange)
    }

    /// The whole buffer, and which of its bytes are the reply: for a server that keeps both, and
    /// sends the bytes when its connection can take them.
    pub fn into_parts(self) -> (&'b mut [u8], Range<usize>) {
        (self.bytes, self.range)
    }

    /// The reply as steps, for a driver of bodies that leave in steps.
    ///
    /// ```
    /// use replywire::{Response, Status};
    /// use replywire::request::Exchange;
    ///
    /// let mut buf = [0; 64];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).body(b"hi")?;
    /// let mut steps = reply.into_steps();
    /// let whole = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
    /// assert_eq!(steps.step()?.bytes(), whole);
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn into_steps(self) -> ContentTransfer<'b, &'static [u8]> {
        ContentTransfer::whole(self.bytes, self.range, self.context)
    }

    /// The head and the body.
    fn split(&self) -> (&[u8], &[u8]) {
        let bytes = self.as_bytes();
        bytes
            .split_at_checked(lines::head_len(bytes))
            .unwrap_or_default()
    }
}

impl AsRef<[u8]> for Reply<'_> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field(
                "bytes",
                &format_args!("\"{}\"", self.as_bytes().escape_ascii()),
            )
            .field("closes", &self.closes())
            .finish()
    }
}
