//! A file on its way, as a state machine that performs no I/O.

use core::fmt;
use core::ops::Range;

use super::multipart::Parts;
use super::range::Span;
use crate::body::error::BodyError;
use crate::body::step::{Step, steps};
use crate::error::Error;
use crate::head::status::Status;
use crate::request::exchange::{Exchange, ReplyContext};
use crate::write::buf::Buf;

/// The bytes of a file that a [`FileTransfer`] asks for.
#[derive(Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct FileBytes<'t> {
    /// The place in the file where they begin.
    pub offset: u64,
    /// The number of them, which is not zero. Fewer may be given, but not none.
    pub len: u64,
    /// The place that they, or the first of them, are read to; it is never empty.
    pub room: &'t mut [u8],
}

/// A head and then a file, or ranges of it, through the one buffer that held the head.
///
/// It is driven by [the protocol](crate::body#steps). A file that fits the buffer after the head
/// leaves with it.
///
/// A file that is longer by now is cut at the length that its head told; one that is shorter is
/// [`BodyError::TooShort`], after which the connection must be closed.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::body::Step;
/// use replywire::file::{File, FileBytes};
/// use replywire::request::Exchange;
///
/// let content = b"held in flash";
/// let plan = File::new(13).plan::<&str, &str>(&Exchange::GET, []);
///
/// let mut wire = Vec::new();
/// let mut buf = [0; 256];
/// let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).file(&plan)?;
/// loop {
///     match transfer.step()? {
///         Step::Copy(FileBytes { offset, len, .. }) => {
///             let from = offset as usize;
///             wire.extend_from_slice(&content[from..from + len as usize]);
///             transfer.copied(len)?;
///         }
///         Step::Fill(FileBytes { offset, room, .. }) => {
///             let from = offset as usize;
///             room.copy_from_slice(&content[from..from + room.len()]);
///             let n = room.len();
///             transfer.filled(n)?;
///         }
///         Step::Send { bytes, .. } => {
///             wire.extend_from_slice(bytes);
///             let n = bytes.len();
///             transfer.sent(n);
///         }
///         Step::Done => break,
///     }
/// }
/// assert!(wire.ends_with(b"content-length: 13\r\n\r\nheld in flash"));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[must_use = "a transfer does nothing until it is driven"]
pub struct FileTransfer<'b, 'p> {
    bytes: &'b mut [u8],
    /// The bytes to send are at `start..end`.
    start: usize,
    end: usize,
    /// The bytes of the file that come before anything else.
    span: Span,
    /// The parts, and how many of them have begun.
    parts: Option<(Parts<'p>, usize)>,
    /// The number of bytes of the content that are not in the buffer yet.
    left: u64,
    context: ReplyContext,
    /// The error that broke the reply off, for ever.
    error: Option<BodyError>,
}

impl fmt::Debug for FileTransfer<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileTransfer")
            .field("offset", &self.span.offset)
            .field("left", &self.span.len)
            .field("closes", &self.closes())
            .finish_non_exhaustive()
    }
}

impl<'b, 'p> FileTransfer<'b, 'p> {
    /// A transfer whose `bytes` hold, at `head`, the part that is sent first.
    pub(crate) fn new(
        bytes: &'b mut [u8],
        head: Range<usize>,
        span: Span,
        context: ReplyContext,
    ) -> Self {
        Self {
            bytes,
            start: head.start,
            end: head.end,
            span,
            parts: None,
            left: span.len,
            context,
            error: None,
        }
    }

    /// Adds `parts`, `left` bytes in all; the text around each fits the buffer.
    pub(crate) fn with(mut self, parts: Parts<'p>, left: u64) -> Self {
        self.parts = Some((parts, 0));
        self.left = left;
        self
    }

    /// Returns the bytes sent before the file: the head, or the whole reply where no byte of the
    /// file is sent.
    pub fn head(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Returns the next thing to do. Asking again without acting changes nothing.
    ///
    /// [`Step::Fill`] asks to read all of these bytes, which fit their room, and to call
    /// [`filled`](Self::filled); they leave with the bytes written before. [`Step::Copy`] asks to
    /// copy these bytes to the connection, and to call [`copied`](Self::copied); or else to read
    /// the first of them into their room, and to call [`filled`](Self::filled).
    ///
    /// # Errors
    ///
    /// [`BodyError::TooShort`], for ever, once the file has ended early.
    pub fn step(&mut self) -> Result<Step<'_, FileBytes<'_>, FileBytes<'_>>, BodyError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.begin_parts();
        let Span { offset, len } = self.span;
        let more = len > 0 || self.parts.is_some();
        let (used, fits) = (self.used(), self.fits());
        Ok(match fits {
            Some(most @ 1..) => {
                let free = self.bytes.get_mut(used..).unwrap_or_default();
                let room = free.get_mut(..most).unwrap_or_default();
                Step::Fill(FileBytes { offset, len, room })
            }
            _ if self.start != self.end => {
                let bytes = self.bytes.get(self.start..self.end).unwrap_or_default();
                Step::Send { bytes, more }
            }
            None if !self.bytes.is_empty() => Step::Copy(FileBytes {
                offset,
                len,
                room: self.bytes,
            }),
            _ => Step::Done,
        })
    }

    /// Records that `n` bytes were read into the room of the last step; zero is the end of the
    /// file. After a step without room, nothing happens.
    ///
    /// # Errors
    ///
    /// [`BodyError::TooShort`] when the file has ended early.
    pub fn filled(&mut self, n: usize) -> Result<(), BodyError> {
        let is_empty = self.start == self.end;
        if self.span.len == 0 || !(is_empty || self.fits().is_some()) {
            return Ok(());
        }
        let used = self.used();
        let n = n.min(self.bytes.len().saturating_sub(used));
        let taken = self.take(n as u64)?;
        self.extend(used, taken as usize);
        Ok(())
    }

    /// Records that `n` bytes of the last [`Step::Copy`] reached the connection; zero says that
    /// the file has ended. After any other step, nothing happens.
    ///
    /// # Errors
    ///
    /// [`BodyError::TooShort`] when the file has ended early.
    pub fn copied(&mut self, n: u64) -> Result<(), BodyError> {
        if self.start == self.end && self.span.len > 0 && self.fits().is_none() {
            self.take(n)?;
        }
        Ok(())
    }

    /// Records that `n` bytes of the last [`Step::Send`] reached the connection. After any other
    /// step, nothing happens.
    pub fn sent(&mut self, n: usize) {
        if matches!(self.fits(), Some(1..)) {
            return;
        }
        self.start = self.end.min(self.start.saturating_add(n));
    }

    /// The status of the reply.
    pub const fn status(&self) -> Status {
        self.context.status
    }

    /// Returns true if the connection must be closed after this reply, which says so or broke off.
    pub const fn closes(&self) -> bool {
        self.context.closes()
    }

    /// Checks that this is a final reply to `exchange`; see [`Reply::check`](crate::Reply::check).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
        self.context.check(exchange)
    }

    /// The place in the buffer where more is written: after the bytes to send.
    const fn used(&self) -> usize {
        match self.start == self.end {
            true => 0,
            false => self.end,
        }
    }

    /// The number of bytes left of the span, if there is room for them.
    fn fits(&self) -> Option<usize> {
        let free = self.bytes.len().saturating_sub(self.used());
        usize::try_from(self.span.len)
            .ok()
            .filter(|len| *len <= free)
    }

    /// Adds `n` bytes, written at `used`, to what is to be sent.
    fn extend(&mut self, used: usize, n: usize) {
        if self.start == self.end {
            self.start = 0;
        }
        self.end = used.saturating_add(n);
    }

    /// Takes `n` bytes off those to come.
    fn take(&mut self, n: u64) -> Result<u64, BodyError> {
        let Span { offset, len } = self.span;
        let n = n.min(len);
        if n == 0 {
            self.span.len = 0;
            self.parts = None;
            self.start = self.end;
            self.context.close();
            let error = BodyError::TooShort { missing: self.left };
            self.error = Some(error);
            return Err(error);
        }
        self.left = self.left.saturating_sub(n);
        self.span = Span {
            offset: offset.saturating_add(n),
            len: len.saturating_sub(n),
        };
        Ok(n)
    }

    /// Writes the text before the next parts, as far as there is room, up to a part that is read
    /// from the file.
    fn begin_parts(&mut self) {
        if self.span.len > 0 {
            return;
        }
        let used = self.used();
        if let Some((parts, at)) = &mut self.parts {
            let mut buf = Buf::new(self.bytes.get_mut(used..).unwrap_or_default());
            // What was wrong with it has been found before the head left.
            let span = parts.write_before(*at, &mut buf).ok().flatten().copied();
            let len = buf.len();
            if buf.finish().is_err() {
                // What was written before leaves first.
                return;
            }
            match span {
                Some(span) => {
                    self.span = span;
                    *at = at.saturating_add(1);
                }
                None => self.parts = None,
            }
            self.left = self.left.saturating_sub(len as u64);
            self.extend(used, len);
        }
    }
}

steps! {
    impl['b, 'p] FileTransfer<'b, 'p> {
        Fill<'t> = FileBytes<'t>;
        Copy<'t> = FileBytes<'t>;
        Error = BodyError;
    }
}
