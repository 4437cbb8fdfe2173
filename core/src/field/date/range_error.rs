use core::fmt;

/// A time that the other type has no place for: an [`HttpDate`](crate::HttpDate) is one of the
/// years 0 to 9999, and each type of a time has years of its own.
///
/// It is the error of conversions to and from `SystemTime` (feature `std`), `jiff` and `time-03`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DateRangeError(());

impl DateRangeError {
    pub(super) const NEW: Self = Self(());
}

impl fmt::Display for DateRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("time outside the years of a date")
    }
}

impl core::error::Error for DateRangeError {}
