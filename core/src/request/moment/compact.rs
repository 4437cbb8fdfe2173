use core::fmt;

use crate::field::date::HttpDate;
use crate::write::buf::Buf;

/// The time of a reply, if it is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Moment {
    /// It counts where there is a clock.
    date: HttpDate,
    clock: Clock,
}

/// The function that formats the date: only `Moment::at` names it, so a program without a clock
/// does not link it.
#[derive(Clone, Copy)]
struct Clock(Option<fn(HttpDate) -> [u8; 29]>);

impl Moment {
    pub(crate) const UNKNOWN: Self = Self {
        date: HttpDate::EPOCH,
        clock: Clock(None),
    };

    pub(crate) const fn at(now: HttpDate) -> Self {
        Self {
            date: now,
            clock: Clock(Some(HttpDate::to_imf_fixdate)),
        }
    }

    pub(crate) const fn date(&self) -> Option<HttpDate> {
        match self.clock {
            Clock(Some(_)) => Some(self.date),
            Clock(None) => None,
        }
    }

    /// Writes a `date` line, if the time is known.
    #[inline(always)]
    pub(crate) fn write_line(&self, buf: &mut Buf<'_>) {
        if let Clock(Some(text)) = self.clock {
            buf.write_line(b"date", &text(self.date));
        }
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
