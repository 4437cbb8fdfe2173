use core::marker::PhantomData;

/// No lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Template<'t>(PhantomData<&'t [u8]>);

impl Template<'_> {
    pub(crate) const EMPTY: Self = Self(PhantomData);
}
