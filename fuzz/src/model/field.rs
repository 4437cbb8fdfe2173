//! Names, values, dates and URLs.

use replywire::Error;

use crate::input::{Date, Value};

/// A header line, its name lowered.
pub fn line(name: &str, given: &Value) -> Result<(String, Vec<u8>), Error> {
    if !is_token(name) {
        return Err(Error::HeaderName);
    }
    let name = name.to_ascii_lowercase();
    if ["connection", "content-length", "transfer-encoding"].contains(&name.as_str()) {
        return Err(Error::FramingHeader);
    }
    Ok((name, value(given)?))
}

fn value(value: &Value) -> Result<Vec<u8>, Error> {
    match value {
        Value::Array(bytes) => checked(bytes),
        Value::Bytes(bytes) | Value::Checked(bytes) => checked(&bytes.0),
        Value::CheckedText(text) => match text.0.is_ascii() {
            true => checked(text.0.as_bytes()),
            false => Err(Error::HeaderValue),
        },
        Value::Date(at) => Ok(date(*at).into_bytes()),
        Value::I8(value) => Ok(value.to_string().into_bytes()),
        Value::I64(value) => Ok(value.to_string().into_bytes()),
        Value::Text(value) => text(&value.0),
        Value::U8(value) => Ok(value.to_string().into_bytes()),
        Value::U16(value) => Ok(value.to_string().into_bytes()),
        Value::U32(value) => Ok(value.to_string().into_bytes()),
        Value::U64(value) => Ok(value.to_string().into_bytes()),
        Value::Usize(value) => Ok(value.to_string().into_bytes()),
    }
}

/// A text as Latin-1.
pub fn text(text: &str) -> Result<Vec<u8>, Error> {
    checked(text.as_bytes())?;
    text.chars()
        .map(|char| u8::try_from(u32::from(char)).map_err(|_| Error::NotLatin1))
        .collect()
}

fn checked(value: &[u8]) -> Result<Vec<u8>, Error> {
    match is_value(value) {
        true => Ok(value.to_vec()),
        false => Err(Error::HeaderValue),
    }
}

pub fn is_value(value: &[u8]) -> bool {
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    !blank(value.first()) && !blank(value.last()) && !value.iter().any(control)
}

pub fn is_token(name: &str) -> bool {
    let in_token = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char);
    !name.is_empty() && name.chars().all(in_token)
}

/// Fields of which a draft's line replaces the reply's.
pub fn is_singleton(name: &str) -> bool {
    [
        "access-control-allow-credentials",
        "access-control-allow-origin",
        "access-control-allow-private-network",
        "access-control-max-age",
        "age",
        "content-disposition",
        "content-location",
        "content-range",
        "content-type",
        "cross-origin-embedder-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "date",
        "etag",
        "expires",
        "last-modified",
        "location",
        "origin-agent-cluster",
        "referrer-policy",
        "retry-after",
        "server",
        "strict-transport-security",
        "x-content-type-options",
        "x-frame-options",
    ]
    .contains(&name)
}

/// Whether a browser stays at the origin.
pub fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/\\")
        && !path.contains(|char: char| char.is_ascii_control())
}

/// A URL with all that RFC 3986 does not know percent-encoded.
pub fn encoded(url: &str) -> String {
    let mut encoded = String::new();
    for byte in url.bytes() {
        let char = char::from(byte);
        if char.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(char) {
            encoded.push(char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A date as `Sun, 06 Nov 1994 08:49:37 GMT`, by walking the calendar.
pub fn date(Date(seconds): Date) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let days = seconds / 86_400;
    let week_day = DAYS[days as usize % 7];
    // The Gregorian calendar repeats after 400 years.
    let mut year = 1970 + days / 146_097 * 400;
    let mut day = days % 146_097;
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if day < length {
            break;
        }
        day -= length;
        year += 1;
    }
    let mut month = 0;
    loop {
        let length = match month {
            1 if is_leap(year) => 29,
            1 => 28,
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    format!(
        "{week_day}, {:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        day + 1,
        MONTHS[month],
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60,
    )
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}
