//! A document that leaves through a small buffer, by replay.
//!
//! When the buffer is full, the failure travels out through the levels of arrays and objects, and
//! each notes at which element, member or end it stood. The next time the value is written again:
//! what is before that place is answered without being looked at, and the event at the place is
//! written again, with as many bytes swallowed as were sent of it. Long strings are an exception:
//! there the bytes up to the opening quote are swallowed, and the text is taken up where it was.

use core::cell::Cell;
use core::marker::PhantomData;
use core::mem;

use super::sink::sealed::Sink;
use super::sink::{Event, Replay};
use super::{Dialect, Document, JsonError, leaf};
use crate::bytes::copy;

/// How many levels are remembered. What is deeper is part of an element here, and written again
/// from its start.
const LEVELS: usize = 8;

/// Writes a document piece by piece, through a buffer of any size from
/// [`MIN_BUFFER`](Self::MIN_BUFFER).
///
/// Nothing is kept but the place, in less than a hundred bytes: so the value is serialized again for each piece, and
/// what was sent before is skipped. An array that is a slice or a vector goes on at the right element at once.
/// The value must be the same each time.
///
/// ```
/// use replywire::json::{Dialect, Resumable, Strict};
///
/// let value = ("a text that is longer than the buffer", [1, 2, 3]);
/// let mut document = Resumable::new(Strict::of(&value));
/// let mut text = Vec::new();
/// let mut buf = [0; 16];
/// loop {
///     match document.fill(&mut buf)? {
///         0 => break,
///         n => text.extend_from_slice(&buf[..n]),
///     }
/// }
/// assert_eq!(text, br#"["a text that is longer than the buffer",[1,2,3]]"#);
/// # Ok::<(), replywire::json::JsonError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Resumable<T> {
    document: T,
    place: Place,
    is_done: bool,
}

/// Where a document is taken up.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The events of the first `levels` levels.
    path: [u32; LEVELS],
    levels: u8,
    kinds: Kinds,
    /// How many bytes of the last of them are swallowed, and their sum.
    sent: usize,
    sum: Sum,
    /// Where these end with the quote of a string: how many bytes of it were read, and how many were
    /// sent for them.
    read: usize,
    written: usize,
    /// The sum of all bytes of the event that were sent.
    whole: Sum,
}

impl Place {
    /// The place behind the window `buf`, in an event that began with `mark` bytes left.
    fn after(&self, buf: &[u8], stop: Stop, mark: usize) -> Self {
        let end = buf.len().saturating_sub(stop.left);
        let sum = |sum: Sum, from, to| sum.with(buf.get(from..to).unwrap_or_default());
        let Some(quote) = buf.len().checked_sub(stop.mark) else {
            // The string began before the window.
            return Self {
                read: stop.read,
                written: self.written.saturating_add(end),
                whole: sum(self.whole, 0, end),
                ..*self
            };
        };
        let sent = mark.saturating_sub(stop.mark);
        let swallowed = match quote.checked_sub(sent) {
            Some(begin) => sum(Sum::START, begin, quote),
            None => sum(self.whole, 0, quote),
        };
        Self {
            sent,
            sum: swallowed,
            read: stop.read,
            written: end.saturating_sub(quote),
            whole: sum(swallowed, quote, end),
            ..*self
        }
    }
}

/// Of which kinds the levels are, two bits each.
#[derive(Clone, Copy, Debug)]
struct Kinds(u16);

impl Kinds {
    const fn get(self, level: u8) -> u8 {
        (self.0 >> (level * 2)) as u8 & 3
    }

    const fn with(self, level: u8, kind: u8) -> Self {
        let rest = self.0 & !(3 << (level * 2));
        Self(rest | (kind as u16) << (level * 2))
    }
}

/// FNV-1a, 32 bits: tells whether bytes that are written again are the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Sum(u32);

impl Sum {
    const START: Self = Self(0x811c_9dc5);

    fn with(self, bytes: &[u8]) -> Self {
        let add = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        Self(bytes.iter().fold(self.0, add))
    }
}

impl<T: Document> Resumable<T> {
    /// The least buffer that a piece fits.
    pub const MIN_BUFFER: usize = 16;

    /// A document of which nothing was written.
    pub const fn new(document: T) -> Self {
        Self {
            document,
            place: Place {
                path: [0; LEVELS],
                levels: 0,
                kinds: Kinds(0),
                sent: 0,
                sum: Sum::START,
                read: 0,
                written: 0,
                whole: Sum::START,
            },
            is_done: false,
        }
    }

    /// Writes the next bytes of the document to the front of `buf`; how many. Zero is the end.
    ///
    /// All of `buf` is filled but for a few bytes at its end, where a character or an escape was
    /// not to be split.
    ///
    /// # Errors
    ///
    /// What is wrong with the value, [`JsonError::Changed`] where it is not what it was,
    /// [`JsonError::Full`] where `buf` is shorter than [`MIN_BUFFER`](Self::MIN_BUFFER). What was
    /// written before is then no document, and cannot become one; a buffer that is long enough may
    /// be tried after `Full`.
    pub fn fill(&mut self, buf: &mut [u8]) -> Result<usize, JsonError> {
        if self.is_done {
            return Ok(0);
        }
        let len = buf.len();
        if len < Self::MIN_BUFFER {
            return Err(JsonError::Full);
        }
        let place = self.place;
        let is_first = place.levels == 0 && place.sent == 0;
        let (rest, behind) = match is_first {
            true => (&mut *buf, &mut [][..]),
            false => (&mut [][..], &mut *buf),
        };
        let replay = Replaying {
            path: place.path.map(Cell::new),
            kinds: Cell::new(place.kinds),
            target: Cell::new(place.levels),
            swallow: Cell::new(place.sent),
            sum: Cell::new(Sum::START),
            place: &place,
            behind_len: Cell::new(behind.len().saturating_add(place.written)),
            behind: Cell::new(behind),
            read: Cell::new(place.read),
            levels: Cell::new(0),
            mark: Cell::new(len.saturating_add(place.sent).saturating_add(place.written)),
            stop: Cell::new(None),
            error: Cell::new(None),
            string: Cell::new(Text::default()),
        };
        let sink = Window {
            rest,
            replay: &replay,
            dialect: PhantomData,
        };
        let result = self.document.put(sink).map(|sink| sink.rest.len());
        match (&result, replay.error.get()) {
            // What a filter has found is `Custom` to the levels around.
            (Err(error @ (JsonError::Length | JsonError::Part)), _) => return Err(*error),
            (_, Some(error)) => return Err(error),
            (_, None) => {}
        }
        match (result, replay.stop.get()) {
            (Ok(left), None) if replay.is_in_place() => {
                self.is_done = true;
                Ok(len.saturating_sub(left))
            }
            (Err(JsonError::Full), Some(stop)) if replay.is_in_place() => {
                let (levels, mark) = (replay.levels.get(), replay.mark.get());
                self.place = Place {
                    path: replay.path.map(Cell::into_inner),
                    levels,
                    kinds: replay.kinds.get(),
                    ..place.after(buf, stop, mark)
                };
                Ok(len.saturating_sub(stop.left))
            }
            (Ok(_) | Err(JsonError::Full), _) => Err(JsonError::Changed),
            (Err(error), _) => Err(error),
        }
    }

    /// Whether all of the document was written.
    pub const fn is_done(&self) -> bool {
        self.is_done
    }
}

/// Where the window became full.
#[derive(Clone, Copy, Debug)]
struct Stop {
    /// How many bytes of the window stay free.
    left: usize,
    /// How many bytes were left behind what is to be swallowed: none at the end of the window, else
    /// those behind the quote that opens a string.
    mark: usize,
    /// How many bytes of that string were read.
    read: usize,
}

/// The string that is being written.
#[derive(Clone, Copy, Debug, Default)]
struct Text {
    /// How many bytes were left behind its quote.
    mark: usize,
    /// How many of its bytes were read.
    read: usize,
    /// How many are not to be read again.
    skip: usize,
}

/// What the sink shares with the levels of one replay.
struct Replaying<'b> {
    path: [Cell<u32>; LEVELS],
    kinds: Cell<Kinds>,
    /// How many levels are on the way to the place; 0 from there on.
    target: Cell<u8>,
    /// How many bytes are still to be swallowed.
    swallow: Cell<usize>,
    /// The sum of what was swallowed.
    sum: Cell<Sum>,
    place: &'b Place,
    /// The window, until all is swallowed.
    behind: Cell<&'b mut [u8]>,
    behind_len: Cell<usize>,
    /// How many bytes of the string at the place are not to be read again.
    read: Cell<usize>,
    /// How many levels are remembered of where it became full.
    levels: Cell<u8>,
    /// How many bytes were left when the event began at which it became full.
    mark: Cell<usize>,
    stop: Cell<Option<Stop>>,
    /// What failed, for a value that hides it.
    error: Cell<Option<JsonError>>,
    string: Cell<Text>,
}

impl Replaying<'_> {
    /// Whether the place was found, and all that was sent of the event there was the same.
    fn is_in_place(&self) -> bool {
        let is_found = self.target.get() == 0 || self.stop.get().is_some();
        is_found && self.swallow.get() == 0 && self.read.get() == 0
    }

    #[cold]
    fn lead(&self, level: u8, index: u32) -> Result<Event, JsonError> {
        if self.stop.get().is_some() {
            return Err(JsonError::Full);
        }
        let target = self.target.get();
        let at = match self.path.get(usize::from(level)) {
            Some(at) if level < target => at.get(),
            _ => return Err(JsonError::Changed),
        };
        if index < at {
            return Ok(Event::Skip);
        }
        if index > at {
            return Err(JsonError::Changed);
        }
        if level + 1 < target {
            return Ok(Event::Descend);
        }
        self.target.set(0);
        Ok(Event::Write)
    }

    /// The bytes of `bytes` that are not swallowed.
    fn swallow<'t>(&self, bytes: &'t [u8]) -> Result<&'t [u8], JsonError> {
        match (self.stop.get(), self.target.get()) {
            (Some(_), _) => return Err(JsonError::Full),
            (None, 0) => {}
            (None, _) => return Err(JsonError::Changed),
        }
        let left = self.swallow.get();
        if left == 0 {
            return Ok(bytes);
        }
        let (swallowed, bytes) = bytes.split_at_checked(left).unwrap_or((bytes, &[]));
        self.sum.set(self.sum.get().with(swallowed));
        self.swallow.set(left - swallowed.len());
        if left == swallowed.len() && self.sum.get() != self.place.sum {
            return Err(JsonError::Changed);
        }
        Ok(bytes)
    }
}

impl Replay<JsonError> for &Replaying<'_> {
    const ON: bool = true;

    #[inline]
    fn enter(self, level: u8, kind: u8) -> Result<(), JsonError> {
        if usize::from(level) >= LEVELS || self.stop.get().is_some() {
            return Ok(());
        }
        let kinds = self.kinds.get();
        if level < self.target.get() && kinds.get(level) != kind {
            return Err(JsonError::Changed);
        }
        self.kinds.set(kinds.with(level, kind));
        Ok(())
    }

    #[inline]
    fn event(self, level: u8, index: u32) -> Result<Event, JsonError> {
        match self.target.get() {
            0 => Ok(Event::Write),
            _ => self.lead(level, index),
        }
    }

    #[inline]
    fn first(self, level: u8) -> u32 {
        match self.path.get(usize::from(level)) {
            Some(index) if level < self.target.get() && self.stop.get().is_none() => index.get(),
            _ => 0,
        }
    }

    #[cold]
    fn failed(self, error: &JsonError, level: u8, index: u32, mark: usize) {
        if *error != JsonError::Full {
            self.error.set(Some(*error));
        } else if let Some(at) = self.path.get(usize::from(level)) {
            at.set(index);
            if self.levels.get() == 0 {
                self.levels.set(level + 1);
                self.mark.set(mark);
            }
        }
    }
}

/// Writes to the window of one replay.
struct Window<'r, 'b, D> {
    /// Empty while bytes are swallowed, so that what is usual asks for nothing more than room.
    rest: &'b mut [u8],
    replay: &'r Replaying<'b>,
    dialect: PhantomData<D>,
}

impl<'b, D: Dialect> Window<'_, 'b, D> {
    #[inline(always)]
    fn with(self, rest: &'b mut [u8]) -> Self {
        Self { rest, ..self }
    }

    /// The window, where it is time for it.
    fn uncovered(self) -> Self {
        if self.rest.is_empty() && self.replay.swallow.get() == 0 {
            self.replay.behind_len.set(0);
            let rest = self.replay.behind.take();
            return self.with(rest);
        }
        self
    }

    #[cold]
    fn full(self, mark: usize, read: usize) -> Result<Self, JsonError> {
        let left = self.rest.len();
        self.replay.stop.set(Some(Stop { left, mark, read }));
        // Whatever comes yet has no place.
        self.replay.target.set(u8::MAX);
        Err(JsonError::Full)
    }
}

impl<'r, 'b, D: Dialect> Sink for Window<'r, 'b, D> {
    type Dialect = D;
    type Error = JsonError;
    type Replay = &'r Replaying<'b>;

    #[inline(always)]
    fn take(&mut self) -> Self {
        Self {
            rest: mem::take(&mut self.rest),
            replay: self.replay,
            dialect: PhantomData,
        }
    }

    #[inline(always)]
    fn replay(&self) -> Self::Replay {
        self.replay
    }

    #[inline(always)]
    fn left(&self) -> usize {
        match self.rest.len() {
            0 => self
                .replay
                .behind_len
                .get()
                .saturating_add(self.replay.swallow.get()),
            left => left,
        }
    }

    #[inline(always)]
    fn room(&mut self) -> &mut [u8] {
        self.rest
    }

    #[inline(always)]
    fn advance(self, n: usize) -> Result<Self, JsonError> {
        match self.rest.split_at_mut_checked(n) {
            Some((_, rest)) => Ok(Self { rest, ..self }),
            None => Err(JsonError::Full),
        }
    }

    #[inline(never)]
    fn spill(self, bytes: &[u8]) -> Result<Self, JsonError> {
        let bytes = self.replay.swallow(bytes)?;
        let mut sink = self.uncovered();
        if bytes.is_empty() {
            return Ok(sink);
        }
        let fits = bytes.len().min(sink.rest.len());
        let (now, later) = bytes.split_at_checked(fits).unwrap_or((bytes, &[]));
        if let Some((to, rest)) = mem::take(&mut sink.rest).split_at_mut_checked(fits) {
            copy(to, now);
            sink.rest = rest;
        }
        match later.is_empty() {
            true => Ok(sink),
            false => sink.full(0, 0),
        }
    }

    #[inline]
    fn string(self, text: &str) -> Result<Self, JsonError> {
        if text.len() < self.rest.len()
            && let Some(written) = leaf::string::<D>(self.rest, text.as_bytes())
        {
            return self.advance(written);
        }
        self.quote()?.fragment(text)?.unquote()
    }

    #[inline(never)]
    fn quote(self) -> Result<Self, JsonError> {
        let was_swallowed = self.replay.swallow.get() > 0;
        let sink = self.spill(b"\"")?;
        let (mark, skip) = match was_swallowed && sink.replay.swallow.get() == 0 {
            true => (
                sink.left().saturating_add(sink.replay.place.written),
                sink.replay.read.get(),
            ),
            false => (sink.left(), 0),
        };
        sink.replay.string.set(Text {
            mark,
            read: 0,
            skip,
        });
        Ok(sink)
    }

    #[inline(never)]
    fn fragment(mut self, text: &str) -> Result<Self, JsonError> {
        let replay = self.replay;
        let mut string = replay.string.get();
        let skipped = string.skip.min(text.len());
        let mut text = text.get(skipped..).ok_or(JsonError::Changed)?.as_bytes();
        if skipped > 0 {
            string.skip -= skipped;
            string.read += skipped;
            replay.read.set(string.skip);
        }
        while replay.swallow.get() > 0 && !text.is_empty() {
            let mut piece = [0; 64];
            let (read, written) = leaf::escape::<D>(&mut piece, text);
            text = text.get(read..).unwrap_or_default();
            string.read += read;
            self = self.spill(piece.get(..written).unwrap_or_default())?;
        }
        let (mut read, mut written) = leaf::escape::<D>(self.rest, text);
        // Where the rest is to follow, no character is split.
        while read > 0 && text.get(read).is_some_and(|byte| byte & 0xc0 == 0x80) {
            read -= 1;
            written = written.saturating_sub(1);
        }
        string.read += read;
        replay.string.set(string);
        let sink = self.advance(written)?;
        match read == text.len() {
            true => Ok(sink),
            false => sink.full(string.mark, string.read),
        }
    }

    #[inline(never)]
    fn unquote(self) -> Result<Self, JsonError> {
        let Text { mark, read, .. } = self.replay.string.get();
        match self.left() {
            0 => self.full(mark, read),
            _ => self.spill(b"\""),
        }
    }
}
