use crate::field::date::HttpDate;
use crate::write::buf::Buf;

/// The time of a reply, if it is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Moment(Option<HttpDate>);

impl Moment {
    pub(crate) const UNKNOWN: Self = Self(None);

    pub(crate) const fn at(now: HttpDate) -> Self {
        Self(Some(now))
    }

    pub(crate) const fn date(&self) -> Option<HttpDate> {
        self.0
    }

    /// Writes a `date` line, if the time is known.
    #[inline(always)]
    pub(crate) fn write_line(&self, buf: &mut Buf<'_>) {
        if let Some(date) = self.0 {
            buf.write_date(date);
        }
    }
}
