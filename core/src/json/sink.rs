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
    use super::{Dialect, Fault, Replay, WINDOW};

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

        /// Takes the room that there is for sure, to [`give`](Self::give) it back.
        fn grab(&mut self) -> Self::Room;

        /// Takes the room back, at the front of which `written` bytes were written.
        fn give(self, room: Self::Room, written: usize) -> Result<Self, Self::Error>;

        /// Writes `bytes`, where there may be too little room.
        fn spill(self, bytes: &[u8]) -> Result<Self, Self::Error>;

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
    /// An array that is the value of an object of one member.
    WrappedArray,
    /// An object that is the value of an object of one member.
    WrappedObject,
}

/// Remembers the place where a sink became full, and leads back to it.
///
/// Elements, members and ends are *events*: `level` is how many arrays and objects are around the
/// one whose event it is, `index` counts its events. Brackets that open belong to the first event.
#[doc(hidden)]
pub trait Replay: Copy {
    /// Whether it does anything.
    const ON: bool;

    /// An array or an object begins.
    fn enter(self, level: u8, kind: Kind) -> Result<(), JsonError>;

    fn event(self, level: u8, index: u32) -> Result<Event, JsonError>;

    /// The first event that is not skipped.
    fn first(self, level: u8) -> u32;

    /// An event failed: what comes yet, because a value goes on, has no place.
    fn failed(self);
}

impl Replay for () {
    const ON: bool = false;

    #[inline(always)]
    fn enter(self, _: u8, _: Kind) -> Result<(), JsonError> {
        Ok(())
    }

    #[inline(always)]
    fn event(self, _: u8, _: u32) -> Result<Event, JsonError> {
        Ok(Event::Write)
    }

    #[inline(always)]
    fn first(self, _: u8) -> u32 {
        0
    }

    #[inline(always)]
    fn failed(self) {}
}
