//! Digits one by one, written straight to their place: without a table, without a division of 64
//! bits, which takes 500 bytes of code on small targets, and without an array, which a call would
//! clear first.

use super::max::MAX_DIGITS;
use crate::write::buf::Buf;

/// The text of `value`, in the last bytes of `room`.
pub(crate) fn decimal(value: u64, room: &mut [u8; MAX_DIGITS]) -> &[u8] {
    let mut measure = Buf::new(&mut []);
    write(&mut measure, value);
    let start = MAX_DIGITS.saturating_sub(measure.len());
    let text = room.get_mut(start..).unwrap_or_default();
    write(&mut Buf::new(text), value);
    text
}

/// Writes the digits of `value`.
#[inline(always)]
pub(crate) fn write(buf: &mut Buf<'_>, value: u64) {
    match u32::try_from(value) {
        Ok(value) => write_32(buf, value),
        Err(_) => write_64(buf, value),
    }
}

#[inline(never)]
pub(crate) fn write_32(buf: &mut Buf<'_>, value: u32) {
    write_digits(buf, value, digits_32(value));
}

/// Writes the last `count` digits of `value`.
fn write_digits(buf: &mut Buf<'_>, value: u32, count: usize) {
    let mut rest = value;
    for byte in buf.claim(count).unwrap_or_default().iter_mut().rev() {
        *byte = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

#[cold]
#[inline(never)]
fn write_64(buf: &mut Buf<'_>, value: u64) {
    let (mut rest, mut last) = (value, 0);
    for power in [1, 10, 100, 1_000] {
        let digit;
        (rest, digit) = tenth(rest);
        last += digit * power;
    }
    write(buf, rest);
    write_digits(buf, last, 4);
}

/// A tenth of `value` and the digit left over, by hand, 16 bits at a time.
const fn tenth(value: u64) -> (u64, u32) {
    let (high, low) = ((value >> 32) as u32, value as u32);
    let middle = (high % 10) << 16 | low >> 16;
    let last = (middle % 10) << 16 | low & 0xffff;
    let tenth = ((high / 10) as u64) << 32 | ((middle / 10) as u64) << 16 | (last / 10) as u64;
    (tenth, last % 10)
}

/// The number of digits of `value`, which has 32 bits on the targets that have this file.
pub(crate) const fn digits(value: usize) -> usize {
    digits_32(value as u32)
}

#[inline(never)]
const fn digits_32(value: u32) -> usize {
    const POWERS: [u32; 10] = [
        1,
        10,
        100,
        1_000,
        10_000,
        100_000,
        1_000_000,
        10_000_000,
        100_000_000,
        1_000_000_000,
    ];

    let value = value | 1;
    // The power of ten that has about as many bits.
    let log = (((u32::BITS - value.leading_zeros()) * 1233) >> 12) as usize;
    match POWERS.as_slice().split_at_checked(log) {
        Some((_, [power, ..])) if value < *power => log,
        _ => log + 1,
    }
}
