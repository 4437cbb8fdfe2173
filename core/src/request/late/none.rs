use core::marker::PhantomData;
use core::ops::Range;

/// Nothing: each head was written.
#[derive(Clone, Copy)]
pub(in crate::request) struct Late<'r>(PhantomData<&'r ()>);

impl<'r> Late<'r> {
    pub(in crate::request) const NONE: Self = Self(PhantomData);

    #[inline(always)]
    pub(in crate::request) fn method(self, written: impl FnOnce() -> &'r str) -> &'r str {
        written()
    }

    #[inline(always)]
    pub(in crate::request) const fn target(self, written: &'r [u8]) -> &'r [u8] {
        written
    }

    #[inline(always)]
    pub(in crate::request) const fn path(self) -> Option<&'r str> {
        None
    }

    #[inline(always)]
    pub(in crate::request) fn part(
        self,
        _: Range<usize>,
        written: impl FnOnce() -> &'r str,
    ) -> &'r str {
        written()
    }

    #[inline(always)]
    pub(in crate::request) const fn lines(self, written: &'r [u8]) -> &'r [u8] {
        written
    }
}
