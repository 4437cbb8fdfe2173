//! A limit on the depth, as part of a dialect.

use super::escape::Escapes;
use super::rules::{Exponents, Rules};

/// A dialect whose values nest at most `N` deep; more is
/// [`JsonError::Depth`](crate::json::JsonError::Depth).
///
/// Counted are the arrays and objects around a value, those in a text that is JSON already too, and
/// apart from them the newtypes and `Some`s around it: there may be `N` of each. Those in which a
/// `Model` has its fields do not count. All dialects begin with
/// [`MAX_DEPTH`](crate::json::MAX_DEPTH), and no `N` means more.
///
/// What a value does between two calls of the library is not counted: a `ToJson` that hands its
/// [`Value`](crate::json::Value) on to itself, for one. A filter looks for what it leaves out
/// through as many newtypes as `MAX_DEPTH`.
///
/// The stack that a level takes is that of the value's own function and of the library's in it:
/// where words have 32 bits, at opt-level `s`, 32 bytes, up to 64 where the document leaves in
/// pieces and up to 304 where it is filtered, in either way; a newtype takes 32, or 80 filtered.
/// Where a `Filter` joins lists, it says how much more.
///
/// ```
/// use replywire::Error;
/// use replywire::json::{JsonError, Python, Shallow};
///
/// let mut buf = [0; 16];
/// assert_eq!(Shallow::<Python, 2>::of(&[[1]]).write(&mut buf), Ok(5));
/// let result = Shallow::<Python, 2>::of(&[[[1]]]).write(&mut buf);
/// assert_eq!(result, Err(Error::Json(JsonError::Depth)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Shallow<D, const N: u8>(D);

impl<D, const N: u8> Shallow<D, N> {
    /// The dialect, for what asks for one by value.
    pub const fn new(dialect: D) -> Self {
        Self(dialect)
    }
}

impl<D: Rules, const N: u8> Rules for Shallow<D, N> {
    const DEPTH: u8 = if N < D::DEPTH { N } else { D::DEPTH };
    const SLASH: bool = D::SLASH;
    const BYTES_AS_TEXT: bool = D::BYTES_AS_TEXT;
    const BYTE_KEYS: bool = D::BYTE_KEYS;
    const NOT_FINITE_KEYS: bool = D::NOT_FINITE_KEYS;
    const NULL_KEY: &'static str = D::NULL_KEY;
    const NULL_FOR_NOT_FINITE: bool = D::NULL_FOR_NOT_FINITE;
    const WIDE_INTEGERS: bool = D::WIDE_INTEGERS;
    const EXPONENTS: Exponents = D::EXPONENTS;
    const SINGLE_EXPONENTS: Exponents = D::SINGLE_EXPONENTS;
    const KEY_EXPONENTS: Exponents = D::KEY_EXPONENTS;
    const ESCAPES: &'static Escapes = D::ESCAPES;
}
