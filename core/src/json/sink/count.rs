use core::cell::Cell;
use core::marker::PhantomData;
use core::mem;

use super::interface::RawSink;
use super::replay::Note;
use crate::error::JsonError;
use crate::json::escape::escape;
use crate::json::rules::Rules;
use crate::json::scalar;

/// Counts, and is never full.
#[derive(Debug)]
pub(crate) struct Count<'p, D> {
    len: usize,
    error: &'p Cell<Option<JsonError>>,
    dialect: PhantomData<D>,
}

/// The count of a sink that another has taken the place of: no text is so long.
const TAKEN: usize = usize::MAX;

impl<'p, D> Count<'p, D> {
    /// Counts from 0; what is wrong with the value goes to `error`.
    pub(crate) const fn new(error: &'p Cell<Option<JsonError>>) -> Self {
        Self {
            len: 0,
            error,
            dialect: PhantomData,
        }
    }

    /// Gives the length; `None` where the value hid a failure.
    pub(crate) fn len(&self) -> Option<usize> {
        (self.len != TAKEN).then_some(self.len)
    }

    const fn plus(self, n: usize) -> Self {
        Self {
            len: self.len.saturating_add(n),
            ..self
        }
    }
}

impl<'p, D: Rules> RawSink for Count<'p, D> {
    type Dialect = D;
    type Error = JsonError;
    type Replay = Note<'p>;
    type Room = &'static mut [u8];

    #[inline]
    fn take(&mut self) -> Self {
        Self {
            len: mem::replace(&mut self.len, TAKEN),
            ..*self
        }
    }

    #[inline]
    fn replay(&self) -> Note<'p> {
        Note((self.len != TAKEN).then_some(self.error))
    }

    #[inline(always)]
    fn begin(self, _: u8, separator: u8, name: Option<&str>) -> Result<(Self, bool), JsonError> {
        match scalar::begin(self, separator, name) {
            Ok(sink) => Ok((sink, true)),
            Err(error) => Err(error),
        }
    }

    #[inline]
    fn take_room(&mut self) -> &'static mut [u8] {
        &mut []
    }

    #[inline]
    fn commit(self, _: &'static mut [u8], written: usize) -> Result<Self, JsonError> {
        Ok(self.plus(written))
    }

    #[inline]
    fn write_bytes(self, bytes: &[u8]) -> Result<Self, JsonError> {
        Ok(self.plus(bytes.len()))
    }

    #[inline(always)]
    fn write_array<const N: usize>(self, bytes: &[u8; N]) -> Result<Self, JsonError> {
        scalar::write_array(self, bytes)
    }

    #[inline]
    fn string(self, text: &str) -> Result<Self, JsonError> {
        Ok(self.fragment(text)?.plus(2))
    }

    #[inline]
    fn quote(self) -> Result<Self, JsonError> {
        Ok(self.plus(1))
    }

    #[inline(never)]
    fn fragment(self, text: &str) -> Result<Self, JsonError> {
        let add = |len: usize, byte: &u8| len.saturating_add(escape(*byte, D::SLASH).1);
        let len = text.as_bytes().iter().fold(self.len, add);
        Ok(Self { len, ..self })
    }

    #[inline]
    fn unquote(self) -> Result<Self, JsonError> {
        Ok(self.plus(1))
    }
}
