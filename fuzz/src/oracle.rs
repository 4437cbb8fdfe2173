//! Reads a reply back and compares it with what the model wants.

use replywire::Error;
use replywire::body::BodyError;

use crate::drive::{self, Sent};
use crate::input::{Case, End, Method, Start};
use crate::model::{self, Framing, Want};

/// Makes the case in its own buffer, and in the smallest that will do.
///
/// # Panics
///
/// Where the library does not do what the model says.
pub fn check(case: &Case) {
    let want = model::want(case);
    let sent = drive::send(case, case.room.0);
    let want = match want {
        Ok(want) => want,
        Err(error) => {
            let found = match sent {
                // There must be a reply before its edit can fail.
                Err(Error::Overflow { needed }) if case.late.is_some() => {
                    drive::send(case, needed).err()
                }
                sent => sent.err(),
            };
            assert_eq!(found, Some(error), "the first mistake wins");
            return;
        }
    };
    match sent {
        Ok(sent) => compare(case, &sent, &want),
        Err(Error::Overflow { needed }) => smallest(case, needed, &want),
        Err(error) => panic!("{error:?} where {want:?} was due"),
    }
}

/// `needed` bytes must be enough, and one less too few.
fn smallest(case: &Case, needed: usize, want: &Want) {
    assert!(needed > case.room.0, "{needed} bytes were there");
    match drive::send(case, needed) {
        Ok(sent) => compare(case, &sent, want),
        // The reply fits, but not what its edit makes of it.
        Err(Error::Overflow { needed: more }) if case.late.is_some() && more > needed => {
            let sent = drive::send(case, more);
            compare(case, &sent.expect("enough for the edit"), want);
            let short = drive::send(case, more - 1);
            assert_eq!(short.err(), Some(Error::Overflow { needed: more }));
            return;
        }
        Err(error) => panic!("{error:?} in a buffer of {needed} bytes"),
    }
    let short = drive::send(case, needed - 1);
    assert_eq!(short.err(), Some(Error::Overflow { needed }));
    // A driver reads a body that is not buffered into the same room, after the head has left.
    let least = match is_buffered(case) {
        true => head_len(want) + want.body.len(),
        false => head_len(want),
    };
    assert!(needed >= least, "{needed} bytes cannot hold {least}");
    assert!(
        want.replaced || needed == least,
        "{needed} bytes for {least}"
    );
}

fn is_buffered(case: &Case) -> bool {
    !matches!(
        case.end,
        End::Sized(_) | End::SizedExactly(_) | End::Stream(_)
    )
}

fn head_len(want: &Want) -> usize {
    let phrase = replywire::Status::new(want.code).map_or("", replywire::Status::reason);
    let line = |(name, value): &(String, Vec<u8>)| name.len() + value.len() + ": \r\n".len();
    let lines: usize = want.fields.iter().map(line).sum();
    "HTTP/1.1 200 \r\n\r\n".len() + phrase.len() + lines
}

/// The wire must hold the wanted reply and nothing else.
fn compare(case: &Case, sent: &Sent, want: &Want) {
    let text = sent.wire.escape_ascii();
    let mut room = vec![httparse::EMPTY_HEADER; want.fields.len() + 1];
    let mut parsed = httparse::Response::new(&mut room);
    let read = parsed.parse(&sent.wire);
    let head = match read {
        Ok(httparse::Status::Complete(head)) => head,
        // A source may break before all of the head was sent.
        Ok(httparse::Status::Partial) if want.broken.is_some() => {
            assert_eq!(sent.broken, want.broken);
            return;
        }
        _ => panic!("{read:?} of \"{text}\""),
    };
    let checked = match want.code {
        100..=199 => Err(Error::InterimStatus),
        _ => Ok(()),
    };
    assert_eq!(sent.checked, checked, "{text}");
    let (spelled, rest) = sent.wire.split_at(head);

    assert_eq!(parsed.version, Some(1), "{text}");
    assert_eq!(parsed.code, Some(want.code), "{text}");
    if let Some(phrase) = phrase(want.code) {
        assert_eq!(parsed.reason, Some(phrase), "{text}");
    }
    let fields: Vec<_> = parsed
        .headers
        .iter()
        .map(|field| (field.name.to_owned(), field.value.to_vec()))
        .collect();
    let (mut found, mut wanted) = (fields.clone(), want.fields.clone());
    if case.late.is_some() {
        // An edit takes a date that is the last of the caller's lines for that of the exchange.
        found.sort_by_key(|(name, _)| name == "date");
        wanted.sort_by_key(|(name, _)| name == "date");
    }
    assert_eq!(found, wanted, "{text}");
    assert_eq!(
        spelled,
        spell(&parsed),
        "the head has bytes that mean nothing"
    );

    let count = |name: &str| fields.iter().filter(|(field, _)| field == name).count();
    let framed = (count("content-length"), count("transfer-encoding"));
    match want.framing {
        Framing::Chunked => assert_eq!(framed, (0, 1), "{text}"),
        Framing::Close => assert_eq!(framed, (0, 0), "{text}"),
        Framing::Length(_) => assert_eq!(framed, (1, 0), "{text}"),
    }
    assert_eq!(sent.closes, want.closes);
    assert_eq!(count("connection"), usize::from(want.closes), "{text}");

    assert_eq!(sent.broken, want.broken, "{text}");
    let body = match want.framing {
        _ if has_no_content(case, want) => {
            assert!(rest.is_empty(), "content where there is none: \"{text}\"");
            return;
        }
        Framing::Chunked => chunks(rest).unwrap_or_else(|| panic!("bad chunks: \"{text}\"")),
        Framing::Close => {
            assert!(want.closes, "a body with no end: \"{text}\"");
            rest.to_vec()
        }
        Framing::Length(len) => {
            if sent.broken.is_none() {
                assert_eq!(rest.len() as u64, len, "{text}");
            }
            rest.to_vec()
        }
    };
    match want.broken {
        None => assert_eq!(body, want.body, "{text}"),
        // What was read before the source broke may be unsent.
        Some(BodyError::TooLong | BodyError::TooShort { .. }) => {
            assert!(want.body.starts_with(&body), "{text}");
        }
        Some(error) => panic!("{error:?} is new"),
    }
}

/// The head that its parts spell.
fn spell(parsed: &httparse::Response<'_, '_>) -> Vec<u8> {
    let code = parsed.code.unwrap_or_default();
    let phrase = parsed.reason.unwrap_or_default();
    let mut head = format!("HTTP/1.1 {code} {phrase}\r\n").into_bytes();
    for field in &*parsed.headers {
        for part in [field.name.as_bytes(), b": ", field.value, b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Whether a client reads no content, whatever the head says.
fn has_no_content(case: &Case, want: &Want) -> bool {
    let method = match case.start {
        Start::New(_) => &Method::Get,
        _ => &case.request.method,
    };
    match (want.code, method.as_str()) {
        (100..=199 | 204 | 205 | 304, _) | (_, "HEAD") => true,
        (code, method) => method == "CONNECT" && code < 300,
    }
}

/// The content of a chunked body that ends where `wire` ends, written without anything that is
/// optional in RFC 9112 § 7.1.
fn chunks(mut wire: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = wire.windows(2).position(|pair| pair == b"\r\n")?;
        let (size, rest) = wire.split_at(end);
        let size = std::str::from_utf8(size).ok()?;
        let len = usize::from_str_radix(size, 16).ok()?;
        if format!("{len:x}") != size {
            return None;
        }
        let rest = rest.strip_prefix(b"\r\n")?;
        let (data, rest) = rest.split_at_checked(len)?;
        wire = rest.strip_prefix(b"\r\n")?;
        body.extend_from_slice(data);
        if len == 0 {
            return wire.is_empty().then_some(body);
        }
    }
}

/// Some phrases, and none for codes that nobody has registered.
fn phrase(code: u16) -> Option<&'static str> {
    match code {
        100 => Some("Continue"),
        101 => Some("Switching Protocols"),
        200 => Some("OK"),
        201 => Some("Created"),
        204 => Some("No Content"),
        205 => Some("Reset Content"),
        206 => Some("Partial Content"),
        304 => Some("Not Modified"),
        307 => Some("Temporary Redirect"),
        404 => Some("Not Found"),
        500 => Some("Internal Server Error"),
        199 | 299 | 600..=999 => Some(""),
        _ => None,
    }
}
