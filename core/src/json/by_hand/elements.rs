//! Arrays and objects that are written element by element.

use super::value::{Outcome, ToJson, Value, Write, written};
use crate::json::container::Container;
use crate::json::sink::interface::Sink;
use crate::json::sink::replay::Kind;

impl<S: Sink> Value<S> {
    /// Begins an array.
    ///
    /// # Errors
    ///
    /// [`JsonError::Depth`](crate::json::JsonError::Depth), and as [`null`](Self::null).
    #[inline]
    pub fn array(self) -> Result<Array<S>, S::Error> {
        let container = Container::new(self.sink, self.depth, Kind::Array)?;
        Ok(Array { container })
    }

    /// Begins an object.
    ///
    /// # Errors
    ///
    /// As [`array`](Self::array).
    #[inline]
    pub fn object(self) -> Result<Object<S>, S::Error> {
        let container = Container::new(self.sink, self.depth, Kind::Object)?;
        Ok(Object { container })
    }
}

/// An array being written.
#[derive(Debug)]
#[must_use = "an array must be ended"]
pub struct Array<S> {
    container: Container<S>,
}

impl<S: Sink> Array<S> {
    /// Adds an element.
    ///
    /// # Errors
    ///
    /// `value` is invalid, or the sink is full.
    #[inline]
    pub fn item<T: ToJson + ?Sized>(mut self, value: &T) -> Result<Self, S::Error> {
        self.container.element(None, Write(value))?;
        Ok(self)
    }

    /// Adds many elements.
    ///
    /// A document that leaves through a small buffer is taken up again at the right element by way
    /// of [`nth`](Iterator::nth), which a slice knows without counting.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item).
    #[inline]
    pub fn items<I>(mut self, values: I) -> Result<Self, S::Error>
    where
        I: IntoIterator,
        I::Item: ToJson,
    {
        let mut values = values.into_iter();
        self.container.skip(&mut values)?;
        for value in values {
            self.container.element(None, Write(&value))?;
        }
        Ok(self)
    }

    /// Ends the array.
    ///
    /// # Errors
    ///
    /// The sink is full.
    #[inline]
    pub fn end(self) -> Outcome<S> {
        written(self.container.end::<b']'>())
    }
}

/// An object being written.
#[derive(Debug)]
#[must_use = "an object must be ended"]
pub struct Object<S> {
    container: Container<S>,
}

impl<S: Sink> Object<S> {
    /// Adds a member. Names are not compared: what is given twice is written twice.
    ///
    /// # Errors
    ///
    /// `value` is invalid, or the sink is full.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    pub fn field<T: ToJson + ?Sized>(mut self, name: &str, value: &T) -> Result<Self, S::Error> {
        self.container.element(Some(name), Write(value))?;
        Ok(self)
    }

    /// Adds many members, such as those of a map.
    ///
    /// A document that leaves through a small buffer is taken up again as by
    /// [`Array::items`].
    ///
    /// # Errors
    ///
    /// As [`field`](Self::field).
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use replywire::json::{Outcome, Python, Sink, ToJson, Value};
    ///
    /// struct Counts(BTreeMap<String, u32>);
    ///
    /// impl ToJson for Counts {
    ///     fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
    ///         out.object()?.fields(&self.0)?.end()
    ///     }
    /// }
    ///
    /// let mut buf = [0; 32];
    /// let counts = Counts(BTreeMap::from([("b".to_owned(), 2), ("a".to_owned(), 1)]));
    /// let len = Python::by_hand(&counts).write(&mut buf)?;
    /// assert_eq!(&buf[..len], br#"{"a":1,"b":2}"#);
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[inline]
    pub fn fields<I, N, V>(mut self, members: I) -> Result<Self, S::Error>
    where
        I: IntoIterator<Item = (N, V)>,
        N: AsRef<str>,
        V: ToJson,
    {
        let mut members = members.into_iter();
        self.container.skip(&mut members)?;
        for (name, value) in members {
            self.container.element(Some(name.as_ref()), Write(&value))?;
        }
        Ok(self)
    }

    /// Ends the object.
    ///
    /// # Errors
    ///
    /// The sink is full.
    #[inline]
    pub fn end(self) -> Outcome<S> {
        written(self.container.end::<b'}'>())
    }
}
