use core::fmt;

use crate::error::Error;
use crate::field::grammar::{self, Quoted};

/// The value of a `SameSite` attribute, RFC 6265bis § 4.1.2.7.
///
/// ```
/// use replywire::{Error, SameSite};
///
/// assert_eq!(SameSite::parse("strict"), Ok(SameSite::STRICT));
/// assert_eq!(SameSite::parse("sometimes"), Err(Error::CookieSameSite));
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SameSite<'c>(pub(super) &'c str);

impl<'c> SameSite<'c> {
    /// The cookie is sent with requests from the same site, and when a link leads here.
    pub const LAX: Self = Self("lax");
    /// The cookie is sent with all requests; needs [`SetCookie::secure`](crate::SetCookie::secure).
    pub const NONE: Self = Self("none");
    /// The cookie is sent with requests from the same site only.
    pub const STRICT: Self = Self("strict");

    /// Reads `text`, which is written as it is spelled.
    ///
    /// # Errors
    ///
    /// [`Error::CookieSameSite`] unless it is `lax`, `strict` or `none` in any case.
    pub const fn parse(text: &'c str) -> Result<Self, Error> {
        let bytes = text.as_bytes();
        if grammar::is_name(bytes, b"lax")
            || grammar::is_name(bytes, b"strict")
            || grammar::is_name(bytes, b"none")
        {
            Ok(Self(text))
        } else {
            Err(Error::CookieSameSite)
        }
    }

    pub(super) fn is_none(self) -> bool {
        self.0.eq_ignore_ascii_case("none")
    }
}

impl fmt::Debug for SameSite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SameSite")
            .field(&Quoted(self.0.as_bytes()))
            .finish()
    }
}
