//! A body that needs I/O, as a state machine that performs none.

use core::fmt;
#[cfg(all(feature = "alloc", feature = "hosted"))]
use core::ops::Range;

use super::error::BodyError;
use super::step::{Step, steps};
use crate::error::Error;
use crate::head::status::Status;
use crate::request::exchange::{Exchange, ReplyContext};
#[cfg(feature = "alloc")]
use crate::write::bytes::copy;
use crate::write::bytes::shift;
use crate::write::decimal::{MAX_DIGITS, decimal};
use crate::write::hexadecimal::{self, hexadecimal};

/// The mark of the body's end, and the number of its bytes that are still to come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Framing {
    /// Chunked transfer coding, RFC 9112 § 7.1.
    Chunked,
    /// The end of the connection, RFC 9112 § 6.3.
    Close,
    /// `content-length`; the source must end with it.
    Exact(u64),
    /// `content-length`, or a trailer section; more bytes of the source are not read.
    Sized(u64),
}

/// The room before a chunk's data: the size line of a chunk of any size.
const FRONT: usize = 18;
/// The room after a chunk's data.
const BACK: usize = 2;
const LAST_CHUNK: &[u8; 5] = b"0\r\n\r\n";

/// The end of a head whose body comes in chunks. With the room before a chunk, it has room for the
/// `content-length` of any body that fits a buffer.
pub(crate) const CHUNKED: &[u8; 30] = b"transfer-encoding: chunked\r\n\r\n";
const LENGTH: &[u8; 16] = b"content-length: ";
const BLANK_LINE: &[u8; 4] = b"\r\n\r\n";
const _: () = assert!(LENGTH.len() + MAX_DIGITS + BLANK_LINE.len() <= CHUNKED.len() + FRONT);

/// A head and then a body, through the one buffer that held the head.
///
/// It is driven by [the protocol](crate::body#steps). The body's first bytes are read in after the
/// head where there is room, so a small reply leaves in one write; a chunk leaves with its size
/// line and its end.
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::body::Step;
/// use replywire::request::Exchange;
///
/// let mut body = &b"streamed"[..];
/// let mut wire = Vec::new();
///
/// let mut buf = [0; 128];
/// let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).stream()?;
/// loop {
///     match transfer.step()? {
///         Step::Fill(room) => {
///             let n = room.len().min(body.len()).min(5);
///             room[..n].copy_from_slice(&body[..n]);
///             body = &body[n..];
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
/// assert_eq!(
///     wire,
///     b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
///       5\r\nstrea\r\n3\r\nmed\r\n0\r\n\r\n",
/// );
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[doc(alias = "StreamBody")]
#[must_use = "a transfer does nothing until it is driven"]
pub struct Transfer<'b> {
    bytes: &'b mut [u8],
    framing: Framing,
    /// The bytes to send are at `start..end`.
    start: usize,
    end: usize,
    /// The source has nothing more to give.
    ended: bool,
    /// The body's first bytes may join the head.
    joining: bool,
    context: ReplyContext,
    /// The error that broke the reply off, for ever.
    error: Option<BodyError>,
}

impl fmt::Debug for Transfer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("framing", &self.framing)
            .field("ended", &self.ended)
            .field("closes", &self.closes())
            .finish_non_exhaustive()
    }
}

impl<'b> Transfer<'b> {
    /// A transfer whose `bytes` begin with a head of `head` bytes.
    pub(crate) fn new(
        bytes: &'b mut [u8],
        head: usize,
        framing: Framing,
        context: ReplyContext,
    ) -> Self {
        // The head of a chunked reply alone leaves more room than a chunk needs at least.
        Self {
            bytes,
            framing,
            start: 0,
            end: head,
            ended: framing == Framing::Sized(0),
            joining: true,
            context,
            error: None,
        }
    }

    /// Returns the next thing to do: [`Step::Fill`] asks to read the body's next bytes into a
    /// slice, which is never empty, and then to call [`filled`](Self::filled). Asking again without
    /// acting changes nothing.
    ///
    /// # Errors
    ///
    /// [`BodyError`], for ever, once [`filled`](Self::filled) has returned it.
    pub fn step(&mut self) -> Result<Step<'_, &mut [u8]>, BodyError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.next()),
        }
    }

    /// [`step`](Self::step)s, for a machine around this one, which keeps the error.
    pub(crate) fn next(&mut self) -> Step<'_, &mut [u8]> {
        if let Some((start, len)) = self.fill_room() {
            let free = self.bytes.get_mut(start..).unwrap_or_default();
            return Step::Fill(free.get_mut(..len).unwrap_or_default());
        }
        match self.bytes.get(self.start..self.end) {
            Some(bytes) if !bytes.is_empty() => Step::Send { bytes, more: false },
            _ => Step::Done,
        }
    }

    /// Records that `n` bytes were read into the last [`Step::Fill`]; zero is the end of the
    /// source. After any other step, nothing happens.
    ///
    /// # Errors
    ///
    /// [`BodyError`] when the body is not as long as its head says.
    pub fn filled(&mut self, n: usize) -> Result<(), BodyError> {
        let Some((start, len)) = self.fill_room() else {
            return Ok(());
        };
        let n = n.min(len);
        match (self.framing, n) {
            (Framing::Exact(0) | Framing::Close, 0) => self.ended = true,
            (Framing::Exact(missing) | Framing::Sized(missing), 0) => {
                return Err(self.broken(BodyError::TooShort { missing }));
            }
            (Framing::Exact(left), n) => {
                let Some(left) = left.checked_sub(n as u64) else {
                    return Err(self.broken(BodyError::TooLong));
                };
                self.framing = Framing::Exact(left);
                self.extend(start, n);
            }
            (Framing::Sized(left), n) => {
                let left = left.saturating_sub(n as u64);
                self.framing = Framing::Sized(left);
                self.ended = left == 0;
                self.extend(start, n);
            }
            (Framing::Close, n) => self.extend(start, n),
            (Framing::Chunked, 0) => {
                let at = self.used();
                self.copy(at, LAST_CHUNK);
                self.extend(at, LAST_CHUNK.len());
                self.ended = true;
            }
            (Framing::Chunked, n) => self.chunk(start, n),
        }
        self.joining = false;
        Ok(())
    }

    /// Records that `n` bytes of the last [`Step::Send`] reached the connection. After any other
    /// step, nothing happens.
    pub fn sent(&mut self, n: usize) {
        if self.fill_room().is_some() {
            return;
        }
        self.joining = false;
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

    /// True once the source is not asked any more.
    pub(crate) const fn is_ended(&self) -> bool {
        self.ended
    }

    /// True while the body's next bytes may join the head.
    pub(crate) const fn is_joining(&self) -> bool {
        self.joining
    }

    /// The number of bytes of a body of known length that are to come.
    pub(crate) const fn left(&self) -> Option<u64> {
        match self.framing {
            Framing::Exact(left) => Some(left),
            _ => None,
        }
    }

    /// Has the head leave alone.
    pub(crate) const fn part(&mut self) {
        self.joining = false;
    }

    /// Ends the chunks after the bytes to send, where there is room.
    pub(crate) fn join_end(&mut self) {
        let room = self.bytes.len().saturating_sub(self.end);
        if self.framing == Framing::Chunked && !self.ended && room >= LAST_CHUNK.len() {
            self.copy(self.end, LAST_CHUNK);
            self.end += LAST_CHUNK.len();
            self.ended = true;
        }
    }

    /// True if a trailer section may follow.
    pub(crate) fn takes_trailers(&self) -> bool {
        self.framing == Framing::Chunked && !self.ended && self.context.takes_trailers()
    }

    /// True if trailer fields go to a host, apart from the body.
    #[cfg(feature = "hosted")]
    pub(crate) const fn hosts_trailers(&self) -> bool {
        self.context.is_hosted()
            && self.context.takes_trailers()
            && matches!(self.framing, Framing::Close)
    }

    /// Lets the last chunk and the trailer section follow, which have `len` bytes together.
    pub(crate) fn begin_trailers(&mut self, len: usize) {
        self.framing = Framing::Sized(len as u64);
        self.joining = true;
    }

    /// The length of the buffer.
    #[cfg(feature = "alloc")]
    pub(crate) const fn buffer_len(&self) -> usize {
        self.bytes.len()
    }

    /// The place of the bytes to send in the buffer.
    #[cfg(all(feature = "alloc", feature = "hosted"))]
    pub(crate) const fn pending(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The buffer, in place of which there is none.
    #[cfg(feature = "alloc")]
    pub(crate) fn take_buffer(&mut self) -> &'b mut [u8] {
        core::mem::take(&mut self.bytes)
    }

    /// The same transfer in another buffer, with the bytes that are to be sent and `gathered` bytes
    /// that were read into the last [`Step::Fill`]; `None` where there is too little room for them.
    #[cfg(feature = "alloc")]
    pub(crate) fn moved<'m>(&self, bytes: &'m mut [u8], gathered: usize) -> Option<Transfer<'m>> {
        let is_empty = self.start == self.end;
        let (start, end) = match is_empty {
            true => (0, 0),
            false => (self.start, self.end),
        };
        let used = match gathered {
            0 => end,
            gathered => self.room().0.checked_add(gathered)?,
        };
        let from = self.bytes.get(..used)?;
        copy(bytes.get_mut(..used)?, from);
        Some(Transfer {
            bytes,
            framing: self.framing,
            start,
            end,
            ended: self.ended,
            joining: self.joining,
            context: self.context,
            error: self.error,
        })
    }

    /// Sends nothing more.
    pub(crate) fn break_off(&mut self) {
        self.ended = true;
        self.context.close();
        self.end = self.start;
    }

    /// Makes the `n` bytes that were read into the last [`Step::Fill`], after the head of a chunked
    /// reply, the whole body: the head then tells its length instead.
    pub(crate) fn end_with(&mut self, n: usize) {
        let (body, _) = self.room();
        let mut digits = [0; MAX_DIGITS];
        let digits = decimal(n as u64, &mut digits);
        let line = LENGTH.len() + digits.len() + BLANK_LINE.len();
        let begin = body.saturating_sub(line);
        let head = self.end.saturating_sub(CHUNKED.len());
        let gap = begin.saturating_sub(head);
        shift(self.bytes, self.start..head, gap);
        self.start += gap;
        self.copy(begin, LENGTH);
        self.copy(begin + LENGTH.len(), digits);
        self.copy(body.saturating_sub(BLANK_LINE.len()), BLANK_LINE);
        self.end = body + n;
        self.framing = Framing::Sized(0);
        self.ended = true;
        self.joining = false;
    }

    /// Checks that this is a final reply to `exchange`; see [`Reply::check`](crate::Reply::check).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
        self.context.check(exchange)
    }

    /// [`room`](Self::room), when it is the body's turn.
    fn fill_room(&self) -> Option<(usize, usize)> {
        let is_due = !self.ended && (self.start == self.end || self.joining);
        is_due.then(|| self.room()).filter(|(_, len)| *len > 0)
    }

    /// The place that the body's next bytes are read to, and the most of them.
    fn room(&self) -> (usize, usize) {
        let used = self.used();
        let free = self.bytes.len().saturating_sub(used);
        let most = |left: u64| usize::try_from(left).map_or(free, |left| left.min(free));
        match self.framing {
            Framing::Chunked => (used + FRONT, free.saturating_sub(FRONT + BACK)),
            Framing::Close => (used, free),
            // One byte more tells whether the source ends where it should.
            Framing::Exact(left) => (used, most(left.saturating_add(1))),
            Framing::Sized(left) => (used, most(left)),
        }
    }

    /// The place in the buffer where more is written: after the bytes to send.
    const fn used(&self) -> usize {
        match self.start == self.end {
            true => 0,
            false => self.end,
        }
    }

    /// Ends for good, with nothing left to send.
    fn broken(&mut self, error: BodyError) -> BodyError {
        self.break_off();
        self.error = Some(error);
        error
    }

    /// Adds `n` bytes at `at` to what is to be sent.
    fn extend(&mut self, at: usize, n: usize) {
        if self.start == self.end {
            self.start = at;
        }
        self.end = at + n;
    }

    /// Puts the size line before the `n` bytes at `at`, and CRLF after them.
    fn chunk(&mut self, at: usize, n: usize) {
        let (line, len) = size_line(n);
        let line = line.get(..len).unwrap_or_default();
        let begin = at.saturating_sub(len);
        // A head that the chunk joins moves up to it.
        let gap = begin.saturating_sub(self.end);
        if self.start != self.end {
            shift(self.bytes, self.start..self.end, gap);
            self.start += gap;
        }
        self.copy(begin, line);
        self.copy(begin + len + n, b"\r\n");
        self.extend(begin, len + n + BACK);
    }

    fn copy(&mut self, at: usize, src: &[u8]) {
        let free = self.bytes.get_mut(at..).unwrap_or_default();
        for (to, from) in free.iter_mut().zip(src) {
            *to = *from;
        }
    }
}

steps! {
    impl['b] Transfer<'b> {
        Fill<'t> = &'t mut [u8];
        Error = BodyError;
    }
}

/// `n` in hexadecimal and CRLF, and the length of that; RFC 9112 § 7.1.
fn size_line(n: usize) -> ([u8; FRONT], usize) {
    let mut room = [0; hexadecimal::MAX_DIGITS];
    let digits = hexadecimal(n as u64, &mut room);
    let mut line = [0; FRONT];
    for (slot, byte) in line.iter_mut().zip(digits.iter().chain(b"\r\n")) {
        *slot = *byte;
    }
    (line, digits.len() + 2)
}
