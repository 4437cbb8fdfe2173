//! The Gregorian calendar, between the years 0 and 9999.

/// Seconds from the start of the year 0 to that of 1970 (UTC, no leap seconds).
pub(super) const TO_1970: u64 = 719_528 * 86_400;

/// Seconds from the start of the year 0 to the last of 9999.
pub(super) const LAST: u64 = 3_652_425 * 86_400 - 1;

/// Seconds since the start of the year 0; `None` where there is no such date or its year is after
/// 9999.
pub(super) const fn seconds(
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
) -> Option<u64> {
    if year > 9999
        || day == 0
        || day > days_in_month(year, month)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    // Years that begin in March, so that the leap day is the last; the year 0 is 400, of the same
    // days, so that there is one before it.
    let (year, month) = match month {
        1 | 2 => (year as u32 + 399, month as u32 + 12),
        _ => (year as u32 + 400, month as u32),
    };
    let century = year / 100;
    let days = 365 * year + year / 4 - century + century / 4 + (153 * month - 457) / 5 + day as u32
        - 146_038;
    let of_day = hour as u32 * 3600 + minute as u32 * 60 + second as u32;
    Some(days as u64 * 86_400 + of_day as u64)
}

/// Days since the start of the year 0, at most 3,652,424, and seconds of the day.
#[inline]
pub(super) const fn days_and_seconds(seconds: u64) -> (u32, u32) {
    // A day has 675 times 128 seconds, and a division of 64 bits is long where words have 32.
    let days = (seconds >> 7) as u32 / 675;
    (
        days,
        (seconds as u32).wrapping_sub(days.wrapping_mul(86_400)),
    )
}

/// Century, year in it, month and day, from days since the start of the year 0.
///
/// By Neri and Schneider's multiplications ("Euclidean affine functions and their application to
/// calendar algorithms", 2022).
#[inline]
pub(super) const fn civil(days: u32) -> (u32, u32, u32, u32) {
    // The year of the algorithm begins in March, so the first 60 days are of a year before 0.
    let n1 = 4 * days as isize - 4 * 60 + 3;
    // The quotient by 146,097, rounded down: a multiplication by its inverse, with 48 bits.
    let century = ((n1 as i64 * 1_926_630_778) >> 48) as isize;
    let n2 = (n1 - 146_097 * century) as u32 | 3;
    let p2 = 2_939_745 * n2 as u64;
    let year = (p2 >> 32) as u32;
    let day_of_year = (p2 as u32) / 2_939_745 / 4;
    let n3 = 2_141 * day_of_year + 197_913;
    let day = (n3 & 0xffff) / 2_141 + 1;
    let century = century as u32;
    match (day_of_year >= 306, year) {
        (false, _) => (century, year, n3 >> 16, day),
        (true, 99) => (century.wrapping_add(1), 0, (n3 >> 16) - 12, day),
        (true, _) => (century, year + 1, (n3 >> 16) - 12, day),
    }
}

const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}
