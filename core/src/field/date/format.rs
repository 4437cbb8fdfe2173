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
    // With what follows it up to the month, the day's digits among that.
    const WEEKDAYS: [[u8; 8]; 8] = [
        *b"Sat, 00 ",
        *b"Sun, 00 ",
        *b"Mon, 00 ",
        *b"Tue, 00 ",
        *b"Wed, 00 ",
        *b"Thu, 00 ",
        *b"Fri, 00 ",
        *b"   , 00 ",
    ];
    const MONTHS: [[u8; 8]; 16] = [
        *b"    0000",
        *b"Jan 0000",
        *b"Feb 0000",
        *b"Mar 0000",
        *b"Apr 0000",
        *b"May 0000",
        *b"Jun 0000",
        *b"Jul 0000",
        *b"Aug 0000",
        *b"Sep 0000",
        *b"Oct 0000",
        *b"Nov 0000",
        *b"Dec 0000",
        *b"    0000",
        *b"    0000",
        *b"    0000",
    ];
    // The fraction of a seventh of the days, so that seven times it has the day above the point.
    let seventh = days.wrapping_mul((POINT / 7 + 1) as u32) as u64;
    // The masks tell the compiler so.
    let weekday = u64::from_le_bytes(WEEKDAYS[(seventh * 7 / POINT) as usize & 7]);
    let month = u64::from_le_bytes(MONTHS[(month & 15) as usize]);
    // The text in words, of which the first character is the low byte.
    const TIME: u64 = u64::from_le_bytes(*b"00:00:00");
    put(text, 0, (weekday + (date << 40)).to_le_bytes());
    put(text, 8, (month + (date & !(POINT - 1))).to_le_bytes());
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
