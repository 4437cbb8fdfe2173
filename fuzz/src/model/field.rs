//! Names, values, dates and URLs.

use replywire::{Error, Place};

use crate::input::{Date, Value};
use crate::singletons::SINGLETONS;

/// A header line, its name lowered.
pub fn line(name: &str, given: &Value) -> Result<(String, Vec<u8>), Error> {
    if !is_token(name) {
        return Err(Error::HeaderName(Place::UNKNOWN));
    }
    let name = name.to_ascii_lowercase();
    if ["connection", "content-length", "transfer-encoding"].contains(&name.as_str()) {
        return Err(Error::FramingHeader(Place::UNKNOWN));
    }
    Ok((name, value(given)?))
}

fn value(value: &Value) -> Result<Vec<u8>, Error> {
    match value {
        Value::Array(bytes) => checked(bytes),
        Value::Bytes(bytes) | Value::Checked(bytes) => checked(&bytes.0),
        Value::CheckedText(text) => match text.0.is_ascii() {
            true => checked(text.0.as_bytes()),
            false => Err(Error::HeaderValue(Place::UNKNOWN)),
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
        .map(|char| u8::try_from(u32::from(char)).map_err(|_| Error::NotLatin1(Place::UNKNOWN)))
        .collect()
}

fn checked(value: &[u8]) -> Result<Vec<u8>, Error> {
    match is_value(value) {
        true => Ok(value.to_vec()),
        false => Err(Error::HeaderValue(Place::UNKNOWN)),
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

/// The text without blanks at its ends.
pub fn trimmed(text: &[u8]) -> &[u8] {
    let start = text.iter().take_while(|byte| is_blank(byte)).count();
    let end = text.iter().rev().take_while(|byte| is_blank(byte)).count();
    text.get(start..text.len() - end).unwrap_or_default()
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether the text is the one form in which a date is sent, and not before `earliest`.
pub fn is_date_from(earliest: i64, text: &str) -> bool {
    let read = replywire::HttpDate::parse(text.as_bytes()).map(|read| read.to_unix());
    read.is_some_and(|read| read >= earliest && date(Date(read)) == text)
}

/// What is written of a media type, RFC 9110 § 8.3.1; `None` where it is none.
pub fn media_type(value: &[u8]) -> Option<Vec<u8>> {
    // The places of the `;` that are in no quotes.
    let mut ends = Vec::new();
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, byte) in value.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b';' if !is_quoted => ends.push(at),
            _ => {}
        }
    }
    ends.push(value.len());

    let mut parts = ends.into_iter().scan(0, |start, end| {
        let part = (end, trimmed(&value[*start..end]));
        *start = end + 1;
        Some(part)
    });
    let (_, first) = parts.next()?;
    let (kind, subtype) = split(first, b'/')?;
    if !is_word(kind) || !is_word(subtype) {
        return None;
    }
    let mut lacks_charset = kind.eq_ignore_ascii_case(b"text");
    let mut len = first.len();
    for (end, part) in parts.filter(|(_, part)| !part.is_empty()) {
        let (name, told) = split(part, b'=')?;
        if !is_word(name) || !is_word(told) && !is_quoted_string(told) {
            return None;
        }
        lacks_charset &= !name.eq_ignore_ascii_case(b"charset");
        let blanks = value[..end].iter().rev().take_while(|byte| is_blank(byte));
        len = end - blanks.count();
    }
    Some(match lacks_charset {
        true => [&value[..len], b"; charset=utf-8"].concat(),
        false => value.to_vec(),
    })
}

fn split(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|byte| *byte == at)?;
    Some((&text[..place], &text[place + 1..]))
}

fn is_word(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(is_token)
}

fn is_quoted_string(text: &[u8]) -> bool {
    let Some((b'"', rest)) = text.split_first() else {
        return false;
    };
    let mut rest = rest.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => return rest.len() == 0,
            b'\\' if rest.next().is_none() => return false,
            _ => {}
        }
    }
    false
}

/// Fields of one value: a later line replaces an earlier one.
pub fn is_singleton(name: &str) -> bool {
    SINGLETONS.contains(&name)
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
    const DAYS: [&str; 7] = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let seconds = (seconds + 62_167_219_200) as u64;
    let days = seconds / 86_400;
    let week_day = DAYS[days as usize % 7];
    // The Gregorian calendar repeats after 400 years.
    let mut year = days / 146_097 * 400;
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
