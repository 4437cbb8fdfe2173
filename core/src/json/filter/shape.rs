//! Shapes: the parts that the values of a type have.

use core::fmt;

use super::settable::Settable;
use crate::json::number::decimal::Decimal;

/// The parts that the values of a type can have, as far as they are known before there is a value.
///
/// ```
/// use replywire::json::{Shape, Shaped};
///
/// // As the derive of `Model` makes it of `struct Item { id: u32, tags: Vec<String> }`.
/// const ITEM: Shape = Shape::Model(&[
///     ("id", &Shape::Leaf),
///     ("tags", &Shape::List(&Shape::Leaf)),
/// ]);
/// # let Shape::Model([("id", Shape::Leaf), _]) = ITEM else { panic!() };
/// # assert!(matches!(<[Option<u8>]>::SHAPE, Shape::List(Shape::Leaf)));
/// ```
#[non_exhaustive]
#[derive(Clone, Copy)]
pub enum Shape {
    /// Nothing is known.
    Any,
    /// The fields of several models in one, none of which may be this one.
    Joined(&'static [&'static Self]),
    /// A value without parts: a text, a number or a boolean.
    Leaf,
    /// A list of such elements.
    List(&'static Self),
    /// A map to such values, by keys that are not known.
    Map(&'static Self),
    /// A model with fields of these names, which are never aliases.
    Model(&'static [(&'static str, &'static Self)]),
}

impl fmt::Debug for Shape {
    /// Writes no more than the kind: a shape may be a part of itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "Any",
            Self::Joined(_) => "Joined",
            Self::Leaf => "Leaf",
            Self::List(_) => "List",
            Self::Map(_) => "Map",
            Self::Model(_) => "Model",
        })
    }
}

/// A type whose values have a known shape. Null is a value of every shape.
///
/// References and `Option`s have the shape of what they hold, arrays and slices that of a list of
/// it. With the feature `alloc` there are `String`, `Box`, `Rc`, `Arc`, `Cow`, `Vec`, `VecDeque`,
/// `BTreeSet` and `BTreeMap`; with the feature `std`, `HashSet` and `HashMap` too.
#[diagnostic::on_unimplemented(
    message = "the shape of `{Self}` is not known",
    note = "derive `replywire::json::Model` for a struct of your own",
    note = "a `Vec` has the shape of a slice; it is known itself with the feature `alloc` of \
            `replywire`, and that of a `HashMap` with the feature `std`"
)]
pub trait Shaped {
    /// The shape of the values.
    const SHAPE: &'static Shape;
}

macro_rules! leaves {
    ($($type:ty)+) => {
        $(
            impl Shaped for $type {
                const SHAPE: &'static Shape = &Shape::Leaf;
            }
        )+
    };
}

leaves! {
    bool char str
    i8 i16 i32 i64 i128 isize
    u8 u16 u32 u64 u128 usize
    f32 f64
    Decimal
}

impl<T: Shaped> Shaped for [T] {
    const SHAPE: &'static Shape = &Shape::List(T::SHAPE);
}

impl<T: Shaped, const N: usize> Shaped for [T; N] {
    const SHAPE: &'static Shape = &Shape::List(T::SHAPE);
}

impl<T: Shaped + ?Sized> Shaped for &T {
    const SHAPE: &'static Shape = T::SHAPE;
}

impl<T: Shaped> Shaped for Option<T> {
    const SHAPE: &'static Shape = T::SHAPE;
}

impl<T: Shaped> Shaped for Settable<T> {
    const SHAPE: &'static Shape = T::SHAPE;
}
