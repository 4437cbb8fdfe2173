//! The requests of a connection, one after the other, in the buffer that they are read into.

use core::fmt;
use core::ops::Range;

use super::content::{Decoded, Malformed};
use super::framing::Announced;
use super::head::{self, Request};
use super::method::Method;
use super::refusal::{Refusal, Refused};
use super::scan::{HeadScan, Scanned, too_long};
use crate::write::bytes::remove;

/// The requests of one connection, as steps.
///
/// A server asks for the next [`RequestStep`] and does what it says. Asking again without acting
/// changes nothing. The buffer bounds the length of a head; a request may be pipelined, so bytes of
/// the next one wait in the buffer meanwhile.
///
/// ```
/// use replywire::request::{ContentStep, RequestStep, Requests};
///
/// let mut wire = &b"POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello\
///                   GET /b HTTP/1.1\r\nhost: a\r\n\r\n"[..];
/// let mut buf = [0; 64];
/// let mut requests = Requests::new(&mut buf);
/// let mut seen = Vec::new();
/// loop {
///     match requests.step() {
///         RequestStep::Read(room) => {
///             let n = room.len().min(wire.len());
///             room[..n].copy_from_slice(&wire[..n]);
///             wire = &wire[n..];
///             match n {
///                 0 => break,
///                 n => requests.filled(n),
///             }
///         }
///         RequestStep::Head => {
///             let (request, mut content) = requests.begin::<8>()?;
///             while let ContentStep::Slice(bytes) = content.step()? {
///                 assert_eq!(bytes, b"hello");
///             }
///             seen.push(request.path().to_owned());
///         }
///         RequestStep::Content | RequestStep::Refused(_) => unreachable!(),
///     }
/// }
/// assert_eq!(seen, ["/a", "/b"]);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub struct Requests<'b> {
    buf: &'b mut [u8],
    /// The bytes that were read and not yet taken, but for those of the request at hand.
    unread: Range<usize>,
    scan: HeadScan,
    /// The bytes of the buffer before the content of the request at hand.
    base: usize,
    progress: Progress,
}

/// The content of the request at hand.
#[derive(Debug)]
struct Progress {
    announced: Announced,
    /// The bytes after the head that were read and not yet taken.
    unread: Range<usize>,
}

/// The next thing to do about the requests of a connection.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RequestStep<'s> {
    /// Some of the last request's content was not read: read it with [`Requests::content`], or close
    /// the connection.
    Content,
    /// A head is whole: call [`Requests::begin`].
    Head,
    /// Read bytes from the connection into it, then call [`Requests::filled`]. It is never empty.
    /// Where nothing more comes, the connection has ended.
    Read(&'s mut [u8]),
    /// Answer that the request is refused, and close the connection.
    Refused(Refused),
}

/// The least room after a head that the chunked coding is read in, so that a client cannot choose to
/// have it read byte by byte.
const CONTENT_ROOM: usize = 64;

impl<'b> Requests<'b> {
    /// The requests of a connection of which nothing was read.
    pub const fn new(buf: &'b mut [u8]) -> Self {
        Self {
            buf,
            unread: 0..0,
            scan: HeadScan::new(),
            base: 0,
            progress: Progress {
                announced: Announced::NONE,
                unread: 0..0,
            },
        }
    }

    /// The next thing to do.
    pub fn step(&mut self) -> RequestStep<'_> {
        if !self.progress.announced.content.is_ended() {
            return RequestStep::Content;
        }
        self.end_content();
        loop {
            let bytes = self.buf.get(self.unread.clone()).unwrap_or_default();
            match self.scan.next(bytes) {
                Scanned::BareLf => return self.refuse(Refusal::BadRequest),
                Scanned::EmptyLine => self.unread.start += 2,
                Scanned::Head { .. } => return RequestStep::Head,
                Scanned::More => break,
            }
        }
        if self.unread.is_empty() {
            self.unread = 0..0;
        }
        if self.unread.end == self.buf.len() {
            if self.unread.start == 0 {
                return self.refuse(too_long(self.buf));
            }
            self.move_to_front();
        }
        RequestStep::Read(self.buf.get_mut(self.unread.end..).unwrap_or_default())
    }

    /// `n` bytes were read into the room of the last [`RequestStep::Read`].
    pub fn filled(&mut self, n: usize) {
        let room = self.buf.len().saturating_sub(self.unread.end);
        self.unread.end += n.min(room);
    }

    /// Tells if nothing of a further request has come, once the content of the last one has ended.
    pub fn is_idle(&self) -> bool {
        match self.base {
            0 => self.unread.is_empty(),
            _ => self.progress.unread.is_empty(),
        }
    }

    /// Takes the next request, of at most `FIELDS` header fields, and its content.
    ///
    /// # Errors
    ///
    /// [`Refused`]; also where there is no whole head.
    pub fn begin<const FIELDS: usize>(&mut self) -> Result<(Request<'_>, Content<'_>), Refused> {
        let bytes = self.buf.get(self.unread.clone()).unwrap_or_default();
        let Scanned::Head { len } = self.scan.next(bytes) else {
            return Err(Refusal::BadRequest.into());
        };
        // Content may follow; where in the buffer a request lies makes no difference to it.
        let room = self.buf.len() - self.unread.start - len;
        if room < CONTENT_ROOM && self.unread.start > 0 {
            self.move_to_front();
        }
        let bytes = self.buf.get_mut(self.unread.start..).unwrap_or_default();
        let (head, rest) = bytes.split_at_mut_checked(len).unwrap_or_default();
        let progress = &mut self.progress;
        // Moved field by field: for the whole, small targets would link `memcpy`.
        let Request {
            method,
            target,
            fields,
            exchange,
        } = head::read::<FIELDS>(head, &mut progress.announced)?;
        if progress.announced.content.is_chunked() && rest.len() < CONTENT_ROOM {
            return Err(Refused {
                reason: Refusal::FieldsTooLarge,
                is_head: exchange.method() == Method::Head,
            });
        }
        self.base = self.unread.start + len;
        self.scan = HeadScan::new();
        progress.unread = 0..self.unread.end - self.base;
        let request = Request {
            method,
            target,
            fields,
            exchange,
        };
        Ok((request, Content { rest, progress }))
    }

    /// The content of the last request, as far as it was not read.
    pub fn content(&mut self) -> Content<'_> {
        Content {
            rest: self.buf.get_mut(self.base..).unwrap_or_default(),
            progress: &mut self.progress,
        }
    }

    /// Goes on after the content of the request at hand, which has ended.
    fn end_content(&mut self) {
        if self.base > 0 {
            let Range { start, end } = self.progress.unread;
            self.unread = self.base + start..self.base + end;
            self.base = 0;
        }
    }

    fn refuse(&self, reason: Refusal) -> RequestStep<'_> {
        let bytes = self.buf.get(self.unread.clone()).unwrap_or_default();
        RequestStep::Refused(Refused {
            reason,
            is_head: bytes.starts_with(b"HEAD "),
        })
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn move_to_front(&mut self) {
        let Range { start, end } = self.unread;
        remove(self.buf.get_mut(..end).unwrap_or_default(), 0, start);
        self.unread = 0..end - start;
    }
}

impl fmt::Debug for Requests<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests")
            .field("unread", &self.unread.len())
            .field("content", &self.progress.announced.content)
            .finish_non_exhaustive()
    }
}

/// The content of one request, as steps; RFC 9112 § 6.
///
/// Dropping it leaves the rest of the content unread; [`Requests::step`] tells.
pub struct Content<'c> {
    /// The buffer after the head.
    rest: &'c mut [u8],
    progress: &'c mut Progress,
}

/// The next thing to do about a request's content.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ContentStep<'s> {
    /// The client waits before it sends the content: write [`CONTINUE`](super::CONTINUE).
    Continue,
    /// Nothing: all of it was given.
    Done,
    /// Read bytes from the connection into it, then call [`Content::filled`]. Where none comes, the
    /// content was cut off. It is empty only where the head fills the buffer: then read past it, as
    /// [`Content::direct`] tells.
    Read(&'s mut [u8]),
    /// The next bytes of the content, which are never empty.
    Slice(&'s [u8]),
}

impl Content<'_> {
    /// The bytes that are to come, or `None` while they come in chunks.
    pub const fn remaining(&self) -> Option<u64> {
        self.progress.announced.content.remaining()
    }

    /// Tells if all of it was read.
    pub fn is_ended(&self) -> bool {
        self.progress.announced.content.is_ended()
    }

    /// The next thing to do. A slice is given once, and so is [`ContentStep::Continue`].
    ///
    /// # Errors
    ///
    /// [`Malformed`], now and for every further call: the connection must be closed after the reply.
    pub fn step(&mut self) -> Result<ContentStep<'_>, Malformed> {
        let progress = &mut *self.progress;
        let mut input = self.rest.get(progress.unread.clone()).unwrap_or_default();
        let len = progress
            .announced
            .content
            .slice(&mut input)?
            .map_or(0, <[u8]>::len);
        let end = progress.unread.end - input.len();
        progress.unread.start = end;
        if len > 0 {
            let slice = self.rest.get(end - len..end).unwrap_or_default();
            return Ok(ContentStep::Slice(slice));
        }
        if progress.announced.content.is_ended() {
            return Ok(ContentStep::Done);
        }
        if core::mem::take(&mut progress.announced.expects_continue) {
            return Ok(ContentStep::Continue);
        }
        progress.unread = 0..0;
        Ok(ContentStep::Read(self.rest))
    }

    /// `n` bytes were read into the room of the last [`ContentStep::Read`].
    pub fn filled(&mut self, n: usize) {
        if self.progress.unread.is_empty() {
            self.progress.unread = 0..n.min(self.rest.len());
        }
    }

    /// Tells if the client waits for [`CONTINUE`](super::CONTINUE).
    pub const fn expects_continue(&self) -> bool {
        self.progress.announced.expects_continue
    }

    /// The client was told to go on.
    pub const fn continued(&mut self) {
        self.progress.announced.expects_continue = false;
    }

    /// Copies content that was read to `output`, as much as there is; see [`BodyDecoder::decode`].
    ///
    /// # Errors
    ///
    /// [`Malformed`], as [`step`](Self::step).
    pub fn decode(&mut self, output: &mut [u8]) -> Result<Decoded, Malformed> {
        let Progress { announced, unread } = &mut *self.progress;
        let input = self.rest.get(unread.clone()).unwrap_or_default();
        let decoded = announced.content.decode(input, output)?;
        unread.start += decoded.taken;
        Ok(decoded)
    }

    /// The room for bytes that are not content alone, once all that was read is taken; then call
    /// [`filled`](Self::filled).
    pub const fn room(&mut self) -> &mut [u8] {
        self.rest
    }

    /// The number of bytes that come next on the connection and are content and nothing else, once
    /// all that was read is taken: so many may be read straight to where they are wanted; then call
    /// [`skip`](Self::skip).
    pub const fn direct(&self) -> u64 {
        self.progress.announced.content.direct()
    }

    /// Counts `n` bytes of content that were read past this buffer, at most
    /// [`direct`](Self::direct).
    pub fn skip(&mut self, n: u64) {
        self.progress.announced.content.skip(n);
    }
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("remaining", &self.remaining())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_again_after_empty_lines_gives_the_same_room() {
        let mut buf = [0; 16];
        let mut requests = Requests::new(&mut buf);
        let RequestStep::Read(room) = requests.step() else {
            panic!("nothing was read");
        };
        room[..4].copy_from_slice(b"\r\n\r\n");
        requests.filled(4);
        for _ in 0..2 {
            match requests.step() {
                RequestStep::Read(room) => assert_eq!(room.len(), 16),
                step => panic!("{step:?}"),
            }
        }
    }
}
