//! Types of the language that write themselves.

use super::value::{Outcome, ToJson, Value, written};
use crate::json::number::fraction::shortest;
use crate::json::number::wide;
use crate::json::rules::Rules as _;
use crate::json::scalar;
use crate::json::sink::interface::Sink;

impl<T: ToJson + ?Sized> ToJson for &T {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        (**self).to_json(out)
    }
}

impl<T: ToJson> ToJson for Option<T> {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        match self {
            Some(value) => value.to_json(out.within_newtype()?),
            None => out.null(),
        }
    }
}

impl<T: ToJson> ToJson for [T] {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.array()?.items(self)?.end()
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        self.as_slice().to_json(out)
    }
}

macro_rules! tuples {
    ($($element:ident)+) => {
        /// An array of the elements.
        impl<$($element: ToJson),+> ToJson for ($($element,)+) {
            #[inline]
            fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
                #[allow(non_snake_case, reason = "an element is called by its type")]
                let ($($element,)+) = self;
                out.array()?$(.item($element)?)+.end()
            }
        }
    };
}

tuples! { A }
tuples! { A B }
tuples! { A B C }
tuples! { A B C D }
tuples! { A B C D E }
tuples! { A B C D E F }
tuples! { A B C D E F G }
tuples! { A B C D E F G H }
tuples! { A B C D E F G H I }
tuples! { A B C D E F G H I J }
tuples! { A B C D E F G H I J K }
tuples! { A B C D E F G H I J K L }

impl ToJson for str {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.string(self)
    }
}

impl ToJson for char {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.string(self.encode_utf8(&mut [0; 4]))
    }
}

impl ToJson for bool {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.bool(*self)
    }
}

impl ToJson for () {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.null()
    }
}

impl ToJson for f64 {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.double(*self)
    }
}

macro_rules! numbers {
    ($($number:ty => $module:ident::$write:ident;)+) => {
        $(
            impl ToJson for $number {
                #[inline]
                fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
                    written($module::$write(out.sink, *self as _))
                }
            }
        )+
    };
}

numbers! {
    i8 => scalar::signed_32;
    i16 => scalar::signed_32;
    i32 => scalar::signed_32;
    i64 => scalar::signed;
    i128 => wide::signed_128;
    isize => scalar::signed;
    u8 => scalar::unsigned_32;
    u16 => scalar::unsigned_32;
    u32 => scalar::unsigned_32;
    u64 => scalar::unsigned;
    u128 => wide::unsigned_128;
    usize => scalar::unsigned;
}

impl ToJson for f32 {
    #[inline]
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        written(shortest::single(
            out.sink,
            *self,
            S::Dialect::SINGLE_EXPONENTS,
        ))
    }
}
