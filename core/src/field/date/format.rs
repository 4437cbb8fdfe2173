//! `IMF-fixdate`, RFC 9110 § 5.6.7: all digits at once, without a table of two digits.

use super::civil::{civil, days_and_seconds};

/// Writes a time in seconds since the start of the year 0 as `IMF-fixdate`.
#[expect(
    clippy::indexing_slicing,
    reason = "the compiler sees that both are in range"
)]
#[inline(always)]
pub(super) const fn write_imf_fixdate(seconds: u64, text: &mut [u8; 29]) {
    let (days, of_day) = days_and_seconds(seconds);
    let (century, year, month, day) = civil(days);
    // Hours with their fraction below the point, and of that minutes, and of that seconds.
    const POINT: u64 = 1 << 32;
    let hours = of_day as u64 * (POINT / 3600 + 1);
    let minutes = hours % POINT * 60;
    let seconds = minutes % POINT * 60;
    let [d0, d1, h0, h1, n0, n1, s0, s1] = pairs([
        day,
        (hours / POINT) as u32,
        (minutes / POINT) as u32,
        (seconds / POINT) as u32,
    ]);
    let [c0, c1, y0, y1, ..] = pairs([century, year, 0, 0]);
    const WEEKDAYS: [[u8; 4]; 8] = [
        *b"Sat,", *b"Sun,", *b"Mon,", *b"Tue,", *b"Wed,", *b"Thu,", *b"Fri,", *b"   ,",
    ];
    const MONTHS: [[u8; 4]; 16] = [
        *b"    ", *b"Jan ", *b"Feb ", *b"Mar ", *b"Apr ", *b"May ", *b"Jun ", *b"Jul ", *b"Aug ",
        *b"Sep ", *b"Oct ", *b"Nov ", *b"Dec ", *b"    ", *b"    ", *b"    ",
    ];
    // The fraction of a seventh of the days, so that seven times it has the day above the point.
    let seventh = days.wrapping_mul((POINT / 7 + 1) as u32) as u64;
    // The masks tell the compiler so.
    let weekday = WEEKDAYS[(seventh * 7 / POINT) as usize & 7];
    let month = MONTHS[(month & 15) as usize];
    *text = [
        0, 0, 0, 0, b' ', d0, d1, b' ', 0, 0, 0, 0, c0, c1, y0, y1, b' ', h0, h1, b':', n0, n1,
        b':', s0, s1, b' ', b'G', b'M', b'T',
    ];
    put(text, 0, weekday);
    put(text, 8, month);
}

/// Writes four bytes at once: among others, the compiler does not make one word of them.
#[inline(always)]
const fn put(text: &mut [u8; 29], at: usize, bytes: [u8; 4]) {
    if let Some((_, rest)) = text.split_at_mut_checked(at)
        && let Some(place) = rest.first_chunk_mut()
    {
        *place = bytes;
    }
}

/// Four values below 100 as two digits each, all at once: a value in each 16 bits of a word.
#[inline(always)]
const fn pairs(values: [u32; 4]) -> [u8; 8] {
    const EACH: u64 = 0x0001_0001_0001_0001;
    let [a, b, c, d] = values;
    let word = a as u64 | (b as u64) << 16 | (c as u64) << 32 | (d as u64) << 48;
    // 103 / 1024 is a tenth, near enough below 100.
    let tens = ((word * 103) >> 10) & (0xf * EACH);
    let ones = word - 10 * tens;
    // The first digit is the low byte.
    (tens + (ones << 8) + 0x3030 * EACH).to_le_bytes()
}
