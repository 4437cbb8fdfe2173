//! HTTP dates, RFC 9110 § 5.6.7.

use core::fmt;

/// The last second of the year 9999.
const MAX: u64 = 253_402_300_799;

/// A time to the second, in the years 1970 to 9999.
///
/// The core reads no clock: a time is an argument.
///
/// ```
/// use replywire::HttpDate;
///
/// let date = HttpDate::from_unix(784_111_777).unwrap();
/// assert_eq!(&date.to_imf_fixdate(), b"Sun, 06 Nov 1994 08:49:37 GMT");
/// assert_eq!(HttpDate::parse(b"Sunday, 06-Nov-94 08:49:37 GMT"), Some(date));
/// assert_eq!(HttpDate::parse(b"Sun Nov  6 08:49:37 1994"), Some(date));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HttpDate(u64);

impl HttpDate {
    /// The start of 1970.
    #[cfg(not(target_pointer_width = "64"))]
    pub(crate) const EPOCH: Self = Self(0);

    /// The time `seconds` after the start of 1970 (UTC, no leap seconds), or `None` beyond 9999.
    pub const fn from_unix(seconds: u64) -> Option<Self> {
        match seconds {
            0..=MAX => Some(Self(seconds)),
            _ => None,
        }
    }

    /// The time of a date in the Gregorian calendar (UTC), or `None` where there is no such date
    /// or its year is outside 1970 to 9999. Months and days count from 1.
    pub const fn from_civil(
        year: u16,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        second: u8,
    ) -> Option<Self> {
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
        let days =
            365 * year + year / 4 - century + century / 4 + (153 * month - 457) / 5 + day as u32
                - 719_469;
        let of_day = hour as u32 * 3600 + minute as u32 * 60 + second as u32;
        Some(Self(days as u64 * 86_400 + of_day as u64))
    }

    /// Seconds since the start of 1970.
    pub const fn to_unix(self) -> u64 {
        self.0
    }

    /// This time and `seconds` more (or fewer), or `None` outside 1970 to 9999.
    #[must_use]
    pub const fn checked_add(self, seconds: i64) -> Option<Self> {
        match self.0.checked_add_signed(seconds) {
            Some(sum) => Self::from_unix(sum),
            None => None,
        }
    }

    /// The date as `Sun, 06 Nov 1994 08:49:37 GMT`.
    #[inline]
    pub const fn to_imf_fixdate(self) -> [u8; 29] {
        let mut text = [0; 29];
        self.write_imf_fixdate(&mut text);
        text
    }

    /// [`to_imf_fixdate`](Self::to_imf_fixdate) in its place.
    #[expect(
        clippy::indexing_slicing,
        reason = "the compiler sees that both are in range"
    )]
    #[inline]
    pub(crate) const fn write_imf_fixdate(self, text: &mut [u8; 29]) {
        let (days, of_day) = self.days();
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
            *b"Thu,", *b"Fri,", *b"Sat,", *b"Sun,", *b"Mon,", *b"Tue,", *b"Wed,", *b"   ,",
        ];
        const MONTHS: [[u8; 4]; 16] = [
            *b"    ", *b"Jan ", *b"Feb ", *b"Mar ", *b"Apr ", *b"May ", *b"Jun ", *b"Jul ",
            *b"Aug ", *b"Sep ", *b"Oct ", *b"Nov ", *b"Dec ", *b"    ", *b"    ", *b"    ",
        ];
        // The fraction of a seventh of the days, so that seven times it has the day above the point.
        let seventh = days.wrapping_mul((POINT / 7 + 1) as u32) as u64;
        let [w0, w1, w2, w3] = WEEKDAYS[(seventh * 7 / POINT) as usize & 7];
        // The mask tells the compiler so.
        let [m0, m1, m2, m3] = MONTHS[(month & 15) as usize];
        *text = [
            w0, w1, w2, w3, b' ', d0, d1, b' ', m0, m1, m2, m3, c0, c1, y0, y1, b' ', h0, h1, b':',
            n0, n1, b':', s0, s1, b' ', b'G', b'M', b'T',
        ];
    }

    /// Days since 1970, at most 2,932,896, and seconds of the day.
    #[inline]
    const fn days(self) -> (u32, u32) {
        // A day has 675 times 128 seconds, and a division of 64 bits is long where words have 32.
        let days = (self.0 >> 7) as u32 / 675;
        (
            days,
            (self.0 as u32).wrapping_sub(days.wrapping_mul(86_400)),
        )
    }

    /// Reads any of the three forms of RFC 9110 § 5.6.7, years 1970 to 9999.
    ///
    /// A two-digit year is one of 1970 to 2069; see [`parse_near`](Self::parse_near). The name of
    /// the day must be one, but need not be right. A leap second counts as the next second.
    pub fn parse(text: &[u8]) -> Option<Self> {
        parse(text, |short| match short {
            70.. => 1900 + short,
            _ => 2000 + short,
        })
    }

    /// [`parse`](Self::parse) by the rule for recipients with a clock: a two-digit year more than
    /// 50 years after `now` means the last year before with the same two digits.
    pub fn parse_near(text: &[u8], now: Self) -> Option<Self> {
        let (days, of_day) = now.days();
        let (century, year, month, day) = civil(days);
        let limit = |day| {
            let year = (century * 100 + year + 50) as u16;
            let midnight = Self::from_civil(year, month as u8, day, 0, 0, 0)?;
            midnight.checked_add(i64::from(of_day))
        };
        // There may be no 29 February in 50 years, and no such year at all.
        let latest = limit(day as u8).or_else(|| limit(28)).unwrap_or(Self(MAX));
        for century in [century + 1, century, century.saturating_sub(1)] {
            let mut is_short = false;
            let date = parse(text, |short| {
                is_short = true;
                century as u16 * 100 + short
            });
            match date {
                // There may be no such day in this century.
                None if is_short => {}
                Some(date) if is_short && date > latest => {}
                date => return date,
            }
        }
        None
    }
}

impl fmt::Display for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&self.to_imf_fixdate()).unwrap_or_default())
    }
}

/// Century, year in it, month and day, from days since 1970, by Neri and Schneider's multiplications
/// ("Euclidean affine functions and their application to calendar algorithms", 2022).
#[inline]
const fn civil(days: u32) -> (u32, u32, u32, u32) {
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

fn parse(text: &[u8], mut long_year: impl FnMut(u16) -> u16) -> Option<HttpDate> {
    let comma = text.iter().position(|byte| *byte == b',');
    let mut scan = Scan(text);
    let (year, month, day, time);
    match comma {
        // Sun, 06 Nov 1994 08:49:37 GMT
        Some(3) => {
            scan.short_day()?;
            scan.literal(b", ")?;
            day = scan.number(2)?;
            scan.literal(b" ")?;
            month = scan.month()?;
            scan.literal(b" ")?;
            year = scan.number(4)?;
            scan.literal(b" ")?;
            time = scan.time()?;
            scan.literal(b" GMT")?;
        }
        // Sunday, 06-Nov-94 08:49:37 GMT
        Some(_) => {
            scan.long_day()?;
            scan.literal(b", ")?;
            day = scan.number(2)?;
            scan.literal(b"-")?;
            month = scan.month()?;
            scan.literal(b"-")?;
            year = long_year(scan.number(2)?);
            scan.literal(b" ")?;
            time = scan.time()?;
            scan.literal(b" GMT")?;
        }
        // Sun Nov  6 08:49:37 1994
        None => {
            scan.short_day()?;
            scan.literal(b" ")?;
            month = scan.month()?;
            scan.literal(b" ")?;
            day = match scan.literal(b" ") {
                Some(()) => scan.number(1)?,
                None => scan.number(2)?,
            };
            scan.literal(b" ")?;
            time = scan.time()?;
            scan.literal(b" ")?;
            year = scan.number(4)?;
        }
    }
    if !scan.0.is_empty() {
        return None;
    }
    let (hour, minute, second) = time;
    let leap = second == 60;
    let date = HttpDate::from_civil(
        year,
        month,
        day as u8,
        hour as u8,
        minute as u8,
        if leap { 59 } else { second as u8 },
    )?;
    date.checked_add(i64::from(leap))
}

/// Takes what a date is made of from the front of a text. Numbers have at most four digits.
struct Scan<'t>(&'t [u8]);

impl Scan<'_> {
    fn literal(&mut self, want: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(want)?;
        Some(())
    }

    fn number(&mut self, digits: usize) -> Option<u16> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let mut value = 0u16;
        for digit in number {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value.wrapping_mul(10).wrapping_add(u16::from(digit - b'0'));
        }
        self.0 = rest;
        Some(value)
    }

    fn time(&mut self) -> Option<(u16, u16, u16)> {
        let hour = self.number(2)?;
        self.literal(b":")?;
        let minute = self.number(2)?;
        self.literal(b":")?;
        Some((hour, minute, self.number(2)?))
    }

    fn month(&mut self) -> Option<u8> {
        const MONTHS: [&[u8]; 12] = [
            b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
            b"Dec",
        ];
        self.any(&MONTHS).map(|index| index as u8 + 1)
    }

    fn short_day(&mut self) -> Option<()> {
        self.any(&[b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"])
            .map(|_| ())
    }

    fn long_day(&mut self) -> Option<()> {
        const DAYS: [&[u8]; 7] = [
            b"Monday",
            b"Tuesday",
            b"Wednesday",
            b"Thursday",
            b"Friday",
            b"Saturday",
            b"Sunday",
        ];
        self.any(&DAYS).map(|_| ())
    }

    fn any(&mut self, names: &[&[u8]]) -> Option<usize> {
        let index = names.iter().position(|name| self.0.starts_with(name))?;
        self.literal(names.get(index)?)?;
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];

    /// Walks the calendar day by day, with no arithmetic shared with the code under test.
    #[test]
    fn every_day_from_1970_to_9999_is_written_and_read_back() {
        let mut days = 0u64;
        for year in 1970..=9999u16 {
            let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            let lengths = [
                31,
                28 + u8::from(leap),
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ];
            for (month, length) in (1u8..).zip(lengths) {
                for day in 1..=length {
                    let second = days * 77_777 % 86_400;
                    let date = HttpDate::from_unix(days * 86_400 + second).unwrap();
                    let want = format!(
                        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
                        DAYS[days as usize % 7],
                        MONTHS[usize::from(month) - 1],
                        second / 3600,
                        second / 60 % 60,
                        second % 60
                    );
                    assert_eq!(date.to_imf_fixdate(), want.as_bytes());
                    assert_eq!(HttpDate::parse(want.as_bytes()), Some(date));
                    days += 1;
                }
                assert_eq!(HttpDate::from_civil(year, month, length + 1, 0, 0, 0), None);
            }
        }
        assert_eq!(days * 86_400 - 1, MAX);
        assert_eq!(HttpDate::from_unix(MAX + 1), None);
    }

    #[test]
    fn a_two_digit_year_is_at_most_fifty_years_ahead() {
        let now = HttpDate::from_civil(2026, 11, 21, 0, 0, 0).unwrap();
        for (short, year) in [(26, 2026), (76, 2076), (77, 1977), (99, 1999), (0, 2000)] {
            let text = format!("Monday, 02-Feb-{short:02} 03:04:05 GMT");
            let want = HttpDate::from_civil(year, 2, 2, 3, 4, 5);
            assert_eq!(HttpDate::parse_near(text.as_bytes(), now), want);
        }
        for (now, text, want) in [
            (
                (2026, 1, 1),
                "Thursday, 31-Dec-76 23:59:59 GMT",
                (1976, 12, 31),
            ),
            (
                (2026, 12, 31),
                "Thursday, 31-Dec-76 00:00:00 GMT",
                (2076, 12, 31),
            ),
            (
                (2026, 12, 31),
                "Thursday, 31-Dec-76 00:00:01 GMT",
                (1976, 12, 31),
            ),
            (
                (1999, 12, 31),
                "Saturday, 01-Jan-00 00:00:00 GMT",
                (2000, 1, 1),
            ),
            (
                (2099, 12, 31),
                "Friday, 01-Jan-00 00:00:00 GMT",
                (2100, 1, 1),
            ),
            (
                (2024, 2, 29),
                "Tuesday, 28-Feb-74 00:00:00 GMT",
                (2074, 2, 28),
            ),
            (
                (2000, 1, 1),
                "Thursday, 29-Feb-00 00:00:00 GMT",
                (2000, 2, 29),
            ),
            (
                (9999, 1, 1),
                "Friday, 31-Dec-99 00:00:00 GMT",
                (9999, 12, 31),
            ),
        ] {
            let now = HttpDate::from_civil(now.0, now.1, now.2, 0, 0, 0).unwrap();
            let got = HttpDate::parse_near(text.as_bytes(), now).map(|date| date.0 / 86_400);
            let want =
                HttpDate::from_civil(want.0, want.1, want.2, 0, 0, 0).map(|date| date.0 / 86_400);
            assert_eq!(got, want, "{text} at {now}");
        }
        for (short, year) in [(69, 2069), (70, 1970)] {
            let text = format!("Monday, 02-Feb-{short:02} 03:04:05 GMT");
            assert_eq!(
                HttpDate::parse(text.as_bytes()),
                HttpDate::from_civil(year, 2, 2, 3, 4, 5)
            );
        }
    }

    #[test]
    fn what_is_not_quite_a_date_is_refused() {
        let good = b"Sun, 06 Nov 1994 08:49:37 GMT";
        for cut in 0..good.len() {
            assert_eq!(HttpDate::parse(&good[..cut]), None);
        }
        for at in 0..good.len() {
            for byte in [0, b' ', b'-', b'+', b'x', 0xff] {
                let mut text = *good;
                text[at] = byte;
                assert!(
                    text == *good || HttpDate::parse(&text).is_none(),
                    "{text:?}"
                );
            }
        }
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT",
            "Sun, 06 Nov 1994 08:00:61 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sunday, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT",
            "Sun Nov 6 08:49:37 1994",
            "Fri, 31 Dec 9999 23:59:60 GMT",
        ] {
            assert_eq!(HttpDate::parse(text.as_bytes()), None, "{text}");
        }
        let leap = HttpDate::parse(b"Sat, 31 Dec 2016 23:59:60 GMT");
        assert_eq!(leap, HttpDate::from_civil(2017, 1, 1, 0, 0, 0));
    }
}
