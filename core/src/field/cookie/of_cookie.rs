//! Cookies of the crate `cookie`.

use ::cookie::time::Duration;
use ::cookie::{Cookie, Expiration, SameSite as Site};
use std::borrow::Cow;
use std::string::String;
use std::vec;

use super::same_site::SameSite;
use super::write::write_quoted;
use super::{Expires, Policy, SetCookie};
use crate::error::{Error, Place};
use crate::field::date::HttpDate;
use crate::write::buf::Buf;

/// Makes the cookie under the strict policy that the other writes: without `Path` where it has
/// none, and `Secure` where it is so by itself.
///
/// What is lost is the fraction of a second, of `Expires` and of `Max-Age`, and the order of the
/// attributes. Nothing is encoded or unquoted: a value that is no `cookie-octet`s is refused when
/// the cookie is written, and so is all else that the strict policy refuses.
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{Response, SetCookie, Status};
///
/// let theirs = cookie::Cookie::build(("sid", "31d4d96e")).path("/").http_only(true).build();
/// let mut buf = [0; 128];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT)
///     .cookie(&SetCookie::try_from(&theirs)?)
///     .empty()?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 204 No Content\r\nset-cookie: sid=31d4d96e; HttpOnly; Path=/\r\n\r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::CookieExpires`] for an expiry before the year 0 or after 9999.
impl<'c> TryFrom<&'c Cookie<'_>> for SetCookie<'c> {
    type Error = Error;

    fn try_from(theirs: &'c Cookie<'_>) -> Result<Self, Error> {
        let mut cookie = Self::new(theirs.name(), theirs.value())
            .domain(theirs.domain().unwrap_or_default())
            .path(theirs.path().unwrap_or_default())
            .any_site();
        if let Some(Expiration::DateTime(time)) = theirs.expires() {
            let date = HttpDate::try_from(time);
            cookie = cookie.expires(date.map_err(|_| Error::CookieExpires(Place::UNKNOWN))?);
        }
        cookie.http_only = theirs.http_only() == Some(true);
        cookie.max_age = theirs.max_age().map(Duration::whole_seconds);
        cookie.partitioned = theirs.partitioned() == Some(true);
        cookie.same_site = theirs.same_site().map(|site| match site {
            Site::Lax => SameSite::LAX,
            Site::None => SameSite::NONE,
            Site::Strict => SameSite::STRICT,
        });
        // As it writes itself.
        cookie.secure = theirs.secure() == Some(true)
            || cookie.partitioned
            || theirs.secure().is_none() && theirs.same_site() == Some(Site::None);
        Ok(cookie)
    }
}

/// Makes the cookie of the crate `cookie`, which checks nothing when it writes itself: so this one
/// is checked by its policy before.
///
/// What is lost is the policy, of which a value that it puts in quotes keeps these and its escapes;
/// the spelling of `SameSite` and of a date that is given as a text; and the order of the
/// attributes. A time before 1601 has become the start of that year, as when it is written.
///
/// ```
/// use cookie::Cookie;
/// use replywire::{Error, SetCookie};
///
/// let theirs = Cookie::try_from(SetCookie::new("sid", "31d4d96e").max_age(60))?;
/// assert_eq!(theirs.to_string(), "sid=31d4d96e; SameSite=Lax; Path=/; Max-Age=60");
///
/// let split = Cookie::try_from(SetCookie::new("sid", "a\r\nset-cookie: b"));
/// assert!(matches!(split, Err(Error::CookieValue(_))));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// Those of writing it; and under the quoting policy [`Error::CookieExpires`] for a text that is
/// no date, and [`Error::CookieDomain`] or [`Error::CookiePath`] for one that is not ASCII, which
/// the other would send as UTF-8.
impl<'c> TryFrom<SetCookie<'c>> for Cookie<'c> {
    type Error = Error;

    fn try_from(ours: SetCookie<'c>) -> Result<Self, Error> {
        ours.write(&mut Buf::new(&mut []))?;
        let mut cookie = Self::new(ours.name, value(&ours)?);
        if !ours.domain.is_empty() {
            cookie.set_domain(ascii(ours.domain, Error::CookieDomain)?);
        }
        if !ours.path.is_empty() {
            cookie.set_path(ascii(ours.path, Error::CookiePath)?);
        }
        let expires = match ours.expires {
            Expires::Never | Expires::Text("") => None,
            Expires::At(date) => Some(date),
            Expires::Text(text) => match HttpDate::parse(text.as_bytes()) {
                None => return Err(Error::CookieExpires(Place::UNKNOWN)),
                date => date,
            },
        };
        if let Some(date) = expires {
            cookie.set_expires(Expiration::DateTime(date.into()));
        }
        cookie.set_max_age(ours.max_age.map(Duration::seconds));
        cookie.set_same_site(ours.same_site.map(|SameSite(text)| match text.as_bytes() {
            [b'l' | b'L', ..] => Site::Lax,
            [b's' | b'S', ..] => Site::Strict,
            _ => Site::None,
        }));
        // `None` leaves it to the other whether the cookie is `Secure`.
        cookie.set_secure(ours.secure);
        if ours.http_only {
            cookie.set_http_only(true);
        }
        if ours.partitioned {
            cookie.set_partitioned(true);
        }
        Ok(cookie)
    }
}

/// The value as it is written.
fn value<'c>(ours: &SetCookie<'c>) -> Result<Cow<'c, str>, Error> {
    if ours.policy == Policy::Strict {
        return Ok(Cow::Borrowed(ours.value));
    }
    let mut counted = Buf::new(&mut []);
    write_quoted(&mut counted, ours.value)?;
    let mut bytes = vec![0; counted.len()];
    write_quoted(&mut Buf::new(&mut bytes), ours.value)?;
    let text = String::from_utf8(bytes).map_err(|_| Error::CookieValue(Place::UNKNOWN))?;
    Ok(Cow::Owned(text))
}

fn ascii(text: &str, mistake: fn(Place) -> Error) -> Result<&str, Error> {
    match text.bytes().position(|byte| !byte.is_ascii()) {
        None => Ok(text),
        at => Err(mistake(Place::of(at))),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::ToOwned;
    use std::string::ToString;
    use std::vec::Vec;

    use ::cookie::time::OffsetDateTime;

    use super::*;

    /// Name and value of the line of a cookie, and its attributes in order, without case.
    fn parts(line: &str) -> (String, Vec<String>) {
        let mut parts = line.split("; ");
        let pair = parts.next().unwrap().to_owned();
        let mut attributes: Vec<_> = parts.map(str::to_ascii_lowercase).collect();
        attributes.sort_unstable();
        (pair, attributes)
    }

    fn line(ours: &SetCookie<'_>) -> Result<String, Error> {
        let mut bytes = [0; 512];
        let mut buf = Buf::new(&mut bytes);
        ours.write(&mut buf)?;
        let len = buf.len();
        let line = core::str::from_utf8(&bytes[..len]).unwrap();
        let line = line.strip_prefix("set-cookie: ").unwrap();
        Ok(line.strip_suffix("\r\n").unwrap().to_owned())
    }

    /// Every choice of every attribute.
    fn all(mut visit: impl FnMut(Cookie<'static>)) {
        let flags = [None, Some(false), Some(true)];
        let dates = [None, Some(784_111_777)].map(|seconds| {
            seconds.map(|seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap())
        });
        for secure in flags {
            for partitioned in flags {
                for site in [None, Some(Site::Lax), Some(Site::Strict), Some(Site::None)] {
                    for path in [None, Some("/"), Some("/a")] {
                        for max_age in [None, Some(-1), Some(0), Some(1500)] {
                            for expires in dates {
                                for more in [false, true] {
                                    let mut cookie = Cookie::new("sid", "31d4d96e");
                                    cookie.set_secure(secure);
                                    cookie.set_partitioned(partitioned);
                                    cookie.set_same_site(site);
                                    if let Some(path) = path {
                                        cookie.set_path(path);
                                    }
                                    cookie.set_max_age(max_age.map(Duration::milliseconds));
                                    cookie.set_expires(expires);
                                    if more {
                                        cookie.set_domain(".example.org");
                                        cookie.set_http_only(true);
                                    }
                                    visit(cookie);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn both_write_the_same_attributes_unless_browsers_would_drop_the_cookie() {
        let (mut written, mut refused) = (0, 0);
        all(|theirs| {
            let ours = SetCookie::try_from(&theirs).unwrap();
            match line(&ours) {
                Ok(line) => {
                    written += 1;
                    assert_eq!(parts(&line), parts(&theirs.to_string()));
                    let back = Cookie::try_from(ours).unwrap();
                    assert_eq!(parts(&back.to_string()), parts(&theirs.to_string()));
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(error, Error::CookieSameSiteInsecure(Place::UNKNOWN));
                    assert_eq!(theirs.same_site(), Some(Site::None));
                    assert_eq!(theirs.secure(), Some(false));
                    assert_ne!(theirs.partitioned(), Some(true));
                    assert_eq!(Cookie::try_from(ours).unwrap_err(), error);
                }
            }
        });
        assert_eq!((written, refused), (1632, 96));
    }

    #[test]
    fn what_the_policy_refuses_does_not_become_a_cookie_that_is_not_checked() {
        let strict = SetCookie::new("sid", "1");
        let quoting = SetCookie::quoting("sid", "1");
        let at = Place::UNKNOWN;
        for (cookie, error) in [
            (SetCookie::new("s d", "1"), Error::CookieName(at)),
            (SetCookie::new("sid", "a b"), Error::CookieValue(at)),
            (SetCookie::quoting("sid", "a\nb"), Error::CookieValue(at)),
            (SetCookie::quoting("sid", "\u{100}"), Error::NotLatin1(at)),
            (strict.domain("a;b"), Error::CookieDomain(at)),
            (strict.path("a"), Error::CookiePath(at)),
            (strict.expires_text("soon"), Error::CookieExpires(at)),
            (quoting.expires_text("soon"), Error::CookieExpires(at)),
            (quoting.domain("b\u{fc}cher"), Error::CookieDomain(at)),
            (quoting.path("/b\u{fc}cher"), Error::CookiePath(at)),
        ] {
            assert_eq!(Cookie::try_from(cookie).unwrap_err(), error, "{cookie:?}");
        }
    }

    #[test]
    fn losses_are_those_that_are_named() {
        let text = "Sunday, 06-Nov-94 08:49:37 GMT";
        let parsed = SameSite::parse("sTRICT").unwrap();
        for (cookie, want) in [
            (
                SetCookie::quoting("sid", "a b;").any_site().path(""),
                "sid=\"a b\\073\"",
            ),
            (
                SetCookie::quoting("sid", "").expires_text(text).any_site(),
                "sid=\"\"; Path=/; Expires=Sun, 06 Nov 1994 08:49:37 GMT",
            ),
            (
                SetCookie::new("sid", "").expires_text("").same_site(parsed),
                "sid=; SameSite=Strict; Path=/",
            ),
        ] {
            assert_eq!(Cookie::try_from(cookie).unwrap().to_string(), want);
        }
    }

    #[test]
    fn an_expiry_without_a_year_of_four_digits_is_an_error() {
        let mut theirs = Cookie::new("sid", "1");
        theirs.set_expires(OffsetDateTime::from_unix_timestamp(-62_167_219_201).unwrap());
        let error = SetCookie::try_from(&theirs).unwrap_err();
        assert_eq!(error, Error::CookieExpires(Place::UNKNOWN));
        theirs.set_expires(Expiration::Session);
        let ours = SetCookie::try_from(&theirs).unwrap();
        assert_eq!(line(&ours).as_deref(), Ok("sid=1"));
    }
}
