use super::count::Count;
use super::hand;
use super::level::Put as _;
use super::slice::Slice;
use super::{Dialect, JsonError, Sink, Strict, ToJson};
use crate::Error;
use core::fmt;
use core::marker::PhantomData;

/// A value with all that decides its text: the dialect and the way in which it is written.
///
/// [`Dialect`]`::of` and [`Dialect::by_hand`] make documents; a reply ends with one by
/// [`Response::document`](crate::Response::document).
pub trait Document: sealed::Document {
    /// Writes the text to the front of `buf`; how many bytes it has.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] with what is wrong with the value, and [`Error::Overflow`] with the length
    /// of the text where `buf` is too short.
    ///
    /// ```
    /// use replywire::json::{Dialect, Document, Strict};
    ///
    /// let mut buf = [0; 16];
    /// let len = Strict::of(&[1, 2, 3]).write(&mut buf)?;
    /// assert_eq!(&buf[..len], b"[1,2,3]");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    fn write(&self, buf: &mut [u8]) -> Result<usize, Error> {
        match self.try_write(buf) {
            Some(len) => Ok(len),
            None => match self.measure()? {
                needed if needed > buf.len() => Err(Error::Overflow { needed }),
                _ => Err(Error::Json(JsonError::Changed)),
            },
        }
    }

    /// Writes the text to the front of `buf`; how many bytes it has, or `None` where they do not
    /// fit or there is something wrong with the value, which [`measure`](Self::measure) tells.
    fn try_write(&self, buf: &mut [u8]) -> Option<usize> {
        let len = buf.len();
        match self.put(Slice::new(buf), 0) {
            Ok(Slice { rest, .. }) => Some(len.saturating_sub(rest.len())),
            Err(_) => None,
        }
    }

    /// The length of the text, in bytes.
    ///
    /// # Errors
    ///
    /// What is wrong with the value.
    fn measure(&self) -> Result<usize, JsonError> {
        match self.put(Count::new(0), 0)?.len {
            // The value hid a failure.
            usize::MAX => Err(JsonError::Custom),
            len => Ok(len),
        }
    }
}

impl<T: sealed::Document> Document for T {}

pub(crate) mod sealed {
    use super::{Dialect, Sink};

    pub trait Document {
        type Dialect: Dialect;

        /// Writes the text to `sink`, as a value with `depth` arrays and objects around it.
        #[doc(hidden)]
        fn put<S>(&self, sink: S, depth: u8) -> Result<S, S::Error>
        where
            S: Sink<Dialect = Self::Dialect>;
    }
}

/// A document of what writes itself by hand; [`Dialect::by_hand`] makes it.
pub struct ByHand<'v, T: ?Sized, D = Strict> {
    value: &'v T,
    dialect: PhantomData<D>,
}

impl<'v, T: ?Sized, D> ByHand<'v, T, D> {
    pub(crate) const fn new(value: &'v T) -> Self {
        Self {
            value,
            dialect: PhantomData,
        }
    }
}

impl<T: ?Sized, D> Clone for ByHand<'_, T, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized, D> Copy for ByHand<'_, T, D> {}

impl<T: ?Sized, D> fmt::Debug for ByHand<'_, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHand").finish_non_exhaustive()
    }
}

impl<T: ToJson + ?Sized, D: Dialect> sealed::Document for ByHand<'_, T, D> {
    type Dialect = D;

    #[inline]
    fn put<S: Sink<Dialect = D>>(&self, sink: S, depth: u8) -> Result<S, S::Error> {
        hand::Write(self.value).put(sink, depth)
    }
}
