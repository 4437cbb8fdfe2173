//! The Gregorian calendar, between the years 1970 and 9999.

/// Seconds since the start of 1970 (UTC, no leap seconds); `None` where there is no such date or
/// its year is outside 1970 to 9999.
pub(super) const fn unix_seconds(
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
) -> Option<u64> {
    if year < 1970
        || year > 9999
        || day == 0
        || day > days_in_month(year, month)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    // Years that begin in March, so that the leap day is the last.
    let (year, month) = match month {
        1 | 2 => (year as u32 - 1, month as u32 + 12),
        _ => (year as u32, month as u32),
    };
    let century = year / 100;
    let days = 365 * year + year / 4 - century + century / 4 + (153 * month - 457) / 5 + day as u32
        - 719_469;
    let of_day = hour as u32 * 3600 + minute as u32 * 60 + second as u32;
    Some(days as u64 * 86_400 + of_day as u64)
}

/// Days since 1970, at most 2,932,896, and seconds of the day, for a time before the year 10000.
#[inline]
pub(super) const fn days_and_seconds(seconds: u64) -> (u32, u32) {
    // A day has 675 times 128 seconds, and a division of 64 bits is long where words have 32.
    let days = (seconds >> 7) as u32 / 675;
    (
        days,
        (seconds as u32).wrapping_sub(days.wrapping_mul(86_400)),
    )
}

/// Century, year in it, month and day, from days since 1970.
///
/// By Neri and Schneider's multiplications ("Euclidean affine functions and their application to
/// calendar algorithms", 2022).
#[inline]
pub(super) const fn civil(days: u32) -> (u32, u32, u32, u32) {
    let n1 = 4 * (days + 719_468) + 3;
    let century = n1 / 146_097;
    let n2 = (n1 % 146_097) | 3;
    let p2 = 2_939_745 * n2 as u64;
    let year = (p2 >> 32) as u32;
    let day_of_year = (p2 as u32) / 2_939_745 / 4;
    let n3 = 2_141 * day_of_year + 197_913;
    let day = (n3 & 0xffff) / 2_141 + 1;
    // The year of the algorithm begins in March.
    match (day_of_year >= 306, year) {
        (false, _) => (century, year, n3 >> 16, day),
        (true, 99) => (century + 1, 0, (n3 >> 16) - 12, day),
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
