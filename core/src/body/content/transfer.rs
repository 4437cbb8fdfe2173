use core::fmt;
use core::ops::Range;

use super::Content;
use super::writer::ContentWriter;
use crate::body::step::{Step, steps};
use crate::error::Error;
use crate::head::status::Status;
use crate::request::exchange::{Exchange, ReplyContext};
use crate::write::fnv;

/// A reply whose body is a [`Content`] for which the buffer has too little room: one that lies in
/// memory ([`Content::as_bytes`]) leaves from there, another is written as it leaves, through the
/// one buffer that held the head.
///
/// [`Response::leave_content`](crate::Response::leave_content) and its like make it, and
/// [`Response::content_sized`](crate::Response::content_sized). It is driven by
/// [the protocol](crate::body#steps), and nothing is waited for meanwhile.
///
/// Nothing is kept but the place. So a content that does not lie in memory is written again for
/// each piece, from its start up to the end of the piece: that is quadratic in the number of
/// pieces, unless there is memory to [`gather`](Self::gather) it. A long one had better be a
/// [`Chunk`](crate::body::Chunk) of a [`Stream`](crate::body::Stream), which keeps its own place,
/// or a JSON document.
///
/// ```
/// use replywire::body::{PlainText, Step};
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
///
/// let mut buf = [0; 88];
/// let text = PlainText::new(u128::MAX);
/// let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).content_sized(text)?;
/// let mut wire = Vec::new();
/// while let Step::Send { bytes, .. } = transfer.step()? {
///     let n = bytes.len();
///     wire.extend_from_slice(bytes);
///     transfer.sent(n);
/// }
/// assert!(wire.starts_with(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
///     content-length: 39\r\n\r\n340282"));
/// assert!(wire.ends_with(b"607431768211455"));
/// # Ok::<(), replywire::Error>(())
/// ```
#[must_use = "a transfer does nothing until it is driven"]
pub struct ContentTransfer<'b, C> {
    bytes: &'b mut [u8],
    /// The bytes of the buffer that are to be sent: the head, a piece of the content, or both.
    ready: Range<usize>,
    content: C,
    /// The bytes of the content before those that are to be sent from where it lies, or written.
    at: usize,
    /// The bytes of the content that are sent in all.
    len: usize,
    /// The sum of those that were written.
    sum: u32,
    context: ReplyContext,
    /// The last step has given bytes of the content from where they lie.
    lies: bool,
    /// The error that broke the reply off, for ever.
    error: Option<Error>,
}

/// A head in a buffer, and the length of the content that follows it.
pub(crate) struct LongHead<'b> {
    pub(crate) bytes: &'b mut [u8],
    pub(crate) head: usize,
    pub(crate) len: usize,
    pub(crate) context: ReplyContext,
}

impl<C> fmt::Debug for ContentTransfer<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentTransfer")
            .field("ready", &self.ready)
            .field("at", &self.at)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

impl<'b> ContentTransfer<'b, &'static [u8]> {
    /// A reply that is whole in a buffer.
    pub(crate) const fn whole(
        bytes: &'b mut [u8],
        ready: Range<usize>,
        context: ReplyContext,
    ) -> Self {
        Self::of(bytes, ready, &[], 0, context)
    }
}

impl<'b, C> ContentTransfer<'b, C> {
    /// The transfer of what is ready in the buffer, and of a content of which nothing has left.
    const fn of(
        bytes: &'b mut [u8],
        ready: Range<usize>,
        content: C,
        len: usize,
        context: ReplyContext,
    ) -> Self {
        Self {
            bytes,
            ready,
            content,
            at: 0,
            len,
            sum: fnv::START,
            context,
            lies: false,
            error: None,
        }
    }
}

impl<'b, C: Content> ContentTransfer<'b, C> {
    /// The transfer of a content after its head, with a first piece where it does not lie in
    /// memory.
    pub(crate) fn new(head: LongHead<'b>, content: C) -> Result<Self, Error> {
        let LongHead {
            bytes,
            head,
            len,
            context,
        } = head;
        let mut transfer = Self::of(bytes, 0..head, content, len, context);
        if transfer.content.as_bytes().is_none() && len > 0 {
            transfer.write_piece()?;
        }
        Ok(transfer)
    }

    /// Returns the next thing to do. Asking again without acting changes nothing.
    ///
    /// # Errors
    ///
    /// An error of the content, or [`Error::ContentChanged`], for ever. Nothing more is sent; if
    /// some of the reply has left, the connection must be closed.
    pub fn step(&mut self) -> Result<Step<'_>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.ready.is_empty() && self.at < self.len {
            self.ready = 0..0;
            let result = match self.content.as_bytes().map(<[u8]>::len) {
                Some(len) if len == self.len => Ok(()),
                Some(_) => Err(Error::ContentChanged),
                None => self.write_piece(),
            };
            if let Err(error) = result {
                self.error = Some(error);
                return Err(error);
            }
        }
        self.lies = self.ready.is_empty();
        let (bytes, more) = match self.bytes.get(self.ready.clone()).unwrap_or_default() {
            [] => (self.lying(), false),
            ready => (ready, self.at < self.len),
        };
        Ok(match bytes {
            [] => Step::Done,
            bytes => Step::Send { bytes, more },
        })
    }

    /// Records that `n` bytes of the last [`Step::Send`] reached the connection.
    pub fn sent(&mut self, n: usize) {
        if !self.lies {
            self.ready.start = self.ready.end.min(self.ready.start.saturating_add(n));
        } else if self.content.as_bytes().is_some() {
            self.at = self.len.min(self.at.saturating_add(n));
        }
        self.lies = false;
    }

    /// The bytes that are to be sent next, and those that follow them from where they lie in
    /// memory: for a connection that takes both by one write. Where one of them is empty, there is
    /// nothing for such a write, and [`step`](Self::step) tells what is to be done.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Leaving, Response, Status};
    ///
    /// let mut buf = [0; 40];
    /// let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    /// let Leaving::InSteps(mut transfer) = response.leave_body(b"0123456789")? else { panic!() };
    /// let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
    /// assert_eq!(transfer.parts(), [&head[..], b"0123456789"]);
    ///
    /// transfer.sent_of_parts(head.len() + 7);
    /// assert_eq!(transfer.step()?.bytes(), b"789");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn parts(&self) -> [&[u8]; 2] {
        let ready = self.bytes.get(self.ready.clone()).unwrap_or_default();
        match (self.error, self.content.as_bytes()) {
            (None, Some(content)) if content.len() == self.len => [ready, self.lying()],
            _ => [ready, &[]],
        }
    }

    /// Records that the connection took `n` bytes of [`parts`](Self::parts), of the first part
    /// before any of the second.
    pub fn sent_of_parts(&mut self, n: usize) {
        let of_ready = n.min(self.ready.len());
        self.ready.start = self.ready.start.saturating_add(of_ready);
        if self.content.as_bytes().is_some() {
            let of_content = n.saturating_sub(of_ready);
            self.at = self.len.min(self.at.saturating_add(of_content));
        }
        self.lies = false;
    }

    /// The bytes of the content that are still to be written, in pieces, or into memory by
    /// [`gather`](Self::gather); zero where the content lies in memory.
    pub fn unwritten(&self) -> usize {
        match self.content.as_bytes() {
            Some(_) => 0,
            None => self.len.saturating_sub(self.at),
        }
    }

    /// Writes all that is [`unwritten`](Self::unwritten) into `memory`, once, from where it leaves:
    /// for a caller with memory to spare, as writing it in pieces is quadratic. The bytes that are
    /// sent are the same.
    ///
    /// # Errors
    ///
    /// [`Error::Overflow`] for a shorter memory, the error of the content, and
    /// [`Error::ContentChanged`]. If some of the reply has left, the connection must be closed.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Leaving, Response, Status};
    ///
    /// let mut buf = [0; 80];
    /// let text = format_args!("{:030}", 7);
    /// let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    /// let Leaving::InSteps(transfer) = response.leave_text(text)? else { panic!() };
    ///
    /// let mut memory = vec![0; transfer.unwritten()];
    /// let mut transfer = transfer.gather(&mut memory)?;
    /// let [ready, rest] = transfer.parts();
    /// assert!(ready.ends_with(b"\r\n\r\n"));
    /// assert_eq!(rest, b"000000000000000000000000000007");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn gather(self, memory: &mut [u8]) -> Result<ContentTransfer<'b, &[u8]>, Error> {
        let len = self.len.saturating_sub(self.at);
        let Some(memory) = memory.get_mut(..len) else {
            return Err(Error::Overflow { needed: len });
        };
        match self.error {
            Some(error) => return Err(error),
            None if len > 0 => write(&self.content, memory, self.at, self.sum, len)?,
            None => 0,
        };
        let Self { bytes, ready, .. } = self;
        Ok(ContentTransfer::of(bytes, ready, memory, len, self.context))
    }

    /// The status of the reply.
    pub const fn status(&self) -> Status {
        self.context.status
    }

    /// Returns true if the connection must be closed after this reply, which says so or broke off.
    pub const fn closes(&self) -> bool {
        self.error.is_some() || self.context.closes()
    }

    /// Checks that this is a final reply to `exchange`; see [`Reply::check`](crate::Reply::check).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
        self.context.check(exchange)
    }

    /// The rest of a content that lies in memory.
    fn lying(&self) -> &[u8] {
        let bytes = self.content.as_bytes().unwrap_or_default();
        bytes.get(self.at..self.len).unwrap_or_default()
    }

    /// Writes the next piece behind what is to be sent.
    fn write_piece(&mut self) -> Result<(), Error> {
        let room = self.bytes.get_mut(self.ready.end..).unwrap_or_default();
        if room.is_empty() {
            // The head leaves alone.
            return Ok(());
        }
        let left = self.len.saturating_sub(self.at);
        let written = write(&self.content, room, self.at, self.sum, left)?;
        self.sum = fnv::with(self.sum, room.get(..written).unwrap_or_default());
        self.at = self.at.saturating_add(written);
        self.ready.end = self.ready.end.saturating_add(written);
        Ok(())
    }
}

/// Writes a content into `room`, as far as that goes: after its first `at` bytes, which have that
/// `sum`, there have to be `left` more.
#[inline(always)]
fn write(
    content: &impl Content,
    room: &mut [u8],
    at: usize,
    sum: u32,
    left: usize,
) -> Result<usize, Error> {
    let mut out = ContentWriter::window(room, at);
    let result = content.write(&mut out);
    let written = out.end(result)?;
    // A body must not look whole where the content is not.
    if out.sum() != Some(sum) || written > left || (written == left) == out.is_full() {
        return Err(Error::ContentChanged);
    }
    Ok(written)
}

steps! {
    impl['b, C: Content] ContentTransfer<'b, C> {
        Error = Error;
    }
}
