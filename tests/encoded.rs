//! Parts of a request as they are read without memory: decoded, compared, parsed; names and values
//! of queries and forms; cookies; media types.

use std::fmt::Write;

use conformance::size;
use percent_encoding::percent_decode;
use replywire::request::{
    DecodeError, Encoded, Exchange, Fields, MediaType, Pairs, ParseError, Segments,
};
use replywire::{Response, Status};

/// All texts of at most `most` parts.
fn texts<'p>(parts: &'p [&'p [u8]], most: u32) -> impl Iterator<Item = Vec<u8>> + 'p {
    (0..=most).flat_map(move |len| {
        (0..parts.len().pow(len)).map(move |mut number| {
            let mut text = Vec::new();
            for _ in 0..len {
                text.extend_from_slice(parts[number % parts.len()]);
                number /= parts.len();
            }
            text
        })
    })
}

/// A value of a form, as the URL Standard reads it: `+` is replaced before percent-decoding.
fn form(text: &[u8]) -> Vec<u8> {
    let blanks = text.iter().map(|byte| match byte {
        b'+' => b' ',
        byte => *byte,
    });
    percent_decode(&blanks.collect::<Vec<_>>()).collect()
}

/// The part is read as `want`, by every call and into every buffer.
fn check(part: &Encoded<'_>, sent: &[u8], want: &[u8]) {
    assert_eq!(part.as_bytes(), sent);
    assert_eq!(part.bytes().collect::<Vec<_>>(), want, "{part:?}");
    assert_eq!(part.to_string(), String::from_utf8_lossy(want), "{part:?}");
    let text = std::str::from_utf8(want);
    assert_eq!(part.as_str(), text.ok().filter(|_| sent == want));
    for len in 0..=want.len() + 1 {
        let mut buf = vec![0xAA; len];
        let got = part.decode(&mut buf);
        let room = if sent == want { 0 } else { want.len() };
        match text {
            Err(_) => assert_eq!(got, Err(DecodeError::NotUtf8), "{part:?}"),
            Ok(text) if len >= room => assert_eq!(got, Ok(text), "{part:?}"),
            Ok(_) => {
                let needed = want.len();
                assert_eq!(got, Err(DecodeError::Overflow { needed }), "{part:?}");
            }
        }
    }
    if let Ok(text) = text {
        assert!(*part == *text && *part == text);
        assert!(part.eq_ignore_ascii_case(&text.to_ascii_uppercase()));
        assert!(*part != *format!("{text}x"));
    }
}

/// The only value of a form.
fn value(form: &[u8]) -> Encoded<'_> {
    let mut pairs = Pairs::of(form).iter();
    let (_, value) = pairs.next().unwrap();
    assert!(pairs.next().is_none());
    value
}

#[test]
fn every_two_bytes_after_a_percent_sign_are_digits_or_stand_for_themselves() {
    for high in 0..=255 {
        for low in 0..=255 {
            let sent = [b'%', high, low];
            if !sent.contains(&b'&') {
                let pair = [b"=", &sent[..]].concat();
                check(&value(&pair), &sent, &form(&sent));
            }
            let path = [b"/", &sent[..]].concat();
            if let (Ok(path), false) = (std::str::from_utf8(&path), sent.contains(&b'/')) {
                let segment = Segments::of(path).next().unwrap();
                check(&segment, &sent, &percent_decode(&sent).collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn every_short_text_is_decoded_as_the_url_standard_has_it() {
    const PARTS: [&[u8]; 12] = [
        b"%", b"2", b"b", b"F", b"+", b"x", b"%C3", b"\xc3", b"%a9", b"%F0%9F", b"%92%a9", b"%00",
    ];
    for sent in texts(&PARTS, size::either(4, 5)) {
        let pair = [b"a=", &sent[..]].concat();
        check(&value(&pair), &sent, &form(&sent));
        if let Ok(path) = str::from_utf8(&[b"/", &sent[..]].concat()) {
            let segment = Segments::of(path).next().unwrap();
            check(&segment, &sent, &percent_decode(&sent).collect::<Vec<_>>());
        }
    }
}

#[test]
fn every_byte_in_every_spelling_is_the_same_value() {
    for byte in 0..=127 {
        let char = char::from(byte);
        let mut spellings = vec![format!("%{byte:02x}"), format!("%{byte:02X}")];
        if !b"%+&=".contains(&byte) {
            spellings.push(char.to_string());
        }
        if byte == b' ' {
            spellings.push("+".into());
        }
        for spelling in spellings {
            let pair = format!("={spelling}");
            let value = value(pair.as_bytes());
            assert!(value == char.encode_utf8(&mut [0; 4]) as &str, "{spelling}");
            assert_eq!(value.parse::<char>(), Ok(char));
        }
    }
}

#[test]
fn every_number_is_parsed_however_it_is_encoded() {
    for number in 0..=u8::MAX {
        let digits = number.to_string();
        for encoded in 0..1 << digits.len() {
            let mut form = String::from("n=");
            for (at, digit) in digits.bytes().enumerate() {
                match encoded >> at & 1 {
                    0 => form.push(char::from(digit)),
                    _ => write!(form, "%{digit:x}").unwrap(),
                }
            }
            let pairs = Pairs::of(form.as_bytes());
            assert_eq!(pairs.parse::<u8>("n"), Ok(Some(number)));
            assert_eq!(pairs.parse::<u8>("m"), Ok(None));
        }
    }
    for form in ["n=", "n", "n=256", "n=+1", "n=1+", "n=0x1", "n=-1"] {
        let parsed = Pairs::of(form.as_bytes()).parse::<u8>("n");
        assert!(matches!(parsed, Err(ParseError::Value(_))), "{form}");
    }
    let not_utf8 = Pairs::of(b"n=%ff").parse::<u8>("n");
    assert_eq!(not_utf8, Err(ParseError::Encoding(DecodeError::NotUtf8)));
}

#[test]
fn a_value_to_parse_may_be_as_long_as_it_is_unless_it_is_encoded() {
    for zeros in 0..100 {
        let plain = format!("n={}7", "0".repeat(zeros));
        assert_eq!(Pairs::of(plain.as_bytes()).parse::<u32>("n"), Ok(Some(7)));
        let encoded = format!("n={}%37", "0".repeat(zeros));
        let want = match zeros + 1 {
            ..=64 => Ok(Some(7)),
            needed => Err(ParseError::Encoding(DecodeError::Overflow { needed })),
        };
        assert_eq!(Pairs::of(encoded.as_bytes()).parse::<u32>("n"), want);
    }
}

/// `application/x-www-form-urlencoded` parsing of the URL Standard, § 5.1, told plainly.
fn model(text: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let sequences = text.split(|byte| *byte == b'&');
    sequences
        .filter(|sequence| !sequence.is_empty())
        .map(|sequence| {
            let mut parts = sequence.splitn(2, |byte| *byte == b'=');
            let mut next = || form(parts.next().unwrap_or_default());
            (next(), next())
        })
        .collect()
}

#[test]
fn every_short_form_has_the_pairs_that_the_url_standard_finds() {
    const PARTS: [&[u8]; 9] = [
        b"a", b"=", b"&", b"+", b"%", b"%26", b"%3d", b"%61", b"\xff",
    ];
    for text in texts(&PARTS, size::either(5, 6)) {
        let want = model(&text);
        let pairs = Pairs::of(&text);
        let got = pairs.iter().map(|(name, value)| {
            let [name, value] = [name, value].map(|part| part.bytes().collect::<Vec<_>>());
            (name, value)
        });
        assert!(got.eq(want.iter().cloned()), "{pairs:?}");
        for name in ["", "a", "a=", "&"] {
            let mut values = want.iter().filter(|(other, _)| other == name.as_bytes());
            let got = pairs
                .all(name)
                .map(|value| value.bytes().collect::<Vec<_>>());
            assert!(got.eq(values.clone().map(|(_, value)| value.clone())));
            let first = pairs
                .get(name)
                .map(|value| value.bytes().collect::<Vec<_>>());
            assert_eq!(first.as_ref(), values.next().map(|(_, value)| value));
        }
    }
}

#[test]
fn a_cookie_is_the_first_of_its_name_in_all_lines() {
    const PARTS: [&[u8]; 7] = [b"a", b"A", b"=", b";", b" ", b"\"", b"\r\ncookie: "];
    for text in texts(&PARTS, size::either(5, 6)) {
        let lines = [b"cookie: ", &text[..], b"\r\nother: a=1\r\n"].concat();
        let fields = Fields::of_lines(&lines);
        for name in ["", "a", "A", "aa"] {
            let want = fields
                .cookies()
                .find(|(other, _)| *other == name.as_bytes());
            let got = fields.cookie(name);
            assert_eq!(
                got.map(|cookie| cookie.as_bytes()),
                want.map(|(_, value)| value)
            );
            if let (Some(cookie), Some((_, value))) = (got, want) {
                check(&cookie, value, value);
            }
        }
    }
    let fields = Fields::of_lines(b"cookie: sid=s%41+secret\r\n");
    let cookie = fields.cookie("sid").unwrap();
    assert_eq!(cookie.as_str(), Some("s%41+secret"));
    assert!(!format!("{cookie:?}").contains("secret"));
}

#[test]
fn a_media_type_is_read_if_a_reply_could_have_it() {
    const PARTS: [&[u8]; 9] = [b"a", b"/", b";", b"=", b"\"", b"\\", b" ", b"B", b"\t"];
    for text in texts(&PARTS, size::either(5, 6)) {
        // Its own rule: the parser of replies.
        let text = [b"x/", &text[..]].concat();
        let valid = {
            let mut buf = [0; 128];
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            let media_type = str::from_utf8(&text).unwrap();
            response.media_type(media_type).empty().is_ok()
        };
        let read = MediaType::parse(&text);
        assert_eq!(read.is_some(), valid, "{}", text.escape_ascii());
        let Some(read) = read else {
            continue;
        };
        let essence = text.split(|byte| b"; \t".contains(byte)).next().unwrap();
        assert_eq!(read.essence().as_bytes(), essence);
        assert!(read.is(&read.essence().to_uppercase()));
        for name in ["a", "b", "ab", "x"] {
            let got = read.parameter(&name.to_uppercase());
            let got = got.map(|value| value.bytes().collect::<Vec<_>>());
            let want = parameters(&text)
                .into_iter()
                .find(|(other, _)| other == name);
            assert_eq!(got, want.map(|(_, value)| value), "{read:?}");
        }
    }
}

/// The parameters of a media type that is one, byte by byte: names in lower case, values decoded.
fn parameters(text: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let (mut name, mut value) = (String::new(), None::<Vec<u8>>);
    let (mut quoted, mut escaped, mut begun) = (false, false, false);
    for byte in text.iter().chain(b";") {
        match byte {
            _ if escaped => {
                value.as_mut().unwrap().push(*byte);
                escaped = false;
            }
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                let value = value.take().unwrap_or_default();
                if begun && !name.is_empty() {
                    found.push((name.to_lowercase(), value));
                }
                name.clear();
                begun = true;
            }
            b' ' | b'\t' if !quoted => {}
            b'=' if value.is_none() => value = Some(Vec::new()),
            byte => match &mut value {
                Some(value) => value.push(*byte),
                None => name.push(char::from(*byte)),
            },
        }
    }
    found
}

#[test]
fn every_byte_is_a_media_type_s_or_it_is_not() {
    for byte in 0..=u8::MAX {
        let token = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        assert_eq!(MediaType::parse(&[b'a', b'/', byte]).is_some(), token);
        let quoted = [&b"a/b;c=\""[..], &[byte], b"\""].concat();
        let is_text = !matches!(byte, b'"' | b'\\' | 127) && (byte >= 32 || byte == b'\t');
        let read = MediaType::parse(&quoted);
        assert_eq!(read.is_some(), is_text, "{byte:#x}");
        if let Some(read) = read {
            assert!(read.parameter("c").unwrap().bytes().eq([byte]));
        }
    }
}

#[test]
fn two_lines_of_a_type_are_none() {
    let one = Fields::of_lines(b"a: b\r\nContent-Type: text/html; charset=latin1\r\n");
    let read = one.media_type().unwrap();
    assert!(read.is("text/html") && read.parameter("charset").unwrap() == "latin1");
    for lines in [
        &b"a: b\r\n"[..],
        b"content-type: text\r\n",
        b"content-type:\r\n",
        b"content-type: a/b\r\ncontent-type: a/b\r\n",
        b"content-type: a/b, c/d\r\n",
    ] {
        assert!(Fields::of_lines(lines).media_type().is_none());
    }
}
