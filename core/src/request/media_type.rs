//! The media type of a content, read; RFC 9110 § 8.3.1.

use core::fmt;

use super::encoded::{Coding, Encoded};
use crate::field::grammar::{self, Quoted};
use crate::field::media;

/// A media type that was read, RFC 9110 § 8.3.1: `type/subtype`, and its parameters.
///
/// ```
/// use replywire::request::MediaType;
///
/// let form = MediaType::parse(b"Text/HTML; charset=\"UTF-\\8\"; x=1").unwrap();
/// assert!(form.is("text/html"));
/// assert_eq!(form.essence(), "Text/HTML");
/// assert!(form.parameter("Charset").is_some_and(|set| set.eq_ignore_ascii_case("utf-8")));
/// assert!(form.parameter("boundary").is_none());
/// assert!(MediaType::parse(b"text/html;").is_some());
/// assert!(MediaType::parse(b"text").is_none());
/// ```
#[derive(Clone, Copy)]
pub struct MediaType<'r> {
    essence: &'r str,
    /// The text after it, which was checked.
    parameters: &'r [u8],
}

impl<'r> MediaType<'r> {
    /// Reads the value of `content-type`; `None` where it is no media type.
    pub fn parse(value: &'r [u8]) -> Option<Self> {
        grammar::check_value(value).ok()?;
        let (essence, parameters) = media::essence(value)?;
        Some(Self {
            essence: core::str::from_utf8(essence).ok()?,
            parameters,
        })
    }

    /// The type and the subtype, without the parameters, as they were sent.
    pub const fn essence(&self) -> &'r str {
        self.essence
    }

    /// Tells if it is this type and subtype, in any case, whatever its parameters.
    pub fn is(&self, essence: &str) -> bool {
        self.essence.eq_ignore_ascii_case(essence)
    }

    /// Tells if the content is JSON: `application/json`, or a type of `application` whose suffix is
    /// `+json`; RFC 6839 § 3.1.
    ///
    /// ```
    /// use replywire::request::MediaType;
    ///
    /// let is_json = |value| MediaType::parse(value).is_some_and(|it| it.is_json());
    /// assert!(is_json(b"application/json; charset=utf-8"));
    /// assert!(is_json(b"Application/Problem+JSON"));
    /// assert!(!is_json(b"text/json"));
    /// assert!(!is_json(b"application/jsonl"));
    /// ```
    pub fn is_json(&self) -> bool {
        let subtype = match self.essence.split_once('/') {
            Some((kind, subtype)) if kind.eq_ignore_ascii_case("application") => subtype,
            _ => return false,
        };
        let suffix = subtype
            .rsplit_once('+')
            .map_or(subtype, |(_, suffix)| suffix);
        suffix.eq_ignore_ascii_case("json")
    }

    /// The value of the first parameter of this name, in any case, without the quotes around it.
    #[doc(alias = "charset")]
    pub fn parameter(&self, name: &str) -> Option<Encoded<'r>> {
        let mut rest = self.parameters;
        loop {
            let (other, value, after) = media::parameter(rest)?;
            if other.eq_ignore_ascii_case(name.as_bytes()) {
                return Some(match value {
                    [b'"', value @ .., b'"'] => Encoded::new(value, Coding::QuotedPair),
                    // A token has no backslash.
                    value => Encoded::new(value, Coding::QuotedPair),
                });
            }
            rest = after;
        }
    }
}

impl fmt::Debug for MediaType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaType")
            .field("essence", &Quoted(self.essence.as_bytes()))
            .field("parameters", &Quoted(self.parameters))
            .finish()
    }
}
