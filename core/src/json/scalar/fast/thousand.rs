//! The texts of the numbers below 1000.

/// The three digits of each number, the first in the lowest byte, and in the highest the bits that
/// its leading zeros take; zeros after them, so that ten bits are an index.
static TEXTS: [u32; 1024] = texts();

#[expect(clippy::indexing_slicing, reason = "at compile time")]
const fn texts() -> [u32; 1024] {
    let mut texts = [0; 1024];
    let mut value = 0_u16;
    while value < 1000 {
        let (hundreds, tens, ones) = (value / 100, value / 10 % 10, value % 10);
        let zeros = (value < 100) as u8 + (value < 10) as u8;
        texts[value as usize] =
            u32::from_le_bytes([hundreds as u8, tens as u8, ones as u8, zeros * 8]) | ZEROS;
        value += 1;
    }
    texts
}

const ZEROS: u32 = 0x0030_3030;

/// Gives the digits of `value`, which is below 1000, with leading zeros; the highest byte has no
/// meaning.
#[inline(always)]
pub(in crate::json) fn three_digits(value: u64) -> u32 {
    let text = TEXTS.get((value & 1023) as usize);
    text.copied().unwrap_or_default()
}

/// Gives the digits of `value`, which is below 1000, and their number; bytes after them have no
/// meaning.
#[inline(always)]
pub(super) fn few_digits(value: u64) -> (u32, usize) {
    let text = three_digits(value);
    let zeros = (text >> 24) & 31;
    (text >> zeros, 3 - (zeros / 8) as usize)
}
