//! Field names, RFC 9110 § 5.1.
//!
//! The compiler finds the [`FieldId`] of a constant name where words have 64 bits (`fast`); else it
//! is stored beside the name (`compact`).

use core::fmt;

use super::grammar;
use super::id::FieldId;
use super::mistake::{self, Message};

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(not(target_pointer_width = "64"))]
use self::compact::StoredId;
#[cfg(target_pointer_width = "64")]
use self::fast::StoredId;

/// A field name known to be valid: a lower-case `token` (RFC 9110 § 5.1) that is no framing field.
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
    id: StoredId,
}

impl HeaderName {
    /// Returns `name` as a field name; `None` unless it is a lower-case token, and for a field that
    /// the library alone writes (`connection`, `content-length`, `transfer-encoding`).
    pub const fn new(name: &'static str) -> Option<Self> {
        match grammar::check_name(name.as_bytes()) {
            Ok(()) if is_lower(name.as_bytes()) => Some(Self {
                name,
                id: StoredId::of(name.as_bytes()),
            }),
            _ => None,
        }
    }

    /// The name, lower-case.
    pub const fn as_str(self) -> &'static str {
        self.name
    }
}

/// Makes a [`HeaderName`] of a constant text at compile time.
///
/// A text that is no such name does not compile, and the compiler's error says what is wrong, as
/// here ``header `x request`: the name has a character that no token has``:
///
/// ```compile_fail,E0080
/// let name = replywire::header_name!("x request");
/// ```
///
/// ```
/// use replywire::{HeaderName, header_name};
///
/// const REQUEST_ID: HeaderName = header_name!("x-request-id");
/// assert_eq!(REQUEST_ID.as_str(), "x-request-id");
/// ```
#[macro_export]
macro_rules! header_name {
    ($name:expr) => {{
        // Items are not hygienic, so this has a name that no caller has.
        enum __ReplywireName {}
        impl $crate::__private::NameSource for __ReplywireName {
            const NAME: &'static str = $name;
        }
        $crate::__private::header_name::<__ReplywireName>()
    }};
}

/// The text that [`header_name!`](crate::header_name) is given, as a type, so that it is checked at
/// compile time.
pub trait NameSource {
    /// The name.
    const NAME: &'static str;
}

/// The name of [`header_name!`](crate::header_name), or an error of the compiler.
pub const fn header_name<S: NameSource>() -> HeaderName {
    const {
        match HeaderName::new(S::NAME) {
            Some(name) => name,
            None => panic!("{}", Message::new(S::NAME, in_constant(S::NAME)).as_str()),
        }
    }
}

const fn is_lower(name: &[u8]) -> bool {
    let mut rest = name;
    while let [byte, tail @ ..] = rest {
        if byte.is_ascii_uppercase() {
            return false;
        }
        rest = tail;
    }
    true
}

/// The mistake in a name that is none.
const fn in_constant(name: &str) -> &'static str {
    match mistake::in_name(name.as_bytes()) {
        Some(mistake) => mistake,
        None => "the name is not in lower case",
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

/// A field name: a text, checked and lower-cased when it is written, or a [`HeaderName`], checked
/// before.
pub trait FieldName: Copy + sealed::Name {}

pub(crate) mod sealed {
    use super::FieldId;

    pub trait Name {
        /// True for a type whose names are known to be valid and lower-case.
        const CHECKED: bool;

        /// The name as it was given.
        #[doc(hidden)]
        fn bytes(&self) -> &[u8];

        /// The field's id.
        #[doc(hidden)]
        fn id(&self) -> FieldId;
    }
}

impl FieldName for HeaderName {}

impl sealed::Name for HeaderName {
    const CHECKED: bool = true;

    #[inline]
    fn bytes(&self) -> &[u8] {
        self.name.as_bytes()
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline)]
    fn id(&self) -> FieldId {
        self.id.get(self.name.as_bytes())
    }
}

impl FieldName for &str {}

impl sealed::Name for &str {
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

macro_rules! names {
    ($($constant:ident $name:literal)+) => {
        impl HeaderName {
            $(
                #[doc = concat!("`", $name, "`")]
                pub const $constant: Self = match Self::new($name) {
                    Some(name) => name,
                    None => panic!("an invalid name"),
                };
            )+
        }

        #[cfg(test)]
        const NAMES: &[HeaderName] = &[$(HeaderName::$constant),+];
    };
}

names! {
    ACCEPT_ENCODING "accept-encoding"
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
    SEC_WEBSOCKET_ACCEPT "sec-websocket-accept"
    SEC_WEBSOCKET_PROTOCOL "sec-websocket-protocol"
    SEC_WEBSOCKET_VERSION "sec-websocket-version"
    SERVER "server"
    SET_COOKIE "set-cookie"
    STRICT_TRANSPORT_SECURITY "strict-transport-security"
    VARY "vary"
    WWW_AUTHENTICATE "www-authenticate"
    X_CONTENT_TYPE_OPTIONS "x-content-type-options"
    X_FRAME_OPTIONS "x-frame-options"
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
