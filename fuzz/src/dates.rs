//! Writes dates, reads them back in their three forms, and answers preconditions by them; compared
//! with a calendar that is walked year by year.

use replywire::file::File;
use replywire::request::Exchange;
use replywire::{HttpDate, Status};

const DAYS: [&str; 7] = [
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;

/// Of `data`, the first bytes say when a file was modified and when a reply to a request is made,
/// the others are a text that may be a date.
///
/// # Panics
///
/// Where a date is not the one that the model wants.
pub fn check(data: &[u8]) {
    let Some((modified, data)) = data.split_first_chunk() else {
        return;
    };
    let Some((now, text)) = data.split_first_chunk() else {
        return;
    };
    let [modified, now] = [modified, now].map(|bytes| i64::from_le_bytes(*bytes));
    assert_eq!(
        HttpDate::from_unix(modified).is_some(),
        (FIRST..=LAST).contains(&modified)
    );
    let [modified, now] = [modified, now].map(in_range);
    let civil = Civil::of(modified);
    let [imf, long, short] = civil.forms();
    let date = at(modified);
    assert_eq!(date.to_imf_fixdate(), imf.as_bytes());
    assert_eq!(date.to_string(), imf);
    for sum in [now, now.wrapping_mul(77)] {
        let want = modified.checked_add(sum).and_then(HttpDate::from_unix);
        assert_eq!(date.checked_add(sum), want, "{imf} {sum}");
    }
    for text in [imf.as_bytes(), long.as_bytes(), short.as_bytes(), text] {
        let want = read(text, None);
        assert_eq!(unix(HttpDate::parse(text)), want, "{}", shown(text));
        let want_near = read(text, Some(now));
        assert_eq!(
            unix(HttpDate::parse_near(text, at(now))),
            want_near,
            "{}",
            shown(text)
        );
        check_preconditions(modified, None, text, want);
        check_preconditions(modified, Some(now), text, want_near);
    }
    assert_eq!(read(imf.as_bytes(), None), Some(modified));
    assert_eq!(read(short.as_bytes(), Some(now)), Some(modified));
}

/// RFC 9110 §§ 13.1.3 to 13.1.5, for a file without a tag.
fn check_preconditions(modified: i64, now: Option<i64>, text: &[u8], date: Option<i64>) {
    let file = File::<16>::new(10).last_modified(at(modified));
    let exchange = match now {
        Some(now) => Exchange::GET.at(at(now)),
        None => Exchange::GET,
    };
    let status = |headers: &[(&str, &[u8])]| {
        let plan = file.plan(&exchange, headers.iter().copied());
        plan.status()
    };
    // Blanks around a value are no part of it.
    let date = date.or_else(|| read(text.trim_ascii(), now));
    let is_newer = date.map(|date| modified > date);
    let want = if is_newer == Some(false) {
        Status::NOT_MODIFIED
    } else {
        Status::OK
    };
    assert_eq!(
        status(&[("if-modified-since", text)]),
        want,
        "{}",
        shown(text)
    );
    let want = if is_newer == Some(true) {
        Status::PRECONDITION_FAILED
    } else {
        Status::OK
    };
    assert_eq!(
        status(&[("if-unmodified-since", text)]),
        want,
        "{}",
        shown(text)
    );
    let is_own = text == Civil::of(modified).forms()[0].as_bytes();
    let want = match is_own && now.is_none_or(|now| modified < now) {
        true => Status::PARTIAL_CONTENT,
        false => Status::OK,
    };
    let range: [(&str, &[u8]); 2] = [("range", b"bytes=0-0"), ("if-range", text)];
    assert_eq!(status(&range), want, "{}", shown(text));
}

fn in_range(seconds: i64) -> i64 {
    FIRST + (seconds.wrapping_sub(FIRST)).rem_euclid(LAST - FIRST + 1)
}

fn at(seconds: i64) -> HttpDate {
    let date = HttpDate::from_unix(seconds).expect("a date");
    assert_eq!(date.to_unix(), seconds);
    date
}

fn unix(date: Option<HttpDate>) -> Option<i64> {
    date.map(HttpDate::to_unix)
}

fn shown(text: &[u8]) -> String {
    text.escape_ascii().to_string()
}

/// A date of the calendar; months and days count from 0.
struct Civil {
    year: i64,
    month: usize,
    day: i64,
    of_day: i64,
    week_day: usize,
}

impl Civil {
    fn of(seconds: i64) -> Self {
        let days = (seconds - FIRST) / 86_400;
        // The calendar repeats after 400 years.
        let (mut year, mut month, mut day) = (days / 146_097 * 400, 0, days % 146_097);
        while day >= year_length(year) {
            day -= year_length(year);
            year += 1;
        }
        while day >= month_length(year, month) {
            day -= month_length(year, month);
            month += 1;
        }
        Self {
            year,
            month,
            day,
            of_day: (seconds - FIRST) % 86_400,
            week_day: days as usize % 7,
        }
    }

    /// The three forms of RFC 9110 § 5.6.7.
    fn forms(&self) -> [String; 3] {
        let (year, month, day) = (self.year, MONTHS[self.month], self.day + 1);
        let long = DAYS[self.week_day];
        let short = &long[..3];
        let of_day = self.of_day;
        let time = format!(
            "{:02}:{:02}:{:02}",
            of_day / 3600,
            of_day / 60 % 60,
            of_day % 60
        );
        [
            format!("{short}, {day:02} {month} {year:04} {time} GMT"),
            format!("{long}, {day:02}-{month}-{:02} {time} GMT", year % 100),
            format!("{short} {month} {day:2} {time} {year:04}"),
        ]
    }
}

fn year_length(year: i64) -> i64 {
    (0..12).map(|month| month_length(year, month)).sum()
}

fn month_length(year: i64, month: usize) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    [
        31,
        28 + i64::from(is_leap),
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
    ][month]
}

/// Seconds since 1970; `None` where there is no such date.
fn seconds(year: i64, month: usize, day: i64, of_day: i64) -> Option<i64> {
    if !(0..10_000).contains(&year) || !(1..=month_length(year, month)).contains(&day) {
        return None;
    }
    let years: i64 = (year / 400 * 400..year).map(year_length).sum();
    let years = year / 400 * 146_097 + years;
    let months: i64 = (0..month).map(|month| month_length(year, month)).sum();
    Some(FIRST + (years + months + day - 1) * 86_400 + of_day).filter(|sum| *sum <= LAST)
}

/// Reads a text by its words. With two digits of a year, it is the last one with them that is at
/// most 50 years after `now`, or one of 1970 to 2069.
fn read(text: &[u8], now: Option<i64>) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    let words: Vec<&str> = text.split(' ').collect();
    let is_day =
        |word: &str, length: usize| DAYS.iter().any(|day| word == &day[..length.min(day.len())]);
    let month = |word: &str| MONTHS.iter().position(|month| *month == word);
    match words[..] {
        [day_name, day, month_name, year, time, "GMT"] if day_name.ends_with(',') => {
            let is_day = is_day(day_name.strip_suffix(',')?, 3);
            let (day, year) = (number(day, 2)?, number(year, 4)?);
            seconds(year, month(month_name)?, day, of_day(time)?).filter(|_| is_day)
        }
        [day_name, date, time, "GMT"] => {
            let is_day = is_day(day_name.strip_suffix(',')?, 9);
            let [day, month_name, year] = date.split('-').collect::<Vec<_>>()[..] else {
                return None;
            };
            let (day, short) = (number(day, 2)?, number(year, 2)?);
            let (month, of_day) = (month(month_name)?, of_day(time)?);
            let years = match now {
                None => vec![if short < 70 {
                    2000 + short
                } else {
                    1900 + short
                }],
                Some(now) => {
                    let century = Civil::of(now).year / 100 * 100;
                    vec![
                        century + 100 + short,
                        century + short,
                        century - 100 + short,
                    ]
                }
            };
            let dates = years
                .into_iter()
                .filter_map(|year| seconds(year, month, day, of_day));
            let latest = now.map_or(LAST, fifty_years_after);
            dates.filter(|_| is_day).find(|date| *date <= latest)
        }
        [day_name, month_name, "", day, time, year] => {
            let is_day = is_day(day_name, 3);
            let (day, year) = (number(day, 1)?, number(year, 4)?);
            seconds(year, month(month_name)?, day, of_day(time)?).filter(|_| is_day)
        }
        [day_name, month_name, day, time, year] => {
            let is_day = is_day(day_name, 3);
            let (day, year) = (number(day, 2)?, number(year, 4)?);
            seconds(year, month(month_name)?, day, of_day(time)?).filter(|_| is_day)
        }
        _ => None,
    }
}

fn fifty_years_after(now: i64) -> i64 {
    let Civil {
        year,
        month,
        day,
        of_day,
        ..
    } = Civil::of(now);
    let same = seconds(year + 50, month, day + 1, of_day);
    let before = seconds(year + 50, month, day, of_day);
    same.or(before).unwrap_or(LAST)
}

fn number(digits: &str, length: usize) -> Option<i64> {
    let is_number = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// Seconds of the day; 60 of a minute are a leap second, the next one.
fn of_day(time: &str) -> Option<i64> {
    let [hour, minute, second] = time.split(':').collect::<Vec<_>>()[..] else {
        return None;
    };
    let [hour, minute, second] = [number(hour, 2)?, number(minute, 2)?, number(second, 2)?];
    let is_time = hour < 24 && minute < 60 && second <= 60;
    is_time.then_some(hour * 3600 + minute * 60 + second)
}
