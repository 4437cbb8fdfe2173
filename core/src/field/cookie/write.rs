//! The `set-cookie` line of a cookie, checked by its policy.

use super::same_site::SameSite;
use super::{Expires, Policy, SetCookie};
use crate::error::Error;
use crate::field::{grammar, octets};
use crate::write::buf::Buf;
use crate::write::decimal;

/// The most bytes of name and value that browsers keep, RFC 6265bis § 5.6.
const MAX_PAIR: usize = 4096;
/// The most bytes of an attribute value that browsers read, RFC 6265bis § 5.6.
const MAX_ATTRIBUTE: usize = 1024;

impl SetCookie<'_> {
    /// Writes the whole line, or returns the mistake in it.
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

fn latin1(char: char) -> Result<u8, Error> {
    u8::try_from(char).map_err(|_| Error::NotLatin1)
}

/// A byte that Python writes without quotes, in names and values.
fn is_legal(byte: u8) -> bool {
    grammar::is_token_byte(byte) || byte == b':'
}

fn has_prefix(name: &str, prefix: &[u8]) -> bool {
    let start = name.as_bytes().get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Returns true for the name of an attribute, in any case.
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
