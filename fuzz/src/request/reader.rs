//! A second reader of heads, RFC 9112 §§ 2 to 6 and 9.3, of all the bytes that came.

use super::coding::Kind;

/// The first thing in the bytes after the empty lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found {
    /// An LF without CR.
    BareLf,
    /// A head of this length.
    Head(usize),
    /// The head has not ended.
    More,
}

/// The bytes of empty lines before a head, and what comes after them; RFC 9112 § 2.2.
pub fn find(bytes: &[u8]) -> (usize, Found) {
    let mut empty = 0;
    while bytes[empty..].starts_with(b"\r\n") {
        empty += 2;
    }
    let mut line = empty;
    while let Some(lf) = bytes[line..].iter().position(|byte| *byte == b'\n') {
        match bytes[line..line + lf].strip_suffix(b"\r") {
            None => return (empty, Found::BareLf),
            Some([]) => return (empty, Found::Head(line + lf + 1 - empty)),
            Some(_) => line += lf + 1,
        }
    }
    (empty, Found::More)
}

/// A head as it must be read.
#[derive(Debug)]
pub struct Head<'h> {
    pub method: &'h str,
    pub target: &'h str,
    /// It is of HTTP/1.0.
    pub is_old: bool,
    pub fields: Vec<(&'h str, &'h [u8])>,
    pub kind: Kind,
    pub keep_alive: bool,
    pub takes_trailers: bool,
    pub expects_continue: bool,
}

/// Reads a head that [`find`] found, or gives the status that refuses it: for the first line that
/// is malformed, then for the first field whose meaning is, then for fields that contradict each
/// other.
pub fn read(head: &[u8], most_fields: usize) -> Result<Head<'_>, u16> {
    let mut lines = lines(head).into_iter();
    let (method, target, is_old) = request_line(lines.next().unwrap_or_default())?;
    let mut fields = Vec::new();
    for line in lines {
        fields.push(field(line).ok_or(400u16)?);
        if fields.len() > most_fields {
            return Err(431);
        }
    }
    let named = |name: &'static str| {
        let is_named = move |field: &&(&str, &[u8])| field.0.eq_ignore_ascii_case(name);
        fields.iter().filter(is_named).map(|(_, value)| *value)
    };
    let (mut length, mut chunked) = (None, false);
    for (name, value) in &fields {
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                let told = content_length(value)?;
                if length.replace(told).is_some() {
                    return Err(400);
                }
            }
            "transfer-encoding" if chunked => return Err(400),
            "transfer-encoding" => {
                transfer_coding(value)?;
                chunked = true;
            }
            // RFC 9110 § 10.1.1
            "expect" if !value.eq_ignore_ascii_case(b"100-continue") => return Err(417),
            _ => {}
        }
    }
    // RFC 9112 § 3.2
    match named("host").count() {
        1 => {}
        0 if is_old => {}
        _ => return Err(400),
    }
    // RFC 9112 § 6.1
    if chunked && (is_old || length.is_some()) {
        return Err(400);
    }
    let kind = match chunked {
        true => Kind::Chunked,
        false => Kind::Sized(length.unwrap_or(0)),
    };
    let has = |name, member: &str| named(name).any(|list| members(list).any(|m| is(m, member)));
    Ok(Head {
        method,
        target,
        is_old,
        kind,
        // RFC 9112 § 9.3, and § 9.3.6 of RFC 9110: a tunnel may follow CONNECT.
        keep_alive: !is_old && method != "CONNECT" && !has("connection", "close"),
        // RFC 9110 § 10.1.4
        takes_trailers: !is_old && has("te", "trailers"),
        expects_continue: !is_old && kind != Kind::Sized(0) && named("expect").count() > 0,
        fields,
    })
}

/// The lines of a head, each without its CRLF, and without the empty one.
fn lines(head: &[u8]) -> Vec<&[u8]> {
    let lines = head.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.is_empty()).collect()
}

/// `request-line = method SP request-target SP HTTP-version`
fn request_line(line: &[u8]) -> Result<(&str, &str, bool), u16> {
    let mut parts = line.splitn(3, |byte| *byte == b' ');
    let mut part = || parts.next().ok_or(400u16);
    let (method, target, version) = (part()?, part()?, part()?);
    if !is_token(method) || target.is_empty() {
        return Err(400);
    }
    // Bytes of UTF-8 are taken as well as those of a URI.
    if !target
        .iter()
        .all(|byte| matches!(byte, b'!'..=b'~' | 0x80..))
    {
        return Err(400);
    }
    let method = str::from_utf8(method).map_err(|_| 400u16)?;
    let target = str::from_utf8(target).map_err(|_| 400u16)?;
    match version {
        b"HTTP/1.0" => Ok((method, target, true)),
        b"HTTP/1.1" => Ok((method, target, false)),
        _ if is_other_version(version) => Err(505),
        _ => Err(400),
    }
}

/// `HTTP-version = HTTP-name "/" DIGIT "." DIGIT`; a bare CR after it goes unseen.
fn is_other_version(text: &[u8]) -> bool {
    let version = text.split(|byte| *byte == b'\r').next();
    match version.and_then(|version| version.strip_prefix(b"HTTP/")) {
        Some(b"1.0" | b"1.1") => false,
        Some([major, b'.', minor]) => major.is_ascii_digit() && minor.is_ascii_digit(),
        _ => false,
    }
}

/// `field-line = field-name ":" OWS field-value OWS`, RFC 9112 § 5
fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (&line[..colon], trim(&line[colon + 1..]));
    let is_text = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
    if !is_token(name) || !value.iter().all(is_text) {
        return None;
    }
    Some((str::from_utf8(name).ok()?, value))
}

/// `Content-Length = 1*DIGIT`, RFC 9110 § 8.6. Digits are read from the front: one too many is told
/// before what comes after it.
fn content_length(value: &[u8]) -> Result<u64, u16> {
    if value.is_empty() {
        return Err(400);
    }
    let mut len = 0u128;
    for byte in value {
        let digit = char::from(*byte).to_digit(10).ok_or(400u16)?;
        len = len * 10 + u128::from(digit);
        if len >= 1 << 64 {
            return Err(413);
        }
    }
    Ok(len as u64)
}

/// `chunked` alone is known; with others before it the content could be read, but not understood.
/// Where it is not the last, no one can tell where the content ends; RFC 9112 § 6.3.
fn transfer_coding(value: &[u8]) -> Result<(), u16> {
    let codings: Vec<_> = members(value).collect();
    match &codings[..] {
        [only] if is(only, "chunked") => Ok(()),
        [.., last] if codings.len() > 1 && is(last, "chunked") => Err(501),
        _ => Err(400),
    }
}

fn members(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b',').map(trim)
}

fn is(text: &[u8], word: &str) -> bool {
    text.eq_ignore_ascii_case(word.as_bytes())
}

/// The text without optional white space around it.
fn trim(text: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = text.iter().position(|byte| !is_blank(byte));
    let last = text.iter().rposition(|byte| !is_blank(byte));
    match (start, last) {
        (Some(start), Some(last)) => &text[start..=last],
        _ => &[],
    }
}

fn is_token(text: &[u8]) -> bool {
    let is_tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_tchar)
}

/// The text of a target after the first `?`.
pub fn query(target: &str) -> Option<&str> {
    target.find('?').map(|mark| &target[mark + 1..])
}

/// The path of a target in origin form, in absolute form with an authority, or in asterisk form,
/// RFC 9112 § 3.2; `None` for others.
pub fn path(target: &str) -> Option<&str> {
    let before_query = target.split('?').next()?;
    if target == "*" || target.starts_with('/') {
        return Some(before_query);
    }
    let (scheme, rest) = before_query.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if !is_scheme || target.contains('#') {
        return None;
    }
    Some(rest.find('/').map_or("/", |slash| &rest[slash..]))
}
