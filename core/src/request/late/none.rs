use core::marker::PhantomData;

/// Nothing: each head has its lines.
#[derive(Clone, Copy)]
pub(in crate::request) struct Late<'r>(PhantomData<&'r ()>);

impl<'r> Late<'r> {
    pub(in crate::request) const NONE: Self = Self(PhantomData);

    #[inline(always)]
    pub(in crate::request) const fn or(self, lines: &'r [u8]) -> &'r [u8] {
        lines
    }
}
