use core::marker::PhantomData;
use core::mem;

use super::sink::sealed::Sink;
use super::stop::Stop;
use super::{Dialect, leaf};
use crate::write::bytes::copy;

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

impl<'b, D: Dialect> Sink for Slice<'b, D> {
    type Dialect = D;
    type Error = Stop;
    type Replay = ();
    type Room = &'b mut [u8];

    #[inline(always)]
    fn take(&mut self) -> Self {
        Self::new(mem::take(&mut self.rest))
    }

    #[inline(always)]
    fn replay(&self) {}

    #[inline(always)]
    fn grab(&mut self) -> &'b mut [u8] {
        mem::take(&mut self.rest)
    }

    #[inline(always)]
    fn give(self, room: &'b mut [u8], written: usize) -> Result<Self, Stop> {
        match room.split_at_mut_checked(written) {
            Some((_, rest)) => Ok(Self::new(rest)),
            None => Err(Stop),
        }
    }

    #[inline(never)]
    fn spill(self, bytes: &[u8]) -> Result<Self, Stop> {
        match self.rest.split_at_mut_checked(bytes.len()) {
            Some((to, rest)) => {
                copy(to, bytes);
                Ok(Self::new(rest))
            }
            None => Err(Stop),
        }
    }

    #[inline]
    fn string(self, text: &str) -> Result<Self, Stop> {
        match leaf::string::<D>(self.rest, text.as_bytes()) {
            Some(written) => Self::new(&mut []).give(self.rest, written),
            None => Err(Stop),
        }
    }

    #[inline]
    fn quote(self) -> Result<Self, Stop> {
        self.put(b"\"")
    }

    fn fragment(self, text: &str) -> Result<Self, Stop> {
        let (read, written) = leaf::escape::<D>(self.rest, text.as_bytes());
        match read == text.len() {
            true => Self::new(&mut []).give(self.rest, written),
            false => Err(Stop),
        }
    }

    #[inline]
    fn unquote(self) -> Result<Self, Stop> {
        self.put(b"\"")
    }
}
