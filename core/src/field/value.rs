//! Field values, RFC 9110 § 5.5.

use super::date::HttpDate;
use super::etag::ETag;
use super::grammar;
use crate::error::Error;
use crate::write::buf::Buf;
use crate::write::decimal;

/// A field value known to be valid: RFC 9110 § 5.5, obs-text allowed, no blank at either end.
///
/// ```
/// use replywire::HeaderValue;
///
/// const NO_STORE: HeaderValue = HeaderValue::new("no-store").unwrap();
/// assert_eq!(NO_STORE.as_bytes(), b"no-store");
/// assert!(HeaderValue::new("a\r\nb").is_none());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HeaderValue<'v>(&'v [u8]);

impl<'v> HeaderValue<'v> {
    /// Returns `value` as a field value; `None` where it is not ASCII, holds a control character
    /// other than a tab, or begins or ends with a blank.
    pub const fn new(value: &'v str) -> Option<Self> {
        match value.is_ascii() {
            true => Self::from_bytes(value.as_bytes()),
            false => None,
        }
    }

    /// Returns `value` as a field value; `None` where it holds a control character other than a
    /// tab, or begins or ends with a blank.
    pub const fn from_bytes(value: &'v [u8]) -> Option<Self> {
        match grammar::check_value(value) {
            Ok(()) => Some(Self(value)),
            Err(_) => None,
        }
    }

    /// The bytes of the value.
    pub const fn as_bytes(self) -> &'v [u8] {
        self.0
    }
}

/// A field value.
///
/// * `&str`: text; characters up to U+00FF are written as their Latin-1 byte, others are refused;
/// * `&[u8]` and `&[u8; N]`: bytes as they are;
/// * [`HeaderValue`]: checked before, so nothing is scanned;
/// * integers, in decimal;
/// * [`Disposition`](crate::Disposition), [`ETag`] and [`HttpDate`].
///
/// Text and bytes are checked when they are written; see [`Error::HeaderValue`].
pub trait FieldValue: Copy + sealed::Value {}

pub(crate) mod sealed {
    use super::{Buf, Error};

    pub trait Value {
        /// True for a type whose values are known to be valid.
        const CHECKED: bool;

        /// The value as it was given, where it is bytes.
        #[doc(hidden)]
        fn bytes(&self) -> Option<&[u8]>;

        /// Writes the value, checked.
        #[doc(hidden)]
        fn write(self, buf: &mut ValueWriter<'_, '_>) -> Result<(), Error>;
    }

    /// Hides the cursor from the public signature.
    #[derive(Debug)]
    pub struct ValueWriter<'p, 'b>(pub(crate) &'p mut Buf<'b>);
}

use sealed::ValueWriter;

impl FieldValue for HeaderValue<'_> {}

impl sealed::Value for HeaderValue<'_> {
    const CHECKED: bool = true;

    #[inline]
    fn bytes(&self) -> Option<&[u8]> {
        Some(self.0)
    }

    fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        buf.write(self.0);
        Ok(())
    }
}

impl FieldValue for &str {}

impl sealed::Value for &str {
    const CHECKED: bool = false;

    #[inline]
    fn bytes(&self) -> Option<&[u8]> {
        Some(self.as_bytes())
    }

    #[cold]
    fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        grammar::check_value(self.as_bytes())?;
        for char in self.chars() {
            buf.write_array(&[u8::try_from(char).map_err(|_| Error::NotLatin1)?]);
        }
        Ok(())
    }
}

impl FieldValue for &[u8] {}

impl sealed::Value for &[u8] {
    const CHECKED: bool = false;

    #[inline]
    fn bytes(&self) -> Option<&[u8]> {
        Some(self)
    }

    #[cold]
    fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        buf.write(self);
        grammar::check_value(self)
    }
}

impl<const N: usize> FieldValue for &[u8; N] {}

impl<const N: usize> sealed::Value for &[u8; N] {
    const CHECKED: bool = false;

    #[inline]
    fn bytes(&self) -> Option<&[u8]> {
        Some(self.as_slice())
    }

    fn write(self, buf: &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        sealed::Value::write(self.as_slice(), buf)
    }
}

impl FieldValue for HttpDate {}

impl sealed::Value for HttpDate {
    const CHECKED: bool = true;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    #[inline]
    fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        buf.write_array(&self.to_imf_fixdate());
        Ok(())
    }
}

impl FieldValue for ETag<'_> {}

impl sealed::Value for ETag<'_> {
    const CHECKED: bool = true;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        ETag::write(self, buf);
        Ok(())
    }
}

/// The integers of one signedness, by whether they are negative and their magnitude.
macro_rules! integers {
    ($parts:expr; $($int:ty)+) => {
        $(
            impl FieldValue for $int {}

            impl sealed::Value for $int {
                const CHECKED: bool = true;

                fn bytes(&self) -> Option<&[u8]> {
                    None
                }

                #[allow(clippy::unnecessary_cast, reason = "one of the types is u64 already")]
                fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
                    let parts: fn($int) -> (bool, u64) = $parts;
                    let (is_negative, magnitude) = parts(self);
                    if is_negative {
                        buf.write_array(b"-");
                    }
                    decimal::write(buf, magnitude);
                    Ok(())
                }
            }
        )+
    };
}

integers! { |value| (false, value as u64); u8 u16 u32 u64 usize }
integers! { |value| (value < 0, value.unsigned_abs() as u64); i8 i16 i32 i64 isize }

/// Writes a text as a value.
pub(crate) fn write_value(buf: &mut Buf<'_>, text: &str) -> Result<(), Error> {
    sealed::Value::write(text, &mut ValueWriter(buf))
}
