//! Documents: a value and all that decides its text. Here it is written as a whole; text that
//! leaves in pieces is written by the pieces.
//!
//! Targets of 64 bits write first, and measure only what did not fit; the others have the code of a
//! value once, which does both.

#[cfg(any(test, not(target_pointer_width = "64")))]
pub(crate) mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;
pub(crate) mod forward;
pub(crate) mod nothing;
#[cfg(test)]
mod tests;
pub(crate) mod text;

#[cfg(not(target_pointer_width = "64"))]
pub(super) use self::compact::made_up;
#[cfg(not(target_pointer_width = "64"))]
pub(super) use self::compact::measure_within;
#[cfg(not(target_pointer_width = "64"))]
use self::compact::try_write;
#[cfg(target_pointer_width = "64")]
pub(super) use self::fast::made_up;
#[cfg(target_pointer_width = "64")]
pub(super) use self::fast::measure_within;
#[cfg(target_pointer_width = "64")]
use self::fast::try_write;
use self::text::DocumentText;
use crate::error::{Error, JsonError};

/// A value with all that decides its text: the dialect and the way in which it is written.
///
/// [`Dialect::of`] and [`Dialect::by_hand`] make documents; a reply ends with one by
/// [`Response::document`](crate::Response::document).
///
/// [`Dialect::of`]: super::Dialect
/// [`Dialect::by_hand`]: super::Dialect::by_hand
#[doc(alias("jsonable_encoder", "render"))]
pub trait Document: DocumentText {
    /// Writes the text to the front of `buf`, and counts its bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] where the value is invalid, and [`Error::Overflow`] with the length
    /// of the text where `buf` is too short.
    ///
    /// ```
    /// use replywire::json::Python;
    ///
    /// let mut buf = [0; 16];
    /// let len = Python::of(&[1, 2, 3]).write(&mut buf)?;
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

    /// Writes the text to the front of `buf`, and counts its bytes; `None` where they do not fit or
    /// the value is invalid, of which [`measure`](Self::measure) tells which.
    fn try_write(&self, buf: &mut [u8]) -> Option<usize> {
        try_write(self, buf)
    }

    /// Measures the text, in bytes.
    ///
    /// # Errors
    ///
    /// The value is invalid.
    fn measure(&self) -> Result<usize, JsonError> {
        measure_within(self, 0)
    }
}

impl<T: DocumentText> Document for T {}
