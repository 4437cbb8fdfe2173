use core::marker::PhantomData;
use core::mem;

use super::sink::sealed::Sink;
use super::{Dialect, JsonError, leaf};
use crate::bytes::copy;

/// Writes to a slice until it is full.
#[derive(Debug)]
pub(crate) struct Slice<'b, D> {
    pub(crate) rest: &'b mut [u8],
    dialect: PhantomData<D>,
}

impl<'b, D> Slice<'b, D> {
    #[inline(always)]
    pub(crate) fn new(rest: &'b mut [u8]) -> Self {
        Self {
            rest,
            dialect: PhantomData,
        }
    }
}

impl<D: Dialect> Sink for Slice<'_, D> {
    type Dialect = D;
    type Replay = ();

    #[inline(always)]
    fn take(&mut self) -> Self {
        Self::new(mem::take(&mut self.rest))
    }

    #[inline(always)]
    fn replay(&self) {}

    #[inline(always)]
    fn left(&self) -> usize {
        0
    }

    #[inline(always)]
    fn room(&mut self) -> &mut [u8] {
        self.rest
    }

    #[inline(always)]
    fn advance(self, n: usize) -> Result<Self, JsonError> {
        match self.rest.split_at_mut_checked(n) {
            Some((_, rest)) => Ok(Self::new(rest)),
            None => Err(JsonError::Full),
        }
    }

    #[inline(never)]
    fn spill(self, bytes: &[u8]) -> Result<Self, JsonError> {
        match self.rest.split_at_mut_checked(bytes.len()) {
            Some((to, rest)) => {
                copy(to, bytes);
                Ok(Self::new(rest))
            }
            None => Err(JsonError::Full),
        }
    }

    #[inline]
    fn string(self, text: &str) -> Result<Self, JsonError> {
        leaf::string::<D>(self.rest, text.as_bytes()).map(Self::new)
    }

    #[inline]
    fn quote(self) -> Result<Self, JsonError> {
        self.put(b"\"")
    }

    fn fragment(self, text: &str) -> Result<Self, JsonError> {
        let (read, written) = leaf::escape::<D>(self.rest, text.as_bytes());
        match read == text.len() {
            true => self.advance(written),
            false => Err(JsonError::Full),
        }
    }

    #[inline]
    fn unquote(self) -> Result<Self, JsonError> {
        self.put(b"\"")
    }
}
