//! Parts of requests, read by the library and by models that share nothing with it.

use replywire::request::{
    DecodeError, Encoded, Fields, MediaType, Pairs, ParseError, PathError, Segments,
};

/// Of `data`, the first byte chooses the kind of text, the second the room for what is decoded; the
/// others are the text.
///
/// # Panics
///
/// Where the library and a model differ.
pub fn check(data: &[u8]) {
    let [kind, room, text @ ..] = data else {
        return;
    };
    let room = usize::from(*room);
    match kind % 4 {
        0 => path(&String::from_utf8_lossy(text), room),
        1 => pairs(text, room),
        2 => cookies(text, room),
        _ => media_type(text, room),
    }
}

/// The text after each slash, decoded; `.`, `..` and NUL are none of a path's.
fn path(text: &str, room: usize) {
    let path = format!("/{text}");
    let sent: Vec<_> = text.split('/').collect();
    let segments = Segments::of(&path);
    assert_eq!(segments.clone().count(), sent.len());
    let mut mistake = None;
    let (mut decoded, mut needed) = (Vec::new(), 0);
    for (segment, sent) in segments.clone().zip(&sent) {
        let want = percent(sent.as_bytes());
        part(&segment, sent.as_bytes(), &want, room);
        if want != sent.as_bytes() {
            needed += want.len();
        }
        let wrong = match String::from_utf8(want) {
            Err(_) => Some(PathError::NotUtf8),
            Ok(text) if text == "." || text == ".." => Some(PathError::DotSegment),
            Ok(text) if text.contains('\0') => Some(PathError::Nul),
            Ok(text) => {
                decoded.push(text);
                None
            }
        };
        mistake = mistake.or(wrong);
    }
    let mut buf = vec![0xAA; room];
    let got = segments.decode::<4>(&mut buf);
    let want = match mistake {
        Some(mistake) => Err(mistake),
        None if sent.len() > 4 => Err(PathError::TooManySegments),
        None if needed > room => Err(PathError::Overflow { needed }),
        None => Ok(decoded),
    };
    match (got, want) {
        (Ok(got), Ok(want)) => assert_eq!(*got, *want, "{path}"),
        (got, want) => assert_eq!(got.map(drop), want.map(drop), "{path}"),
    }
}

/// The pairs of the URL Standard, § 5.1.
fn pairs(text: &[u8], room: usize) {
    let mut want = Vec::new();
    for sequence in text.split(|byte| *byte == b'&') {
        if sequence.is_empty() {
            continue;
        }
        let equals = sequence.iter().position(|byte| *byte == b'=');
        let name = &sequence[..equals.unwrap_or(sequence.len())];
        let value = equals.map_or(&b""[..], |at| &sequence[at + 1..]);
        want.push((name, value));
    }
    let got = Pairs::of(text);
    assert_eq!(got.iter().count(), want.len());
    for ((name, value), (sent_name, sent_value)) in got.into_iter().zip(&want) {
        part(&name, sent_name, &form(sent_name), room);
        part(&value, sent_value, &form(sent_value), room);
        let Ok(name) = String::from_utf8(form(sent_name)) else {
            continue;
        };
        let first = want
            .iter()
            .find(|(other, _)| form(other) == name.as_bytes());
        let (_, first) = first.expect("this one");
        let found = got.get(&name).expect("this one");
        assert_eq!(found.as_bytes(), *first);
        number(got.parse(&name), first);
    }
}

/// A number is parsed from its decoded text.
fn number(got: Result<Option<u16>, ParseError<std::num::ParseIntError>>, sent: &[u8]) {
    let decoded = form(sent);
    let needed = decoded.len();
    let want = match std::str::from_utf8(&decoded) {
        Err(_) => Err(ParseError::Encoding(DecodeError::NotUtf8)),
        Ok(_) if decoded != sent && needed > 64 => {
            Err(ParseError::Encoding(DecodeError::Overflow { needed }))
        }
        Ok(text) => text.parse().map(Some).map_err(ParseError::Value),
    };
    assert_eq!(got, want);
}

/// RFC 6265 § 4.2, and what is not: split at `;`, then at the first `=`.
fn cookies(text: &[u8], room: usize) {
    let mut lines = Vec::new();
    let mut want = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        lines.extend_from_slice(b"cookie: ");
        lines.extend_from_slice(line);
        lines.extend_from_slice(b"\r\n");
        for pair in line.trim_ascii().split(|byte| *byte == b';').map(trim) {
            let equals = pair.iter().position(|byte| *byte == b'=');
            match equals {
                _ if pair.is_empty() => {}
                None => want.push((&b""[..], pair)),
                Some(at) => want.push((trim(&pair[..at]), trim(&pair[at + 1..]))),
            }
        }
    }
    let fields = Fields::of_lines(&lines);
    assert!(fields.cookies().eq(want.iter().copied()));
    for (name, _) in &want {
        let Ok(text) = std::str::from_utf8(name) else {
            continue;
        };
        let first = want.iter().find(|(other, _)| other == name);
        let (_, value) = first.expect("this one");
        let got = fields.cookie(text).expect("this one");
        part(&got, value, value, room);
    }
}

fn trim(text: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let start = text.iter().position(|byte| !is_blank(byte));
    let end = text.iter().rposition(|byte| !is_blank(byte));
    match (start, end) {
        (Some(start), Some(end)) => &text[start..=end],
        _ => b"",
    }
}

/// RFC 9110 § 8.3.1, by a reader that goes from byte to byte.
fn media_type(text: &[u8], room: usize) {
    let got = MediaType::parse(text);
    let want = read_media_type(text);
    assert_eq!(got.is_some(), want.is_some(), "{}", text.escape_ascii());
    let (Some(got), Some((essence, parameters))) = (got, want) else {
        return;
    };
    assert_eq!(got.essence(), essence);
    assert!(got.is(&essence.to_ascii_uppercase()));
    for (name, _, _) in &parameters {
        let mut same = parameters.iter();
        let first = same.find(|(other, _, _)| other.eq_ignore_ascii_case(name));
        let (_, sent, value) = first.expect("this one");
        let got = got.parameter(&name.to_ascii_lowercase()).expect("this one");
        part(&got, sent, value, room);
    }
}

type Parameter = (String, Vec<u8>, Vec<u8>);

fn read_media_type(text: &[u8]) -> Option<(String, Vec<Parameter>)> {
    let is_control = |byte: &u8| (*byte < 32 && *byte != b'\t') || *byte == 127;
    if text.iter().any(is_control) || trim(text) != text {
        return None;
    }
    let mut at = 0;
    let kind = token(text, &mut at)?;
    eat(text, &mut at, b'/')?;
    let essence = format!("{kind}/{}", token(text, &mut at)?);
    let mut parameters = Vec::new();
    loop {
        blanks(text, &mut at);
        if at == text.len() {
            return Some((essence, parameters));
        }
        eat(text, &mut at, b';')?;
        blanks(text, &mut at);
        let Some(name) = token(text, &mut at) else {
            continue;
        };
        eat(text, &mut at, b'=')?;
        if eat(text, &mut at, b'"').is_none() {
            let value = token(text, &mut at)?.into_bytes();
            parameters.push((name, value.clone(), value));
            continue;
        }
        let (start, mut value) = (at, Vec::new());
        while eat(text, &mut at, b'"').is_none() {
            eat(text, &mut at, b'\\');
            value.push(*text.get(at)?);
            at += 1;
        }
        parameters.push((name, text[start..at - 1].to_vec(), value));
    }
}

fn token(text: &[u8], at: &mut usize) -> Option<String> {
    let is_tchar = |byte: &&u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let token: Vec<u8> = text[*at..].iter().take_while(is_tchar).copied().collect();
    *at += token.len();
    String::from_utf8(token)
        .ok()
        .filter(|token| !token.is_empty())
}

fn eat(text: &[u8], at: &mut usize, byte: u8) -> Option<()> {
    (text.get(*at) == Some(&byte)).then(|| *at += 1)
}

fn blanks(text: &[u8], at: &mut usize) {
    while eat(text, at, b' ')
        .or_else(|| eat(text, at, b'\t'))
        .is_some()
    {}
}

/// The part is read as `want`, by every call.
fn part(part: &Encoded<'_>, sent: &[u8], want: &[u8], room: usize) {
    assert_eq!(part.as_bytes(), sent);
    assert!(part.bytes().eq(want.iter().copied()), "{part:?}");
    assert_eq!(part.to_string(), String::from_utf8_lossy(want));
    let mut buf = vec![0xAA; room];
    let got = part.decode(&mut buf);
    match std::str::from_utf8(want) {
        Err(_) => {
            assert_eq!(got, Err(DecodeError::NotUtf8));
            assert_eq!(part.as_str(), None);
        }
        Ok(text) => {
            assert_eq!(part.as_str(), Some(text).filter(|_| sent == want));
            assert!(*part == *text);
            match sent == want || want.len() <= room {
                true => assert_eq!(got, Ok(text)),
                false => {
                    let needed = want.len();
                    assert_eq!(got, Err(DecodeError::Overflow { needed }));
                }
            }
        }
    }
}

/// Percent-decoding of the URL Standard, § 1.3.
fn percent(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = text.get(at + 1..at + 3).unwrap_or_default();
        let is_octet = digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit);
        if text[at] == b'%' && is_octet {
            let digits = std::str::from_utf8(digits).expect("digits");
            decoded.push(u8::from_str_radix(digits, 16).expect("digits"));
            at += 3;
        } else {
            decoded.push(text[at]);
            at += 1;
        }
    }
    decoded
}

fn form(text: &[u8]) -> Vec<u8> {
    let mut blanks = text.to_vec();
    for byte in &mut blanks {
        if *byte == b'+' {
            *byte = b' ';
        }
    }
    percent(&blanks)
}
