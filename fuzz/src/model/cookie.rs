//! Cookies: the rules of RFC 6265 for strict ones, those of Python's `http.cookies` for quoting ones.

use replywire::{Error, Place};

use super::field;
use crate::input::{Attribute, Cookie, Date, Site};

#[derive(Default)]
pub struct Attributes {
    pub domain: String,
    pub expires: Option<String>,
    /// A text of the caller's, which is checked like the other attributes.
    expires_text: bool,
    pub http_only: bool,
    /// The cookie deletes another, and has no value.
    pub is_deleted: bool,
    pub max_age: Option<i64>,
    pub partitioned: bool,
    pub path: String,
    pub same_site: Option<String>,
    pub secure: bool,
}

/// The attributes, of which the last of each kind counts.
pub fn attributes(cookie: &Cookie) -> Attributes {
    let mut attributes = Attributes {
        path: String::from("/"),
        same_site: Some(String::from("lax")),
        ..Attributes::default()
    };
    for attribute in &cookie.attributes {
        attributes.apply(attribute);
    }
    attributes
}

/// What stands behind `set-cookie: `.
pub fn value(cookie: &Cookie) -> Result<Vec<u8>, Error> {
    let attributes = attributes(cookie);
    let value = match attributes.is_deleted {
        true => "",
        false => cookie.value.0.as_str(),
    };
    let name = cookie.name.0.as_str();
    check_name(name, cookie.quoting)?;
    if !cookie.quoting {
        check_strict(name, value, &attributes)?;
    }

    let mut out = format!("{name}=").into_bytes();
    match cookie.quoting {
        true => out.extend(quoted(value)?),
        false => out.extend(value.bytes()),
    }
    let mut put = |name: &str, value: &[u8]| {
        out.extend_from_slice(b"; ");
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(value);
    };
    if !attributes.domain.is_empty() {
        put(
            "Domain=",
            &attribute(&attributes.domain, cookie.quoting, Error::CookieDomain)?,
        );
    }
    match attributes.expires {
        None => {}
        Some(text) if attributes.expires_text => {
            if !text.is_empty() {
                if !cookie.quoting && !field::is_date_from(EARLIEST, &text) {
                    return Err(Error::CookieExpires(Place::UNKNOWN));
                }
                put(
                    "expires=",
                    &attribute(&text, cookie.quoting, Error::CookieExpires)?,
                );
            }
        }
        Some(date) => put("expires=", date.as_bytes()),
    }
    if attributes.http_only {
        put("HttpOnly", b"");
    }
    if let Some(seconds) = attributes.max_age {
        put("Max-Age=", seconds.to_string().as_bytes());
    }
    if attributes.partitioned {
        put("Partitioned", b"");
    }
    if !attributes.path.is_empty() {
        put(
            "Path=",
            &attribute(&attributes.path, cookie.quoting, Error::CookiePath)?,
        );
    }
    if let Some(text) = attributes.same_site {
        put("SameSite=", text.as_bytes());
    }
    if attributes.secure {
        put("Secure", b"");
    }
    Ok(out)
}

/// The start of 1601, before which browsers take a date for none.
const EARLIEST: i64 = -11_644_473_600;

impl Attributes {
    fn apply(&mut self, attribute: &Attribute) {
        match attribute {
            Attribute::AnySite => self.same_site = None,
            Attribute::Deleting(now) => {
                self.is_deleted = true;
                self.max_age = Some(0);
                self.expires_at(now.0);
            }
            Attribute::Domain(text) => self.domain = text.0.clone(),
            Attribute::Expires(date) => self.expires_at(date.0),
            Attribute::ExpiresIn(now, seconds) => {
                let at = i128::from(now.0) + i128::from(*seconds);
                self.expires_at(at.clamp(EARLIEST.into(), 253_402_300_799) as i64);
            }
            Attribute::ExpiresText(text) => {
                self.expires = Some(text.0.clone());
                self.expires_text = true;
            }
            Attribute::HttpOnly => self.http_only = true,
            Attribute::MaxAge(seconds) => self.max_age = Some(*seconds),
            Attribute::Partitioned => self.partitioned = true,
            Attribute::Path(text) => self.path = text.0.clone(),
            Attribute::SameSite(text) if is_same_site(&text.0) => {
                self.same_site = Some(text.0.clone());
            }
            Attribute::SameSite(_) => {}
            Attribute::SameSiteKnown(site) => {
                let text = match site {
                    Site::Lax => "lax",
                    Site::None => "none",
                    Site::Strict => "strict",
                };
                self.same_site = Some(text.to_owned());
            }
            Attribute::Secure => self.secure = true,
        }
    }

    fn expires_at(&mut self, seconds: i64) {
        self.expires = Some(field::date(Date(seconds.max(EARLIEST))));
        self.expires_text = false;
    }
}

pub fn is_same_site(text: &str) -> bool {
    ["lax", "none", "strict"].contains(&text.to_ascii_lowercase().as_str())
}

fn check_name(name: &str, quoting: bool) -> Result<(), Error> {
    const RESERVED: [&str; 10] = [
        "comment",
        "domain",
        "expires",
        "httponly",
        "max-age",
        "partitioned",
        "path",
        "samesite",
        "secure",
        "version",
    ];
    if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(Error::CookieReservedName(Place::UNKNOWN));
    }
    let legal = match quoting {
        true => !name.is_empty() && is_bare(name),
        false => field::is_token(name),
    };
    if legal {
        Ok(())
    } else {
        Err(Error::CookieName(Place::UNKNOWN))
    }
}

fn check_strict(name: &str, value: &str, attributes: &Attributes) -> Result<(), Error> {
    let octet = |char: char| char.is_ascii_graphic() && !"\",;\\".contains(char);
    if !value.chars().all(octet) {
        return Err(Error::CookieValue(Place::UNKNOWN));
    }
    if name.len() + value.len() > 4096 {
        return Err(Error::CookieTooLong(Place::UNKNOWN));
    }
    let same_site = attributes.same_site.as_deref().unwrap_or_default();
    if same_site.eq_ignore_ascii_case("none") && !attributes.secure {
        return Err(Error::CookieSameSiteInsecure(Place::UNKNOWN));
    }
    if attributes.partitioned && !attributes.secure {
        return Err(Error::CookiePartitionedInsecure(Place::UNKNOWN));
    }
    if !keeps_prefix(name, attributes) {
        return Err(Error::CookiePrefix(Place::UNKNOWN));
    }
    let domain = attributes.domain.as_str();
    if !domain.is_empty() && !is_host(domain) {
        return Err(Error::CookieDomain(Place::UNKNOWN));
    }
    if !attributes.path.is_empty() && !attributes.path.starts_with('/') {
        return Err(Error::CookiePath(Place::UNKNOWN));
    }
    Ok(())
}

/// RFC 6265bis § 4.1.3.
fn keeps_prefix(name: &str, attributes: &Attributes) -> bool {
    let name = name.to_ascii_lowercase();
    let is_on_host = attributes.path == "/" && attributes.domain.is_empty();
    if name.starts_with("__host-http-") {
        attributes.secure && attributes.http_only && is_on_host
    } else if name.starts_with("__host-") {
        attributes.secure && is_on_host
    } else if name.starts_with("__http-") {
        attributes.secure && attributes.http_only
    } else {
        attributes.secure || !name.starts_with("__secure-")
    }
}

/// RFC 1123 § 2.1.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_end = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
        let mut inner = label.chars();
        is_end(label.chars().next())
            && is_end(label.chars().next_back())
            && inner.all(|char| char == '-' || char.is_ascii_alphanumeric())
            && label.len() < 64
    };
    text.len() < 254 && text.split('.').all(is_label)
}

/// An attribute's text; outside ASCII only under the quoting policy, as Latin-1.
fn attribute(text: &str, quoting: bool, mistake: fn(Place) -> Error) -> Result<Vec<u8>, Error> {
    let blank = text.starts_with(' ') || text.ends_with(' ');
    if blank || text.contains(|char: char| char.is_ascii_control() || char == ';') {
        return Err(mistake(Place::UNKNOWN));
    }
    let strict = text.is_ascii() && text.len() <= 1024;
    if !quoting && !strict {
        return Err(mistake(Place::UNKNOWN));
    }
    text.chars().map(latin1).collect()
}

fn latin1(char: char) -> Result<u8, Error> {
    u8::try_from(u32::from(char)).map_err(|_| Error::NotLatin1(Place::UNKNOWN))
}

/// Whether Python writes the text without quotes.
fn is_bare(text: &str) -> bool {
    text.chars()
        .all(|char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:".contains(char))
}

fn quoted(value: &str) -> Result<Vec<u8>, Error> {
    if value.contains(|char: char| char.is_ascii_control()) {
        return Err(Error::CookieValue(Place::UNKNOWN));
    }
    if !value.is_empty() && is_bare(value) {
        return Ok(value.as_bytes().to_vec());
    }
    let mut out = String::from("\"");
    for char in value.chars() {
        let byte = latin1(char)?;
        let plain = char.is_ascii() && is_bare(char.encode_utf8(&mut [0; 4]));
        if char == '"' || char == '\\' {
            out.push('\\');
            out.push(char);
        } else if plain || " ()/<=>?@[]{}".contains(char) {
            out.push(char);
        } else {
            out.push_str(&format!("\\{byte:03o}"));
        }
    }
    out.push('"');
    Ok(out.into_bytes())
}
