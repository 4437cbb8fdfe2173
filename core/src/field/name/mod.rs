use core::fmt;

use super::date::HttpDate;
use super::etag::ETag;
use super::grammar;
use super::id::FieldId;
use crate::error::Error;
use crate::write::buf::Buf;
use crate::write::decimal;

/// A field name known to be right: a lower-case `token` (RFC 9110 § 5.1) that is no framing field.
///
/// ```
/// use replywire::HeaderName;
///
/// const REQUEST_ID: HeaderName = HeaderName::new("x-request-id").unwrap();
/// assert_eq!(REQUEST_ID.as_str(), "x-request-id");
/// assert!(HeaderName::new("X-Request-Id").is_none());
/// assert!(HeaderName::new("content-length").is_none());
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct HeaderName {
    name: &'static str,
    /// Other targets find it in the name while they compile, and pass that in two registers.
    #[cfg(not(target_pointer_width = "64"))]
    known: FieldId,
}

impl HeaderName {
    /// `name`, unless it is no lower-case token or a field that the library alone writes.
    pub const fn new(name: &'static str) -> Option<Self> {
        let mut rest = name.as_bytes();
        while let [byte, tail @ ..] = rest {
            if byte.is_ascii_uppercase() {
                return None;
            }
            rest = tail;
        }
        match grammar::check_name(name.as_bytes()) {
            Ok(()) => Some(Self {
                name,
                #[cfg(not(target_pointer_width = "64"))]
                known: FieldId::of(name.as_bytes()),
            }),
            Err(_) => None,
        }
    }

    /// The name, lower-case.
    pub const fn as_str(self) -> &'static str {
        self.name
    }
}

impl fmt::Debug for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HeaderName")
            .field(&grammar::Quoted(self.name.as_bytes()))
            .finish()
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

macro_rules! names {
    ($($constant:ident $name:literal)+) => {
        impl HeaderName {
            $(
                #[doc = concat!("`", $name, "`")]
                pub const $constant: Self = match Self::new($name) {
                    Some(name) => name,
                    None => panic!("a name that is not right"),
                };
            )+
        }

        #[cfg(test)]
        const NAMES: &[HeaderName] = &[$(HeaderName::$constant),+];
    };
}

names! {
    ACCEPT_RANGES "accept-ranges"
    ACCESS_CONTROL_ALLOW_CREDENTIALS "access-control-allow-credentials"
    ACCESS_CONTROL_ALLOW_HEADERS "access-control-allow-headers"
    ACCESS_CONTROL_ALLOW_METHODS "access-control-allow-methods"
    ACCESS_CONTROL_ALLOW_ORIGIN "access-control-allow-origin"
    ACCESS_CONTROL_ALLOW_PRIVATE_NETWORK "access-control-allow-private-network"
    ACCESS_CONTROL_EXPOSE_HEADERS "access-control-expose-headers"
    ACCESS_CONTROL_MAX_AGE "access-control-max-age"
    AGE "age"
    ALLOW "allow"
    AUTHENTICATION_INFO "authentication-info"
    CACHE_CONTROL "cache-control"
    CLEAR_SITE_DATA "clear-site-data"
    CONTENT_DISPOSITION "content-disposition"
    CONTENT_ENCODING "content-encoding"
    CONTENT_LANGUAGE "content-language"
    CONTENT_LOCATION "content-location"
    CONTENT_RANGE "content-range"
    CONTENT_SECURITY_POLICY "content-security-policy"
    CONTENT_TYPE "content-type"
    CROSS_ORIGIN_EMBEDDER_POLICY "cross-origin-embedder-policy"
    CROSS_ORIGIN_OPENER_POLICY "cross-origin-opener-policy"
    CROSS_ORIGIN_RESOURCE_POLICY "cross-origin-resource-policy"
    DATE "date"
    ETAG "etag"
    EXPIRES "expires"
    LAST_MODIFIED "last-modified"
    LINK "link"
    LOCATION "location"
    PERMISSIONS_POLICY "permissions-policy"
    PROXY_AUTHENTICATE "proxy-authenticate"
    REFERRER_POLICY "referrer-policy"
    RETRY_AFTER "retry-after"
    SERVER "server"
    SET_COOKIE "set-cookie"
    STRICT_TRANSPORT_SECURITY "strict-transport-security"
    VARY "vary"
    WWW_AUTHENTICATE "www-authenticate"
    X_CONTENT_TYPE_OPTIONS "x-content-type-options"
    X_FRAME_OPTIONS "x-frame-options"
}

/// A field value known to be right: RFC 9110 § 5.5, obs-text allowed, no blank at either end.
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
    /// `value`, unless it is not ASCII, holds a control character, or begins or ends with a blank.
    pub const fn new(value: &'v str) -> Option<Self> {
        match value.is_ascii() {
            true => Self::from_bytes(value.as_bytes()),
            false => None,
        }
    }

    /// `value`, unless it holds a control character, or begins or ends with a blank.
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

/// What a field name can be given as: a text, checked when it is written and lowered, or a
/// [`HeaderName`], checked before.
pub trait FieldName: Copy + private::Name {}

/// What a field value can be given as.
///
/// * `&str`: text; characters up to U+00FF are written as their Latin-1 byte, others are refused;
/// * `&[u8]` and `&[u8; N]`: bytes as they are;
/// * [`HeaderValue`]: checked before, so nothing is scanned;
/// * integers, in decimal;
/// * [`Disposition`](crate::Disposition) and [`HttpDate`].
///
/// Text and bytes are checked when they are written; see [`Error::HeaderValue`].
pub trait FieldValue: Copy + private::Value {}

pub(crate) mod private {
    use super::{Buf, Error, FieldId};

    pub trait Name {
        /// The name is known to be right and lower-case.
        const CHECKED: bool;

        /// The name as it was given.
        #[doc(hidden)]
        fn bytes(&self) -> &[u8];

        /// The field, if replies treat it apart.
        #[doc(hidden)]
        fn id(&self) -> FieldId;
    }

    pub trait Value {
        /// The value is known to be right.
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

use private::ValueWriter;

impl FieldName for HeaderName {}

impl private::Name for HeaderName {
    const CHECKED: bool = true;

    #[inline]
    fn bytes(&self) -> &[u8] {
        self.name.as_bytes()
    }

    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    fn id(&self) -> FieldId {
        FieldId::of(self.name.as_bytes())
    }

    #[cfg(not(target_pointer_width = "64"))]
    #[inline]
    fn id(&self) -> FieldId {
        self.known
    }
}

impl FieldName for &str {}

impl private::Name for &str {
    const CHECKED: bool = false;

    #[inline]
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }

    #[inline]
    fn id(&self) -> FieldId {
        FieldId::of(self.as_bytes())
    }
}

impl FieldValue for HeaderValue<'_> {}

impl private::Value for HeaderValue<'_> {
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

impl private::Value for &str {
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

impl private::Value for &[u8] {
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

impl<const N: usize> private::Value for &[u8; N] {
    const CHECKED: bool = false;

    #[inline]
    fn bytes(&self) -> Option<&[u8]> {
        Some(self.as_slice())
    }

    fn write(self, buf: &mut ValueWriter<'_, '_>) -> Result<(), Error> {
        private::Value::write(self.as_slice(), buf)
    }
}

impl FieldValue for HttpDate {}

impl private::Value for HttpDate {
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

impl private::Value for ETag<'_> {
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

            impl private::Value for $int {
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

/// Writes `name: value` and CRLF, or says what is wrong with them.
#[inline(always)]
pub(crate) fn write_line<N: FieldName, V: FieldValue>(
    buf: &mut Buf<'_>,
    name: N,
    value: V,
) -> Result<(), Error> {
    if N::CHECKED
        && let Some(bytes) = value.bytes()
    {
        if V::CHECKED {
            buf.write_line(name.bytes(), bytes);
            return Ok(());
        }
        if buf.try_write_short_line(name.bytes(), bytes) {
            return Ok(());
        }
    }
    #[cfg(target_pointer_width = "64")]
    {
        let result;
        (*buf, result) = write_unusual_line_by_value(buf.take(), name, value);
        result
    }
    #[cfg(not(target_pointer_width = "64"))]
    if N::CHECKED && V::CHECKED {
        write_checked_line(buf, name.bytes(), value);
        Ok(())
    } else {
        write_unusual_line(buf, name, value)
    }
}

/// Writes a line of which nothing can be wrong.
#[cfg(not(target_pointer_width = "64"))]
#[inline(never)]
fn write_checked_line<V: FieldValue>(buf: &mut Buf<'_>, name: &[u8], value: V) {
    buf.write(name);
    buf.write_array(b": ");
    // A checked value gives no error.
    let _ = value.write(&mut ValueWriter(buf));
    buf.write_array(b"\r\n");
}

/// Writes a text as a value.
pub(crate) fn write_value(buf: &mut Buf<'_>, text: &str) -> Result<(), Error> {
    private::Value::write(text, &mut ValueWriter(buf))
}

/// [`write_unusual_line`] with the cursor by value, so that the usual line keeps it in registers.
#[cfg(target_pointer_width = "64")]
#[inline(never)]
fn write_unusual_line_by_value<N: FieldName, V: FieldValue>(
    mut buf: Buf<'_>,
    name: N,
    value: V,
) -> (Buf<'_>, Result<(), Error>) {
    let result = write_unusual_line(&mut buf, name, value);
    (buf, result)
}

/// [`write_line`] for a name that is to be checked, or a value that is not simply copied.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn write_unusual_line<N: FieldName, V: FieldValue>(
    buf: &mut Buf<'_>,
    name: N,
    value: V,
) -> Result<(), Error> {
    let start = buf.len();
    let text = name.bytes();
    if !N::CHECKED {
        grammar::check_name(text)?;
    }
    let plain = value
        .bytes()
        .is_some_and(|bytes| buf.try_write_line::<true>(text, bytes));
    let mut result = Ok(());
    if !plain {
        buf.write(text);
        buf.write_array(b": ");
        result = value.write(&mut ValueWriter(buf));
        buf.write_array(b"\r\n");
    }
    if !N::CHECKED {
        buf.lower(start..start.saturating_add(text.len()));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_constant_is_a_lower_case_token() {
        for name in NAMES {
            assert_eq!(HeaderName::new(name.name), Some(*name));
        }
    }
}
