//! Cookies: the rules of RFC 6265 for strict ones, those of Python's `http.cookies` for quoting ones.

use replywire::Error;

use super::field;
use crate::input::{Attribute, Cookie, Date, Site};

#[derive(Default)]
struct Attributes {
    domain: String,
    expires: Option<Result<String, Error>>,
    /// A text of the caller's, which is checked like the other attributes.
    expires_text: bool,
    http_only: bool,
    max_age: Option<i64>,
    partitioned: bool,
    path: String,
    same_site: Option<String>,
    secure: bool,
}

/// What stands behind `set-cookie: `.
pub fn value(cookie: &Cookie) -> Result<Vec<u8>, Error> {
    let mut value = cookie.value.0.as_str();
    let mut attributes = Attributes {
        path: String::from("/"),
        same_site: Some(String::from("lax")),
        ..Attributes::default()
    };
    for attribute in &cookie.attributes {
        if let Attribute::Deleting(_) = attribute {
            value = "";
        }
        attributes.apply(attribute);
    }
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
        put("Domain=", &attribute(&attributes.domain, cookie.quoting)?);
    }
    match attributes.expires {
        None => {}
        Some(text) if attributes.expires_text => {
            let text = text?;
            if !text.is_empty() {
                put("expires=", &attribute(&text, cookie.quoting)?);
            }
        }
        Some(date) => put("expires=", date?.as_bytes()),
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
        put("Path=", &attribute(&attributes.path, cookie.quoting)?);
    }
    if let Some(text) = attributes.same_site {
        put("SameSite=", text.as_bytes());
    }
    if attributes.secure {
        put("Secure", b"");
    }
    Ok(out)
}

impl Attributes {
    fn apply(&mut self, attribute: &Attribute) {
        match attribute {
            Attribute::AnySite => self.same_site = None,
            Attribute::Deleting(now) => {
                self.max_age = Some(0);
                self.expires_at(Ok(field::date(*now)));
            }
            Attribute::Domain(text) => self.domain = text.0.clone(),
            Attribute::Expires(date) => self.expires_at(Ok(field::date(*date))),
            Attribute::ExpiresIn(now, seconds) => {
                let at = i128::from(now.0) + i128::from(*seconds);
                self.expires_at(match at {
                    0..=253_402_300_799 => Ok(field::date(Date(at as u64))),
                    _ => Err(Error::Date),
                });
            }
            Attribute::ExpiresText(text) => {
                self.expires = Some(Ok(text.0.clone()));
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

    fn expires_at(&mut self, date: Result<String, Error>) {
        self.expires = Some(date);
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
        return Err(Error::CookieReservedName);
    }
    let legal = match quoting {
        true => !name.is_empty() && is_bare(name),
        false => field::is_token(name),
    };
    if legal {
        Ok(())
    } else {
        Err(Error::CookieName)
    }
}

fn check_strict(name: &str, value: &str, attributes: &Attributes) -> Result<(), Error> {
    let octet = |char: char| char.is_ascii_graphic() && !"\",;\\".contains(char);
    if !value.chars().all(octet) {
        return Err(Error::CookieValue);
    }
    if name.len() + value.len() > 4096 {
        return Err(Error::CookieTooLong);
    }
    let same_site = attributes.same_site.as_deref().unwrap_or_default();
    if same_site.eq_ignore_ascii_case("none") && !attributes.secure {
        return Err(Error::CookieSameSiteInsecure);
    }
    if attributes.partitioned && !attributes.secure {
        return Err(Error::CookiePartitionedInsecure);
    }
    let lower = name.to_ascii_lowercase();
    let host = lower.starts_with("__host-");
    if (host || lower.starts_with("__secure-")) && !attributes.secure {
        return Err(Error::CookiePrefix);
    }
    if host && !(attributes.path == "/" && attributes.domain.is_empty()) {
        return Err(Error::CookiePrefix);
    }
    Ok(())
}

/// An attribute's text; outside ASCII only under the quoting policy, as Latin-1.
fn attribute(text: &str, quoting: bool) -> Result<Vec<u8>, Error> {
    let blank = text.starts_with(' ') || text.ends_with(' ');
    if blank || text.contains(|char: char| char.is_ascii_control() || char == ';') {
        return Err(Error::CookieAttribute);
    }
    let strict = text.is_ascii() && text.len() <= 1024;
    if !quoting && !strict {
        return Err(Error::CookieAttribute);
    }
    text.chars().map(latin1).collect()
}

fn latin1(char: char) -> Result<u8, Error> {
    u8::try_from(u32::from(char)).map_err(|_| Error::NotLatin1)
}

/// Whether Python writes the text without quotes.
fn is_bare(text: &str) -> bool {
    text.chars()
        .all(|char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:".contains(char))
}

fn quoted(value: &str) -> Result<Vec<u8>, Error> {
    if value.contains(|char: char| char.is_ascii_control()) {
        return Err(Error::CookieValue);
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
