//! Reads a `content-disposition` line back and compares it with the name that was given.

use replywire::request::Exchange;
use replywire::{Disposition, Error, HeaderName, Headers, Response, Status};

/// Every line of a name fits.
const ROOM: usize = 2048;

/// Of `data`, the first byte says the type, the others the name.
///
/// # Panics
///
/// Where the name is not the one that the model wants, or something in it is dangerous.
pub fn check(data: &[u8]) {
    let (kind, name) = match data.split_first() {
        Some((kind, name)) => (kind % 2, String::from_utf8_lossy(name)),
        None => (0, "".into()),
    };
    let (kind, disposition) = match kind {
        0 => ("attachment", Disposition::attachment(&name)),
        _ => ("inline", Disposition::inline(&name)),
    };
    let value = written(disposition);
    let (told, parameters) = read(&value).unwrap_or_else(|| panic!("unreadable: {value}"));
    assert_eq!(told, kind, "{value}");

    let want = model(&name);
    let is_unreserved = |char: char| char.is_ascii_alphanumeric() || "-._~".contains(char);
    match parameters.as_slice() {
        [(plain, text)] => {
            assert!(want.chars().all(is_unreserved), "{value}");
            assert_eq!((plain.as_str(), text), ("filename", &want), "{value}");
        }
        [(plain, ascii), (extended, text)] => {
            assert!(!want.chars().all(is_unreserved), "{value}");
            assert_eq!((extended.as_str(), text), ("filename*", &want), "{value}");
            assert_eq!((plain.as_str(), ascii), ("filename", &fallback(&want)));
        }
        _ => panic!("{} parameters: {value}", parameters.len()),
    }
    for (_, text) in &parameters {
        assert!(is_harmless(text), "{text:?} in {value}");
    }
}

/// The value of the one line there is, written in every way.
fn written(disposition: Disposition<'_>) -> String {
    let mut bytes = [0; ROOM];
    let reply = Response::to(&Exchange::GET, &mut bytes, Status::OK)
        .disposition(&disposition)
        .empty()
        .expect("it fits");
    let mut room = [httparse::EMPTY_HEADER; 3];
    let mut parsed = httparse::Response::new(&mut room);
    let head = parsed.parse(reply.as_bytes()).expect("a head");
    assert_eq!(head, httparse::Status::Complete(reply.as_bytes().len()));
    let [line, length] = &*parsed.headers else {
        panic!("{} lines", parsed.headers.len());
    };
    assert_eq!(line.name, "content-disposition");
    assert_eq!((length.name, length.value), ("content-length", &b"0"[..]));
    let value = String::from_utf8(line.value.to_vec()).expect("ASCII");
    assert!(value.bytes().all(|byte| matches!(byte, b' '..=b'~')));

    let mut headers = Headers::<ROOM>::new();
    let name = HeaderName::CONTENT_DISPOSITION;
    headers.set(name, disposition).expect("it fits");
    assert_eq!(headers.get(name), Some(value.as_bytes()));

    let needed = reply.as_bytes().len();
    let mut small = [0; ROOM];
    let short = Response::to(&Exchange::GET, &mut small[..needed - 1], Status::OK)
        .disposition(&disposition)
        .empty();
    assert_eq!(short.err(), Some(Error::Overflow { needed }));
    value
}

/// `disposition-type *( ";" disposition-parm )`, RFC 6266 § 4.1; names and values are decoded.
fn read(value: &str) -> Option<(&str, Vec<(String, String)>)> {
    let (kind, mut rest) = token(value)?;
    let mut parameters = Vec::new();
    while !rest.is_empty() {
        let (name, after) = token(rest.trim_start().strip_prefix(';')?.trim_start())?;
        let after = after.strip_prefix('=')?;
        let text;
        (text, rest) = match after.strip_prefix('"') {
            Some(quoted) if !name.ends_with('*') => unquoted(quoted)?,
            Some(_) => return None,
            None => {
                let (word, rest) = token(after)?;
                match name.ends_with('*') {
                    true => (extended(word)?, rest),
                    false => (word.to_owned(), rest),
                }
            }
        };
        parameters.push((name.to_ascii_lowercase(), text));
    }
    Some((kind, parameters))
}

fn token(text: &str) -> Option<(&str, &str)> {
    let is_tchar = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char);
    let end = text.find(|char| !is_tchar(char)).unwrap_or(text.len());
    (end != 0).then(|| text.split_at(end))
}

/// What stands before the next quote. A `\` would be an escape to some and a separator to others.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let (inside, rest) = text.split_once('"')?;
    assert!(!inside.contains('\\'), "an escape: {inside}");
    Some((inside.to_owned(), rest))
}

/// `ext-value`, RFC 8187 § 3.2.1.
fn extended(word: &str) -> Option<String> {
    let encoded = word.strip_prefix("utf-8''")?;
    let mut bytes = Vec::new();
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        let hex = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'A'..=b'F' => Some(digit - b'A' + 10),
            _ => None,
        };
        bytes.push(match byte {
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            b'*' | b'\'' => return None,
            _ => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The name that is to be read.
fn model(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut safe = base.to_owned();
    safe.retain(|char| !misleads(char));
    if safe.len() > 255 {
        let dot = safe.rfind('.').unwrap_or(safe.len());
        let extension = match safe.len() - dot {
            0..=251 => safe.split_off(dot),
            _ => String::new(),
        };
        while safe.len() + extension.len() > 255 {
            safe.pop();
        }
        safe += &extension;
    }
    match safe.trim_matches('.') {
        "" => "download".to_owned(),
        _ => safe,
    }
}

fn fallback(name: &str) -> String {
    let stand_in = |char: char| match char {
        '"' | '\\' | '%' => '_',
        _ if char.is_ascii() => char,
        _ => '_',
    };
    name.chars().map(stand_in).collect()
}

fn misleads(char: char) -> bool {
    const MARKS: [u32; 15] = [
        0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066,
        0x2067, 0x2068, 0x2069, 0xfeff,
    ];
    char.is_control() || MARKS.contains(&char.into())
}

fn is_harmless(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && !text.contains(['/', '\\'])
        && !text.contains(misleads)
        && text.contains(|char| char != '.')
}
