use core::marker::PhantomData;
use core::mem;

use super::interface::RawSink;
use crate::error::JsonError;
use crate::json::escape::escape;
use crate::json::rules::Rules;
use crate::json::scalar;

/// Counts, and is never full.
#[derive(Debug)]
pub(crate) struct Count<D> {
    pub(crate) len: usize,
    dialect: PhantomData<D>,
}

impl<D> Count<D> {
    pub(crate) const fn new(len: usize) -> Self {
        Self {
            len,
            dialect: PhantomData,
        }
    }

    const fn plus(self, n: usize) -> Self {
        Self::new(self.len.saturating_add(n))
    }
}

impl<D: Rules> RawSink for Count<D> {
    type Dialect = D;
    type Error = JsonError;
    type Replay = ();
    type Room = &'static mut [u8];

    /// Leaves a count beyond all lengths, so that a value that hides a failure gets no length.
    #[inline]
    fn take(&mut self) -> Self {
        Self::new(mem::replace(&mut self.len, usize::MAX))
    }

    #[inline]
    fn replay(&self) {}

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
        Ok(Self::new(len))
    }

    #[inline]
    fn unquote(self) -> Result<Self, JsonError> {
        Ok(self.plus(1))
    }
}
