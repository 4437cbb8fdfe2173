//! A document that leaves through a small buffer, by replay.
//!
//! When the buffer is full, the failure travels out through the levels of arrays and objects, and
//! each notes at which element, member or end it stood. The next time the value is written again:
//! what is before that place is answered without being looked at, and the event at the place is
//! written again, with as many bytes swallowed as were sent of it. Long strings are an exception:
//! there the bytes up to the opening quote are swallowed, and the text is taken up where it was.

use core::cell::Cell;
use core::marker::PhantomData;

use super::sink::sealed::Sink;
use super::sink::{Event, Kind, Replay};
use super::stop::Stop;
use super::{Dialect, Document, JsonError, leaf};
use crate::write::bytes::copy;

pub(crate) const MIN_BUFFER: usize = 16;

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
    /// What was wrong: it stays so.
    error: Option<JsonError>,
}

/// Where a document is taken up.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The events of the levels that are being written, of which there are `levels`, and their
    /// kinds.
    path: [u32; LEVELS],
    kinds: Kinds,
    levels: u8,
    event: Sent,
}

/// What was sent of the last event.
#[derive(Clone, Copy, Debug)]
struct Sent {
    /// How many bytes are swallowed, and their sum.
    sent: usize,
    sum: Sum,
    /// Where these end with the quote of a string: how many bytes of it were read, and how many were
    /// sent for them.
    read: usize,
    written: usize,
    /// The sum of all bytes that were sent.
    whole: Sum,
}

impl Sent {
    /// Goes behind the window `buf`, in an event that began with `mark` bytes left.
    fn advance(&mut self, buf: &[u8], edge: Edge, mark: usize) {
        let end = buf.len().saturating_sub(edge.left);
        self.read = edge.read;
        let Some(quote) = buf.len().checked_sub(edge.mark) else {
            // The string began before the window.
            self.written = self.written.wrapping_add(end);
            self.whole = self.whole.with(buf, 0, end);
            return;
        };
        // Only the difference counts, so nothing is lost where the two have wrapped.
        self.sent = mark.wrapping_sub(edge.mark);
        self.written = end.saturating_sub(quote);
        self.sum = match quote.checked_sub(self.sent) {
            Some(begin) => Sum::START.with(buf, begin, quote),
            None => self.whole.with(buf, 0, quote),
        };
        self.whole = self.sum.with(buf, quote, end);
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

    /// The sum with the bytes of `buf` from `from` to `to`.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn with(self, buf: &[u8], from: usize, to: usize) -> Self {
        let add = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        let bytes = buf.get(from..to).unwrap_or_default();
        Self(bytes.iter().fold(self.0, add))
    }
}

impl<T: Document> Resumable<T> {
    /// The least buffer that a piece fits.
    pub const MIN_BUFFER: usize = MIN_BUFFER;

    /// A document of which nothing was written.
    pub const fn new(document: T) -> Self {
        Self {
            document,
            place: Place {
                path: [0; LEVELS],
                kinds: Kinds(0),
                levels: 0,
                event: Sent {
                    sent: 0,
                    sum: Sum::START,
                    read: 0,
                    written: 0,
                    whole: Sum::START,
                },
            },
            is_done: false,
            error: None,
        }
    }

    /// Writes the next bytes of the document to the front of `buf`; how many. Zero is the end.
    ///
    /// All of `buf` is filled but for a few bytes at its end, where a character or an escape was
    /// not to be split.
    ///
    /// # Errors
    ///
    /// What is wrong with the value; [`JsonError::StructureChanged`] or [`JsonError::TextChanged`]
    /// where it is not what it was; [`JsonError::Full`] where `buf` is shorter than [`MIN_BUFFER`](Self::MIN_BUFFER). What was
    /// written before is then no document, and cannot become one; a buffer that is long enough may
    /// be tried after `Full`. An error that a value makes up itself is [`JsonError::Custom`] here.
    pub fn fill(&mut self, buf: &mut [u8]) -> Result<usize, JsonError> {
        if self.is_done {
            return Ok(0);
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        let len = buf.len();
        if len < Self::MIN_BUFFER {
            return Err(JsonError::Full);
        }
        let Place {
            path,
            kinds,
            levels,
            event,
        } = &mut self.place;
        let before = event.sent.wrapping_add(event.written);
        let (rest, behind, covered) = match *levels == 0 && before == 0 {
            true => (&mut *buf, &mut [][..], 0),
            false => (&mut [][..], &mut *buf, len.wrapping_add(event.written)),
        };
        let replay = Replaying {
            rest: Cell::new(rest),
            behind: Cell::new(behind),
            covered: Cell::new(covered),
            target: Cell::new(*levels),
            path: Cell::from_mut(&mut path[..]).as_slice_of_cells(),
            kinds: Cell::from_mut(kinds),
            levels: Cell::from_mut(levels),
            index: Cell::new(BEFORE),
            mark: Cell::new(len.wrapping_add(before)),
            swallow: Cell::new(event.sent),
            sum: Cell::new(Sum::START),
            read: Cell::new(event.read),
            event,
            string: Cell::new(Text::default()),
            edge: Cell::new(None),
            error: Cell::new(None),
        };
        let sink = Window {
            replay: &replay,
            dialect: PhantomData,
        };
        let is_whole = self.document.put(sink, 0).is_ok();
        let result = match (is_whole, replay.edge.get()) {
            (true, None) if replay.is_in_place() => {
                let left = replay.free();
                self.is_done = true;
                Ok(len.saturating_sub(left))
            }
            (false, Some(edge)) if replay.is_in_place() => {
                let mark = replay.mark.get();
                self.place.event.advance(buf, edge, mark);
                Ok(len.saturating_sub(edge.left))
            }
            // A value may hide that something failed.
            (is_whole, None) if !is_whole || replay.target.get() == NOWHERE => {
                Err(replay.error.get().unwrap_or(JsonError::Custom))
            }
            _ if replay.is_found() && !replay.is_in_place() => Err(JsonError::TextChanged),
            _ => Err(JsonError::StructureChanged),
        };
        self.error = result.err();
        result
    }

    /// Whether all of the document was written.
    pub const fn is_done(&self) -> bool {
        self.is_done
    }
}

/// Where the window became full.
#[derive(Clone, Copy, Debug)]
struct Edge {
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

/// One replay. The sinks are references to it, so that they fit one register.
struct Replaying<'b> {
    /// What is free of the window: nothing while bytes are swallowed, so that what is usual asks for
    /// nothing more than room.
    rest: Cell<&'b mut [u8]>,
    /// The window, until all is swallowed, and how many bytes of the document are from its start
    /// to its end, with what was sent of the string at the place.
    behind: Cell<&'b mut [u8]>,
    covered: Cell<usize>,
    /// How many levels are on the way to the place; 0 from there on, and the most at the end.
    target: Cell<u8>,
    /// The events that lead to the place, and from there on those that are being written.
    path: &'b [Cell<u32>],
    kinds: &'b Cell<Kinds>,
    levels: &'b Cell<u8>,
    /// The event of the level that has been reached on the way.
    index: Cell<u32>,
    /// How many bytes were left when the last event began.
    mark: Cell<usize>,
    /// What was sent of the event at the place.
    event: &'b Sent,
    /// How many bytes are still to be swallowed.
    swallow: Cell<usize>,
    /// The sum of what was swallowed.
    sum: Cell<Sum>,
    /// How many bytes of the string at the place are not to be read again.
    read: Cell<usize>,
    string: Cell<Text>,
    edge: Cell<Option<Edge>>,
    error: Cell<Option<JsonError>>,
}

/// The index before the first event.
const BEFORE: u32 = u32::MAX;

/// The target when nothing is written any more.
const NOWHERE: u8 = u8::MAX;

impl<'b> Replaying<'b> {
    /// Whether the place was found.
    fn is_found(&self) -> bool {
        self.target.get() == 0 || self.edge.get().is_some()
    }

    /// Whether the place was found, and all that was sent of the event there was the same.
    fn is_in_place(&self) -> bool {
        self.is_found() && self.swallow.get() == 0 && self.read.get() == 0
    }

    /// How much of the window is free for sure.
    #[inline(always)]
    fn free(&self) -> usize {
        let rest = self.rest.take();
        let len = rest.len();
        self.rest.set(rest);
        len
    }

    /// How many bytes are left to the end of the window, with those that are written again.
    #[inline(always)]
    fn left(&self) -> usize {
        match self.free() {
            0 => self.covered.get().wrapping_add(self.swallow.get()),
            free => free,
        }
    }

    #[cold]
    fn lead(&self, level: u8) -> Result<Event, JsonError> {
        let target = self.target.get();
        let index = self.index.get().wrapping_add(1);
        self.index.set(index);
        match self.path.get(usize::from(level)) {
            Some(at) if level < target && index < at.get() => Ok(Event::Skip),
            Some(at) if level < target && index == at.get() => {
                if level + 1 < target {
                    return Ok(Event::Descend);
                }
                self.target.set(0);
                self.mark.set(self.left());
                Ok(Event::Write)
            }
            _ => Err(self.changed(JsonError::StructureChanged)),
        }
    }

    #[cold]
    fn changed(&self, error: JsonError) -> JsonError {
        self.note(error);
        error
    }

    #[cold]
    fn full(&self, mark: usize, read: usize) -> Stop {
        if self.target.get() != NOWHERE {
            let left = self.free();
            self.edge.set(Some(Edge { left, mark, read }));
            self.nowhere();
        }
        Stop
    }

    /// Nothing is written any more.
    fn nowhere(&self) {
        self.rest.take();
        self.behind.take();
        self.target.set(NOWHERE);
    }

    /// Writes `bytes` as far as they are not swallowed.
    #[inline(never)]
    fn spill(&self, bytes: &[u8]) -> Result<(), Stop> {
        if self.target.get() != 0 {
            return Err(self.changed(JsonError::StructureChanged).into());
        }
        let left = self.swallow.get();
        let (swallowed, bytes) = bytes.split_at_checked(left).unwrap_or((bytes, &[]));
        if left > 0 {
            self.sum
                .set(self.sum.get().with(swallowed, 0, swallowed.len()));
            self.swallow.set(left - swallowed.len());
            if left > swallowed.len() {
                return Ok(());
            }
            if self.sum.get() != self.event.sum {
                return Err(self.changed(JsonError::TextChanged).into());
            }
        }
        let mut rest = self.rest.take();
        if rest.is_empty() {
            self.covered.set(0);
            rest = self.behind.take();
        }
        let fits = bytes.len().min(rest.len());
        let (now, later) = bytes.split_at_checked(fits).unwrap_or((bytes, &[]));
        if let Some((to, rest)) = rest.split_at_mut_checked(fits) {
            copy(to, now);
            self.rest.set(rest);
        }
        match later.is_empty() {
            true => Ok(()),
            false => Err(self.full(0, 0)),
        }
    }

    /// Writes a string, if there is room for it.
    #[cfg(target_pointer_width = "64")]
    #[inline]
    fn string_at_once<D: Dialect>(&self, text: &str) -> bool {
        let mut rest = self.rest.take();
        let written = match text.len() < rest.len() {
            true => leaf::string::<D>(rest, text.as_bytes()),
            false => None,
        };
        if let Some(written) = written {
            rest = rest.get_mut(written..).unwrap_or_default();
        }
        self.rest.set(rest);
        written.is_some()
    }

    #[inline(never)]
    fn quote(&self) -> Result<(), Stop> {
        let was_swallowed = self.swallow.get() > 0;
        self.spill(b"\"")?;
        let mut string = Text {
            mark: self.left(),
            read: 0,
            skip: 0,
        };
        if was_swallowed && self.swallow.get() == 0 {
            string.mark = string.mark.wrapping_add(self.event.written);
            string.skip = self.read.get();
        }
        self.string.set(string);
        Ok(())
    }

    #[inline(never)]
    fn fragment<D: Dialect>(&self, text: &str) -> Result<(), Stop> {
        let mut string = self.string.get();
        let skipped = string.skip.min(text.len());
        let mut text = match text.get(skipped..) {
            Some(text) => text.as_bytes(),
            None => return Err(self.changed(JsonError::TextChanged).into()),
        };
        if skipped > 0 {
            string.skip -= skipped;
            string.read = string.read.wrapping_add(skipped);
            self.read.set(string.skip);
        }
        while self.swallow.get() > 0 && !text.is_empty() {
            let mut piece = [0; 8];
            let (read, written) = leaf::escape::<D>(&mut piece, text);
            text = text.get(read..).unwrap_or_default();
            string.read = string.read.wrapping_add(read);
            self.spill(piece.get(..written).unwrap_or_default())?;
        }
        let rest = self.rest.take();
        let (mut read, mut written) = leaf::escape::<D>(rest, text);
        // Where the rest is to follow, no character is split.
        while read > 0 && text.get(read).is_some_and(|byte| byte & 0xc0 == 0x80) {
            read -= 1;
            written = written.wrapping_sub(1);
        }
        self.rest.set(rest.get_mut(written..).unwrap_or_default());
        string.read = string.read.wrapping_add(read);
        self.string.set(string);
        match read == text.len() {
            true => Ok(()),
            false => Err(self.full(string.mark, string.read)),
        }
    }

    #[inline(never)]
    fn unquote(&self) -> Result<(), Stop> {
        let Text { mark, read, .. } = self.string.get();
        match self.left() {
            0 => Err(self.full(mark, read)),
            _ => self.spill(b"\""),
        }
    }
}

impl Replay for &Replaying<'_> {
    const ON: bool = true;

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn enter(self, level: u8, kind: Kind) -> Result<(), JsonError> {
        let Some(at) = self.path.get(usize::from(level)) else {
            return Ok(());
        };
        let kinds = self.kinds.get();
        if level >= self.target.get() {
            self.kinds.set(kinds.with(level, kind as u8));
            at.set(BEFORE);
        } else if kinds.get(level) == kind as u8 {
            self.index.set(BEFORE);
        } else {
            return Err(self.changed(JsonError::StructureChanged));
        }
        Ok(())
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn event(self, level: u8) -> Result<Event, JsonError> {
        if self.target.get() != 0 {
            return self.lead(level);
        }
        // What is deeper is written whenever an element around it is.
        if let Some(at) = self.path.get(usize::from(level)) {
            let index = at.get().wrapping_add(1);
            if index == BEFORE {
                self.note(JsonError::TooManyElements);
                return Err(JsonError::TooManyElements);
            }
            at.set(index);
            self.levels.set(level + 1);
            self.mark.set(self.left());
        }
        Ok(Event::Write)
    }

    #[inline]
    fn ahead(self, level: u8) -> u32 {
        match self.path.get(usize::from(level)) {
            Some(at) if level < self.target.get() => {
                at.get().saturating_sub(self.index.get().wrapping_add(1))
            }
            _ => 0,
        }
    }

    fn skip(self, _: u8, count: u32) {
        self.index.set(self.index.get().wrapping_add(count));
    }

    #[cold]
    fn failed(self) {
        self.nowhere();
    }

    #[cold]
    fn note(self, error: JsonError) {
        if self.error.get().is_none() {
            self.error.set(Some(error));
        }
    }
}

/// Writes to the window of one replay.
struct Window<'r, 'b, D> {
    replay: &'r Replaying<'b>,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Window<'_, '_, D> {
    /// The sink again, if all went well.
    #[inline(always)]
    fn and(self, result: Result<(), Stop>) -> Result<Self, Stop> {
        match result {
            Ok(()) => Ok(self),
            Err(stop) => Err(stop),
        }
    }
}

impl<'r, 'b, D: Dialect> Sink for Window<'r, 'b, D> {
    type Dialect = D;
    type Error = Stop;
    type Replay = &'r Replaying<'b>;
    type Room = &'b mut [u8];

    #[inline(always)]
    fn take(&mut self) -> Self {
        Self { ..*self }
    }

    #[inline(always)]
    fn replay(&self) -> Self::Replay {
        self.replay
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn begin(self, level: u8, separator: u8, name: Option<&str>) -> Result<(Self, bool), Stop> {
        let result = match (self.replay.event(level)?, name) {
            (Event::Skip, _) => return Ok((self, false)),
            (Event::Descend, _) => Ok(self),
            (Event::Write, Some(name)) => leaf::key(self, separator, name),
            (Event::Write, None) => self.put(&[separator]),
        };
        match result {
            Ok(sink) => Ok((sink, true)),
            Err(stop) => Err(stop),
        }
    }

    #[inline(always)]
    fn grab(&mut self) -> &'b mut [u8] {
        self.replay.rest.take()
    }

    #[inline(always)]
    fn give(self, room: &'b mut [u8], written: usize) -> Result<Self, Stop> {
        match room.split_at_mut_checked(written) {
            Some((_, rest)) => {
                self.replay.rest.set(rest);
                Ok(self)
            }
            None => Err(Stop),
        }
    }

    #[inline(always)]
    fn spill(self, bytes: &[u8]) -> Result<Self, Stop> {
        let result = self.replay.spill(bytes);
        self.and(result)
    }

    #[inline]
    fn string(self, text: &str) -> Result<Self, Stop> {
        #[cfg(target_pointer_width = "64")]
        if self.replay.string_at_once::<D>(text) {
            return Ok(self);
        }
        self.quote()?.fragment(text)?.unquote()
    }

    #[inline(always)]
    fn quote(self) -> Result<Self, Stop> {
        let result = self.replay.quote();
        self.and(result)
    }

    #[inline(always)]
    fn fragment(self, text: &str) -> Result<Self, Stop> {
        let result = self.replay.fragment::<D>(text);
        self.and(result)
    }

    #[inline(always)]
    fn unquote(self) -> Result<Self, Stop> {
        let result = self.replay.unquote();
        self.and(result)
    }
}
