//! The window of a document that one piece is written to, as a sink.

use core::marker::PhantomData;

use super::replay::Replaying;
use crate::error::JsonError;
use crate::json::rules::Rules;
use crate::json::scalar;
use crate::json::sink::fault::WriteFailed;
use crate::json::sink::interface::RawSink;
use crate::json::sink::replay::{ElementAction, Replay as _};

/// Writes to the window of one replay.
pub(super) struct Window<'r, 'b, D> {
    pub(super) replay: &'r Replaying<'b>,
    pub(super) dialect: PhantomData<D>,
}

impl<D: Rules> Window<'_, '_, D> {
    /// Gives the sink back, if all went well.
    #[inline(always)]
    fn and(self, result: Result<(), WriteFailed>) -> Result<Self, WriteFailed> {
        match result {
            Ok(()) => Ok(self),
            Err(stop) => Err(stop),
        }
    }
}

impl<'r, 'b, D: Rules> RawSink for Window<'r, 'b, D> {
    type Dialect = D;
    type Error = WriteFailed;
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

    #[cold]
    fn fail(&self, error: JsonError) -> WriteFailed {
        self.replay.fail(error)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn begin(
        self,
        level: u8,
        separator: u8,
        name: Option<&str>,
    ) -> Result<(Self, bool), WriteFailed> {
        let result = match (self.replay.next_element(level)?, name) {
            (ElementAction::Skip, _) => return Ok((self, false)),
            (ElementAction::Descend, _) => Ok(self),
            (ElementAction::Write, name) => scalar::begin(self, separator, name),
        };
        match result {
            Ok(sink) => Ok((sink, true)),
            Err(stop) => Err(stop),
        }
    }

    #[inline(always)]
    fn take_room(&mut self) -> &'b mut [u8] {
        self.replay.rest.take()
    }

    #[inline(always)]
    fn commit(self, room: &'b mut [u8], written: usize) -> Result<Self, WriteFailed> {
        match room.split_at_mut_checked(written) {
            Some((_, rest)) => {
                self.replay.rest.set(rest);
                Ok(self)
            }
            None => Err(WriteFailed),
        }
    }

    #[inline(always)]
    fn write_bytes(self, bytes: &[u8]) -> Result<Self, WriteFailed> {
        let result = self.replay.write_bytes(bytes);
        self.and(result)
    }

    #[inline(always)]
    fn raw(self, text: &str, depth: u8) -> Result<Self, WriteFailed> {
        let result = self.replay.raw(text, depth);
        self.and(result)
    }

    #[inline(always)]
    fn write_array<const N: usize>(self, bytes: &[u8; N]) -> Result<Self, WriteFailed> {
        scalar::write_array(self, bytes)
    }

    #[inline]
    fn string(self, text: &str) -> Result<Self, WriteFailed> {
        if scalar::STRING_AT_ONCE && self.replay.string_at_once::<D>(text) {
            return Ok(self);
        }
        self.quote()?.fragment(text)?.unquote()
    }

    #[inline(always)]
    fn quote(self) -> Result<Self, WriteFailed> {
        let result = self.replay.quote();
        self.and(result)
    }

    #[inline(always)]
    fn fragment(self, text: &str) -> Result<Self, WriteFailed> {
        let result = self.replay.fragment::<D>(text);
        self.and(result)
    }

    #[inline(always)]
    fn unquote(self) -> Result<Self, WriteFailed> {
        let result = self.replay.unquote();
        self.and(result)
    }
}
