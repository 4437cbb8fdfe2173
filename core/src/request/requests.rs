//! The requests of a connection, one after the other, in the buffer that they are read into.

use core::fmt;
use core::ops::Range;

use super::content::BodyDecoder;
use super::exchange::Exchange;
use super::head::{self, CONTENT_ROOM, Line, Request};
use super::late::Late;
use super::reading::{Content, Progress};
use super::refusal::{Refusal, Refused};
use super::scan::{HeadScan, Scanned, too_long};
use super::whole;
use crate::write::bytes::remove;

/// The requests of one connection, as steps.
///
/// A server asks for the next [`RequestStep`] and does what it says. Asking again without acting
/// changes nothing. The buffer bounds the length of a head, which must leave 64 bytes of it where
/// content in chunks follows; a request may be pipelined, so bytes of the next one wait in the
/// buffer meanwhile.
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
///             requests.begin::<8>()?;
///             let (request, mut content) = requests.request();
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
    pub(super) buf: &'b mut [u8],
    scan: HeadScan,
    /// The length of the head that was found and not yet taken, perhaps with more after it, or
    /// zero.
    found: usize,
    /// The bytes of the buffer before the content of the last request.
    pub(super) base: usize,
    /// The length of the last request's head, which ends at the base.
    pub(super) len: usize,
    pub(super) line: Line,
    pub(super) exchange: Exchange<'static>,
    pub(super) progress: Progress,
    pub(super) late: Late<'b>,
}

/// The next thing to do about the requests of a connection.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RequestStep<'s> {
    /// Some of the last request's content was not read: read it, by [`Requests::request`], or
    /// close the connection.
    Content,
    /// A head is at hand: call [`Requests::begin`], which refuses one with a line that ends without
    /// CR as it does other malformed ones, then [`Requests::request`].
    Head,
    /// Read bytes from the connection into it, then call [`Requests::filled`]. It is never empty.
    /// Where nothing more comes, the connection has ended.
    Read(&'s mut [u8]),
    /// Answer that the request is refused, and close the connection.
    Refused(Refused),
}

impl<'b> Requests<'b> {
    /// The requests of a connection of which nothing was read.
    pub const fn new(buf: &'b mut [u8]) -> Self {
        Self {
            buf,
            scan: HeadScan::new(),
            found: 0,
            base: 0,
            len: 0,
            line: Line::NONE,
            exchange: Exchange::GET,
            progress: Progress {
                decoder: BodyDecoder::sized(0),
                unread: 0..0,
            },
            late: Late::NONE,
        }
    }

    /// The next thing to do.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub fn step(&mut self) -> RequestStep<'_> {
        if !self.progress.decoder.is_ended() {
            return RequestStep::Content;
        }
        self.skip(0);
        if !self.is_at_hand() && self.found == 0 {
            return self.search();
        }
        RequestStep::Head
    }

    /// Tells if the unread bytes are a head that comes whole, which is found then.
    #[inline(always)]
    fn is_at_hand(&mut self) -> bool {
        let is_at_hand = whole::is_at_hand(self.unread());
        if is_at_hand {
            self.found = self.unread().len();
        }
        is_at_hand
    }

    /// Searches the unread bytes, which begin at the base, for the end of a head.
    #[cfg_attr(target_pointer_width = "64", inline(never))]
    fn search(&mut self) -> RequestStep<'_> {
        let reason = loop {
            let mut scan = self.scan;
            let scanned = scan.next(self.unread());
            self.scan = scan;
            match scanned {
                Scanned::BareLf => break Refusal::BadRequest,
                Scanned::EmptyLine => {
                    self.skip(2);
                    self.scan = HeadScan::new();
                    if self.is_at_hand() {
                        return RequestStep::Head;
                    }
                }
                Scanned::Head { len } => {
                    self.found = len;
                    return RequestStep::Head;
                }
                Scanned::More => {
                    let end = self.base + self.progress.unread.end;
                    if end < self.buf.len() {
                        return RequestStep::Read(self.buf.get_mut(end..).unwrap_or_default());
                    }
                    if self.base == 0 {
                        break too_long(self.buf);
                    }
                    self.move_to_front();
                }
            }
        };
        RequestStep::Refused(Refused::of(reason, self.unread()))
    }

    /// `n` bytes were read into the room of the last [`RequestStep::Read`].
    pub fn filled(&mut self, n: usize) {
        let Range { end, .. } = &mut self.progress.unread;
        *end += n.min(self.buf.len() - self.base - *end);
    }

    /// Tells if the content of the last request has ended, and nothing of a further one has come.
    pub fn is_idle(&self) -> bool {
        self.progress.decoder.is_ended() && self.progress.unread.is_empty()
    }

    /// Takes the next request, of at most `FIELDS` header fields; [`request`](Self::request) gives
    /// it. Change the exchange before that: `*exchange = exchange.at(now)` dates the reply, and
    /// `exchange.closing()` closes the connection after it.
    ///
    /// # Errors
    ///
    /// [`Refused`]; also where there is no whole head.
    #[inline(never)]
    pub fn begin<const FIELDS: usize>(&mut self) -> Result<&mut Exchange<'static>, Refused> {
        let found = core::mem::take(&mut self.found);
        // Content may follow; where in the buffer a request lies makes no difference to it.
        if self.base > 0 && self.buf.len() - self.base - found < CONTENT_ROOM {
            self.move_to_front();
        }
        let capacity = self.buf.len();
        let end = self.base + found;
        let head = self.buf.get(self.base..end).unwrap_or_default();
        let (line, exchange) = (&mut self.line, &mut self.exchange);
        let content = &mut self.progress.decoder;
        let len = head::read::<FIELDS>(head, whole::IS_FOUND, capacity, line, exchange, content)?;
        self.base += len;
        self.progress.unread.end -= len;
        self.len = len;
        self.scan = HeadScan::new();
        Ok(&mut self.exchange)
    }

    /// The last request that was taken, until the next step, and the rest of its content.
    #[inline(always)]
    pub fn request(&mut self) -> (Request<'_>, Content<'_>) {
        let (before, rest) = self.buf.split_at_mut_checked(self.base).unwrap_or_default();
        // After a further step the head may be gone: then nothing is there.
        let start = self.base.wrapping_sub(self.len);
        let request = Request {
            bytes: before.get(start..).unwrap_or_default(),
            line: self.line,
            exchange: &self.exchange,
            late: self.late,
        };
        let progress = &mut self.progress;
        (request, Content { rest, progress })
    }

    /// The bytes of which no request was taken, while none is at hand.
    fn unread(&self) -> &[u8] {
        let end = self.base + self.progress.unread.end;
        self.buf.get(self.base..end).unwrap_or_default()
    }

    /// Has the unread bytes begin at the base, without the first `n`.
    #[inline(always)]
    fn skip(&mut self, n: usize) {
        let Range { start, end } = self.progress.unread;
        let start = start + n;
        self.progress.unread = 0..end - start;
        self.base = match end - start {
            0 => 0,
            _ => self.base + start,
        };
    }

    /// Moves the unread bytes, which begin at the base, to the front of the buffer.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn move_to_front(&mut self) {
        let end = self.base + self.progress.unread.end;
        remove(self.buf.get_mut(..end).unwrap_or_default(), 0, self.base);
        self.base = 0;
    }
}

impl fmt::Debug for Requests<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests")
            .field("unread", &self.unread().len())
            .field("content", &self.progress.decoder)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has these bytes come, where there is room for them.
    fn come(requests: &mut Requests<'_>, wire: &[u8]) {
        let RequestStep::Read(room) = requests.step() else {
            panic!("nothing was read");
        };
        room[..wire.len()].copy_from_slice(wire);
        requests.filled(wire.len());
    }

    #[test]
    fn asking_again_after_empty_lines_gives_the_same_room() {
        let mut buf = [0; 16];
        let mut requests = Requests::new(&mut buf);
        come(&mut requests, b"\r\n\r\n");
        for _ in 0..2 {
            match requests.step() {
                RequestStep::Read(room) => assert_eq!(room.len(), 16),
                step => panic!("{step:?}"),
            }
        }
    }

    #[test]
    fn asking_again_about_a_bare_lf_after_an_empty_line_gives_the_same_step() {
        const WIRE: &[u8] = b"\r\nGET /a HTTP/1.1\r\nhost: a\r\n-\nx\r\n\r\n";
        let mut buf = [0; 64];
        let mut requests = Requests::new(&mut buf);
        come(&mut requests, WIRE);
        // Where it is a head, the next call refuses it.
        let [first, second] = [(); 2].map(|()| matches!(requests.step(), RequestStep::Head));
        assert_eq!(first, second);
        assert!(requests.begin::<4>().is_err());
    }

    #[test]
    fn a_bare_lf_after_an_empty_line_is_refused_at_every_split() {
        const WIRE: &[u8] = b"\r\n\nPUT /ab HTTP/1.1\r\nhost: a\r\n\r\n";
        for split in 1..WIRE.len() {
            let mut buf = [0; 64];
            let mut requests = Requests::new(&mut buf);
            for piece in [&WIRE[..split], &WIRE[split..]] {
                if let RequestStep::Read(room) = requests.step() {
                    room[..piece.len()].copy_from_slice(piece);
                    requests.filled(piece.len());
                }
            }
            let step = requests.step();
            assert!(matches!(step, RequestStep::Refused(_)), "{split} {step:?}");
        }
    }

    #[test]
    fn calls_in_any_order_neither_panic_nor_take_a_head_twice() {
        const WIRE: &[u8] = b"PUT /a HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc";
        for orders in 0..6_usize.pow(7) {
            let mut buf = [0; 64];
            let mut requests = Requests::new(&mut buf);
            let (mut order, mut begun, mut filled) = (orders, 0, 0);
            for _ in 0..7 {
                match order % 6 {
                    0 => drop(requests.step()),
                    1 => begun += u32::from(requests.begin::<2>().is_ok()),
                    2 => drop(requests.request().0.path()),
                    3 => drop(requests.request().1.step()),
                    4 => requests.filled(WIRE.len()),
                    _ => {
                        if let RequestStep::Read(room) = requests.step() {
                            let n = room.len().min(WIRE.len());
                            room[..n].copy_from_slice(&WIRE[..n]);
                            requests.filled(n);
                            filled += 1;
                        }
                    }
                }
                order /= 6;
            }
            assert!(begun <= filled, "{orders}");
        }
    }

    #[test]
    fn a_request_that_is_asked_for_too_late_is_empty() {
        let wire = b"GET /a HTTP/1.1\r\nhost: a\r\n\r\n";
        let mut buf = [0; 64];
        let mut requests = Requests::new(&mut buf);
        come(&mut requests, wire);
        assert!(matches!(requests.step(), RequestStep::Head));
        requests.begin::<4>().unwrap();
        let (request, _) = requests.request();
        assert_eq!(request.target(), "/a");
        assert!(matches!(requests.step(), RequestStep::Read(_)));
        let (request, content) = requests.request();
        assert_eq!((request.method(), request.target()), ("", ""));
        assert!(content.is_ended());
    }
}
