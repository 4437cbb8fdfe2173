//! The interface of sinks. A sink is passed and returned by value, so that it stays in registers.

use core::ops::DerefMut;

use super::fault::Fault;
use super::replay::Replay;
use crate::error::JsonError;
use crate::json::raw;
use crate::json::rules::Rules;
use crate::write::decimal::{MAX_DIGITS, decimal};

/// The destination of JSON: bytes, a mere count of them, or a window of a longer text.
///
/// Sinks are the crate's own; code that writes values by hand is generic over them.
pub trait Sink: RawSink {}

impl<S: RawSink> Sink for S {}

/// The room that any number takes.
pub(crate) const WINDOW: usize = 32;

/// The methods of a sink. No other crate can name this trait, so none can call them or add a sink.
#[doc(hidden)]
pub trait RawSink: Sized {
    type Dialect: Rules;
    type Error: Fault;
    type Replay: Replay;
    type Room: DerefMut<Target = [u8]>;

    /// Moves the sink out, and leaves one that is not written to before this comes back.
    fn take(&mut self) -> Self;

    /// Gives what remembers the place when the sink is full.
    fn replay(&self) -> Self::Replay;

    /// Begins the next element of a container with `level` others around it: writes `separator`,
    /// and the name of a member. The flag says whether its value is to be written.
    fn begin(
        self,
        level: u8,
        separator: u8,
        name: Option<&str>,
    ) -> Result<(Self, bool), Self::Error>;

    /// Makes what the sink fails with because of `error`.
    #[inline]
    fn fail(&self, error: JsonError) -> Self::Error {
        self.replay().note(error);
        error.into()
    }

    /// Takes the room that there is for sure, to [`commit`](Self::commit) it.
    fn take_room(&mut self) -> Self::Room;

    /// Takes the room back, at the front of which `written` bytes were written.
    fn commit(self, room: Self::Room, written: usize) -> Result<Self, Self::Error>;

    /// Writes `bytes`, where there may be too little room.
    fn write_bytes(self, bytes: &[u8]) -> Result<Self, Self::Error>;

    /// Writes `bytes`, whose number is known at compile time.
    fn write_array<const N: usize>(self, bytes: &[u8; N]) -> Result<Self, Self::Error>;

    /// Writes a text that is JSON already, with at most `depth` arrays and objects one in another.
    #[inline(never)]
    fn raw(self, text: &str, depth: u8) -> Result<Self, Self::Error> {
        match raw::check(text, depth) {
            Ok(()) => self.write_bytes(text.as_bytes()),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Writes an unsigned decimal.
    #[inline]
    fn decimal(self, value: u64) -> Result<Self, Self::Error> {
        self.write_bytes(decimal(value, &mut [0; MAX_DIGITS]))
    }

    /// Writes `text` as a string.
    fn string(self, text: &str) -> Result<Self, Self::Error>;

    /// Begins a string that is written in fragments.
    fn quote(self) -> Result<Self, Self::Error>;

    /// Writes a fragment of a string.
    fn fragment(self, text: &str) -> Result<Self, Self::Error>;

    /// Ends a string that was written in fragments.
    fn unquote(self) -> Result<Self, Self::Error>;

    /// Writes up to [`WINDOW`] bytes that `write` writes and counts.
    #[inline(always)]
    fn window(
        mut self,
        write: impl FnOnce(&mut [u8; WINDOW]) -> usize,
    ) -> Result<Self, Self::Error> {
        let mut room = self.take_room();
        if let Some(window) = room.first_chunk_mut::<WINDOW>() {
            let len = write(window);
            return self.commit(room, len);
        }
        let mut window = [0; WINDOW];
        let len = write(&mut window);
        self.commit(room, 0)?
            .write_bytes(window.get(..len).unwrap_or_default())
    }
}
