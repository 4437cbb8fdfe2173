use core::cell::Cell;
use core::marker::PhantomData;

use super::dialect::hex;
use super::sink::Replay;
use super::sink::sealed::Sink;
use super::stop::Stop;
use super::{Dialect, JsonError};
use crate::write::buf::Buf;
use crate::write::decimal::compact as decimal;

/// Writes while there is room, and counts for ever: on small targets the code of a value is there
/// once for both.
///
/// It is one pointer, or null while another has that.
pub(crate) struct Tally<'t, 'p, 'b, D> {
    place: Option<&'t mut Place<'p, 'b>>,
    dialect: PhantomData<D>,
}

/// Where the text is written.
pub(crate) struct Place<'p, 'b> {
    buf: &'p mut Buf<'b>,
    error: &'p Cell<Option<JsonError>>,
}

/// Where is told what is wrong with the value, unless that has no place.
#[derive(Clone, Copy)]
pub(crate) struct Note<'p>(Option<&'p Cell<Option<JsonError>>>);

impl Replay for Note<'_> {
    fn note(self, error: JsonError) {
        if let Some(place) = self.0 {
            place.set(Some(error));
        }
    }
}

impl<'p, 'b> Place<'p, 'b> {
    pub(crate) fn new(buf: &'p mut Buf<'b>, error: &'p Cell<Option<JsonError>>) -> Self {
        Self { buf, error }
    }

    #[inline(never)]
    fn put(this: Option<&mut Self>, bytes: &[u8]) {
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
    fn fragment<D: Dialect>(this: Option<&mut Self>, text: &str) {
        if let Some(Self { buf, .. }) = this {
            put_escaped::<D>(buf, text.as_bytes());
        }
    }

    #[inline(never)]
    fn string<D: Dialect>(this: Option<&mut Self>, text: &str) {
        if let Some(Self { buf, .. }) = this {
            buf.write_byte(b'"');
            put_escaped::<D>(buf, text.as_bytes());
            buf.write_byte(b'"');
        }
    }

    /// Writes a member's name behind `separator`, and its colon.
    #[inline(never)]
    fn key<D: Dialect>(this: Option<&mut Self>, separator: u8, name: &str) {
        if let Some(Self { buf, .. }) = this {
            buf.write_two([separator, b'"']);
            put_escaped::<D>(buf, name.as_bytes());
            buf.write_two(*b"\":");
        }
    }
}

/// Writes `text` with escapes.
#[inline(never)]
fn put_escaped<D: Dialect>(buf: &mut Buf<'_>, text: &[u8]) {
    let mut rest = text;
    loop {
        let (plain, tail) = rest.split_at_checked(plain::<D>(rest)).unwrap_or_default();
        buf.write(plain);
        let Some((byte, tail)) = tail.split_first() else {
            return;
        };
        put_escape(buf, *byte);
        rest = tail;
    }
}

/// Writes the escape of a byte that has one.
#[cold]
#[inline(never)]
fn put_escape(buf: &mut Buf<'_>, byte: u8) {
    buf.write_byte(b'\\');
    let short = match byte {
        0..0x20 => b"btn\0fr".get(usize::from(byte.wrapping_sub(8))).copied(),
        _ => Some(byte),
    };
    match short {
        Some(short @ 1..) => buf.write_byte(short),
        _ => {
            buf.write(b"u00");
            buf.write_byte(b'0' + (byte >> 4));
            buf.write_byte(hex(byte));
        }
    }
}

/// How many of the first bytes are written as they are.
#[inline(always)]
fn plain<D: Dialect>(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some((word, tail)) = rest.split_first_chunk()
        && is_plain::<D>(u32::from_ne_bytes(*word))
    {
        rest = tail;
    }
    while let Some((byte, tail)) = rest.split_first()
        && !(matches!(byte, ..0x20 | b'"' | b'\\') || D::SLASH && *byte == b'/')
    {
        rest = tail;
    }
    text.len().wrapping_sub(rest.len())
}

const EACH: u32 = 0x0101_0101;

/// Whether each of four bytes is written as it is.
#[inline(always)]
fn is_plain<D: Dialect>(word: u32) -> bool {
    let is = |byte: u8| (word ^ (EACH * u32::from(byte))).wrapping_sub(EACH);
    let mut odd = word.wrapping_sub(EACH * 0x20) | is(b'"') | is(b'\\');
    if D::SLASH {
        odd |= is(b'/');
    }
    // A byte from 0x80 on is written as it is.
    odd & !word & (EACH * 0x80) == 0
}

impl<'t, 'p, 'b, D: Dialect> Tally<'t, 'p, 'b, D> {
    pub(crate) const fn new(place: &'t mut Place<'p, 'b>) -> Self {
        Self {
            place: Some(place),
            dialect: PhantomData,
        }
    }

    /// Whether the text is there, unless the value hid a failure.
    pub(crate) fn is_whole(&self) -> bool {
        self.place.is_some()
    }
}

impl<'p, D: Dialect> Sink for Tally<'_, 'p, '_, D> {
    type Dialect = D;
    type Error = Stop;
    type Replay = Note<'p>;
    type Room = &'static mut [u8];

    #[inline]
    fn take(&mut self) -> Self {
        Self {
            place: self.place.take(),
            dialect: PhantomData,
        }
    }

    #[inline(never)]
    fn fail(&self, error: JsonError) -> Stop {
        self.replay().note(error);
        Stop
    }

    #[inline]
    fn replay(&self) -> Note<'p> {
        Note(self.place.as_ref().map(|place| place.error))
    }

    #[inline]
    fn grab(&mut self) -> &'static mut [u8] {
        &mut []
    }

    #[inline]
    fn give(self, _: &'static mut [u8], _: usize) -> Result<Self, Stop> {
        Ok(self)
    }

    #[inline]
    fn put<const N: usize>(mut self, bytes: &[u8; N]) -> Result<Self, Stop> {
        match bytes.as_slice() {
            [byte] => Place::push(self.place.as_deref_mut(), *byte),
            bytes => Place::put(self.place.as_deref_mut(), bytes),
        }
        Ok(self)
    }

    #[inline]
    fn spill(mut self, bytes: &[u8]) -> Result<Self, Stop> {
        Place::put(self.place.as_deref_mut(), bytes);
        Ok(self)
    }

    #[inline]
    fn decimal(mut self, value: u64) -> Result<Self, Stop> {
        match u32::try_from(value) {
            Ok(value) => Place::decimal(self.place.as_deref_mut(), value),
            Err(_) => Place::wide_decimal(self.place.as_deref_mut(), value),
        }
        Ok(self)
    }

    #[inline]
    fn begin(mut self, _: u8, separator: u8, name: Option<&str>) -> Result<(Self, bool), Stop> {
        match name {
            Some(name) => Place::key::<D>(self.place.as_deref_mut(), separator, name),
            None => Place::push(self.place.as_deref_mut(), separator),
        }
        Ok((self, true))
    }

    #[inline]
    fn string(mut self, text: &str) -> Result<Self, Stop> {
        Place::string::<D>(self.place.as_deref_mut(), text);
        Ok(self)
    }

    #[inline]
    fn quote(self) -> Result<Self, Stop> {
        self.put(b"\"")
    }

    #[inline]
    fn fragment(mut self, text: &str) -> Result<Self, Stop> {
        Place::fragment::<D>(self.place.as_deref_mut(), text);
        Ok(self)
    }

    #[inline]
    fn unquote(self) -> Result<Self, Stop> {
        self.put(b"\"")
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::super::dialect::escape;
    use super::super::{Slashed, Strict};
    use super::*;

    fn check<D: Dialect>(text: &[u8]) {
        let mut want = Vec::new();
        for byte in text {
            let (escaped, len) = escape(*byte, D::SLASH);
            want.extend(&escaped[..len]);
        }
        let mut bytes = [0; 64];
        let mut buf = Buf::new(&mut bytes);
        put_escaped::<D>(&mut buf, text);
        let len = buf.len();
        assert_eq!(&bytes[..len], want, "{text:x?}");
    }

    #[test]
    fn every_byte_is_escaped_at_every_place_beside_every_odd_one() {
        for len in 1..10 {
            for at in 0..len {
                for byte in 0..=255 {
                    for other in [b'x', 0, 0x1f, b'"', b'/', b'\\', 0x7f, 0x80, 0xff] {
                        let mut text = [other; 10];
                        text[at] = byte;
                        check::<Strict>(&text[..len]);
                        check::<Slashed>(&text[..len]);
                    }
                }
            }
        }
    }
}
