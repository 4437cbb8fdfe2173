use core::marker::PhantomData;

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
}

impl<D: Dialect> Sink for Count<D> {
    type Dialect = D;
    type Error = JsonError;
    type Replay = ();

    #[inline]
    fn take(&mut self) -> Self {
        Self::new(self.len)
    }

    #[inline]
    fn replay(&self) {}

    #[inline]
    fn left(&self) -> usize {
        0
    }

    #[inline]
    fn room(&mut self) -> &mut [u8] {
        &mut []
    }

    #[inline]
    fn advance(self, n: usize) -> Result<Self, JsonError> {
        Ok(Self::new(self.len.saturating_add(n)))
    }

    #[inline]
    fn spill(self, bytes: &[u8]) -> Result<Self, JsonError> {
        self.advance(bytes.len())
    }

    #[inline]
    fn string(self, text: &str) -> Result<Self, JsonError> {
        self.fragment(text)?.advance(2)
    }

    #[inline]
    fn quote(self) -> Result<Self, JsonError> {
        self.advance(1)
    }

    #[inline(never)]
    fn fragment(self, text: &str) -> Result<Self, JsonError> {
        let add = |len: usize, byte: &u8| len.saturating_add(escape(*byte, D::SLASH).1);
        let len = text.as_bytes().iter().fold(self.len, add);
        Ok(Self::new(len))
    }

    #[inline]
    fn unquote(self) -> Result<Self, JsonError> {
        self.advance(1)
    }
}
