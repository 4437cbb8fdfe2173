//! `Set-Cookie` and `Cookie`, RFC 6265 and draft-ietf-httpbis-rfc6265bis.

use core::fmt;

use self::same_site::SameSite;
use super::date::HttpDate;
use super::grammar::Quoted;

#[cfg(feature = "cookie-018")]
mod of_cookie;
mod read;
pub(crate) mod same_site;
mod write;

pub(crate) use self::read::pairs;

/// One `set-cookie` line.
///
/// The path is `/` and the cookie is `SameSite=lax` unless set otherwise. There are two policies
/// for values; both refuse control characters everywhere, and `;` but in a quoted value:
///
/// * [`new`](Self::new), strict: the syntax of RFC 6265 § 4.1.1 for servers. The name is a `token`,
///   the value `cookie-octet`s, the domain the name of a host without a dot at either end, the path
///   begins with `/`, an expiry is an IMF-fixdate. A cookie that browsers would drop is refused: a
///   `SameSite=None` or `Partitioned` cookie without `Secure`, one that breaks the rule of the
///   prefix `__Secure-`, `__Host-`, `__Http-` or `__Host-Http-`, a cookie over 4096 bytes. A value
///   in quotes, which browsers would keep as part of it, is refused too; a `Max-Age` that is not
///   positive, which deletes, is sent.
/// * [`quoting`](Self::quoting): the output of Python's `http.cookies`. A value with other
///   characters is put in quotes with `\` escapes, which only Python reads back. Names may hold
///   `:`, and the browsers' rules are not checked.
///
/// An invalid part is an error when the cookie is written.
///
/// ```
/// use replywire::{Response, SameSite, SetCookie, Status};
/// use replywire::request::Exchange;
///
/// let session = SetCookie::new("sid", "31d4d96e")
///     .max_age(3600)
///     .same_site(SameSite::STRICT)
///     .secure()
///     .http_only();
///
/// let mut buf = [0; 256];
/// let response = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT);
/// let reply = response.cookie(&session).empty()?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 204 No Content\r\n\
///       set-cookie: sid=31d4d96e; HttpOnly; Max-Age=3600; Path=/; SameSite=strict; Secure\r\n\
///       \r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias = "set_cookie")]
#[derive(Clone, Copy)]
#[must_use = "a cookie does nothing until it is added to a reply"]
pub struct SetCookie<'c> {
    name: &'c str,
    value: &'c str,
    policy: Policy,
    domain: &'c str,
    expires: Expires<'c>,
    http_only: bool,
    max_age: Option<i64>,
    partitioned: bool,
    path: &'c str,
    same_site: Option<SameSite<'c>>,
    secure: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Policy {
    Quoting,
    Strict,
}

#[derive(Clone, Copy)]
enum Expires<'c> {
    Never,
    At(HttpDate),
    Text(&'c str),
}

/// The first date that browsers do not ignore, RFC 6265 § 5.1.1.
const EARLIEST: HttpDate = HttpDate::from_civil(1601, 1, 1, 0, 0, 0).unwrap();

impl<'c> SetCookie<'c> {
    /// A cookie under the strict policy.
    pub const fn new(name: &'c str, value: &'c str) -> Self {
        Self {
            name,
            value,
            policy: Policy::Strict,
            domain: "",
            expires: Expires::Never,
            http_only: false,
            max_age: None,
            partitioned: false,
            path: "/",
            same_site: Some(SameSite::LAX),
            secure: false,
        }
    }

    /// A cookie under the quoting policy.
    pub const fn quoting(name: &'c str, value: &'c str) -> Self {
        let mut cookie = Self::new(name, value);
        cookie.policy = Policy::Quoting;
        cookie
    }

    /// Makes this the cookie that deletes one: no value, `Max-Age=0`, expired `now`.
    ///
    /// Name, path, domain and `Partitioned` must be those of the cookie to delete, and `Secure` too
    /// where these need it.
    ///
    /// ```
    /// use replywire::{HttpDate, Response, SetCookie, Status};
    /// use replywire::request::Exchange;
    ///
    /// const SESSION: SetCookie = SetCookie::new("sid", "31d4d96e").http_only();
    ///
    /// let now = HttpDate::from_civil(2026, 11, 21, 12, 0, 0).unwrap();
    /// let mut buf = [0; 256];
    /// let response = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT);
    /// let reply = response.cookie(&SESSION.deleting(now)).empty()?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 204 No Content\r\nset-cookie: sid=; expires=Sat, 21 Nov 2026 12:00:00 GMT; \
    ///       HttpOnly; Max-Age=0; Path=/; SameSite=lax\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias = "delete_cookie")]
    pub const fn deleting(mut self, now: HttpDate) -> Self {
        self.value = "";
        self.max_age(0).expires(now)
    }

    /// Has hosts below `domain` get the cookie too; without it, only the host that set it does.
    ///
    /// Under the strict policy, it has at most 253 characters, and its labels 63, which are
    /// letters, digits and inner hyphens; RFC 6265 § 4.1.1 and RFC 1123 § 2.1.
    pub const fn domain(mut self, domain: &'c str) -> Self {
        self.domain = domain;
        self
    }

    /// Has the browser drop the cookie at `date`; at once if that is past.
    ///
    /// A date before 1601, which browsers ignore as no date (RFC 6265 § 5.1.1), is written as the
    /// start of that year.
    pub const fn expires(mut self, date: HttpDate) -> Self {
        self.expires = Expires::At(match date.to_unix() < EARLIEST.to_unix() {
            true => EARLIEST,
            false => date,
        });
        self
    }

    /// Has the browser drop the cookie `seconds` after `now`; at once if they are not positive.
    ///
    /// A time before 1601 or after 9999 is written as the first or the last second of these years,
    /// as RFC 6265 § 5.2.1 has browsers do with times that they cannot represent.
    pub const fn expires_in(self, now: HttpDate, seconds: i64) -> Self {
        self.expires(now.saturating_add(seconds))
    }

    /// Has the browser drop the cookie at the date that `text` spells, which is sent as it is.
    ///
    /// Under the strict policy, it is an IMF-fixdate with the right day of the week; RFC 9110
    /// § 5.6.7.
    pub const fn expires_text(mut self, text: &'c str) -> Self {
        self.expires = Expires::Text(text);
        self
    }

    /// Hides the cookie from scripts.
    #[doc(alias = "httponly")]
    pub const fn http_only(mut self) -> Self {
        self.http_only = true;
        self
    }

    /// Has the browser drop the cookie after `seconds`; at once if they are not positive.
    pub const fn max_age(mut self, seconds: i64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Keeps the cookie apart for each top-level site; needs [`secure`](Self::secure).
    pub const fn partitioned(mut self) -> Self {
        self.partitioned = true;
        self
    }

    /// Limits the cookie to paths below `path`. If it is empty, the path of the request decides; as
    /// it would for browsers if the first character were not `/`, which the strict policy refuses.
    pub const fn path(mut self, path: &'c str) -> Self {
        self.path = path;
        self
    }

    /// Limits the requests from other sites that get the cookie.
    #[doc(alias = "samesite")]
    pub const fn same_site(mut self, same_site: SameSite<'c>) -> Self {
        self.same_site = Some(same_site);
        self
    }

    /// Leaves `SameSite` to the browser's default.
    pub const fn any_site(mut self) -> Self {
        self.same_site = None;
        self
    }

    /// Limits the cookie to secure transport.
    pub const fn secure(mut self) -> Self {
        self.secure = true;
        self
    }
}

impl fmt::Debug for SetCookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetCookie")
            .field("name", &Quoted(self.name.as_bytes()))
            .field("value", &Quoted(self.value.as_bytes()))
            .field("policy", &self.policy)
            .field("domain", &Quoted(self.domain.as_bytes()))
            .field("expires", &self.expires)
            .field("http_only", &self.http_only)
            .field("max_age", &self.max_age)
            .field("partitioned", &self.partitioned)
            .field("path", &Quoted(self.path.as_bytes()))
            .field("same_site", &self.same_site)
            .field("secure", &self.secure)
            .finish()
    }
}

impl fmt::Debug for Expires<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("Never"),
            Self::At(date) => f.debug_tuple("At").field(date).finish(),
            Self::Text(text) => f
                .debug_tuple("Text")
                .field(&Quoted(text.as_bytes()))
                .finish(),
        }
    }
}
