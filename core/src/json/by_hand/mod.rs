//! Values that write themselves by hand, without `serde`: whatever the type system keeps valid.

pub(super) mod document;
pub(super) mod elements;
mod standard;
pub(super) mod value;
