//! Reads replies back, with `httparse` for the head and the rules of RFC 9112 § 6.3 for the body.

use std::collections::BTreeMap;

/// A reply as a client sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parsed {
    pub status: u16,
    pub reason: String,
    /// Names as they stood on the wire.
    pub fields: Vec<(String, Vec<u8>)>,
    pub framing: Framing,
    /// Decoded.
    pub body: Vec<u8>,
    /// Names and values of the trailer section.
    pub trailers: Vec<(String, Vec<u8>)>,
}

/// The mark of the body's end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Framing {
    Chunked,
    /// The end of the connection.
    Close,
    Length(u64),
    /// There is no body, whatever the head says.
    None,
}

/// Fields by lower-case name; the order is kept within a name and forgotten across names.
pub type Fields = BTreeMap<String, Vec<Vec<u8>>>;

impl Parsed {
    /// The fields, by name.
    pub fn by_name(&self) -> Fields {
        by_name(&self.fields)
    }

    /// The values of one field, in order.
    pub fn values(&self, name: &str) -> Vec<&[u8]> {
        self.fields
            .iter()
            .filter(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
            .collect()
    }

    /// The fields but those that decide where the body ends.
    pub fn unframed(&self) -> Fields {
        let mut fields = self.by_name();
        fields.remove("content-length");
        fields.remove("transfer-encoding");
        fields
    }
}

/// Groups fields by name.
pub fn by_name<N: AsRef<str>>(fields: &[(N, Vec<u8>)]) -> Fields {
    let mut map = Fields::new();
    for (name, value) in fields {
        map.entry(name.as_ref().to_ascii_lowercase())
            .or_default()
            .push(value.clone());
    }
    map
}

/// Reads `wire` as exactly one whole reply to a request with this method.
///
/// Every byte is accounted for: the head must be what its parts spell, each line once and with no
/// blank too many, names in lower case; at most one field says where the body ends, and it ends
/// there.
///
/// # Errors
///
/// What is wrong, for people.
pub fn strict(wire: &[u8], method: &str) -> Result<Parsed, String> {
    let (mut parsed, rest) = head(wire)?;
    let mut spelled = format!("HTTP/1.1 {:03} {}\r\n", parsed.status, parsed.reason).into_bytes();
    for (name, value) in &parsed.fields {
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(format!("the name {name} is not in lower case"));
        }
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            spelled.extend_from_slice(part);
        }
    }
    spelled.extend_from_slice(b"\r\n");
    if wire != [&spelled, rest].concat() {
        return Err(format!(
            "the head \"{}\" is not spelled as its parts are",
            wire.escape_ascii()
        ));
    }

    let lengths = parsed.values("content-length");
    let codings = parsed.values("transfer-encoding");
    let framing = match (lengths.as_slice(), codings.as_slice()) {
        ([], []) => Framing::Close,
        ([length], []) => Framing::Length(number(length)?),
        ([], [b"chunked"]) => Framing::Chunked,
        _ => return Err(format!("{lengths:?} and {codings:?} both frame the body")),
    };
    let closes = parsed.values("connection") == [b"close"];
    match framing {
        _ if has_no_content(parsed.status, method) => {
            if framing != Framing::Close {
                return Err("a length where there is no content".into());
            }
            if !rest.is_empty() {
                return Err("content where there is none".into());
            }
            parsed.framing = Framing::None;
        }
        _ if method == "HEAD" => {
            if !rest.is_empty() {
                return Err("content in a reply to HEAD".into());
            }
            parsed.framing = framing;
        }
        Framing::Length(length) => {
            if rest.len() as u64 != length {
                return Err(format!("{} bytes of body for {length}", rest.len()));
            }
            parsed.framing = framing;
            parsed.body = rest.to_vec();
        }
        Framing::Chunked => {
            let (body, end) = chunks(rest)?;
            let section = end.and_then(|end| rest.get(end..)).ok_or("no last chunk")?;
            parsed.trailers = trailers(section)?;
            parsed.framing = framing;
            parsed.body = body;
        }
        Framing::Close | Framing::None => {
            if !closes {
                return Err("nothing frames the body of a connection that stays open".into());
            }
            parsed.framing = framing;
            parsed.body = rest.to_vec();
        }
    }
    Ok(parsed)
}

/// Reads what there is of a reply, as the reference may have written it.
///
/// # Errors
///
/// Where `httparse` refuses the head.
pub fn lenient(wire: &[u8]) -> Result<Parsed, String> {
    let (mut parsed, rest) = head(wire)?;
    let chunked = parsed
        .values("transfer-encoding")
        .iter()
        .any(|coding| coding.eq_ignore_ascii_case(b"chunked"));
    parsed.body = match chunked {
        true => chunks(rest)?.0,
        false => rest.to_vec(),
    };
    Ok(parsed)
}

/// Reads the head; also returns what stands after it.
///
/// # Errors
///
/// Where `httparse` refuses it, or it does not end.
pub fn head(wire: &[u8]) -> Result<(Parsed, &[u8]), String> {
    let mut headers = [httparse::EMPTY_HEADER; 512];
    let mut response = httparse::Response::new(&mut headers);
    let end = match response.parse(wire) {
        Ok(httparse::Status::Complete(end)) => end,
        Ok(httparse::Status::Partial) => {
            return Err(format!("no whole head: \"{}\"", wire.escape_ascii()));
        }
        Err(error) => return Err(format!("{error}: \"{}\"", wire.escape_ascii())),
    };
    if response.version != Some(1) {
        return Err("not HTTP/1.1".into());
    }
    let parsed = Parsed {
        status: response.code.ok_or("no status")?,
        reason: response.reason.ok_or("no reason")?.to_owned(),
        fields: response
            .headers
            .iter()
            .map(|field| (field.name.to_owned(), field.value.to_vec()))
            .collect(),
        framing: Framing::None,
        body: Vec::new(),
        trailers: Vec::new(),
    };
    Ok((parsed, &wire[end..]))
}

/// RFC 9110 §§ 9.3.6, 15.2, 15.3.5 and 15.4.5.
pub fn has_no_content(status: u16, method: &str) -> bool {
    matches!(status, 100..=199 | 204 | 304) || method == "CONNECT" && (200..=299).contains(&status)
}

fn number(text: &[u8]) -> Result<u64, String> {
    match text {
        [] | [b'+', ..] | [b'0', _, ..] => Err(format!("{text:?} is no length")),
        _ => std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| format!("{text:?} is no length")),
    }
}

/// Decodes chunks (RFC 9112 § 7.1) without extensions, sizes in lower case and without zeros
/// before; also returns where the trailer section begins, if there is a last chunk.
fn chunks(mut wire: &[u8]) -> Result<(Vec<u8>, Option<usize>), String> {
    let whole = wire.len();
    let mut body = Vec::new();
    loop {
        let Some(line) = wire.windows(2).position(|window| window == b"\r\n") else {
            return Ok((body, None));
        };
        let size = std::str::from_utf8(&wire[..line]).map_err(|error| error.to_string())?;
        let len = usize::from_str_radix(size, 16).map_err(|error| format!("{size:?}: {error}"))?;
        if format!("{len:x}") != size {
            return Err(format!("chunk size {size:?}"));
        }
        let data = line + 2;
        if len == 0 {
            return Ok((body, Some(whole - wire.len() + data)));
        }
        let Some(chunk) = wire.get(data..data + len + 2) else {
            body.extend_from_slice(&wire[data..wire.len().min(data + len)]);
            return Ok((body, None));
        };
        if &chunk[len..] != b"\r\n" {
            return Err("a chunk does not end with CRLF".into());
        }
        body.extend_from_slice(&chunk[..len]);
        wire = &wire[data + len + 2..];
    }
}

/// Reads a trailer section, which must be all of `wire`, spelled as its fields are.
fn trailers(wire: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let fields = match httparse::parse_headers(wire, &mut headers) {
        Ok(httparse::Status::Complete((_, fields))) => fields,
        other => return Err(format!("trailer section: {other:?}")),
    };
    let mut spelled = Vec::new();
    for field in fields {
        for part in [field.name.as_bytes(), b": ", field.value, b"\r\n"] {
            spelled.extend_from_slice(part);
        }
    }
    spelled.extend_from_slice(b"\r\n");
    let is_lower = fields
        .iter()
        .all(|field| field.name == field.name.to_ascii_lowercase());
    if spelled != wire || !is_lower {
        return Err("the trailer section is not the end, or not spelled as its fields are".into());
    }
    let owned = |field: &httparse::Header<'_>| (field.name.to_owned(), field.value.to_vec());
    Ok(fields.iter().map(owned).collect())
}
