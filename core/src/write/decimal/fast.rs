//! Through `itoa`, four digits at a time.
//!
//! `itoa` keeps one bounds check in its 32-bit and 64-bit code that the compiler cannot remove, and
//! with it a panic. Its 16-bit code has none, so a longer number is written as groups below 10,000,
//! every group but the first padded to four digits.

use super::max::MAX_DIGITS;
use crate::write::buf::Buf;

/// The text of `value`, in the last bytes of `room`.
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
            copy_right(four, group);
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

/// Writes the digits of `group` to the end of `four`.
fn copy_right(four: &mut [u8; 4], group: u16) {
    let mut digits = itoa::Buffer::new();
    let text = digits.format(group).as_bytes();
    for (to, from) in four.iter_mut().rev().zip(text.iter().rev()) {
        *to = *from;
    }
}

/// Writes the digits of `value`.
pub(crate) fn write(buf: &mut Buf<'_>, value: u64) {
    match value {
        // The digits come in a register, from which they are copied sooner than from a text.
        0..10_000 => {
            let (word, size) = last_word(value as u16);
            buf.write(word.to_le_bytes().get(..size - 4).unwrap_or_default());
        }
        _ => buf.write(decimal(value, &mut [0; MAX_DIGITS])),
    }
}

/// The number of digits of `value`.
pub(crate) const fn digits(value: usize) -> usize {
    match value.checked_ilog10() {
        Some(log) => log as usize + 1,
        None => 1,
    }
}

/// The end of a head: the digits of a length below 10,000 and a blank line. Returns the first four
/// bytes as a little-endian word (the last four are the line ends), and the number of all of them.
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

#[cfg(test)]
mod tests {
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
}
