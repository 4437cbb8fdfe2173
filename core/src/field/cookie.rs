//! `Set-Cookie`, RFC 6265 and draft-ietf-httpbis-rfc6265bis.

use core::fmt;

use super::date::HttpDate;
use super::grammar;
use super::grammar::Quoted;
use super::octets;
use crate::error::Error;
use crate::write::buf::Buf;
use crate::write::decimal;

/// The most bytes of name and value that browsers keep, RFC 6265bis § 5.6.
const MAX_PAIR: usize = 4096;
/// The most bytes of an attribute value that browsers read, RFC 6265bis § 5.6.
const MAX_ATTRIBUTE: usize = 1024;

/// One `set-cookie` line.
///
/// Without more, the path is `/` and the cookie is `SameSite=lax`. Two policies say what a value
/// may be, and both refuse control characters and `;` everywhere:
///
/// * [`new`](Self::new), strict: what RFC 6265 § 4.1.1 lets a server send. The name is a `token`,
///   the value `cookie-octet`s, the attributes ASCII. What browsers would drop is refused: a
///   `SameSite=None` or `Partitioned` cookie without `Secure`, a broken `__Secure-` or `__Host-`
///   prefix, a cookie over 4096 bytes. A value in quotes, which browsers would keep as part of it,
///   is refused too; a `Max-Age` that is not positive, which deletes, is sent.
/// * [`quoting`](Self::quoting): what Python's `http.cookies` sends. A value with other characters
///   is put in quotes with `\` escapes, which only Python reads back. Names may hold `:`, and the
///   browsers' rules are not checked.
///
/// An invalid part shows up as an error when the cookie is written.
///
/// ```
/// use replywire::{Response, SameSite, SetCookie, Status};
///
/// let session = SetCookie::new("sid", "31d4d96e")
///     .max_age(3600)
///     .same_site(SameSite::STRICT)
///     .secure()
///     .http_only();
///
/// let mut buf = [0; 256];
/// let reply = Response::new(&mut buf, Status::NO_CONTENT).cookie(&session).empty()?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 204 No Content\r\n\
///       set-cookie: sid=31d4d96e; HttpOnly; Max-Age=3600; Path=/; SameSite=strict; Secure\r\n\r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
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
    In(HttpDate, i64),
    Text(&'c str),
}

/// The value of a `SameSite` attribute, RFC 6265bis § 4.1.2.7.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SameSite<'c>(&'c str);

impl<'c> SameSite<'c> {
    /// Sent with requests from the same site, and when a link leads here.
    pub const LAX: Self = Self("lax");
    /// Sent with all requests; needs [`SetCookie::secure`].
    pub const NONE: Self = Self("none");
    /// Sent with requests from the same site only.
    pub const STRICT: Self = Self("strict");

    /// `text`, written as it is spelled.
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

    fn is_none(self) -> bool {
        self.0.eq_ignore_ascii_case("none")
    }
}

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
    ///
    /// const SESSION: SetCookie = SetCookie::new("sid", "31d4d96e").http_only();
    ///
    /// let now = HttpDate::from_civil(2026, 11, 21, 12, 0, 0).unwrap();
    /// let mut buf = [0; 256];
    /// let reply =
    ///     Response::new(&mut buf, Status::NO_CONTENT).cookie(&SESSION.deleting(now)).empty()?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 204 No Content\r\nset-cookie: sid=; expires=Sat, 21 Nov 2026 12:00:00 GMT; \
    ///       HttpOnly; Max-Age=0; Path=/; SameSite=lax\r\n\r\n",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub const fn deleting(mut self, now: HttpDate) -> Self {
        self.value = "";
        self.max_age(0).expires(now)
    }

    /// Hosts below `domain` get the cookie too; without it, only the host that set it.
    pub const fn domain(mut self, domain: &'c str) -> Self {
        self.domain = domain;
        self
    }

    /// The browser drops the cookie at `date`.
    pub const fn expires(mut self, date: HttpDate) -> Self {
        self.expires = Expires::At(date);
        self
    }

    /// The browser drops the cookie `seconds` after `now`; a time outside the years 1970 to 9999
    /// is [`Error::Date`].
    pub const fn expires_in(mut self, now: HttpDate, seconds: i64) -> Self {
        self.expires = Expires::In(now, seconds);
        self
    }

    /// The browser drops the cookie at the date that `text` spells, which is sent as it is.
    pub const fn expires_text(mut self, text: &'c str) -> Self {
        self.expires = Expires::Text(text);
        self
    }

    /// Scripts do not see the cookie.
    pub const fn http_only(mut self) -> Self {
        self.http_only = true;
        self
    }

    /// The browser drops the cookie after `seconds`; at once when they are not positive.
    pub const fn max_age(mut self, seconds: i64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// The cookie is kept apart for each top-level site; needs [`secure`](Self::secure).
    pub const fn partitioned(mut self) -> Self {
        self.partitioned = true;
        self
    }

    /// Only paths below `path` get the cookie. Empty: the path of the request decides.
    pub const fn path(mut self, path: &'c str) -> Self {
        self.path = path;
        self
    }

    /// Which requests from other sites get the cookie.
    pub const fn same_site(mut self, same_site: SameSite<'c>) -> Self {
        self.same_site = Some(same_site);
        self
    }

    /// Leaves `SameSite` to the browser's default.
    pub const fn any_site(mut self) -> Self {
        self.same_site = None;
        self
    }

    /// The cookie is sent over secure transport only.
    pub const fn secure(mut self) -> Self {
        self.secure = true;
        self
    }

    /// Writes the whole line, or says what is wrong.
    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    pub(crate) fn write(&self, buf: &mut Buf<'_>) -> Result<(), Error> {
        self.check_name()?;
        if self.policy == Policy::Strict {
            self.check_strict()?;
        }
        buf.write_array(b"set-cookie: ");
        buf.write(self.name.as_bytes());
        buf.write_array(b"=");
        match self.policy {
            Policy::Quoting => write_quoted(buf, self.value)?,
            Policy::Strict => buf.write(self.value.as_bytes()),
        }
        if !self.domain.is_empty() {
            buf.write_array(b"; Domain=");
            self.write_attribute(buf, self.domain)?;
        }
        self.write_expires(buf)?;
        if self.http_only {
            buf.write_array(b"; HttpOnly");
        }
        if let Some(seconds) = self.max_age {
            buf.write_array(b"; Max-Age=");
            if seconds < 0 {
                buf.write_array(b"-");
            }
            decimal::write(buf, seconds.unsigned_abs());
        }
        if self.partitioned {
            buf.write_array(b"; Partitioned");
        }
        if !self.path.is_empty() {
            buf.write_array(b"; Path=");
            self.write_attribute(buf, self.path)?;
        }
        if let Some(SameSite(text)) = self.same_site {
            buf.write_array(b"; SameSite=");
            buf.write(text.as_bytes());
        }
        if self.secure {
            buf.write_array(b"; Secure");
        }
        buf.write_array(b"\r\n");
        Ok(())
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn check_name(&self) -> Result<(), Error> {
        let name = self.name.as_bytes();
        if is_reserved(name) {
            return Err(Error::CookieReservedName);
        }
        let legal = match self.policy {
            Policy::Strict => grammar::is_token(name),
            Policy::Quoting => !name.is_empty() && name.iter().all(|byte| is_legal(*byte)),
        };
        match legal {
            true => Ok(()),
            false => Err(Error::CookieName),
        }
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn check_strict(&self) -> Result<(), Error> {
        if !octets::all_cookie_octets(self.value.as_bytes()) {
            return Err(Error::CookieValue);
        }
        if self.name.len().saturating_add(self.value.len()) > MAX_PAIR {
            return Err(Error::CookieTooLong);
        }
        if self.same_site.is_some_and(SameSite::is_none) && !self.secure {
            return Err(Error::CookieSameSiteInsecure);
        }
        if self.partitioned && !self.secure {
            return Err(Error::CookiePartitionedInsecure);
        }
        // Browsers compare the prefix without case, RFC 6265bis § 5.7.
        let host = has_prefix(self.name, b"__Host-");
        let secure = has_prefix(self.name, b"__Secure-");
        if (host || secure) && !self.secure || host && (self.path != "/" || !self.domain.is_empty())
        {
            return Err(Error::CookiePrefix);
        }
        Ok(())
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn write_expires(&self, buf: &mut Buf<'_>) -> Result<(), Error> {
        let date = match self.expires {
            Expires::Never | Expires::Text("") => return Ok(()),
            Expires::Text(text) => {
                buf.write_array(b"; expires=");
                return self.write_attribute(buf, text);
            }
            Expires::At(date) => date,
            Expires::In(now, seconds) => now.checked_add(seconds).ok_or(Error::Date)?,
        };
        buf.write_array(b"; expires=");
        buf.write_array(&date.to_imf_fixdate());
        Ok(())
    }

    /// Writes an `av-octet` text; under the quoting policy also one of Latin-1.
    fn write_attribute(&self, buf: &mut Buf<'_>, text: &str) -> Result<(), Error> {
        let bytes = text.as_bytes();
        // RFC 6265 § 5.2: blanks at either end would be trimmed.
        if text.len() <= MAX_ATTRIBUTE
            && octets::all_attribute_octets(bytes)
            && !matches!(bytes, [b' ', ..] | [.., b' '])
        {
            buf.write(bytes);
            return Ok(());
        }
        self.write_unusual_attribute(buf, text)
    }

    #[cold]
    fn write_unusual_attribute(&self, buf: &mut Buf<'_>, text: &str) -> Result<(), Error> {
        let forbidden = |byte: u8| byte.is_ascii_control() || byte == b';';
        if self.policy == Policy::Strict
            || text.bytes().any(forbidden)
            || text.starts_with(' ')
            || text.ends_with(' ')
        {
            return Err(Error::CookieAttribute);
        }
        for char in text.chars() {
            buf.write_array(&[latin1(char)?]);
        }
        Ok(())
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
            Self::In(now, seconds) => f.debug_tuple("In").field(now).field(seconds).finish(),
            Self::Text(text) => f
                .debug_tuple("Text")
                .field(&Quoted(text.as_bytes()))
                .finish(),
        }
    }
}

impl fmt::Debug for SameSite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SameSite")
            .field(&Quoted(self.0.as_bytes()))
            .finish()
    }
}

fn latin1(char: char) -> Result<u8, Error> {
    u8::try_from(char).map_err(|_| Error::NotLatin1)
}

/// What Python writes without quotes, in names and values.
fn is_legal(byte: u8) -> bool {
    grammar::is_token_byte(byte) || byte == b':'
}

fn has_prefix(name: &str, prefix: &[u8]) -> bool {
    let start = name.as_bytes().get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The names of attributes, in any case.
fn is_reserved(name: &[u8]) -> bool {
    const RESERVED: [&[u8]; 10] = [
        b"comment",
        b"domain",
        b"expires",
        b"httponly",
        b"max-age",
        b"partitioned",
        b"path",
        b"samesite",
        b"secure",
        b"version",
    ];
    matches!(name.len(), 4..=11)
        && RESERVED
            .iter()
            .any(|reserved| name.eq_ignore_ascii_case(reserved))
}

/// Writes `value` bare when it can be, else in quotes with `\"`, `\\` and octal escapes.
fn write_quoted(buf: &mut Buf<'_>, value: &str) -> Result<(), Error> {
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(Error::CookieValue);
    }
    if !value.is_empty() && value.bytes().all(is_legal) {
        buf.write(value.as_bytes());
        return Ok(());
    }
    buf.write_array(b"\"");
    for char in value.chars() {
        let byte = latin1(char)?;
        match byte {
            b'"' | b'\\' => buf.write_array(&[b'\\', byte]),
            b' ' | b'(' | b')' | b'/' | b'<'..=b'@' | b'[' | b']' | b'{' | b'}' => {
                buf.write_array(&[byte]);
            }
            _ if is_legal(byte) => buf.write_array(&[byte]),
            _ => buf.write_array(&[
                b'\\',
                b'0' + (byte >> 6),
                b'0' + (byte >> 3 & 7),
                b'0' + (byte & 7),
            ]),
        }
    }
    buf.write_array(b"\"");
    Ok(())
}
