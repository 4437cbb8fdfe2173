//! HTTP dates, RFC 9110 § 5.6.7.

use core::fmt;

mod civil;
mod format;
#[cfg(feature = "jiff")]
mod of_jiff;
#[cfg(feature = "std")]
mod of_system_time;
#[cfg(feature = "time-03")]
mod of_time;
mod parse;
#[cfg(any(feature = "jiff", feature = "std", feature = "time-03"))]
pub(crate) mod range_error;
#[cfg(target_pointer_width = "64")]
mod text;

/// A time to the second, in the years 0 to 9999 of the Gregorian calendar, which is carried back
/// before its introduction.
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
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct HttpDate(
    /// Seconds since the start of the year 0: what is written is computed from them.
    u64,
);

impl HttpDate {
    /// The start of 1970, which is 0 in [`from_unix`](Self::from_unix).
    pub const EPOCH: Self = Self(civil::TO_1970);

    /// Returns the time `seconds` after the start of 1970 (UTC, no leap seconds), or before it if
    /// they are negative; `None` outside the years 0 to 9999.
    ///
    /// ```
    /// use replywire::HttpDate;
    ///
    /// let date = HttpDate::from_unix(-1).unwrap();
    /// assert_eq!(&date.to_imf_fixdate(), b"Wed, 31 Dec 1969 23:59:59 GMT");
    /// ```
    pub const fn from_unix(seconds: i64) -> Option<Self> {
        Self::from_year_0((seconds as u64).wrapping_add(civil::TO_1970))
    }

    const fn from_year_0(seconds: u64) -> Option<Self> {
        match seconds {
            0..=civil::LAST => Some(Self(seconds)),
            _ => None,
        }
    }

    /// Returns the time of a date in the Gregorian calendar (UTC); `None` where there is no such
    /// date or its year is after 9999. Months and days count from 1.
    pub const fn from_civil(
        year: u16,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        second: u8,
    ) -> Option<Self> {
        match civil::seconds(year, month, day, hour, minute, second) {
            Some(seconds) => Some(Self(seconds)),
            None => None,
        }
    }

    /// Seconds since the start of 1970, negative before it.
    pub const fn to_unix(self) -> i64 {
        self.0.wrapping_sub(civil::TO_1970) as i64
    }

    /// Adds `seconds`, which may be negative; `None` outside the years 0 to 9999.
    #[must_use]
    pub const fn checked_add(self, seconds: i64) -> Option<Self> {
        match self.0.checked_add_signed(seconds) {
            Some(sum) => Self::from_year_0(sum),
            None => None,
        }
    }

    /// Adds `seconds`; a time outside the years 0 to 9999 becomes the first or the last of them.
    pub(crate) const fn saturating_add(self, seconds: i64) -> Self {
        match (self.checked_add(seconds), seconds) {
            (Some(sum), _) => sum,
            (None, 0..) => Self(civil::LAST),
            (None, _) => Self(0),
        }
    }

    /// The date as `Sun, 06 Nov 1994 08:49:37 GMT`.
    #[doc(alias = "formatdate")]
    #[inline]
    pub const fn to_imf_fixdate(self) -> [u8; 29] {
        let mut text = [0; 29];
        format::write_imf_fixdate(self.0, &mut text);
        text
    }

    /// Writes what [`to_imf_fixdate`](Self::to_imf_fixdate) returns in its place, which most often
    /// is the text of the call before.
    #[inline(always)]
    #[cfg(target_pointer_width = "64")]
    pub(crate) fn write_text(self, text: &mut [u8; 29]) {
        text::write(self.0, text);
    }

    /// Reads any of the three forms of RFC 9110 § 5.6.7, years 0 to 9999.
    ///
    /// A two-digit year is one of 1970 to 2069; see [`parse_near`](Self::parse_near). The name of
    /// the day must be one, but need not be right. A leap second counts as the next second.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let seconds = parse::parse(text, |short| match short {
            70.. => 1900 + short,
            _ => 2000 + short,
        })?;
        Self::from_year_0(seconds)
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
        let latest = limit(day as u8)
            .or_else(|| limit(28))
            .unwrap_or(Self(civil::LAST));
        for century in [century + 1, century, century.saturating_sub(1)] {
            let mut is_short = false;
            let seconds = parse::parse(text, |short| {
                is_short = true;
                century as u16 * 100 + short
            });
            match seconds.and_then(Self::from_year_0) {
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

/// Shows the seconds since 1970.
impl fmt::Debug for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpDate").field(&self.to_unix()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];

    /// Walks the calendar day by day, with no arithmetic shared with the code under test.
    #[test]
    fn every_day_from_0_to_9999_is_written_and_read_back() {
        // The first of January 2000 was a Saturday, and 400 years are whole weeks.
        const DAYS: [&str; 7] = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"];
        let first = HttpDate::from_civil(0, 1, 1, 0, 0, 0).unwrap();
        let mut days = 0;
        for year in 0..=9999u16 {
            if year == 1970 {
                assert_eq!(first.0 + days * 86_400, civil::TO_1970);
            }
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
                    let seconds = days * 86_400 + second;
                    let date = at(seconds as i64 - 62_167_219_200);
                    let want = format!(
                        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
                        DAYS[days as usize % 7],
                        MONTHS[usize::from(month) - 1],
                        second / 3600,
                        second / 60 % 60,
                        second % 60
                    );
                    assert_eq!(date.to_imf_fixdate(), want.as_bytes());
                    assert_eq!(HttpDate::parse(want.as_bytes()), Some(date));
                    assert_eq!(civil_of(seconds), (year, month, day));
                    days += 1;
                }
                assert_eq!(HttpDate::from_civil(year, month, length + 1, 0, 0, 0), None);
            }
        }
        assert_eq!((first.0, days * 86_400 - 1), (0, civil::LAST));
    }

    fn at(unix: i64) -> HttpDate {
        let date = HttpDate::from_unix(unix).unwrap();
        assert_eq!(date.to_unix(), unix);
        date
    }

    fn civil_of(seconds: u64) -> (u16, u8, u8) {
        let (century, year, month, day) = civil::civil(civil::days_and_seconds(seconds).0);
        ((century * 100 + year) as u16, month as u8, day as u8)
    }

    const FIRST: i64 = -62_167_219_200;
    const LAST: i64 = 253_402_300_799;

    #[test]
    fn each_second_of_days_at_the_edges_is_written_and_read_back() {
        for (midnight, day) in [
            (FIRST, "Sat, 01 Jan 0000"),
            (FIRST + 59 * 86_400, "Tue, 29 Feb 0000"),
            (FIRST + 60 * 86_400, "Wed, 01 Mar 0000"),
            (-86_400, "Wed, 31 Dec 1969"),
            (0, "Thu, 01 Jan 1970"),
            (LAST - 86_399, "Fri, 31 Dec 9999"),
        ] {
            for second in 0..86_400 {
                let date = at(midnight + second);
                let want = format!(
                    "{day} {:02}:{:02}:{:02} GMT",
                    second / 3600,
                    second / 60 % 60,
                    second % 60
                );
                assert_eq!(date.to_imf_fixdate(), want.as_bytes());
                assert_eq!(HttpDate::parse(want.as_bytes()), Some(date));
            }
        }
    }

    #[test]
    fn there_is_nothing_before_the_year_0_and_after_9999() {
        let (first, last) = (at(FIRST), at(LAST));
        for seconds in [i64::MIN, FIRST - 1, LAST + 1, i64::MAX] {
            assert_eq!(HttpDate::from_unix(seconds), None);
            assert_eq!(HttpDate::EPOCH.checked_add(seconds), None);
        }
        let span = LAST - FIRST;
        for (date, seconds, sum) in [
            (first, 0, Some(first)),
            (first, span, Some(last)),
            (last, -span, Some(first)),
            (HttpDate::EPOCH, -1, Some(at(-1))),
            (at(-1), 1, Some(HttpDate::EPOCH)),
            (first, -1, None),
            (first, span + 1, None),
            (first, i64::MIN, None),
            (first, i64::MAX, None),
            (last, 1, None),
            (last, -span - 1, None),
            (last, i64::MIN, None),
            (last, i64::MAX, None),
        ] {
            assert_eq!(date.checked_add(seconds), sum, "{date} {seconds}");
            let nearest = if seconds < 0 { first } else { last };
            assert_eq!(date.saturating_add(seconds), sum.unwrap_or(nearest));
        }
        for (text, date) in [
            ("Sat, 01 Jan 0000 00:00:00 GMT", Some(first)),
            ("Sat Jan  1 00:00:00 0000", Some(first)),
            ("Fri Dec 31 23:59:59 9999", Some(last)),
            ("Fri Dec 31 23:59:60 9999", None),
            ("Wed, 31 Dec 1969 23:59:60 GMT", Some(HttpDate::EPOCH)),
            ("Wednesday, 31-Dec-69 23:59:59 GMT", Some(at(3_155_759_999))),
            ("Thursday, 01-Jan-70 00:00:00 GMT", Some(HttpDate::EPOCH)),
            // No leap years.
            ("Thu, 29 Feb 1900 00:00:00 GMT", None),
            ("Thu, 29 Feb 0100 00:00:00 GMT", None),
        ] {
            assert_eq!(HttpDate::parse(text.as_bytes()), date, "{text}");
        }
        assert!(first < at(-1) && at(-1) < HttpDate::EPOCH);
        assert_eq!(
            format!("{:?} {:?}", first, at(7)),
            "HttpDate(-62167219200) HttpDate(7)"
        );
        assert_eq!(HttpDate::from_civil(10_000, 1, 1, 0, 0, 0), None);
        assert_eq!(HttpDate::from_civil(u16::MAX, 1, 1, 0, 0, 0), None);
    }

    #[test]
    fn the_short_years_of_each_century_are_the_nearest_ones() {
        // RFC 9110 § 5.6.7, year by year.
        for now in (0..=9999u16).step_by(97).chain([49, 50, 51, 9949, 9950]) {
            for short in 0..100 {
                let text = format!("Monday, 02-Feb-{short:02} 03:04:05 GMT");
                let date = HttpDate::from_civil(now, 2, 2, 3, 4, 5).unwrap();
                let nearest = (0..=(now + 50).min(9999)).rev();
                let year = nearest.take(100).find(|year| year % 100 == short);
                let want = year.and_then(|year| HttpDate::from_civil(year, 2, 2, 3, 4, 5));
                assert_eq!(
                    HttpDate::parse_near(text.as_bytes(), date),
                    want,
                    "{text} {now}"
                );
            }
        }
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
            "Sun, 06 Nov -001 08:49:37 GMT",
            "Sun, 06 Nov 10000 08:49:37 GMT",
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
