//! The `set-cookie` line of a cookie, checked by its policy.

use super::same_site::SameSite;
use super::{EARLIEST, Expires, Policy, SetCookie};
use crate::error::{Error, Place};
use crate::field::date::HttpDate;
use crate::field::{grammar, octets};
use crate::write::buf::Buf;
use crate::write::decimal;

/// The most bytes of name and value that browsers keep, RFC 6265bis § 5.6.
const MAX_PAIR: usize = 4096;
/// The most bytes of an attribute value that browsers read, RFC 6265bis § 5.6.
const MAX_ATTRIBUTE: usize = 1024;
/// The most bytes of a host's name and of a label in it, RFC 1035 § 2.3.4: of the 255 octets there,
/// two are not in the text.
const MAX_DOMAIN: usize = 253;
const MAX_LABEL: usize = 63;

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
            self.write_attribute(buf, self.domain, Error::CookieDomain)?;
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
            self.write_attribute(buf, self.path, Error::CookiePath)?;
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
            return Err(Error::CookieReservedName(Place::UNKNOWN));
        }
        let legal = match self.policy {
            Policy::Strict => grammar::is_token(name),
            Policy::Quoting => !name.is_empty() && name.iter().all(|byte| is_legal(*byte)),
        };
        match legal {
            true => Ok(()),
            false => Err(Error::CookieName(self.name_mistake())),
        }
    }

    fn name_mistake(&self) -> Place {
        let name = self.name.as_bytes();
        match self.policy {
            _ if !Place::IS_TOLD => Place::UNKNOWN,
            Policy::Strict => grammar::run_place(grammar::TOKEN, name),
            Policy::Quoting => Place::of(name.iter().position(|byte| !is_legal(*byte))),
        }
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn check_strict(&self) -> Result<(), Error> {
        let value = self.value.as_bytes();
        if !octets::all_cookie_octets(value) {
            let place = grammar::run_place(grammar::COOKIE_OCTETS, value);
            return Err(Error::CookieValue(place));
        }
        if self.name.len().saturating_add(self.value.len()) > MAX_PAIR {
            return Err(Error::CookieTooLong(Place::UNKNOWN));
        }
        if self.same_site.is_some_and(SameSite::is_none) && !self.secure {
            return Err(Error::CookieSameSiteInsecure(Place::UNKNOWN));
        }
        if self.partitioned && !self.secure {
            return Err(Error::CookiePartitionedInsecure(Place::UNKNOWN));
        }
        if !self.keeps_prefix() {
            return Err(Error::CookiePrefix(Place::UNKNOWN));
        }
        let domain = self.domain.as_bytes();
        if !domain.is_empty() && !is_domain(domain) {
            let mut bytes = domain.iter();
            let at = bytes.position(|byte| *byte != b'.' && !is_label_byte(*byte));
            return Err(Error::CookieDomain(Place::of(at)));
        }
        match self.path.as_bytes() {
            [] | [b'/', ..] => Ok(()),
            _ => Err(Error::CookiePath(Place::at(0))),
        }
    }

    /// False where the name begins with a prefix whose rule the cookie breaks. Browsers compare
    /// prefixes without case, RFC 6265bis § 5.7.
    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn keeps_prefix(&self) -> bool {
        let name = self.name.as_bytes();
        if !name.starts_with(b"__") {
            return true;
        }
        let is_http = has_prefix(name, b"__Http-") || has_prefix(name, b"__Host-Http-");
        let is_host = has_prefix(name, b"__Host-");
        let is_secure = is_http || is_host || has_prefix(name, b"__Secure-");
        (self.secure || !is_secure)
            && (self.http_only || !is_http)
            && (self.path == "/" && self.domain.is_empty() || !is_host)
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn write_expires(&self, buf: &mut Buf<'_>) -> Result<(), Error> {
        let date = match self.expires {
            Expires::Never | Expires::Text("") => return Ok(()),
            Expires::Text(text) => {
                // RFC 6265 § 4.1.1 has one form; browsers forget an expiry that they cannot read.
                if self.policy == Policy::Strict && !is_expiry(text.as_bytes()) {
                    return Err(Error::CookieExpires(Place::UNKNOWN));
                }
                buf.write_array(b"; expires=");
                return self.write_attribute(buf, text, Error::CookieExpires);
            }
            Expires::At(date) => date,
        };
        buf.write_array(b"; expires=");
        buf.write_array(&date.to_imf_fixdate());
        Ok(())
    }

    /// Writes an `av-octet` text; under the quoting policy also one of Latin-1.
    fn write_attribute(
        &self,
        buf: &mut Buf<'_>,
        text: &str,
        mistake: fn(Place) -> Error,
    ) -> Result<(), Error> {
        let bytes = text.as_bytes();
        // RFC 6265 § 5.2: blanks at either end would be trimmed.
        if text.len() <= MAX_ATTRIBUTE
            && octets::all_attribute_octets(bytes)
            && !matches!(bytes, [b' ', ..] | [.., b' '])
        {
            buf.write(bytes);
            return Ok(());
        }
        self.write_unusual_attribute(buf, text, mistake)
    }

    #[cold]
    fn write_unusual_attribute(
        &self,
        buf: &mut Buf<'_>,
        text: &str,
        mistake: fn(Place) -> Error,
    ) -> Result<(), Error> {
        let last = text.len().saturating_sub(1);
        let is_wrong = |at, byte: u8| match byte {
            b' ' if at == 0 || at == last => true,
            byte => match self.policy {
                Policy::Strict => !grammar::is_attribute_octet(byte) || at >= MAX_ATTRIBUTE,
                Policy::Quoting => byte.is_ascii_control() || byte == b';',
            },
        };
        let mut bytes = text.bytes().enumerate();
        if let Some(at) = bytes.position(|(at, byte)| is_wrong(at, byte)) {
            return Err(mistake(Place::at(at)));
        }
        for char in text.chars() {
            buf.write_array(&[grammar::latin1(char, text)?]);
        }
        Ok(())
    }
}

/// A byte that Python writes without quotes, in names and values.
fn is_legal(byte: u8) -> bool {
    grammar::is_token_byte(byte) || byte == b':'
}

fn has_prefix(name: &[u8], prefix: &[u8]) -> bool {
    let start = name.get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Returns true for the name of a host: labels of letters, digits and inner hyphens, RFC 1034 § 3.5
/// and RFC 1123 § 2.1.
fn is_domain(domain: &[u8]) -> bool {
    let is_label = |label: &[u8]| {
        label.len() <= MAX_LABEL
            && !matches!(label, [] | [b'-', ..] | [.., b'-'])
            && label.iter().all(|byte| is_label_byte(*byte))
    };
    domain.len() <= MAX_DOMAIN && domain.split(|byte| *byte == b'.').all(is_label)
}

const fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// Returns true for a date in the one form that is sent, which browsers do not ignore.
fn is_expiry(text: &[u8]) -> bool {
    HttpDate::parse(text)
        .is_some_and(|date| date.to_imf_fixdate() == text && date.to_unix() >= EARLIEST.to_unix())
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
pub(super) fn write_quoted(buf: &mut Buf<'_>, value: &str) -> Result<(), Error> {
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(Error::CookieValue(grammar::control_place(value)));
    }
    if !value.is_empty() && value.bytes().all(is_legal) {
        buf.write(value.as_bytes());
        return Ok(());
    }
    buf.write_array(b"\"");
    for char in value.chars() {
        let byte = grammar::latin1(char, value)?;
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
