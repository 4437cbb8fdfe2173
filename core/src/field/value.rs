//! Field values, RFC 9110 § 5.5.

use core::fmt;
use core::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
};

use super::date::HttpDate;
use super::displayed;
use super::etag::ETag;
use super::grammar;
use crate::error::Error;
use crate::write::buf::Buf;
use crate::write::decimal::{self, MAX_WIDE_DIGITS, wide_digits};

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
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
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
/// * `&str`, and a reference to what can be seen as one, such as `&String` and `&Cow<str>`: text;
///   characters up to U+00FF are written as their Latin-1 byte, others are refused;
/// * `format_args!(…)`: anything that is `Display`, as text by the same rule, written into the
///   buffer without an allocator; [`Error::Display`] where it fails by itself;
/// * `&[u8]` and `[u8; N]`: bytes as they are;
/// * [`HeaderValue`]: checked before, so nothing is scanned;
/// * integers, also `NonZero`, in decimal; `bool`; `char`;
/// * [`Disposition`](crate::Disposition), [`ETag`] and [`HttpDate`].
///
/// Text and bytes are checked when they are written; see [`Error::HeaderValue`].
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
///
/// let (user, page) = (String::from("ada"), 7);
/// let mut buf = [0; 128];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
///     .header("x-user", &user)
///     .header("x-page", format_args!("{page:03} of {}", 40))
///     .header("x-last", false)
///     .empty()?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\nx-user: ada\r\nx-page: 007 of 40\r\nx-last: false\r\n\
///       content-length: 0\r\n\r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
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
            buf.write_array(&[grammar::latin1(char, self)?]);
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

impl<const N: usize> FieldValue for [u8; N] {}

impl<const N: usize> sealed::Value for [u8; N] {
    const CHECKED: bool = false;

    #[inline]
    fn bytes(&self) -> Option<&[u8]> {
        Some(self)
    }

    fn write(self, buf: &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        sealed::Value::write(self.as_slice(), buf)
    }
}

impl<T: AsRef<str>> FieldValue for &T {}

impl<T: AsRef<str>> sealed::Value for &T {
    const CHECKED: bool = false;

    #[inline]
    fn bytes(&self) -> Option<&[u8]> {
        Some(self.as_ref().as_bytes())
    }

    fn write(self, buf: &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        sealed::Value::write(self.as_ref(), buf)
    }
}

impl FieldValue for fmt::Arguments<'_> {}

impl sealed::Value for fmt::Arguments<'_> {
    const CHECKED: bool = false;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        displayed::write_value(buf, self)
    }
}

impl FieldValue for char {}

impl sealed::Value for char {
    const CHECKED: bool = false;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn write(self, buf: &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        sealed::Value::write(&*self.encode_utf8(&mut [0; 4]), buf)
    }
}

impl FieldValue for bool {}

impl sealed::Value for bool {
    const CHECKED: bool = true;

    #[inline]
    fn bytes(&self) -> Option<&[u8]> {
        Some(match self {
            true => b"true",
            false => b"false",
        })
    }

    fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        buf.write(self.bytes().unwrap_or_default());
        Ok(())
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
    ($parts:expr, $write:ident as $magnitude:ty; $($int:ty)+) => {
        $(
            impl FieldValue for $int {}

            impl sealed::Value for $int {
                const CHECKED: bool = true;

                fn bytes(&self) -> Option<&[u8]> {
                    None
                }

                #[allow(clippy::unnecessary_cast, reason = "one of the types is that already")]
                fn write(self, ValueWriter(buf): &mut ValueWriter<'_, '_>) -> Result<(), Error> {
                    let parts: fn($int) -> (bool, $magnitude) = $parts;
                    let (is_negative, magnitude) = parts(self);
                    if is_negative {
                        buf.write_array(b"-");
                    }
                    $write(buf, magnitude);
                    Ok(())
                }
            }
        )+
    };
}

integers! { |value| (false, value as u64), narrow as u64; u8 u16 u32 u64 usize }
integers! {
    |value| (value < 0, value.unsigned_abs() as u64), narrow as u64;
    i8 i16 i32 i64 isize
}
integers! { |value| (false, value), wide as u128; u128 }
integers! { |value| (value < 0, value.unsigned_abs()), wide as u128; i128 }
integers! {
    |value| (false, value.get() as u64), narrow as u64;
    NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroUsize
}
integers! {
    |value| (value.get() < 0, value.get().unsigned_abs() as u64), narrow as u64;
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroIsize
}
integers! { |value| (false, value.get()), wide as u128; NonZeroU128 }
integers! { |value| (value.get() < 0, value.get().unsigned_abs()), wide as u128; NonZeroI128 }

#[inline]
fn narrow(buf: &mut Buf<'_>, magnitude: u64) {
    decimal::write(buf, magnitude);
}

fn wide(buf: &mut Buf<'_>, magnitude: u128) {
    buf.write(wide_digits(magnitude, &mut [0; MAX_WIDE_DIGITS]));
}

/// Writes a text as a value.
pub(crate) fn write_value(buf: &mut Buf<'_>, text: &str) -> Result<(), Error> {
    sealed::Value::write(text, &mut ValueWriter(buf))
}
