//! Lists without the elements that are left out.

use serde_core::ser::{self, Serialize, Serializer};

use super::context::FilterContext;

/// The elements of a list, each in the context that all have.
pub(super) struct Elements<'p, I> {
    pub(super) values: I,
    pub(super) context: FilterContext<'p>,
}

impl<'p, I: Iterator> Iterator for Elements<'p, I> {
    type Item = Element<'p, I::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        let context = self.context;
        self.values.next().map(|value| Element { value, context })
    }

    /// As fast as that of the values, which may know it without counting.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        let context = self.context;
        self.values.nth(n).map(|value| Element { value, context })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.values.size_hint()
    }
}

/// An element by itself.
pub(super) struct Element<'p, T> {
    value: T,
    context: FilterContext<'p>,
}

impl<T: Serialize> Serialize for Element<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.context.of(&self.value).serialize(serializer)
    }
}

/// A list.
pub(super) struct List<'p, S> {
    inner: S,
    context: FilterContext<'p>,
    index: usize,
    /// The length that the list has told, where it counts.
    len: Option<usize>,
}

impl<'p, S> List<'p, S> {
    /// Begins a list: `begin` does where it is written.
    pub(super) fn new<E: ser::Error>(
        context: FilterContext<'p>,
        len: Option<usize>,
        begin: impl FnOnce() -> Result<S, E>,
    ) -> Result<Self, E> {
        Ok(Self {
            len: context.list(len)?,
            inner: begin()?,
            context,
            index: 0,
        })
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident)+) => {
        $(
            impl<S: ser::$trait> ser::$trait for List<'_, S> {
                type Ok = S::Ok;
                type Error = S::Error;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                    let index = self.index;
                    self.index = index.saturating_add(1);
                    self.context
                        .element(index, self.len, value, |value| self.inner.$method(value))
                }

                fn end(self) -> Result<S::Ok, S::Error> {
                    self.context.end_list(self.index, self.len)?;
                    self.inner.end()
                }
            }
        )+
    };
}

lists! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
}
