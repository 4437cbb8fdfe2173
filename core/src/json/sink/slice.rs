use core::marker::PhantomData;
use core::mem;

use super::fault::WriteFailed;
use super::interface::RawSink;
use crate::json::rules::Rules;
use crate::json::scalar;
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

impl<'b, D: Rules> RawSink for Slice<'b, D> {
    type Dialect = D;
    type Error = WriteFailed;
    type Replay = ();
    type Room = &'b mut [u8];

    #[inline(always)]
    fn take(&mut self) -> Self {
        Self::new(mem::take(&mut self.rest))
    }

    #[inline(always)]
    fn replay(&self) {}

    #[inline(always)]
    fn begin(self, _: u8, separator: u8, name: Option<&str>) -> Result<(Self, bool), WriteFailed> {
        match scalar::begin(self, separator, name) {
            Ok(sink) => Ok((sink, true)),
            Err(error) => Err(error),
        }
    }

    #[inline(always)]
    fn take_room(&mut self) -> &'b mut [u8] {
        mem::take(&mut self.rest)
    }

    #[inline(always)]
    fn commit(self, room: &'b mut [u8], written: usize) -> Result<Self, WriteFailed> {
        match room.split_at_mut_checked(written) {
            Some((_, rest)) => Ok(Self::new(rest)),
            None => Err(WriteFailed),
        }
    }

    #[inline(never)]
    fn write_bytes(self, bytes: &[u8]) -> Result<Self, WriteFailed> {
        match self.rest.split_at_mut_checked(bytes.len()) {
            Some((to, rest)) => {
                copy(to, bytes);
                Ok(Self::new(rest))
            }
            None => Err(WriteFailed),
        }
    }

    #[inline(always)]
    fn write_array<const N: usize>(self, bytes: &[u8; N]) -> Result<Self, WriteFailed> {
        scalar::write_array(self, bytes)
    }

    #[inline]
    fn string(self, text: &str) -> Result<Self, WriteFailed> {
        match scalar::string::<D>(self.rest, text.as_bytes()) {
            Some(written) => Self::new(&mut []).commit(self.rest, written),
            None => Err(WriteFailed),
        }
    }

    #[inline]
    fn quote(self) -> Result<Self, WriteFailed> {
        self.write_array(b"\"")
    }

    fn fragment(self, text: &str) -> Result<Self, WriteFailed> {
        let (read, written) = scalar::escape::<D>(self.rest, text.as_bytes());
        match read == text.len() {
            true => Self::new(&mut []).commit(self.rest, written),
            false => Err(WriteFailed),
        }
    }

    #[inline]
    fn unquote(self) -> Result<Self, WriteFailed> {
        self.write_array(b"\"")
    }
}
