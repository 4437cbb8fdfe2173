use core::marker::PhantomData;
use core::mem;

use super::dialect::escape;
use super::sink::sealed::Sink;
use super::{Dialect, JsonError};

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

impl<D: Dialect> Sink for Count<D> {
    type Dialect = D;
    type Error = JsonError;
    type Replay = ();
    type Room = &'static mut [u8];

    /// What it leaves is beyond all lengths, so that whoever hides a failure does not get a length.
    #[inline]
    fn take(&mut self) -> Self {
        Self::new(mem::replace(&mut self.len, usize::MAX))
    }

    #[inline]
    fn replay(&self) {}

    #[inline]
    fn grab(&mut self) -> &'static mut [u8] {
        &mut []
    }

    #[inline]
    fn give(self, _: &'static mut [u8], written: usize) -> Result<Self, JsonError> {
        Ok(self.plus(written))
    }

    #[inline]
    fn spill(self, bytes: &[u8]) -> Result<Self, JsonError> {
        Ok(self.plus(bytes.len()))
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
