use core::cell::Cell;
use core::marker::PhantomData;

use super::escaping::write_escaped;
use super::fault::WriteFailed;
use super::interface::RawSink;
use super::replay::{Note, Replay as _};
use crate::error::JsonError;
use crate::json::rules::Rules;
use crate::write::buf::Buf;
use crate::write::decimal::compact as decimal;

/// Writes while there is room, and counts for ever: on small targets the code of a value is there
/// once for both.
///
/// It is one pointer, or null while another has that.
pub(crate) struct MeasuringSink<'t, 'p, 'b, D> {
    output: Option<&'t mut TextOutput<'p, 'b>>,
    dialect: PhantomData<D>,
}

/// The destination of the text, and of what is wrong with the value.
pub(crate) struct TextOutput<'p, 'b> {
    buf: &'p mut Buf<'b>,
    error: &'p Cell<Option<JsonError>>,
}

impl<'p, 'b> TextOutput<'p, 'b> {
    pub(crate) fn new(buf: &'p mut Buf<'b>, error: &'p Cell<Option<JsonError>>) -> Self {
        Self { buf, error }
    }

    #[inline(never)]
    fn append(this: Option<&mut Self>, bytes: &[u8]) {
        if let Some(Self { buf, .. }) = this {
            buf.write(bytes);
        }
    }

    #[inline(never)]
    fn push(this: Option<&mut Self>, byte: u8) {
        if let Some(Self { buf, .. }) = this {
            buf.write_byte(byte);
        }
    }

    #[inline(never)]
    fn decimal(this: Option<&mut Self>, value: u32) {
        if let Some(Self { buf, .. }) = this {
            decimal::write_32(buf, value);
        }
    }

    #[cold]
    fn wide_decimal(this: Option<&mut Self>, value: u64) {
        if let Some(Self { buf, .. }) = this {
            decimal::write(buf, value);
        }
    }

    #[inline(never)]
    fn fragment<D: Rules>(this: Option<&mut Self>, text: &str) {
        if let Some(Self { buf, .. }) = this {
            write_escaped::<D>(buf, text.as_bytes());
        }
    }

    #[inline(never)]
    fn string<D: Rules>(this: Option<&mut Self>, text: &str) {
        if let Some(Self { buf, .. }) = this {
            buf.write_byte(b'"');
            write_escaped::<D>(buf, text.as_bytes());
            buf.write_byte(b'"');
        }
    }

    /// Writes `separator`, a member's name and its colon.
    #[inline(never)]
    fn key<D: Rules>(this: Option<&mut Self>, separator: u8, name: &str) {
        if let Some(Self { buf, .. }) = this {
            buf.write_two([separator, b'"']);
            write_escaped::<D>(buf, name.as_bytes());
            buf.write_two(*b"\":");
        }
    }
}

impl<'t, 'p, 'b, D: Rules> MeasuringSink<'t, 'p, 'b, D> {
    pub(crate) const fn new(output: &'t mut TextOutput<'p, 'b>) -> Self {
        Self {
            output: Some(output),
            dialect: PhantomData,
        }
    }

    /// Tells whether the text is complete: it is not where the value hid a failure.
    pub(crate) fn is_complete(&self) -> bool {
        self.output.is_some()
    }
}

impl<'p, D: Rules> RawSink for MeasuringSink<'_, 'p, '_, D> {
    type Dialect = D;
    type Error = WriteFailed;
    type Replay = Note<'p>;
    type Room = &'static mut [u8];

    #[inline]
    fn take(&mut self) -> Self {
        Self {
            output: self.output.take(),
            dialect: PhantomData,
        }
    }

    #[inline(never)]
    fn fail(&self, error: JsonError) -> WriteFailed {
        self.replay().note(error);
        WriteFailed
    }

    #[inline]
    fn replay(&self) -> Note<'p> {
        Note(self.output.as_ref().map(|output| output.error))
    }

    #[inline]
    fn take_room(&mut self) -> &'static mut [u8] {
        &mut []
    }

    #[inline]
    fn commit(self, _: &'static mut [u8], _: usize) -> Result<Self, WriteFailed> {
        Ok(self)
    }

    #[inline]
    fn write_array<const N: usize>(mut self, bytes: &[u8; N]) -> Result<Self, WriteFailed> {
        match bytes.as_slice() {
            [byte] => TextOutput::push(self.output.as_deref_mut(), *byte),
            bytes => TextOutput::append(self.output.as_deref_mut(), bytes),
        }
        Ok(self)
    }

    #[inline]
    fn write_bytes(mut self, bytes: &[u8]) -> Result<Self, WriteFailed> {
        TextOutput::append(self.output.as_deref_mut(), bytes);
        Ok(self)
    }

    #[inline]
    fn decimal(mut self, value: u64) -> Result<Self, WriteFailed> {
        match u32::try_from(value) {
            Ok(value) => TextOutput::decimal(self.output.as_deref_mut(), value),
            Err(_) => TextOutput::wide_decimal(self.output.as_deref_mut(), value),
        }
        Ok(self)
    }

    #[inline]
    fn begin(
        mut self,
        _: u8,
        separator: u8,
        name: Option<&str>,
    ) -> Result<(Self, bool), WriteFailed> {
        match name {
            Some(name) => TextOutput::key::<D>(self.output.as_deref_mut(), separator, name),
            None => TextOutput::push(self.output.as_deref_mut(), separator),
        }
        Ok((self, true))
    }

    #[inline]
    fn string(mut self, text: &str) -> Result<Self, WriteFailed> {
        TextOutput::string::<D>(self.output.as_deref_mut(), text);
        Ok(self)
    }

    #[inline]
    fn quote(self) -> Result<Self, WriteFailed> {
        self.write_array(b"\"")
    }

    #[inline]
    fn fragment(mut self, text: &str) -> Result<Self, WriteFailed> {
        TextOutput::fragment::<D>(self.output.as_deref_mut(), text);
        Ok(self)
    }

    #[inline]
    fn unquote(self) -> Result<Self, WriteFailed> {
        self.write_array(b"\"")
    }
}
