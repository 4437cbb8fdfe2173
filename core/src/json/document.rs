#[cfg(target_pointer_width = "64")]
use super::count::Count;
use super::hand;
use super::level::Put as _;
#[cfg(target_pointer_width = "64")]
use super::slice::Slice;
#[cfg(any(test, not(target_pointer_width = "64")))]
use super::stop::Stop;
#[cfg(any(test, not(target_pointer_width = "64")))]
use super::tally::{Place, Tally};
use super::{Dialect, JsonError, Sink, Strict, ToJson};
use crate::error::Error;
#[cfg(any(test, not(target_pointer_width = "64")))]
use crate::write::buf::Buf;
#[cfg(any(test, not(target_pointer_width = "64")))]
use core::cell::Cell;
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
                _ => Err(Error::Json(JsonError::LengthChanged)),
            },
        }
    }

    /// Writes the text to the front of `buf`; how many bytes it has, or `None` where they do not
    /// fit or there is something wrong with the value, which [`measure`](Self::measure) tells.
    fn try_write(&self, buf: &mut [u8]) -> Option<usize> {
        try_write(self, buf)
    }

    /// The length of the text, in bytes.
    ///
    /// # Errors
    ///
    /// What is wrong with the value.
    fn measure(&self) -> Result<usize, JsonError> {
        measure(self)
    }
}

impl<T: sealed::Document> Document for T {}

#[cfg(target_pointer_width = "64")]
fn try_write<T: sealed::Document + ?Sized>(document: &T, buf: &mut [u8]) -> Option<usize> {
    let len = buf.len();
    match document.put(Slice::new(buf), 0) {
        Ok(Slice { rest, .. }) => Some(len.saturating_sub(rest.len())),
        Err(_) => None,
    }
}

#[cfg(target_pointer_width = "64")]
fn measure<T: sealed::Document + ?Sized>(document: &T) -> Result<usize, JsonError> {
    match document.put(Count::new(0), 0)?.len {
        // The value hid a failure.
        usize::MAX => Err(JsonError::Custom),
        len => Ok(len),
    }
}

#[cfg(not(target_pointer_width = "64"))]
fn try_write<T: sealed::Document + ?Sized>(document: &T, buf: &mut [u8]) -> Option<usize> {
    let room = buf.len();
    let mut buf = Buf::new(buf);
    tally(document, &mut buf).ok()?;
    Some(buf.len()).filter(|len| *len <= room)
}

#[cfg(not(target_pointer_width = "64"))]
fn measure<T: sealed::Document + ?Sized>(document: &T) -> Result<usize, JsonError> {
    let mut buf = Buf::new(&mut []);
    tally(document, &mut buf)?;
    Ok(buf.len())
}

/// Writes the text where it fits, and counts it.
#[cfg(any(test, not(target_pointer_width = "64")))]
#[inline(never)]
pub(crate) fn tally<T: sealed::Document + ?Sized>(
    document: &T,
    buf: &mut Buf<'_>,
) -> Result<(), JsonError> {
    let error = Cell::new(None);
    match document.put(Tally::new(&mut Place::new(buf, &error)), 0) {
        Ok(tally) if tally.is_whole() => Ok(()),
        // The value hid a failure.
        Ok(_) => Err(JsonError::Custom),
        Err(Stop) => Err(error.get().unwrap_or(JsonError::Custom)),
    }
}

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

#[cfg(test)]
mod tests {
    use std::vec;

    use super::super::{Outcome, Slashed, Value};
    use super::*;

    struct Node;

    impl ToJson for Node {
        fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
            out.object()?
                .field("text", "a/b \"\u{1}\\\u{e9}")?
                .field("numbers", &[i64::MIN, -1, 0, 4_294_967_296])?
                .field("on", &true)?
                .field("none", &None::<u8>)?
                .end()
        }
    }

    #[test]
    fn a_tally_writes_as_a_slice_does_and_counts_what_has_no_room() {
        let document = Slashed::by_hand(&Node);
        let text = concat!(
            r#"{"text":"a\/b \"\u0001\\"#,
            "\u{e9}",
            r#"","numbers":[-9223372036854775808,-1,0,4294967296],"on":true,"none":null}"#,
        );
        assert_eq!(document.measure(), Ok(text.len()));
        for room in 0..=text.len() + 1 {
            let mut buf = vec![0xee; room];
            let mut out = Buf::new(&mut buf);
            assert_eq!(tally(&document, &mut out), Ok(()));
            assert_eq!(out.len(), text.len());
            if room >= text.len() {
                assert_eq!(&buf[..text.len()], text.as_bytes());
            }
        }
    }

    struct Wrong;

    impl ToJson for Wrong {
        fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
            out.array()?.item(&f64::NAN)?.end()
        }
    }

    #[test]
    fn a_tally_tells_what_is_wrong() {
        let document = Strict::by_hand(&Wrong);
        assert_eq!(document.measure(), Err(JsonError::NotFinite));
        assert_eq!(
            tally(&document, &mut Buf::new(&mut [0; 8])),
            Err(JsonError::NotFinite)
        );
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_value_that_hides_a_failure_has_no_length() {
        use serde_core::ser::{Error as _, Serialize, SerializeTuple as _, Serializer};

        struct Failing;

        impl Serialize for Failing {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(S::Error::custom("no"))
            }
        }

        struct Hiding<T>(T);

        impl<T: Serialize> Serialize for Hiding<T> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut tuple = to.serialize_tuple(2)?;
                let _ = tuple.serialize_element(&self.0);
                let _ = tuple.serialize_element(&1);
                tuple.end()
            }
        }

        fn check(document: &impl Document) {
            assert_eq!(document.measure(), Err(JsonError::Custom));
            let tallied = tally(document, &mut Buf::new(&mut [0; 8]));
            assert_eq!(tallied, Err(JsonError::Custom));
        }

        check(&Strict::of(&Hiding(Failing)));
        check(&Strict::of(&Hiding(f64::NAN)));
    }
}
