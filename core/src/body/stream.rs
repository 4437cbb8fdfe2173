use core::fmt;
#[cfg(all(feature = "alloc", feature = "hosted"))]
use core::ops::Range;

use super::chunk::{Chunk, MIN_ROOM};
use super::error::{BodyError, StreamError};
use super::step::{Step, steps};
use super::trailer::{Section, Trailers};
use super::transfer::Transfer;
use crate::error::Error;
use crate::request::exchange::Exchange;

/// A body whose content comes in pieces of any size, which gather in the buffer that held the head.
///
/// Pieces gather until the buffer is full, or until they are [`flush`](Self::flush)ed, and leave as
/// one chunk of the chunked coding. It is driven by [the protocol](crate::body#steps).
///
/// ```
/// use replywire::{Response, Status};
/// use replywire::body::{Step, Stream};
/// use replywire::request::Exchange;
///
/// let mut wire = Vec::new();
/// let mut buf = [0; 128];
/// let mut stream = Stream::new(Response::to(&Exchange::GET, &mut buf, Status::OK).stream()?);
/// for mut piece in [&b"to"[..], b"get", b"her"] {
///     assert!(stream.write(&mut piece)?);
/// }
/// stream.end()?;
/// while let Step::Send { bytes, .. } = stream.step()? {
///     wire.extend_from_slice(bytes);
///     let n = bytes.len();
///     stream.sent(n);
/// }
/// assert_eq!(
///     wire,
///     b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\ntogether\r\n0\r\n\r\n",
/// );
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[must_use = "a stream does nothing until it is driven"]
pub struct Stream<'b> {
    transfer: Transfer<'b>,
    /// The number of bytes used in the room for a chunk.
    used: usize,
    is_ending: bool,
    /// The trailer section that follows the content, where there is one.
    section: Option<Section<'b>>,
    /// The trailer fields that are sent by a host.
    #[cfg(feature = "hosted")]
    hosted: Option<Section<'b>>,
    /// The mistake that broke the reply off, for ever.
    error: Option<Error>,
}

impl fmt::Debug for Stream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("transfer", &self.transfer)
            .finish_non_exhaustive()
    }
}

impl<'b> Stream<'b> {
    /// The body of a transfer of which nothing was sent.
    pub const fn new(transfer: Transfer<'b>) -> Self {
        Self {
            transfer,
            used: 0,
            is_ending: false,
            section: None,
            #[cfg(feature = "hosted")]
            hosted: None,
            error: None,
        }
    }

    /// Returns true while more content is taken: not if none is sent, nor after the promised
    /// length, nor after the end.
    pub fn is_open(&self) -> bool {
        !self.is_ending && !self.transfer.is_ended()
    }

    /// Writes a chunk as far as there is room; true when that is all of it. If it is not, act on
    /// the [`step`](Self::step)s to send first. A chunk is passed over once no more content is
    /// taken.
    ///
    /// # Errors
    ///
    /// [`StreamError`]. Nothing more is sent; if something was, the connection must be closed.
    pub fn write<C: Chunk>(&mut self, chunk: &mut C) -> Result<bool, StreamError> {
        const { assert!(C::MIN_ROOM <= MIN_ROOM, "a chunk takes 16 bytes of room") };
        while self.is_open() && !chunk.is_done() {
            let is_joining = self.transfer.is_joining();
            let Step::Fill(room) = self.transfer.next() else {
                return Ok(false);
            };
            let len = room.len();
            let free = room.get_mut(self.used..).unwrap_or_default();
            if free.len() >= C::MIN_ROOM {
                match fill(chunk, free) {
                    Ok(n) => self.used = self.used.saturating_add(n),
                    Err(error) => return Err(self.broken(error)),
                }
                // A body of known length may be whole now.
                if self.used >= len {
                    self.flush()?;
                }
            } else if self.used > 0 || is_joining {
                self.flush()?;
            } else {
                // The end of a body whose length was told.
                let mut last = [0; MIN_ROOM];
                let n = match fill(chunk, &mut last) {
                    Ok(n) => n.min(free.len()),
                    Err(error) => return Err(self.broken(error)),
                };
                for (to, from) in free.iter_mut().zip(last.iter().take(n)) {
                    *to = *from;
                }
                self.used = n;
                self.flush()?;
            }
        }
        Ok(true)
    }

    /// Has the bytes that have gathered sent, and the head.
    ///
    /// # Errors
    ///
    /// [`StreamError::Body`] if it is more than was promised.
    pub fn flush(&mut self) -> Result<(), StreamError> {
        match core::mem::take(&mut self.used) {
            0 => self.transfer.part(),
            used => self.transfer.filled(used)?,
        }
        Ok(())
    }

    /// Ends the content.
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush).
    pub fn end(&mut self) -> Result<(), StreamError> {
        self.is_ending = true;
        let used = core::mem::take(&mut self.used);
        if used > 0 {
            self.transfer.filled(used)?;
            self.transfer.join_end();
        }
        Ok(())
    }

    /// [`end`](Self::end)s the content with trailer fields, where the request and the framing allow
    /// some. After the end they are passed over.
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush), and [`StreamError::Chunk`] with the first mistake in the fields,
    /// whether or not they would be sent.
    pub fn end_with(&mut self, trailers: Trailers<'b>) -> Result<(), StreamError> {
        if self.is_ending {
            return Ok(());
        }
        match trailers.section() {
            Err(error) => return Err(self.broken(error)),
            Ok(Some(section)) if self.transfer.takes_trailers() => {
                self.flush()?;
                self.transfer.begin_trailers(section.len());
                self.section = Some(section);
                self.is_ending = true;
                self.write_end()?;
            }
            #[cfg(feature = "hosted")]
            Ok(Some(section)) if self.transfer.hosts_trailers() => {
                self.hosted = Some(section);
                self.end()?;
            }
            Ok(_) => self.end()?,
        }
        Ok(())
    }

    /// The lines of the trailer fields that the content has [ended](Self::end_with) with, for a
    /// host to send: names and values, each line with its CRLF. `None` where there are none, or
    /// they are in the body, or the client takes none.
    ///
    /// ```
    /// use replywire::{Response, Status};
    /// use replywire::body::{Stream, Trailers};
    /// use replywire::request::{Exchange, Version};
    ///
    /// let exchange = Exchange::new("GET", Version::Http11, [("te", "trailers")]).hosted();
    /// let mut buf = [0; 64];
    /// let mut stream = Stream::new(Response::to(&exchange, &mut buf, Status::OK).stream()?);
    /// let mut lines = [0; 32];
    /// stream.end_with(Trailers::new(&mut lines).field("x-sum", "c0ffee"))?;
    /// assert_eq!(stream.step()?.bytes(), b"HTTP/1.1 200 OK\r\n\r\n");
    /// assert_eq!(stream.trailer_lines(), Some(&b"x-sum: c0ffee\r\n"[..]));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[cfg(feature = "hosted")]
    pub fn trailer_lines(&self) -> Option<&'b [u8]> {
        self.hosted.as_ref().map(Section::lines)
    }

    /// Returns the next thing to do: [`Step::Fill`] asks to [`write`](Self::write) a chunk, or to
    /// [`flush`](Self::flush) or [`end`](Self::end). Asking again without acting changes nothing.
    ///
    /// # Errors
    ///
    /// [`StreamError::Body`] if the content has ended early, and the error of an earlier call, for
    /// ever.
    pub fn step(&mut self) -> Result<Step<'_, ()>, StreamError> {
        if let Some(error) = self.error {
            return Err(StreamError::Chunk(error));
        }
        if self.is_ending {
            self.write_end()?;
        }
        let is_open = self.is_open();
        Ok(match self.transfer.step()? {
            Step::Send { bytes, more } if self.used == 0 => Step::Send { bytes, more },
            _ if is_open => Step::Fill(()),
            _ => Step::Done,
        })
    }

    /// Records that `n` bytes of the last [`Step::Send`] reached the connection.
    pub fn sent(&mut self, n: usize) {
        self.transfer.sent(n);
    }

    /// Returns true if the connection must be closed after this reply, which says so or broke off.
    pub const fn closes(&self) -> bool {
        self.transfer.closes()
    }

    /// Checks that this is a final reply to `exchange`; see [`Reply::check`](crate::Reply::check).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
        self.transfer.check(exchange)
    }

    /// The length of the buffer.
    #[cfg(feature = "alloc")]
    pub(crate) const fn buffer_len(&self) -> usize {
        self.transfer.buffer_len()
    }

    /// The buffer, in place of which there is none.
    #[cfg(feature = "alloc")]
    pub(crate) fn take_buffer(&mut self) -> &'b mut [u8] {
        self.transfer.take_buffer()
    }

    /// The place in the buffer of all that is to be sent or has gathered, which counts as sent.
    #[cfg(all(feature = "alloc", feature = "hosted"))]
    pub(crate) fn take_place(&mut self) -> Result<Range<usize>, StreamError> {
        self.flush()?;
        let place = self.transfer.pending();
        self.transfer.sent(place.len());
        Ok(place)
    }

    /// The same stream in another buffer, with what has gathered and what is to be sent; `None`
    /// where there is too little room for that, or the stream is ending.
    #[cfg(feature = "alloc")]
    pub(crate) fn moved<'m>(&self, bytes: &'m mut [u8]) -> Option<Stream<'m>> {
        if self.is_ending {
            return None;
        }
        Some(Stream {
            transfer: self.transfer.moved(bytes, self.used)?,
            used: self.used,
            is_ending: false,
            section: None,
            #[cfg(feature = "hosted")]
            hosted: None,
            error: self.error,
        })
    }

    /// Writes the end of the body, as far as there is room.
    fn write_end(&mut self) -> Result<(), BodyError> {
        if let Step::Fill(room) = self.transfer.next() {
            let n = match &mut self.section {
                Some(section) => section.fill(room),
                None => 0,
            };
            self.transfer.filled(n)?;
        }
        Ok(())
    }

    fn broken(&mut self, error: Error) -> StreamError {
        self.transfer.break_off();
        self.error = Some(error);
        StreamError::Chunk(error)
    }
}

steps! {
    impl['b] Stream<'b> {
        Fill<'t> = ();
        Error = StreamError;
    }
}

/// Fills `room`, which is enough, by the contract of [`Chunk::fill`].
fn fill<C: Chunk>(chunk: &mut C, room: &mut [u8]) -> Result<usize, Error> {
    let len = room.len();
    match chunk.fill(room)? {
        // It would be asked for ever.
        0 if !chunk.is_done() => Err(Error::Chunk),
        // What stands there is not its own.
        n if n > len => Err(Error::Chunk),
        n => Ok(n),
    }
}
