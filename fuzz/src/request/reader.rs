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
    pub form: Form<'h>,
    /// It is of HTTP/1.0.
    pub is_old: bool,
    pub fields: Vec<(&'h str, &'h [u8])>,
    pub kind: Kind,
    pub keep_alive: bool,
    pub takes_trailers: bool,
    pub expects_continue: bool,
}

/// Reads a head that [`find`] found, or gives the status that refuses it: for the first line that
/// is malformed, then for what two recipients could read differently, then for the last field that
/// asks for what is not done.
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
    let form = form(method, target).ok_or(400u16)?;
    let named = |name: &'static str| {
        let is_named = move |field: &&(&str, &[u8])| field.0.eq_ignore_ascii_case(name);
        fields.iter().filter(is_named).map(|(_, value)| *value)
    };
    // RFC 9112 § 3.2
    match named("host").collect::<Vec<_>>()[..] {
        [host] if host.is_empty() || is_authority(host) => {}
        [] if is_old => {}
        _ => return Err(400),
    }
    let lengths: Vec<_> = named("content-length").collect();
    let codings: Vec<_> = named("transfer-encoding").flat_map(members).collect();
    let is_coded = named("transfer-encoding").next().is_some();
    // RFC 9112 §§ 6.1 and 6.3
    let chunked = matches!(codings[..], [.., last] if is(last, "chunked"));
    let twice = codings
        .iter()
        .filter(|coding| is(coding, "chunked"))
        .count()
        > 1;
    let is_number = |text: &&[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if lengths.len() > 1
        || !lengths.iter().all(is_number)
        || is_coded && (is_old || !chunked || twice || !lengths.is_empty())
    {
        return Err(400);
    }
    let length = match lengths[..] {
        [digits] => str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse::<u64>().ok()),
        _ => Some(0),
    };
    let mut refused = None;
    for (name, value) in &fields {
        let unknown = |known| members(value).any(|member| !is(member, known));
        match name.to_ascii_lowercase().as_str() {
            "content-length" if length.is_none() => refused = Some(413),
            "transfer-encoding" if unknown("chunked") => refused = Some(501),
            // RFC 9110 § 10.1.1
            "expect" if unknown("100-continue") => refused = Some(417),
            _ => {}
        }
    }
    if let Some(status) = refused {
        return Err(status);
    }
    let kind = match chunked {
        true => Kind::Chunked,
        false => Kind::Sized(length.unwrap_or_default()),
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
        expects_continue: !is_old
            && kind != Kind::Sized(0)
            && named("expect").flat_map(members).next().is_some(),
        form,
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

fn members(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let members = list.split(|byte| *byte == b',').map(trim);
    members.filter(|member| !member.is_empty())
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

/// The parts of a target.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Form<'h> {
    pub authority: &'h str,
    pub path: &'h str,
    pub query: Option<&'h str>,
}

/// The parts of a target in the form that its method takes; RFC 9112 § 3.2.
fn form<'h>(method: &str, target: &'h str) -> Option<Form<'h>> {
    let (before, query) = match target.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (target, None),
    };
    let lower = before.to_ascii_lowercase();
    let scheme = ["http://", "https://"]
        .into_iter()
        .find(|scheme| lower.starts_with(scheme));
    let (authority, path) = match scheme {
        _ if target.contains('#') => return None,
        _ if method == "CONNECT" => {
            let (_, port) = target.rsplit_once(':')?;
            let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            (Some(target).filter(|_| is_port)?, "")
        }
        _ if target == "*" => ((method == "OPTIONS").then_some("")?, "*"),
        _ if target.starts_with('/') => ("", before),
        scheme => {
            let rest = &before[scheme?.len()..];
            let slash = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(slash);
            let path = if path.is_empty() { "/" } else { path };
            (Some(authority).filter(|text| !text.is_empty())?, path)
        }
    };
    let is_right = authority.is_empty() || is_authority(authority.as_bytes());
    is_right.then_some(Form {
        authority,
        path,
        query,
    })
}

/// `uri-host [ ":" port ]` with a host that is not empty, RFC 3986 § 3.2.
fn is_authority(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else {
        return false;
    };
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (text, ""),
    };
    let digits = port.trim_start_matches('0');
    let port = port.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.is_empty() || digits.parse::<u16>().is_ok());
    let literal = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let host = match literal {
        Some(literal) => {
            let is_part = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
            !literal.is_empty() && literal.chars().all(is_part)
        }
        None => {
            let mut parts = host.split('%');
            let is_name = |name: &str| {
                let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+;=".contains(c);
                name.chars().all(is_part)
            };
            let is_encoded = |part: &str| {
                let digits = part.get(..2);
                digits.is_some_and(|two| two.chars().all(|c| c.is_ascii_hexdigit()))
                    && is_name(&part[2..])
            };
            !host.is_empty() && parts.next().is_some_and(is_name) && parts.all(is_encoded)
        }
    };
    host && port
}
