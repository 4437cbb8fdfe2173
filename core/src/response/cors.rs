//! Cross-origin requests: the CORS protocol of the Fetch standard.

use core::fmt;

use super::list::List;
use crate::error::Error;
use crate::field::grammar;
use crate::field::name::HeaderName;
use crate::head::headers::Headers;

/// The origins that may read replies across origins, and the requests that they may send.
///
/// ```
/// use replywire::{Cors, Headers};
///
/// const CORS: Cors = Cors::new()
///     .origins(&["https://app.example"])
///     .methods(&["GET", "POST"])
///     .expose_headers(&["x-request-id"]);
///
/// let mut headers = Headers::<256>::new();
/// CORS.simple(Some(b"https://app.example"), &mut headers)?;
/// assert_eq!(headers.get("access-control-allow-origin"), Some(&b"https://app.example"[..]));
/// assert_eq!(headers.get("vary"), Some(&b"Origin"[..]));
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias("CORSMiddleware", "CorsLayer"))]
#[derive(Clone, Copy)]
#[must_use = "it does nothing until it answers a request"]
pub struct Cors<'c> {
    pub(super) origins: &'c [&'c str],
    pub(super) origin_rule: Option<OriginRule<'c>>,
    pub(super) methods: &'c [&'c str],
    pub(super) headers: &'c [&'c str],
    pub(super) expose_headers: &'c [&'c str],
    pub(super) credentials: bool,
    pub(super) private_network: bool,
    pub(super) max_age: u32,
}

type OriginRule<'c> = &'c (dyn Fn(&[u8]) -> bool + Sync);

/// The request headers that any origin may send, as the Fetch standard calls safe.
pub(super) const SAFELISTED: [&str; 4] = [
    "Accept",
    "Accept-Language",
    "Content-Language",
    "Content-Type",
];

const ALL_METHODS: [&str; 8] = [
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
];

impl<'c> Cors<'c> {
    /// Allows no origin and the method `GET`; an answer to a preflight counts for 600 seconds.
    pub const fn new() -> Self {
        Self {
            origins: &[],
            origin_rule: None,
            methods: &["GET"],
            headers: &[],
            expose_headers: &[],
            credentials: false,
            private_network: false,
            max_age: 600,
        }
    }

    /// Allows these origins, compared byte by byte; `"*"` allows any.
    #[doc(alias = "allow_origins")]
    pub const fn origins(mut self, origins: &'c [&'c str]) -> Self {
        self.origins = origins;
        self
    }

    /// Allows origins by a rule too, such as a regular expression that matches in full.
    #[doc(alias = "allow_origin_regex")]
    pub const fn origin_rule(mut self, rule: OriginRule<'c>) -> Self {
        self.origin_rule = Some(rule);
        self
    }

    /// Allows these methods instead of `GET`; `"*"` allows the standard ones.
    #[doc(alias = "allow_methods")]
    pub const fn methods(mut self, methods: &'c [&'c str]) -> Self {
        self.methods = methods;
        self
    }

    /// Allows these request headers besides the safe ones; `"*"` allows any.
    #[doc(alias = "allow_headers")]
    pub const fn headers(mut self, headers: &'c [&'c str]) -> Self {
        self.headers = headers;
        self
    }

    /// Lets scripts read these reply headers.
    pub const fn expose_headers(mut self, headers: &'c [&'c str]) -> Self {
        self.expose_headers = headers;
        self
    }

    /// Lets requests carry cookies; any origin is then answered by its name instead of `*`.
    #[doc(alias = "allow_credentials")]
    pub const fn credentials(mut self) -> Self {
        self.credentials = true;
        self
    }

    /// Lets pages of the public network ask this private one.
    #[doc(alias = "allow_private_network")]
    pub const fn private_network(mut self) -> Self {
        self.private_network = true;
        self
    }

    /// Sets how many seconds an answer to a preflight counts.
    pub const fn max_age(mut self, seconds: u32) -> Self {
        self.max_age = seconds;
        self
    }

    /// Adds to `headers` the fields that a reply to a request from `origin` (its `origin` field)
    /// needs.
    ///
    /// `Origin` always joins `vary`, so a cache never gives one origin's reply to another.
    ///
    /// # Errors
    ///
    /// [`Error::Overflow`] of the store; [`Error::HeaderValue`] for an origin or a configured name
    /// that is no valid field value. Lines set before then stay.
    pub fn simple<const N: usize>(
        &self,
        origin: Option<&[u8]>,
        headers: &mut Headers<N>,
    ) -> Result<(), Error> {
        headers.add_vary("Origin")?;
        if let Some(origin) = origin {
            if self.credentials {
                headers.set(HeaderName::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")?;
            }
            if !self.expose_headers.is_empty() {
                let names = List(self.expose_headers);
                headers.set(HeaderName::ACCESS_CONTROL_EXPOSE_HEADERS, names)?;
            }
            if let Some(answer) = self.answer(origin) {
                headers.set(HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN, answer)?;
            }
        }
        Ok(())
    }

    /// The answer to an origin that is allowed.
    pub(super) fn answer<'o>(&self, origin: &'o [u8]) -> Option<&'o [u8]> {
        let any = self.origins.contains(&"*");
        if any && !self.credentials {
            return Some(b"*");
        }
        let allowed = any
            || self
                .origins
                .iter()
                .any(|allowed| allowed.as_bytes() == origin)
            || self.origin_rule.is_some_and(|rule| rule(origin));
        allowed.then_some(origin)
    }

    pub(super) fn allowed_methods(&self) -> &'c [&'c str] {
        match self.methods.contains(&"*") {
            true => &ALL_METHODS,
            false => self.methods,
        }
    }

    pub(super) fn allows_header(&self, name: &[u8]) -> bool {
        let mut known = SAFELISTED.iter().chain(self.headers);
        known.any(|allowed| allowed.as_bytes().eq_ignore_ascii_case(name))
    }
}

impl Default for Cors<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Cors<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cors")
            .field("origins", &Texts(self.origins))
            .field("origin_rule", &self.origin_rule.is_some())
            .field("methods", &Texts(self.methods))
            .field("headers", &Texts(self.headers))
            .field("expose_headers", &Texts(self.expose_headers))
            .field("credentials", &self.credentials)
            .field("private_network", &self.private_network)
            .field("max_age", &self.max_age)
            .finish()
    }
}

/// Shows texts as [`grammar::Quoted`] does.
struct Texts<'c>(&'c [&'c str]);

impl fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.0.iter().map(|text| grammar::Quoted(text.as_bytes()));
        f.debug_list().entries(texts).finish()
    }
}
