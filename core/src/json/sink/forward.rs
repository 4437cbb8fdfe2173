use core::cell::Cell;
use core::marker::PhantomData;

use super::fault::WriteFailed;
use super::interface::RawSink;
use super::replay::{Note, Replay as _};
use crate::error::JsonError;
use crate::json::rules::Rules;
use crate::json::scalar;

/// Takes the bytes of a text; false where not all of them have a place.
pub(crate) type Take<'t> = dyn FnMut(&[u8]) -> bool + 't;

/// Passes a text on as it is written.
pub(crate) struct Forward<'t, 'p, D> {
    /// `None` while another has it, or after a failure.
    take: Option<&'t mut Take<'p>>,
    error: &'p Cell<Option<JsonError>>,
    dialect: PhantomData<D>,
}

impl<'t, 'p, D: Rules> Forward<'t, 'p, D> {
    pub(crate) const fn new(take: &'t mut Take<'p>, error: &'p Cell<Option<JsonError>>) -> Self {
        Self {
            take: Some(take),
            error,
            dialect: PhantomData,
        }
    }

    /// Tells whether the text is complete: it is not where the value hid a failure.
    pub(crate) const fn is_complete(&self) -> bool {
        self.take.is_some()
    }
}

impl<'p, D: Rules> RawSink for Forward<'_, 'p, D> {
    type Dialect = D;
    type Error = WriteFailed;
    type Replay = Note<'p>;
    type Room = &'static mut [u8];

    fn take(&mut self) -> Self {
        Self {
            take: self.take.take(),
            ..*self
        }
    }

    fn fail(&self, error: JsonError) -> WriteFailed {
        self.replay().note(error);
        WriteFailed
    }

    fn replay(&self) -> Note<'p> {
        Note(self.take.is_some().then_some(self.error))
    }

    fn begin(self, _: u8, separator: u8, name: Option<&str>) -> Result<(Self, bool), WriteFailed> {
        let sink = self.write_bytes(&[separator])?;
        match name {
            Some(name) => Ok((sink.string(name)?.write_bytes(b":")?, true)),
            None => Ok((sink, true)),
        }
    }

    fn take_room(&mut self) -> &'static mut [u8] {
        &mut []
    }

    fn commit(self, _: &'static mut [u8], _: usize) -> Result<Self, WriteFailed> {
        Ok(self)
    }

    fn write_bytes(mut self, bytes: &[u8]) -> Result<Self, WriteFailed> {
        match self.take.as_deref_mut().is_some_and(|take| take(bytes)) {
            true => Ok(self),
            false => Err(WriteFailed),
        }
    }

    fn write_array<const N: usize>(self, bytes: &[u8; N]) -> Result<Self, WriteFailed> {
        self.write_bytes(bytes)
    }

    fn string(self, text: &str) -> Result<Self, WriteFailed> {
        self.quote()?.fragment(text)?.unquote()
    }

    fn quote(self) -> Result<Self, WriteFailed> {
        self.write_bytes(b"\"")
    }

    fn fragment(mut self, text: &str) -> Result<Self, WriteFailed> {
        let mut rest = text.as_bytes();
        let mut piece = [0; 64];
        while !rest.is_empty() {
            let (read, written) = scalar::escape::<D>(&mut piece, rest);
            self = self.write_bytes(piece.get(..written).unwrap_or_default())?;
            rest = rest.get(read..).unwrap_or_default();
        }
        Ok(self)
    }

    fn unquote(self) -> Result<Self, WriteFailed> {
        self.write_bytes(b"\"")
    }
}
