use core::marker::PhantomData;

use crate::head::written::WrittenFields;
use crate::write::buf::Buf;

/// No lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Template<'t>(PhantomData<&'t [u8]>);

impl Template<'_> {
    pub(crate) const EMPTY: Self = Self(PhantomData);

    pub(crate) const fn is_empty(&self) -> bool {
        true
    }

    #[inline(always)]
    pub(crate) fn write_to(&self, _: &mut Buf<'_>, _: &WrittenFields) {}
}
