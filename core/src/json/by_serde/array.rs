//! Arrays: sequences, tuples and tuple structs.

use serde_core::ser::{self, Serialize};

use super::value::Write;
use crate::json::container::Container;
use crate::json::sink::interface::Sink;

/// An array.
pub(in crate::json) struct Array<S>(pub(super) Container<S>);

macro_rules! arrays {
    ($($trait:ident: $method:ident;)+) => {
        $(
            impl<S: Sink> ser::$trait for Array<S> {
                type Ok = S;
                type Error = S::Error;

                #[inline(always)]
                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                    self.0.element(None, Write(value))
                }

                #[inline]
                fn end(self) -> Result<S, S::Error> {
                    self.0.end::<b']'>()
                }
            }
        )+
    };
}

arrays! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
}
