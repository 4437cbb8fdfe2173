use core::fmt;
use core::iter::FusedIterator;

use super::by_hand::value::{Outcome, ToJson, Value};
use super::depth::MAX_DEPTH;
use super::sink::interface::Sink;
use crate::error::JsonError;

/// Writes an n-dimensional array as arrays of arrays, RFC 8259 § 5, from its shape and its elements
/// in one slice: the last dimension varies fastest, as in C and as `numpy` has them.
///
/// ```
/// use replywire::json::{NdArray, Python};
///
/// let image = NdArray::new(&[2, 3], &[1, 2, 3, 4, 5, 6])?;
/// let mut buf = [0; 32];
/// let len = Python::by_hand(&image).write(&mut buf)?;
/// assert_eq!(&buf[..len], b"[[1,2,3],[4,5,6]]");
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// A dimension of 0 does not hide those around it, as with `numpy`: the shape 2 by 0 is
/// `[[],[]]`.
pub struct NdArray<'a, T> {
    /// Never empty.
    shape: &'a [usize],
    elements: &'a [T],
}

impl<'a, T> NdArray<'a, T> {
    /// The array of `elements` that has the dimensions `shape`, the outermost first.
    ///
    /// # Errors
    ///
    /// [`JsonError::Shape`] where there is no dimension, or more than [`MAX_DEPTH`], where their
    /// product is not the number of elements, and where the product of those that are not 0 is
    /// beyond `usize`.
    pub const fn new(shape: &'a [usize], elements: &'a [T]) -> Result<Self, JsonError> {
        if shape.is_empty() || shape.len() > MAX_DEPTH as usize {
            return Err(JsonError::Shape);
        }
        let mut product = 1_usize;
        let mut is_empty = false;
        let mut rest = shape;
        while let Some((dimension, inner)) = rest.split_first() {
            rest = inner;
            is_empty |= *dimension == 0;
            if *dimension != 0 {
                match product.checked_mul(*dimension) {
                    Some(larger) => product = larger,
                    None => return Err(JsonError::Shape),
                }
            }
        }
        let len = if is_empty { 0 } else { product };
        match elements.len() == len {
            true => Ok(Self { shape, elements }),
            false => Err(JsonError::Shape),
        }
    }

    /// Splits the array into elements, or into rows with a dimension less.
    fn parts(&self) -> Parts<'a, T> {
        match self.shape {
            [rows, shape @ ..] if !shape.is_empty() => Parts::Rows(Rows {
                left: *rows,
                shape,
                elements: self.elements,
                len: shape.iter().fold(1, |len, dim| len.saturating_mul(*dim)),
            }),
            _ => Parts::Elements(self.elements),
        }
    }
}

impl<T> Clone for NdArray<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for NdArray<'_, T> {}

impl<T> fmt::Debug for NdArray<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NdArray").finish_non_exhaustive()
    }
}

impl<T: ToJson> ToJson for NdArray<'_, T> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        match self.parts() {
            Parts::Elements(elements) => elements.to_json(out),
            Parts::Rows(rows) => out.array()?.items(rows)?.end(),
        }
    }
}

#[cfg(feature = "serde")]
impl<T: serde_core::Serialize> serde_core::Serialize for NdArray<'_, T> {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.parts() {
            Parts::Elements(elements) => serializer.collect_seq(elements),
            Parts::Rows(rows) => serializer.collect_seq(rows),
        }
    }
}

enum Parts<'a, T> {
    Elements(&'a [T]),
    Rows(Rows<'a, T>),
}

/// The rows of an array, any of which is reached at once.
struct Rows<'a, T> {
    left: usize,
    /// The shape of each.
    shape: &'a [usize],
    /// The elements of all that are left.
    elements: &'a [T],
    /// The number of elements in each.
    len: usize,
}

impl<'a, T> Iterator for Rows<'a, T> {
    type Item = NdArray<'a, T>;

    #[inline]
    fn next(&mut self) -> Option<NdArray<'a, T>> {
        self.left = self.left.checked_sub(1)?;
        let (elements, rest) = self.elements.split_at_checked(self.len)?;
        self.elements = rest;
        Some(NdArray {
            shape: self.shape,
            elements,
        })
    }

    #[inline]
    fn nth(&mut self, n: usize) -> Option<NdArray<'a, T>> {
        let skipped = n.min(self.left);
        self.left -= skipped;
        let begin = skipped.saturating_mul(self.len);
        self.elements = self.elements.get(begin..).unwrap_or_default();
        self.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for Rows<'_, T> {}

impl<T> FusedIterator for Rows<'_, T> {}
