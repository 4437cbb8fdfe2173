//! Documents that `serde` writes.

use core::fmt;
use core::marker::PhantomData;

use serde_core::ser::Serialize;

use super::value::Serializer;
use crate::json::depth::Depth;
use crate::json::document::text::DocumentText;
use crate::json::rules::{Python, Rules};
use crate::json::sink::interface::Sink;

/// A document that `serde` writes; [`Dialect::of`](crate::json::Dialect::of) makes it.
pub struct BySerde<'v, T: ?Sized, D = Python> {
    pub(in crate::json) value: &'v T,
    dialect: PhantomData<D>,
}

impl<'v, T: ?Sized, D> BySerde<'v, T, D> {
    pub(crate) const fn new(value: &'v T) -> Self {
        Self {
            value,
            dialect: PhantomData,
        }
    }
}

impl<T: ?Sized, D> Clone for BySerde<'_, T, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized, D> Copy for BySerde<'_, T, D> {}

impl<T: ?Sized, D> fmt::Debug for BySerde<'_, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BySerde").finish_non_exhaustive()
    }
}

impl<T: Serialize + ?Sized, D: Rules> DocumentText for BySerde<'_, T, D> {
    type Dialect = D;

    #[inline]
    fn write_text<S: Sink<Dialect = D>>(&self, sink: S, depth: u8) -> Result<S, S::Error> {
        self.value.serialize(Serializer {
            sink,
            depth: Depth::new(depth),
        })
    }
}
