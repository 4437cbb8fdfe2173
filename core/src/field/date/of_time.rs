//! Times of the crate `time`.

use ::time::{OffsetDateTime, UtcDateTime};

use super::HttpDate;
use super::range_error::DateRangeError;

/// Cuts the fraction of the second off; the offset goes too, since a date is in UTC.
///
/// ```
/// use replywire::HttpDate;
/// use time::{OffsetDateTime, UtcOffset};
///
/// let time = OffsetDateTime::from_unix_timestamp_nanos(784_111_777_900_000_000)?;
/// let there = time.to_offset(UtcOffset::from_hms(2, 0, 0)?);
/// assert_eq!(
///     &HttpDate::try_from(there)?.to_imf_fixdate(),
///     b"Sun, 06 Nov 1994 08:49:37 GMT",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl TryFrom<OffsetDateTime> for HttpDate {
    type Error = DateRangeError;

    fn try_from(time: OffsetDateTime) -> Result<Self, DateRangeError> {
        Self::from_unix(time.unix_timestamp()).ok_or(DateRangeError::NEW)
    }
}

/// Cuts the fraction of the second off.
impl TryFrom<UtcDateTime> for HttpDate {
    type Error = DateRangeError;

    fn try_from(time: UtcDateTime) -> Result<Self, DateRangeError> {
        Self::from_unix(time.unix_timestamp()).ok_or(DateRangeError::NEW)
    }
}

/// Gives the time with the offset of UTC.
///
/// ```
/// use replywire::HttpDate;
/// use time::OffsetDateTime;
///
/// let date = HttpDate::from_civil(1994, 11, 6, 8, 49, 37).unwrap();
/// assert_eq!(OffsetDateTime::from(date).unix_timestamp(), 784_111_777);
/// ```
impl From<HttpDate> for OffsetDateTime {
    fn from(date: HttpDate) -> Self {
        // The years of `time` go from -9999 to 9999.
        Self::from_unix_timestamp(date.to_unix()).unwrap_or(Self::UNIX_EPOCH)
    }
}

/// Gives the same time.
impl From<HttpDate> for UtcDateTime {
    fn from(date: HttpDate) -> Self {
        Self::from_unix_timestamp(date.to_unix()).unwrap_or(Self::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use ::time::{Duration, UtcOffset};

    use super::*;

    const FIRST: i64 = -62_167_219_200;
    const LAST: i64 = 253_402_300_799;

    #[test]
    fn times_are_cut_to_the_second_before_them() {
        let nano = Duration::nanoseconds(1);
        for (seconds, there) in [(FIRST, false), (-1, true), (0, true), (LAST, true)] {
            let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            assert_eq!(HttpDate::try_from(time).unwrap().to_unix(), seconds);
            let before = HttpDate::try_from(time - nano).ok();
            assert_eq!(
                before.map(HttpDate::to_unix),
                there.then_some(seconds - 1),
                "{time}"
            );
        }
        assert!(HttpDate::try_from(UtcDateTime::MIN).is_err());
        assert_eq!(
            HttpDate::try_from(UtcDateTime::MAX).map(HttpDate::to_unix),
            Ok(LAST)
        );
    }

    #[test]
    fn dates_of_each_month_are_the_same_there_and_back_at_any_offset() {
        for seconds in (FIRST..=LAST).step_by(28 * 86_400 - 997).chain([LAST]) {
            let date = HttpDate::from_unix(seconds).unwrap();
            let time = OffsetDateTime::from(date);
            assert_eq!(time.unix_timestamp(), seconds);
            assert_eq!(UtcDateTime::from(date).unix_timestamp(), seconds);
            assert_eq!(HttpDate::try_from(time), Ok(date));
            // At the edges another offset has no year.
            let hours = (seconds % 12) as i8;
            let offset = UtcOffset::from_hms(hours, 0, 0).unwrap();
            if let Some(there) = time.checked_to_offset(offset) {
                assert_eq!(HttpDate::try_from(there), Ok(date));
            }
        }
    }
}
