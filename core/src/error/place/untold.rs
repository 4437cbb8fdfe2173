/// Nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Numbers;

impl Numbers {
    pub(super) const UNKNOWN: Self = Self;

    pub(super) const fn at(_: usize) -> Self {
        Self
    }

    pub(super) const fn in_line(self, _: usize) -> Self {
        self
    }

    pub(super) const fn line(self) -> Option<u16> {
        None
    }

    pub(super) const fn byte(self) -> Option<u16> {
        None
    }
}
