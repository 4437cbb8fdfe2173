use core::cell::Cell;
use core::marker::PhantomData;

use super::dialect::escape;
use super::sink::sealed::Sink;
use super::stop::Stop;
use super::{Dialect, JsonError};

/// Writes while there is room, and counts for ever: on small targets the code of a value is there
/// once for both.
///
/// It is one pointer, and it or [`Stop`] too.
pub(crate) struct Tally<'t, 'b, D> {
    place: &'t Place<'t, 'b>,
    dialect: PhantomData<D>,
}

/// Where the text is written, and how long it is so far.
pub(crate) struct Place<'t, 'b> {
    room: &'b [Cell<u8>],
    len: Cell<usize>,
    error: Cell<Option<JsonError>>,
    /// What is written to where the text is not to go on: by a value that hides a failure.
    aside: Option<&'t Place<'t, 'b>>,
}

impl<'t, 'b> Place<'t, 'b> {
    /// A place for a text, or without `aside` one beside it.
    pub(crate) fn new(room: &'b mut [u8], aside: Option<&'t Self>) -> Self {
        Self {
            room: Cell::from_mut(room).as_slice_of_cells(),
            len: Cell::new(0),
            error: Cell::new(None),
            aside,
        }
    }

    /// What is wrong with a value that was not written to its end.
    pub(crate) fn error(&self) -> JsonError {
        self.error.get().unwrap_or(JsonError::Custom)
    }

    /// Writes as much of `bytes` as fits.
    #[inline(never)]
    fn put(&self, bytes: &[u8]) {
        let at = self.len.get();
        let free = self.room.get(at..).unwrap_or_default();
        for (to, from) in free.iter().zip(bytes) {
            to.set(*from);
        }
        self.len.set(at.saturating_add(bytes.len()));
    }

    #[inline(never)]
    fn push(&self, byte: u8) {
        let at = self.len.get();
        if let Some(to) = self.room.get(at) {
            to.set(byte);
        }
        self.len.set(at.saturating_add(1));
    }

    /// Writes `text` with escapes.
    #[inline(never)]
    fn escape(&self, text: &[u8], slash: bool) {
        let is_escaped =
            |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\') || slash && *byte == b'/';
        let mut rest = text;
        while let Some(plain) = rest.iter().position(is_escaped) {
            let (run, tail) = rest.split_at_checked(plain).unwrap_or_default();
            self.put(run);
            let Some((byte, tail)) = tail.split_first() else {
                return;
            };
            let (escaped, len) = escape(*byte, slash);
            self.put(escaped.get(..len).unwrap_or_default());
            rest = tail;
        }
        self.put(rest);
    }

    #[inline(never)]
    fn string(&self, text: &str, slash: bool) {
        self.push(b'"');
        self.escape(text.as_bytes(), slash);
        self.push(b'"');
    }

    /// Writes a member's name behind `separator`, and its colon.
    #[inline(never)]
    fn key(&self, separator: u8, name: &str, slash: bool) {
        self.push(separator);
        self.string(name, slash);
        self.push(b':');
    }
}

impl<'t, 'b, D: Dialect> Tally<'t, 'b, D> {
    pub(crate) const fn new(place: &'t Place<'t, 'b>) -> Self {
        Self {
            place,
            dialect: PhantomData,
        }
    }

    /// The length of the text, unless the value hid a failure.
    pub(crate) fn len(&self) -> Option<usize> {
        self.place.aside.map(|_| self.place.len.get())
    }
}

impl<D: Dialect> Sink for Tally<'_, '_, D> {
    type Dialect = D;
    type Error = Stop;
    type Replay = ();
    type Room = &'static mut [u8];

    #[inline]
    fn take(&mut self) -> Self {
        let place = self.place;
        self.place = place.aside.unwrap_or(place);
        Self::new(place)
    }

    #[inline(never)]
    fn fail(&self, error: JsonError) -> Stop {
        self.place.error.set(Some(error));
        Stop
    }

    #[inline]
    fn replay(&self) {}

    #[inline]
    fn grab(&mut self) -> &'static mut [u8] {
        &mut []
    }

    #[inline]
    fn give(self, _: &'static mut [u8], _: usize) -> Result<Self, Stop> {
        Ok(self)
    }

    #[inline]
    fn spill(self, bytes: &[u8]) -> Result<Self, Stop> {
        self.place.put(bytes);
        Ok(self)
    }

    #[inline]
    fn begin(self, _: u8, separator: u8, name: Option<&str>) -> Result<(Self, bool), Stop> {
        match name {
            Some(name) => self.place.key(separator, name, D::SLASH),
            None => self.place.push(separator),
        }
        Ok((self, true))
    }

    #[inline]
    fn string(self, text: &str) -> Result<Self, Stop> {
        self.place.string(text, D::SLASH);
        Ok(self)
    }

    #[inline]
    fn quote(self) -> Result<Self, Stop> {
        self.spill(b"\"")
    }

    #[inline]
    fn fragment(self, text: &str) -> Result<Self, Stop> {
        self.place.escape(text.as_bytes(), D::SLASH);
        Ok(self)
    }

    #[inline]
    fn unquote(self) -> Result<Self, Stop> {
        self.spill(b"\"")
    }
}
