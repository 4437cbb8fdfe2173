//! The place of a value that `serde` writes. It knows no type of value, and no container.

use serde_core::ser::Serialize;

use crate::json::container::WriteValue;
use crate::json::depth::Depth;
use crate::json::sink::interface::Sink;

/// The place of one value. As a serializer its `Ok` is the sink, which so travels by value.
pub(in crate::json) struct Serializer<S> {
    pub(in crate::json) sink: S,
    pub(in crate::json) depth: Depth,
}

/// Writes one value.
pub(super) struct Write<'v, T: ?Sized>(pub(super) &'v T);

impl<S: Sink, T: Serialize + ?Sized> WriteValue<S> for Write<'_, T> {
    #[inline(always)]
    fn write_value(self, sink: S, depth: Depth) -> Result<S, S::Error> {
        self.0.serialize(Serializer { sink, depth })
    }
}
