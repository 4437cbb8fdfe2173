//! HTTP dates, RFC 9110 § 5.6.7.

use core::fmt;

mod civil;
mod format;
mod parse;

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
    /// The start of 1970, which is 0 in [`from_unix`](Self::from_unix).
    pub const EPOCH: Self = Self(0);

    /// Returns the time `seconds` after the start of 1970 (UTC, no leap seconds); `None` after
    /// 9999.
    pub const fn from_unix(seconds: u64) -> Option<Self> {
        match seconds {
            0..=MAX => Some(Self(seconds)),
            _ => None,
        }
    }

    /// Returns the time of a date in the Gregorian calendar (UTC); `None` where there is no such
    /// date or its year is outside 1970 to 9999. Months and days count from 1.
    pub const fn from_civil(
        year: u16,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        second: u8,
    ) -> Option<Self> {
        match civil::unix_seconds(year, month, day, hour, minute, second) {
            Some(seconds) => Some(Self(seconds)),
            None => None,
        }
    }

    /// Seconds since the start of 1970.
    pub const fn to_unix(self) -> u64 {
        self.0
    }

    /// Adds `seconds`, which may be negative; `None` outside 1970 to 9999.
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

    /// Writes what [`to_imf_fixdate`](Self::to_imf_fixdate) returns in its place.
    #[inline]
    pub(crate) const fn write_imf_fixdate(self, text: &mut [u8; 29]) {
        format::write_imf_fixdate(self.0, text);
    }

    /// Reads any of the three forms of RFC 9110 § 5.6.7, years 1970 to 9999.
    ///
    /// A two-digit year is one of 1970 to 2069; see [`parse_near`](Self::parse_near). The name of
    /// the day must be one, but need not be right. A leap second counts as the next second.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let seconds = parse::parse(text, |short| match short {
            70.. => 1900 + short,
            _ => 2000 + short,
        })?;
        Self::from_unix(seconds)
    }

    /// Reads a date as [`parse`](Self::parse) does, by the rule for recipients with a clock: a
    /// two-digit year more than 50 years after `now` means the last year before with the same two
    /// digits.
    pub fn parse_near(text: &[u8], now: Self) -> Option<Self> {
        let (days, of_day) = civil::days_and_seconds(now.0);
        let (century, year, month, day) = civil::civil(days);
        let limit = |day| {
            let year = (century * 100 + year + 50) as u16;
            let midnight = Self::from_civil(year, month as u8, day, 0, 0, 0)?;
            midnight.checked_add(i64::from(of_day))
        };
        // There may be no 29 February in 50 years, and no such year at all.
        let latest = limit(day as u8).or_else(|| limit(28)).unwrap_or(Self(MAX));
        for century in [century + 1, century, century.saturating_sub(1)] {
            let mut is_short = false;
            let seconds = parse::parse(text, |short| {
                is_short = true;
                century as u16 * 100 + short
            });
            match seconds.and_then(Self::from_unix) {
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
