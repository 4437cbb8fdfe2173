//! Unsigned decimals: through `itoa`, four digits at a time, or on small targets up to eight digits in
//! registers.
//!
//! `itoa` keeps one bounds check in its 32-bit and 64-bit code that the compiler cannot remove, and
//! with it a panic. Its 16-bit code has none, so a longer number is written as groups below 10,000,
//! every group but the first padded to four digits.

use crate::buf::Buf;
#[cfg(any(test, not(target_pointer_width = "64")))]
use crate::bytes::copy;

/// The most digits of a `u64`.
pub(crate) const MAX_DIGITS: usize = 20;

/// The text of `value`, in the last bytes of `room`.
#[cfg(target_pointer_width = "64")]
#[inline(never)]
pub(crate) fn decimal(value: u64, room: &mut [u8; MAX_DIGITS]) -> &[u8] {
    let mut start = MAX_DIGITS;
    let mut rest = value;
    while rest >= 10_000 {
        let group = (rest % 10_000) as u16;
        rest /= 10_000;
        start = start.saturating_sub(4);
        if let Some(four) = room
            .get_mut(start..)
            .and_then(|tail| tail.first_chunk_mut::<4>())
        {
            *four = *b"0000";
            put_right(four, group);
        }
    }
    let mut digits = itoa::Buffer::new();
    let first = digits.format(rest as u16).as_bytes();
    start = start.saturating_sub(first.len());
    if let Some(to) = room.get_mut(start..) {
        for (to, from) in to.iter_mut().zip(first) {
            *to = *from;
        }
    }
    room.get(start..).unwrap_or_default()
}

/// The text of `value`, in the last bytes of `room`.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) fn decimal(value: u64, room: &mut [u8; MAX_DIGITS]) -> &[u8] {
    by_eights(value, room)
}

/// Without a table, and without a division of 64 bits, which takes 500 bytes of code there.
#[cfg(any(test, not(target_pointer_width = "64")))]
#[inline(never)]
fn by_eights(value: u64, room: &mut [u8; MAX_DIGITS]) -> &[u8] {
    let (mut rest, mut start) = (value, MAX_DIGITS);
    loop {
        let last;
        (rest, last) = eights(rest);
        let end = start;
        start = start.saturating_sub(last.len);
        copy(
            room.get_mut(start..end).unwrap_or_default(),
            last.as_bytes(),
        );
        if rest == 0 {
            return room.get(start..).unwrap_or_default();
        }
    }
}

/// A tenth of `value`, and what is left of it: by hand, 16 bits at a time.
#[cfg(any(test, not(target_pointer_width = "64")))]
const fn tenth(value: u64) -> (u64, u8) {
    let (high, low) = ((value >> 32) as u32, value as u32);
    let middle = (high % 10) << 16 | low >> 16;
    let last = (middle % 10) << 16 | low & 0xffff;
    let tenth = ((high / 10) as u64) << 32 | ((middle / 10) as u64) << 16 | (last / 10) as u64;
    (tenth, (last % 10) as u8)
}

#[cfg(target_pointer_width = "64")]
fn put_right(four: &mut [u8; 4], group: u16) {
    let mut digits = itoa::Buffer::new();
    let text = digits.format(group).as_bytes();
    for (to, from) in four.iter_mut().rev().zip(text.iter().rev()) {
        *to = *from;
    }
}

#[cfg(target_pointer_width = "64")]
pub(crate) fn put(buf: &mut Buf<'_>, value: u64) {
    match value {
        0..10_000 => buf.put(itoa::Buffer::new().format(value as u16).as_bytes()),
        _ => buf.put(decimal(value, &mut [0; MAX_DIGITS])),
    }
}

#[cfg(not(target_pointer_width = "64"))]
#[inline(never)]
pub(crate) fn put(buf: &mut Buf<'_>, value: u64) {
    let (first, last) = eights(value);
    if first > 0 {
        put(buf, first);
    }
    buf.put(last.as_bytes());
}

/// Up to eight digits, in registers: an array would be cleared by a call first.
#[cfg(any(test, not(target_pointer_width = "64")))]
pub(crate) struct Eight {
    bytes: [u8; 8],
    len: usize,
}

#[cfg(any(test, not(target_pointer_width = "64")))]
impl Eight {
    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// What is before the last eight digits of `value`, and these; all eight where there is something
/// before them.
#[cfg(any(test, not(target_pointer_width = "64")))]
#[inline(never)]
pub(crate) fn eights(value: u64) -> (u64, Eight) {
    let (mut rest, mut word, mut len) = (value, 0_u64, 0_usize);
    while len < 8 {
        let ones;
        (rest, ones) = match u32::try_from(rest) {
            Ok(rest) => ((rest / 10).into(), (rest % 10) as u8),
            Err(_) => tenth(rest),
        };
        word = word << 8 | u64::from(b'0' | ones);
        len = len.wrapping_add(1);
        if rest == 0 {
            break;
        }
    }
    let bytes = word.to_le_bytes();
    (rest, Eight { bytes, len })
}

/// What ends a head: the digits of a length below 10,000 and a blank line. The first four bytes are
/// a little-endian word, the last four the line ends; and how many bytes they are in all.
///
/// A head has one length, and a call of `itoa` with a copy of its text takes as long as the rest of
/// the line.
#[inline(always)]
pub(crate) const fn last_word(value: u16) -> (u32, usize) {
    let value = value as u32;
    match value {
        0..10 => ((value + 0x30) | (0x0d_0a0d << 8), 5),
        10..100 => ((pairs(value) + 0x3030) | (0x0a0d << 16), 6),
        _ => {
            let four = pairs((value / 100) | ((value % 100) << 16)) + 0x3030_3030;
            match value {
                100..1000 => ((four >> 8) | (0x0d << 24), 7),
                _ => (four, 8),
            }
        }
    }
}

/// The digits of two values below 100, each in 16 bits, the first in the lower byte.
#[inline(always)]
const fn pairs(values: u32) -> u32 {
    // 103 / 1024 is a tenth, near enough below 100.
    let tens = ((values * 103) >> 10) & 0x000f_000f;
    (values << 8) - tens * (10 * 256 - 1)
}

/// How many digits `value` has.
#[cfg(target_pointer_width = "64")]
pub(crate) const fn digits(value: usize) -> usize {
    match value.checked_ilog10() {
        Some(log) => log as usize + 1,
        None => 1,
    }
}

#[cfg(not(target_pointer_width = "64"))]
pub(crate) const fn digits(value: usize) -> usize {
    let (mut rest, mut digits) = (value, 1);
    while rest >= 10 {
        rest /= 10;
        digits += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn every_short_length_ends_a_head() {
        for value in 0..10_000 {
            let (word, size) = last_word(value);
            let mut end = [0; 8];
            end[..4].copy_from_slice(&word.to_le_bytes());
            end[size - 4..size].copy_from_slice(b"\r\n\r\n");
            assert_eq!(&end[..size], std::format!("{value}\r\n\r\n").as_bytes());
        }
    }

    #[test]
    fn every_length_of_number_is_written_in_full() {
        let mut power = 1u64;
        loop {
            for value in [
                power - 1,
                power,
                power + 1,
                power.saturating_mul(9),
                u64::MAX - power,
            ] {
                let mut room = [0; MAX_DIGITS];
                assert_eq!(decimal(value, &mut room), value.to_string().as_bytes());
                assert_eq!(by_eights(value, &mut room), value.to_string().as_bytes());
                let mut bytes = [0; MAX_DIGITS];
                let mut buf = Buf::new(&mut bytes);
                put(&mut buf, value);
                let len = buf.len();
                assert_eq!(&bytes[..len], value.to_string().as_bytes());
                assert_eq!(digits(value as usize), (value as usize).to_string().len());
            }
            match power.checked_mul(10) {
                Some(next) => power = next,
                None => return,
            }
        }
    }
}
