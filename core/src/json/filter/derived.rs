//! The names that the code of derived models has.

use core::marker::PhantomData;

pub use serde_core::ser::{Serialize, Serializer};

use super::flatten;
use super::shape::{Shape, Shaped};

/// The shape of a type, or [`Shape::Any`] where it is not known: the inherent constant goes before
/// that of the trait, where there is one.
#[derive(Debug)]
pub struct ShapeOf<T: ?Sized>(PhantomData<T>);

impl<T: Shaped + ?Sized> ShapeOf<T> {
    /// The shape that is known.
    pub const SHAPE: &'static Shape = T::SHAPE;
}

/// The shape of a type of which nothing is known.
pub trait AnyShape {
    /// Any shape.
    const SHAPE: &'static Shape = &Shape::Any;
}

impl<T: ?Sized> AnyShape for ShapeOf<T> {}

/// Counts the fields that are flattened into a model.
pub fn count_fields<T: Serialize + ?Sized>(value: &T) -> usize {
    flatten::count(value)
}

/// Tells whether a field has its default.
pub fn is_default<T: PartialEq>(value: &T, default: &T) -> bool {
    value == default
}
