//! Cross-origin requests: the CORS protocol of the Fetch standard.

use core::fmt;

use crate::buf::Buf;
use crate::header::private::{self, Put};
use crate::{Error, Exchange, FieldValue, HeaderName, Headers, Reply, Response, Status, field};

/// Who may read replies from another origin, and how they may ask.
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
#[derive(Clone, Copy)]
#[must_use = "it does nothing until it answers a request"]
pub struct Cors<'c> {
    origins: &'c [&'c str],
    origin_rule: Option<OriginRule<'c>>,
    methods: &'c [&'c str],
    headers: &'c [&'c str],
    expose_headers: &'c [&'c str],
    credentials: bool,
    private_network: bool,
    max_age: u32,
}

type OriginRule<'c> = &'c (dyn Fn(&[u8]) -> bool + Sync);

/// The request headers that any origin may send, as the Fetch standard calls safe.
const SAFELISTED: [&str; 4] = [
    "Accept",
    "Accept-Language",
    "Content-Language",
    "Content-Type",
];

const ALL_METHODS: [&str; 8] = [
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
];

const PREFLIGHT_VARY: &str = "Origin, Access-Control-Request-Method, \
     Access-Control-Request-Headers, Access-Control-Request-Private-Network";

impl<'c> Cors<'c> {
    /// No origin, method `GET`, an answer to a preflight counts for 600 seconds.
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

    /// The origins allowed, compared byte by byte; `"*"` allows any.
    pub const fn origins(mut self, origins: &'c [&'c str]) -> Self {
        self.origins = origins;
        self
    }

    /// Allows origins by a rule too, such as a regular expression that matches in full.
    pub const fn origin_rule(mut self, rule: OriginRule<'c>) -> Self {
        self.origin_rule = Some(rule);
        self
    }

    /// The methods allowed; `"*"` allows the standard ones.
    pub const fn methods(mut self, methods: &'c [&'c str]) -> Self {
        self.methods = methods;
        self
    }

    /// The request headers allowed besides the safe ones; `"*"` allows any.
    pub const fn headers(mut self, headers: &'c [&'c str]) -> Self {
        self.headers = headers;
        self
    }

    /// The reply headers that scripts may read.
    pub const fn expose_headers(mut self, headers: &'c [&'c str]) -> Self {
        self.expose_headers = headers;
        self
    }

    /// Requests may carry cookies; any origin is then answered by its name instead of `*`.
    pub const fn credentials(mut self) -> Self {
        self.credentials = true;
        self
    }

    /// Pages of the public network may ask this private one.
    pub const fn private_network(mut self) -> Self {
        self.private_network = true;
        self
    }

    /// For how many seconds an answer to a preflight counts.
    pub const fn max_age(mut self, seconds: u32) -> Self {
        self.max_age = seconds;
        self
    }

    /// Adds to `headers` what a reply to a request from `origin` (its `origin` field) needs.
    ///
    /// `Origin` always joins `vary`, so a cache never gives one origin's reply to another.
    ///
    /// # Errors
    ///
    /// [`Error::Overflow`] of the store; [`Error::HeaderValue`] for an origin or a configured name
    /// that is no field value. Lines set before then stay.
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

    /// Answers a preflight: `200 OK` when all it asks for is allowed, else `400 Bad Request` with
    /// a text that names what is not.
    ///
    /// ```
    /// use replywire::{Cors, Exchange, Preflight, Version};
    ///
    /// const CORS: Cors = Cors::new().origins(&["https://app.example"]);
    ///
    /// let request = [("origin", "https://app.example"), ("access-control-request-method", "PUT")];
    /// let exchange = Exchange::new("OPTIONS", Version::Http11, request);
    /// let preflight = Preflight::read("OPTIONS", request).unwrap();
    ///
    /// let mut buf = [0; 512];
    /// let reply = CORS.preflight(&preflight, &exchange, &mut buf)?;
    /// assert!(reply.starts_with(b"HTTP/1.1 400 Bad Request\r\n"));
    /// assert!(reply.ends_with(b"\r\n\r\nDisallowed CORS method"));
    /// # Ok::<(), replywire::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Overflow`]; [`Error::HeaderValue`] for a request or a configuration that holds what
    /// is no field value.
    pub fn preflight<'b>(
        &self,
        preflight: &Preflight<'_>,
        exchange: &Exchange,
        buf: &'b mut [u8],
    ) -> Result<Reply<'b>, Error> {
        let answer = self.answer(preflight.origin);
        let failures = [
            ("origin", answer.is_none()),
            (
                "method",
                !self
                    .allowed_methods()
                    .iter()
                    .any(|allowed| allowed.as_bytes() == preflight.method),
            ),
            (
                "headers",
                !preflight
                    .headers
                    .is_none_or(|names| self.allows_headers(names)),
            ),
            (
                "private-network",
                preflight.private_network && !self.private_network,
            ),
        ];
        let failed = failures.iter().any(|(_, failed)| *failed);
        let status = if failed {
            Status::BAD_REQUEST
        } else {
            Status::OK
        };

        let mut response = Response::to(exchange, buf, status)
            .header(HeaderName::VARY, PREFLIGHT_VARY)
            .header(
                HeaderName::ACCESS_CONTROL_ALLOW_METHODS,
                List(self.allowed_methods()),
            )
            .header(HeaderName::ACCESS_CONTROL_MAX_AGE, self.max_age);
        response = match (self.headers.contains(&"*"), preflight.headers) {
            (false, _) => response.header(
                HeaderName::ACCESS_CONTROL_ALLOW_HEADERS,
                Sorted(self.headers),
            ),
            (true, Some(names)) => response.header(HeaderName::ACCESS_CONTROL_ALLOW_HEADERS, names),
            (true, None) => response,
        };
        if self.credentials {
            response = response.header(HeaderName::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        if let Some(answer) = answer {
            response = response.header(HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN, answer);
        }
        if preflight.private_network && self.private_network {
            response = response.header(HeaderName::ACCESS_CONTROL_ALLOW_PRIVATE_NETWORK, "true");
        }
        if !failed {
            return response.text("OK");
        }
        // All four names fit.
        let mut text = [0; 64];
        let mut out = Buf::new(&mut text);
        out.put(b"Disallowed CORS ");
        let mut separator = "";
        for (what, _) in failures.iter().filter(|(_, failed)| *failed) {
            out.put(separator.as_bytes());
            out.put(what.as_bytes());
            separator = ", ";
        }
        let text = out.written_mut().unwrap_or_default();
        response.bytes("text/plain", text)
    }

    /// What an origin is answered, if it is allowed.
    fn answer<'o>(&self, origin: &'o [u8]) -> Option<&'o [u8]> {
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

    fn allowed_methods(&self) -> &'c [&'c str] {
        match self.methods.contains(&"*") {
            true => &ALL_METHODS,
            false => self.methods,
        }
    }

    fn allows_headers(&self, names: &[u8]) -> bool {
        let allowed = |name: &[u8]| {
            let mut known = SAFELISTED.iter().chain(self.headers);
            known.any(|allowed| allowed.as_bytes().eq_ignore_ascii_case(name))
        };
        self.headers.contains(&"*")
            || names
                .split(|byte| *byte == b',')
                .all(|name| allowed(name.trim_ascii()))
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

/// Shows texts as [`field::Quoted`] does.
struct Texts<'c>(&'c [&'c str]);

impl fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.0.iter().map(|text| field::Quoted(text.as_bytes()));
        f.debug_list().entries(texts).finish()
    }
}

/// A browser's question before a cross-origin request.
#[derive(Clone, Copy, Debug)]
pub struct Preflight<'r> {
    origin: &'r [u8],
    method: &'r [u8],
    headers: Option<&'r [u8]>,
    private_network: bool,
}

impl<'r> Preflight<'r> {
    /// Reads a preflight: an `OPTIONS` request with `origin` and `access-control-request-method`.
    ///
    /// `None` for any other request, which is then an ordinary one.
    pub fn read<N, V>(method: &str, headers: impl IntoIterator<Item = (N, &'r V)>) -> Option<Self>
    where
        N: AsRef<str>,
        V: AsRef<[u8]> + ?Sized + 'r,
    {
        if method != "OPTIONS" {
            return None;
        }
        let (mut origin, mut requested, mut names, mut private) = (None, None, None, None);
        for (name, value) in headers {
            let name = name.as_ref();
            // Names are told apart by their length first.
            let slot = match name.len() {
                6 if name.eq_ignore_ascii_case("origin") => &mut origin,
                29 if name.eq_ignore_ascii_case("access-control-request-method") => &mut requested,
                30 if name.eq_ignore_ascii_case("access-control-request-headers") => &mut names,
                38 if name.eq_ignore_ascii_case("access-control-request-private-network") => {
                    &mut private
                }
                _ => continue,
            };
            slot.get_or_insert(value.as_ref());
        }
        Some(Self {
            origin: origin?,
            method: requested?,
            headers: names,
            private_network: private.is_some(),
        })
    }
}

/// Texts joined by `, ` into one field value.
#[derive(Clone, Copy)]
struct List<'c>(&'c [&'c str]);

/// The safelisted names and `.0`, in the order of their bytes, each once.
#[derive(Clone, Copy)]
struct Sorted<'c>(&'c [&'c str]);

impl FieldValue for List<'_> {}

impl private::Value for List<'_> {
    const CHECKED: bool = false;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn put(self, put: &mut Put<'_, '_>) -> Result<(), Error> {
        put_list(put, self.0.iter().copied())
    }
}

impl FieldValue for Sorted<'_> {}

impl private::Value for Sorted<'_> {
    const CHECKED: bool = false;

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn put(self, put: &mut Put<'_, '_>) -> Result<(), Error> {
        let mut last = "";
        let sorted = core::iter::from_fn(|| {
            let names = SAFELISTED.iter().chain(self.0).copied();
            last = names.filter(|name| *name > last).min()?;
            Some(last)
        });
        put_list(put, sorted)
    }
}

fn put_list<'c>(put: &mut Put<'_, '_>, texts: impl Iterator<Item = &'c str>) -> Result<(), Error> {
    let mut separator: &[u8] = b"";
    for text in texts.filter(|text| !text.is_empty()) {
        field::check_text(text)?;
        put.0.put(separator);
        put.0.put(text.as_bytes());
        separator = b", ";
    }
    Ok(())
}
