//! What JSON is written to. A sink is passed and returned by value, so that it stays in registers.

use super::JsonError;
use super::dialect::Dialect;

/// What JSON is written to: bytes, a mere count of them, or a window of a longer text.
///
/// Sinks are the crate's own; code that writes values by hand is generic over them.
pub trait Sink: sealed::Sink {}

impl<S: sealed::Sink> Sink for S {}

/// The room that any number takes.
pub(crate) const WINDOW: usize = 32;

pub(crate) mod sealed {
    use core::ops::DerefMut;

    use super::super::leaf;
    use super::{Dialect, Fault, JsonError, Replay, WINDOW};
    use crate::write::decimal::{MAX_DIGITS, decimal};

    #[doc(hidden)]
    pub trait Sink: Sized {
        type Dialect: Dialect;
        type Error: Fault;
        type Replay: Replay;
        type Room: DerefMut<Target = [u8]>;

        /// The sink itself, leaving one that is not written to before this comes back.
        fn take(&mut self) -> Self;

        /// What remembers the place when the sink is full.
        fn replay(&self) -> Self::Replay;

        /// Begins the next event of an array or an object with `level` others around it: writes
        /// `separator`, and the name of a member. Whether its value is to be written.
        #[inline(always)]
        fn begin(
            self,
            _level: u8,
            separator: u8,
            name: Option<&str>,
        ) -> Result<(Self, bool), Self::Error> {
            let result = match name {
                Some(name) => leaf::key(self, separator, name),
                None => self.put(&[separator]),
            };
            match result {
                Ok(sink) => Ok((sink, true)),
                Err(error) => Err(error),
            }
        }

        /// What the sink fails with because of `error`.
        #[inline]
        fn fail(&self, error: JsonError) -> Self::Error {
            self.replay().note(error);
            error.into()
        }

        /// Takes the room that there is for sure, to [`give`](Self::give) it back.
        fn grab(&mut self) -> Self::Room;

        /// Takes the room back, at the front of which `written` bytes were written.
        fn give(self, room: Self::Room, written: usize) -> Result<Self, Self::Error>;

        /// Writes `bytes`, where there may be too little room.
        fn spill(self, bytes: &[u8]) -> Result<Self, Self::Error>;

        /// Writes an unsigned decimal.
        #[inline]
        fn decimal(self, value: u64) -> Result<Self, Self::Error> {
            self.spill(decimal(value, &mut [0; MAX_DIGITS]))
        }

        /// Writes `text` as a string.
        fn string(self, text: &str) -> Result<Self, Self::Error>;

        /// Begins a string that is written in fragments.
        fn quote(self) -> Result<Self, Self::Error>;

        /// Writes a fragment of a string.
        fn fragment(self, text: &str) -> Result<Self, Self::Error>;

        /// Ends a string that was written in fragments.
        fn unquote(self) -> Result<Self, Self::Error>;

        /// Writes all of `bytes`.
        #[inline(always)]
        fn put<const N: usize>(self, bytes: &[u8; N]) -> Result<Self, Self::Error> {
            leaf::put(self, bytes)
        }

        /// Writes up to [`WINDOW`] bytes that `write` writes and counts.
        #[inline(always)]
        fn window(
            mut self,
            write: impl FnOnce(&mut [u8; WINDOW]) -> usize,
        ) -> Result<Self, Self::Error> {
            let mut room = self.grab();
            if let Some(window) = room.first_chunk_mut::<WINDOW>() {
                let len = write(window);
                return self.give(room, len);
            }
            let mut window = [0; WINDOW];
            let len = write(&mut window);
            self.give(room, 0)?
                .spill(window.get(..len).unwrap_or_default())
        }
    }
}

/// What a sink fails with: a [`JsonError`], or what only says that there is one.
#[doc(hidden)]
#[cfg(not(feature = "serde"))]
pub trait Fault: From<JsonError> {}

/// What a sink fails with: a [`JsonError`], or what only says that there is one.
#[doc(hidden)]
#[cfg(feature = "serde")]
pub trait Fault: From<JsonError> + serde_core::ser::Error {}

impl Fault for JsonError {}

/// What is done with an element, a member, or the end of an array or object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// It is written.
    Write,
    /// It was written before.
    Skip,
    /// What is before its value was written before, and some of its value.
    Descend,
}

/// What is being written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Array,
    Object,
    /// An object of one member, which is no event: the brackets belong to those of its value.
    Wrapper,
}

/// Remembers the place where a sink became full, and leads back to it.
///
/// Elements, members and ends are *events* of an array or object: `level` is how many others are
/// around that. Brackets that open belong to the first event.
#[doc(hidden)]
pub trait Replay: Copy {
    /// Whether it does anything but to remember what is wrong.
    const ON: bool = false;

    /// An array or an object begins.
    #[inline(always)]
    fn enter(self, _level: u8, _kind: Kind) -> Result<(), JsonError> {
        Ok(())
    }

    /// The next event, and what is done with it.
    #[inline(always)]
    fn event(self, _level: u8) -> Result<Event, JsonError> {
        Ok(Event::Write)
    }

    /// How many of the next events are skipped.
    #[inline(always)]
    fn ahead(self, _level: u8) -> u32 {
        0
    }

    /// Goes over the next `count` events, which are skipped.
    #[inline(always)]
    fn skip(self, _level: u8, _count: u32) {}

    /// Something failed: what comes yet, because a value goes on, has no place.
    #[inline(always)]
    fn failed(self) {}

    /// Remembers what is wrong with the value.
    #[inline(always)]
    fn note(self, _error: JsonError) {}
}

impl Replay for () {}
