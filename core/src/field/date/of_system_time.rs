//! Times of the standard library.

use std::time::{Duration, SystemTime};

use super::HttpDate;
use super::range_error::DateRangeError;

/// Cuts the fraction of the second off, so that the date is never later than the time.
///
/// ```
/// use replywire::HttpDate;
/// use std::time::{Duration, SystemTime};
///
/// let time = SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_900);
/// assert_eq!(&HttpDate::try_from(time)?.to_imf_fixdate(), b"Sun, 06 Nov 1994 08:49:37 GMT");
/// # Ok::<(), replywire::DateRangeError>(())
/// ```
impl TryFrom<SystemTime> for HttpDate {
    type Error = DateRangeError;

    fn try_from(time: SystemTime) -> Result<Self, DateRangeError> {
        let seconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).ok(),
            Err(error) => {
                let until = error.duration();
                let cut = u64::from(until.subsec_nanos() > 0);
                0i64.checked_sub_unsigned(until.as_secs().saturating_add(cut))
            }
        };
        seconds.and_then(Self::from_unix).ok_or(DateRangeError::NEW)
    }
}

/// Fails where the system's times do not reach so far, as those of Windows before 1601.
///
/// ```
/// use replywire::HttpDate;
/// use std::time::SystemTime;
///
/// assert_eq!(SystemTime::try_from(HttpDate::EPOCH), Ok(SystemTime::UNIX_EPOCH));
/// ```
impl TryFrom<HttpDate> for SystemTime {
    type Error = DateRangeError;

    fn try_from(date: HttpDate) -> Result<Self, DateRangeError> {
        let seconds = date.to_unix();
        let distance = Duration::from_secs(seconds.unsigned_abs());
        match seconds {
            0.. => Self::UNIX_EPOCH.checked_add(distance),
            _ => Self::UNIX_EPOCH.checked_sub(distance),
        }
        .ok_or(DateRangeError::NEW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn times_are_cut_to_the_second_before_them() {
        let epoch = SystemTime::UNIX_EPOCH;
        let nano = Duration::from_nanos(1);
        let to_0 = Duration::from_secs(62_167_219_200);
        let to_10_000 = Duration::from_secs(253_402_300_800);
        for (time, seconds) in [
            (epoch, Some(0)),
            (epoch + nano, Some(0)),
            (epoch - nano, Some(-1)),
            (epoch - Duration::from_secs(1), Some(-1)),
            (epoch - Duration::from_secs(1) - nano, Some(-2)),
            (epoch - to_0, Some(-62_167_219_200)),
            (epoch - to_0 - nano, None),
            (epoch + to_10_000 - nano, Some(253_402_300_799)),
            (epoch + to_10_000, None),
        ] {
            let date = HttpDate::try_from(time).ok();
            assert_eq!(date.map(HttpDate::to_unix), seconds, "{time:?}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn dates_of_each_month_are_the_same_there_and_back() {
        for seconds in (-62_167_219_200..253_402_300_800).step_by(28 * 86_400 - 997) {
            let date = HttpDate::from_unix(seconds).unwrap();
            let time = SystemTime::try_from(date).unwrap();
            assert_eq!(HttpDate::try_from(time), Ok(date));
        }
    }
}
