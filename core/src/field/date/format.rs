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
    let time = digits([
        (hours / POINT, 0),
        (minutes / POINT, 24),
        (seconds / POINT, 48),
    ]);
    let date = digits([(day as u64, 0), (century as u64, 32), (year as u64, 48)]);
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
    let weekday = u32::from_le_bytes(WEEKDAYS[(seventh * 7 / POINT) as usize & 7]) as u64;
    let month = u32::from_le_bytes(MONTHS[(month & 15) as usize]) as u64;
    // The text in words, of which the first character is the low byte.
    const BLANKS: u64 = u64::from_le_bytes(*b"\0\0\0\0 00 ");
    const YEAR: u64 = u64::from_le_bytes([0, 0, 0, 0, b'0', b'0', b'0', b'0']);
    const TIME: u64 = u64::from_le_bytes(*b"00:00:00");
    let (day, year) = (date % POINT, date - date % POINT);
    put(text, 0, ((weekday | day << 40) + BLANKS).to_le_bytes());
    put(text, 8, (month | (year + YEAR)).to_le_bytes());
    put(text, 16, *b" ");
    put(text, 17, (time + TIME).to_le_bytes());
    put(text, 25, *b" GMT");
}

/// Writes some bytes at once.
#[inline(always)]
const fn put<const N: usize>(text: &mut [u8; 29], at: usize, bytes: [u8; N]) {
    if let Some((_, rest)) = text.split_at_mut_checked(at)
        && let Some(place) = rest.first_chunk_mut()
    {
        *place = bytes;
    }
}

/// Three values below 100 as two digits each, all at once: in the two bytes of a word from their
/// bits on, which are two bytes apart at least.
#[inline(always)]
const fn digits([(a, a_bit), (b, b_bit), (c, c_bit)]: [(u64, u32); 3]) -> u64 {
    let values = a << a_bit | b << b_bit | c << c_bit;
    // 103 / 1024 is a tenth, near enough below 100.
    let tens = ((values * 103) >> 10) & (0xf << a_bit | 0xf << b_bit | 0xf << c_bit);
    // The ones stand a byte above the tens: `tens + ((values - 10 * tens) << 8)`.
    (values << 8) - 2559 * tens
}
