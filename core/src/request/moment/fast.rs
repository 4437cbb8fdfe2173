use crate::field::date::HttpDate;
use crate::write::buf::Buf;

/// The date, if it is known.
pub(crate) type Date = Option<HttpDate>;

/// Nothing: the date says all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Clock;

/// No date is known.
pub(crate) const UNKNOWN: (Date, Clock) = (None, Clock);

pub(crate) const fn at(now: HttpDate) -> (Date, Clock) {
    (Some(now), Clock)
}

pub(crate) const fn date(date: Date, Clock: Clock) -> Option<HttpDate> {
    date
}

/// Writes a `date` line, if the date is known.
#[inline(always)]
pub(crate) fn write_line(date: Date, Clock: Clock, buf: &mut Buf<'_>) {
    if let Some(date) = date {
        buf.write_date(date);
    }
}
