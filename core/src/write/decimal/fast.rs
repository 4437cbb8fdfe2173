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
            let (word, digits) = four_digits(value as u16);
            let word = word >> (32 - 8 * digits);
            buf.write(word.to_le_bytes().get(..digits).unwrap_or_default());
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

/// A value below 10,000 as four digits, of which the first is the low byte and some may be zeros,
/// and the number of those that are needed.
#[inline(always)]
pub(crate) fn four_digits(value: u16) -> (u32, usize) {
    // All are in the table.
    let pair = |value: u16| u32::from(PAIRS.get(usize::from(value)).copied().unwrap_or_default());
    match value {
        ..100 => (pair(value) << 16 | ZEROS, 1 + usize::from(value >= 10)),
        _ => (
            pair(value % 100) << 16 | pair(value / 100),
            3 + usize::from(value >= 1000),
        ),
    }
}

const ZEROS: u32 = 0x3030;

/// Each value below 100 as two digits, of which the first is the low byte.
static PAIRS: [u16; 100] = {
    let mut pairs = [0; 100];
    let mut rest: &mut [u16] = &mut pairs;
    let mut value = 0;
    while let [pair, tail @ ..] = rest {
        *pair = u16::from_le_bytes([b'0' + value / 10, b'0' + value % 10]);
        value += 1;
        rest = tail;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_short_value_is_four_digits_of_which_the_first_may_not_be_needed() {
        for value in 0..10_000 {
            let (four, digits) = four_digits(value);
            assert_eq!(
                four.to_le_bytes().as_slice(),
                std::format!("{value:04}").as_bytes()
            );
            assert_eq!(digits, std::format!("{value}").len());
        }
    }
}
