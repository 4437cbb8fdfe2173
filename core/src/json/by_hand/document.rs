//! Documents of values that write themselves.

use core::fmt;
use core::marker::PhantomData;

use super::value::{ToJson, Write};
use crate::json::container::WriteValue as _;
use crate::json::depth::Depth;
use crate::json::document::text::DocumentText;
use crate::json::rules::{Python, Rules};
use crate::json::sink::interface::Sink;

/// A document of what writes itself by hand; [`Dialect::by_hand`](crate::json::Dialect::by_hand)
/// makes it.
pub struct ByHand<'v, T: ?Sized, D = Python> {
    value: &'v T,
    dialect: PhantomData<D>,
}

impl<'v, T: ?Sized, D> ByHand<'v, T, D> {
    pub(crate) const fn new(value: &'v T) -> Self {
        Self {
            value,
            dialect: PhantomData,
        }
    }
}

impl<T: ?Sized, D> Clone for ByHand<'_, T, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized, D> Copy for ByHand<'_, T, D> {}

impl<T: ?Sized, D> fmt::Debug for ByHand<'_, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHand").finish_non_exhaustive()
    }
}

impl<T: ToJson + ?Sized, D: Rules> DocumentText for ByHand<'_, T, D> {
    type Dialect = D;

    #[inline]
    fn write_text<S: Sink<Dialect = D>>(&self, sink: S, depth: u8) -> Result<S, S::Error> {
        Write(self.value).write_value(sink, Depth::new(depth))
    }
}
