//! Shapes of the types of `alloc` and `std`, which the core names for this alone.

use super::shape::{Shape, Shaped};

macro_rules! shapes {
    (
        same as $one:ident { $($same:ty)+ }
        list of $item:ident { $($list:ty)+ }
        map to $value:ident { $($map:ty)+ }
    ) => {
        $(
            impl<$one: Shaped + ?Sized> Shaped for $same {
                const SHAPE: &'static Shape = $one::SHAPE;
            }
        )+
        $(
            impl<$item: Shaped> Shaped for $list {
                const SHAPE: &'static Shape = &Shape::List($item::SHAPE);
            }
        )+
        $(
            impl<K, $value: Shaped> Shaped for $map {
                const SHAPE: &'static Shape = &Shape::Map($value::SHAPE);
            }
        )+
    };
}

shapes! {
    same as T { alloc::boxed::Box<T> alloc::rc::Rc<T> }
    list of T { alloc::collections::BTreeSet<T> alloc::collections::VecDeque<T> alloc::vec::Vec<T> }
    map to V { alloc::collections::BTreeMap<K, V> }
}

#[cfg(target_has_atomic = "ptr")]
impl<T: Shaped + ?Sized> Shaped for alloc::sync::Arc<T> {
    const SHAPE: &'static Shape = T::SHAPE;
}

impl Shaped for alloc::string::String {
    const SHAPE: &'static Shape = &Shape::Leaf;
}

impl<T: Shaped + alloc::borrow::ToOwned + ?Sized> Shaped for alloc::borrow::Cow<'_, T> {
    const SHAPE: &'static Shape = T::SHAPE;
}

#[cfg(feature = "std")]
impl<T: Shaped, S> Shaped for std::collections::HashSet<T, S> {
    const SHAPE: &'static Shape = &Shape::List(T::SHAPE);
}

#[cfg(feature = "std")]
impl<K, V: Shaped, S> Shaped for std::collections::HashMap<K, V, S> {
    const SHAPE: &'static Shape = &Shape::Map(V::SHAPE);
}
