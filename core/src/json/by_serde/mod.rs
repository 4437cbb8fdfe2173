//! Values that `serde` writes. A value, its container and the serializer are the parts of one
//! recursion: a container knows the place of a value, and the serializer knows both.

mod array;
pub(super) mod document;
pub(super) mod key;
pub(super) mod marked;
mod object;
pub(super) mod owned;
pub(super) mod refuse;
pub(super) mod scalars;
mod serializer;
pub(super) mod value;
mod variant;
