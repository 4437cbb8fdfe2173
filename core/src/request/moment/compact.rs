use core::fmt;

use crate::field::date::HttpDate;
use crate::write::buf::Buf;

/// The date, which counts where there is a clock.
pub(crate) type Date = HttpDate;

/// The function that formats the date: only [`at`] names it, so a program without a clock does not
/// link it.
#[derive(Clone, Copy)]
pub(crate) struct Clock(Option<fn(HttpDate) -> [u8; 29]>);

/// No date is known.
pub(crate) const UNKNOWN: (Date, Clock) = (HttpDate::EPOCH, Clock(None));

pub(crate) const fn at(now: HttpDate) -> (Date, Clock) {
    (now, Clock(Some(HttpDate::to_imf_fixdate)))
}

pub(crate) const fn date(date: Date, clock: Clock) -> Option<HttpDate> {
    match clock {
        Clock(Some(_)) => Some(date),
        Clock(None) => None,
    }
}

/// Writes a `date` line, if the date is known.
#[inline(always)]
pub(crate) fn write_line(date: Date, clock: Clock, buf: &mut Buf<'_>) {
    if let Clock(Some(text)) = clock {
        buf.write_line(b"date", &text(date));
    }
}

/// All clocks format identically, so only presence is compared.
impl PartialEq for Clock {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_some() == other.0.is_some()
    }
}

impl Eq for Clock {}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Clock" } else { "None" })
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Clock {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self.0 {
            Some(_) => defmt::write!(f, "Clock"),
            None => defmt::write!(f, "None"),
        }
    }
}
