//! Times of the crate `jiff`.

use ::jiff::Timestamp;

use super::HttpDate;
use super::range_error::DateRangeError;

/// Cuts the fraction of the second off, so that the date is never later than the time. A
/// `jiff::Zoned` gives its `timestamp`.
///
/// ```
/// use jiff::Timestamp;
/// use replywire::HttpDate;
///
/// let time = Timestamp::from_millisecond(784_111_777_900)?;
/// assert_eq!(&HttpDate::try_from(time)?.to_imf_fixdate(), b"Sun, 06 Nov 1994 08:49:37 GMT");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl TryFrom<Timestamp> for HttpDate {
    type Error = DateRangeError;

    fn try_from(time: Timestamp) -> Result<Self, DateRangeError> {
        // Both parts have the sign of the whole.
        let cut = i64::from(time.subsec_nanosecond() < 0);
        Self::from_unix(time.as_second().saturating_sub(cut)).ok_or(DateRangeError::NEW)
    }
}

/// Fails for the last 26 hours of the year 9999, which `jiff` keeps free for the offsets of zones.
///
/// ```
/// use jiff::Timestamp;
/// use replywire::HttpDate;
///
/// let date = HttpDate::from_civil(1994, 11, 6, 8, 49, 37).unwrap();
/// assert_eq!(Timestamp::try_from(date)?, Timestamp::from_second(784_111_777)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl TryFrom<HttpDate> for Timestamp {
    type Error = DateRangeError;

    fn try_from(date: HttpDate) -> Result<Self, DateRangeError> {
        Self::from_second(date.to_unix()).map_err(|_| DateRangeError::NEW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: i64 = -62_167_219_200;
    const LAST: i64 = 253_402_300_799;

    #[test]
    fn times_are_cut_to_the_second_before_them() {
        for (seconds, nanos, date) in [
            (0, 0, Some(0)),
            (0, 1, Some(0)),
            (0, -1, Some(-1)),
            (-1, 0, Some(-1)),
            (-1, -999_999_999, Some(-2)),
            (FIRST, 0, Some(FIRST)),
            (FIRST, -1, None),
        ] {
            let time = Timestamp::new(seconds, nanos).unwrap();
            let read = HttpDate::try_from(time).ok();
            assert_eq!(read.map(HttpDate::to_unix), date, "{time}");
        }
        assert!(HttpDate::try_from(Timestamp::MIN).is_err());
    }

    #[test]
    fn dates_of_each_month_are_the_same_there_and_back_but_for_the_last_of_9999() {
        let last = Timestamp::MAX.as_second();
        assert_eq!(LAST - last, 26 * 3600 - 1);
        let days = (FIRST..=LAST).step_by(28 * 86_400 - 997);
        for seconds in days.chain([last, last + 1, LAST]) {
            let date = HttpDate::from_unix(seconds).unwrap();
            let time = Timestamp::try_from(date);
            assert_eq!(time.is_ok(), seconds <= last, "{date}");
            if let Ok(time) = time {
                assert_eq!(HttpDate::try_from(time), Ok(date));
            }
        }
    }
}
