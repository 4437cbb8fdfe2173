//! Writes cookies, and reads them as a browser does, RFC 6265bis § 5.6, or as Python.

use arbitrary::Arbitrary;
use replywire::request::Exchange;
use replywire::{Error, Headers, Response, Status};

use crate::drive::with_cookie;
use crate::input::{Attribute, Cookie, Text};
use crate::model::cookie::{self, Attributes};
use crate::model::field;
use crate::python_cookie::unquoted;

/// A cookie, and attributes that mean something to a browser, or nearly.
#[derive(Arbitrary, Debug)]
pub struct Case {
    pub cookie: Cookie,
    pub known: Vec<Known>,
}

#[derive(Arbitrary, Debug)]
pub enum Known {
    Domain(u8),
    Expires(u8),
    Path(u8),
    Secure,
}

const DOMAINS: [&str; 12] = [
    "a.example",
    "A-1.example",
    "127.0.0.1",
    ".a.example",
    "a.example.",
    "a..b",
    "-a.b",
    "a-.b",
    "a_b.c",
    "a.example:80",
    "*.example",
    "a.example, b",
];
const EXPIRIES: [&str; 6] = [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Mon, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "Thu, 31 Feb 2000 00:00:00 GMT",
    "tomorrow",
];
const PATHS: [&str; 6] = ["/", "/a b", "a", "", "//", "/a,b"];

/// # Panics
///
/// Where a line is not the one that the model wants, or a browser would drop the cookie, or read
/// something else.
pub fn check(case: Case) {
    let Case { mut cookie, known } = case;
    let pick = |texts: &[&str], at: u8| Text(texts[usize::from(at) % texts.len()].to_owned());
    cookie
        .attributes
        .extend(known.iter().map(|known| match known {
            Known::Domain(at) => Attribute::Domain(pick(&DOMAINS, *at)),
            Known::Expires(at) => Attribute::ExpiresText(pick(&EXPIRIES, *at)),
            Known::Path(at) => Attribute::Path(pick(&PATHS, *at)),
            Known::Secure => Attribute::Secure,
        }));
    let want = cookie::value(&cookie);
    let got = written(&cookie);
    assert_eq!(got, want, "{cookie:?}");
    let Ok(line) = got else {
        return;
    };
    let attributes = cookie::attributes(&cookie);
    let value = match attributes.is_deleted {
        true => "",
        false => &cookie.value.0,
    };
    let stored = read(&line);
    if cookie.quoting {
        assert_eq!(stored.name, cookie.name.0.as_bytes());
        assert_eq!(unquoted(&stored.value), latin1(value));
    } else {
        assert_eq!(stored, kept(&cookie.name.0, value, &attributes));
        assert!(is_taken(&stored), "{stored:?}");
    }
}

/// The value of the line, written in every way, through every buffer that is too small.
fn written(cookie: &Cookie) -> Result<Vec<u8>, Error> {
    const FRONT: &[u8] = b"HTTP/1.1 204 No Content\r\nset-cookie: ";

    let mut bytes = vec![0; 1 << 16];
    let direct = with_cookie(cookie, |cookie| {
        let response = Response::to(&Exchange::GET, &mut bytes, Status::NO_CONTENT);
        response
            .cookie(cookie)
            .empty()
            .map(|reply| reply.as_bytes().to_vec())
    });
    let mut headers = Box::new(Headers::<{ 1 << 16 }>::new());
    let stored = with_cookie(cookie, |cookie| headers.cookie(cookie));
    assert_eq!(direct.as_ref().err(), stored.as_ref().err());
    let reply = direct?;
    let line = reply
        .strip_prefix(FRONT)
        .expect("a cookie is the first line");
    let value = line.strip_suffix(b"\r\n\r\n").expect("it is the last line");
    assert!(headers.iter().eq([("set-cookie", value)]));

    let needed = reply.len();
    for room in [0, needed / 2, needed - 1] {
        let short = with_cookie(cookie, |cookie| {
            let response = Response::to(&Exchange::GET, &mut bytes[..room], Status::NO_CONTENT);
            response.cookie(cookie).empty().err()
        });
        assert_eq!(short, Some(Error::Overflow { needed }));
    }
    Ok(value.to_vec())
}

/// A cookie as a browser keeps it.
#[derive(Debug, Default, Eq, PartialEq)]
struct Stored {
    name: Vec<u8>,
    value: Vec<u8>,
    domain: Option<String>,
    expires: Option<String>,
    http_only: bool,
    max_age: Option<i64>,
    partitioned: bool,
    path: Option<String>,
    same_site: Option<String>,
    secure: bool,
}

/// The cookie that its maker means.
fn kept(name: &str, value: &str, attributes: &Attributes) -> Stored {
    let told = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let expires = attributes.expires.as_ref();
    Stored {
        name: name.into(),
        value: value.into(),
        domain: told(&attributes.domain.to_ascii_lowercase()),
        expires: expires.and_then(|date| told(date)),
        http_only: attributes.http_only,
        max_age: attributes.max_age,
        partitioned: attributes.partitioned,
        path: told(&attributes.path),
        same_site: attributes.same_site.as_deref().map(str::to_ascii_lowercase),
        secure: attributes.secure,
    }
}

/// RFC 6265bis § 5.6. What is no attribute, or none that can be read, is ignored.
fn read(line: &[u8]) -> Stored {
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    assert!(!line.iter().any(is_control), "dropped: {line:?}");
    let mut parts = line.split(|byte| *byte == b';');
    let (name, value) = pair(parts.next().expect("a pair"));
    let mut stored = Stored {
        name: name.to_vec(),
        value: value.to_vec(),
        ..Stored::default()
    };
    for part in parts {
        let (mut name, mut value) = pair(part);
        if !part.contains(&b'=') {
            (name, value) = (value, name);
        }
        let name = String::from_utf8(name.to_ascii_lowercase()).expect("a name");
        let Ok(value) = String::from_utf8(value.to_vec()) else {
            continue;
        };
        if value.len() > 1024 {
            continue;
        }
        match name.as_str() {
            "domain" => stored.domain = Some(value.to_ascii_lowercase()),
            "expires" => stored.expires = Some(value).filter(|text| is_cookie_date(text)),
            "httponly" => stored.http_only = true,
            "max-age" => stored.max_age = value.parse().ok(),
            "partitioned" => stored.partitioned = true,
            "path" => stored.path = Some(value).filter(|path| path.starts_with('/')),
            "samesite" => stored.same_site = Some(value.to_ascii_lowercase()),
            "secure" => stored.secure = true,
            _ => panic!("another attribute: {name}"),
        }
    }
    stored
}

/// The name and the value of a pair; a pair without `=` is a value.
fn pair(part: &[u8]) -> (&[u8], &[u8]) {
    match part.iter().position(|byte| *byte == b'=') {
        Some(at) => (field::trimmed(&part[..at]), field::trimmed(&part[at + 1..])),
        None => (b"", field::trimmed(part)),
    }
}

/// Whether a browser takes it from a host that the domain is right for, over a secure connection;
/// RFC 6265bis § 5.7.
fn is_taken(stored: &Stored) -> bool {
    // A name of a host, in which a browser would find no port, no blank and no wildcard.
    let in_host = |char: char| char.is_ascii_alphanumeric() || "-.".contains(char);
    let domain = stored.domain.as_deref().unwrap_or("a");
    let is_host = domain.chars().all(in_host) && domain.split('.').all(|label| !label.is_empty());
    let needs_secure = stored.same_site.as_deref() == Some("none") || stored.partitioned;
    let on_host = stored.domain.is_none() && stored.path.as_deref() == Some("/");
    let name = stored.name.to_ascii_lowercase();
    let is = |prefix: &str| name.starts_with(prefix.as_bytes());
    let len = stored.name.len() + stored.value.len();
    is_host
        && (1..=4096).contains(&len)
        && (stored.secure || !needs_secure)
        && (stored.secure || !is("__secure-") && !is("__host-") && !is("__http-"))
        && (stored.http_only || !is("__http-") && !is("__host-http-"))
        && (on_host || !is("__host-"))
}

/// RFC 6265bis § 5.1.1, for years of four digits or two.
fn is_cookie_date(text: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    let is_delimiter = |char: char| !char.is_ascii_alphanumeric() && char != ':';
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        let token = token.to_ascii_lowercase();
        let number = token.parse::<u32>().ok();
        let clock: Vec<_> = token.split(':').map(str::parse::<u32>).collect();
        if let ([Ok(hour), Ok(minute), Ok(second)], None) = (clock.as_slice(), time) {
            time = Some((*hour, *minute, *second));
        } else if let (Some(number), None, 1..=2) = (number, day, token.len()) {
            day = Some(number);
        } else if let (Some(place), None) = (
            MONTHS.iter().position(|name| token.starts_with(name)),
            month,
        ) {
            month = Some(place);
        } else if let (Some(number), None, 2..=4) = (number, year, token.len()) {
            year = Some(match number {
                0..=69 => number + 2000,
                70..=99 => number + 1900,
                _ => number,
            });
        }
    }
    let (Some((hour, minute, second)), Some(day), Some(month), Some(year)) =
        (time, day, month, year)
    else {
        return false;
    };
    let is_leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    let days = match month {
        1 if is_leap => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    };
    (1..=days).contains(&day) && year >= 1601 && hour < 24 && minute < 60 && second < 60
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|char| char as u8).collect()
}
