//! Media types, RFC 9110 § 8.3.

use super::grammar::{self, TOKEN, is_name};
use super::line::write_field;
use super::list::without_blanks;
use super::name::HeaderName;
use super::value;
use crate::error::{Error, Place};
use crate::write::buf::Buf;

/// The lines of the usual types, by the rule of [`write_content_type`].
pub(crate) const EVENTS: &[u8; 48] = b"content-type: text/event-stream; charset=utf-8\r\n";
pub(crate) const HTML: &[u8; 40] = b"content-type: text/html; charset=utf-8\r\n";
pub(crate) const JSON: &[u8; 32] = b"content-type: application/json\r\n";
pub(crate) const JSON_LINES: &[u8; 33] = b"content-type: application/jsonl\r\n";
pub(crate) const PLAIN: &[u8; 41] = b"content-type: text/plain; charset=utf-8\r\n";

/// Writes the `content-type` line of `media_type`.
///
/// A text, whose type is `text` in any case, gets `; charset=utf-8`, unless it names a charset.
pub(crate) fn write_content_type(buf: &mut Buf<'_>, media_type: &str) -> Result<(), Error> {
    let start = buf.len();
    let (text, charset) = buf.located(completed(media_type), start)?;
    write_field(buf, HeaderName::CONTENT_TYPE, text)?;
    if !charset.is_empty() {
        buf.truncate(buf.len() - 2);
        buf.write(charset);
        buf.write_array(b"\r\n");
    }
    Ok(())
}

/// Writes `media_type` as a value, by the same rule.
pub(crate) fn write_value(buf: &mut Buf<'_>, media_type: &str) -> Result<(), Error> {
    let (text, charset) = completed(media_type)?;
    value::write_value(buf, text)?;
    buf.write(charset);
    Ok(())
}

/// Writes `media_type` as a value, as it is.
pub(crate) fn write_verbatim(buf: &mut Buf<'_>, media_type: &str) -> Result<(), Error> {
    completed(media_type)?;
    value::write_value(buf, media_type)
}

/// The text of a media type, and the parameter that follows it: a charset, or nothing.
fn completed(media_type: &str) -> Result<(&str, &'static [u8]), Error> {
    grammar::check_value(media_type.as_bytes())?;
    let parsed = parse(media_type.as_bytes()).ok_or(Error::MediaType(Place::UNKNOWN))?;
    Ok(match parsed.lacks_charset {
        true => (
            media_type.get(..parsed.len).unwrap_or_default(),
            b"; charset=utf-8",
        ),
        false => (media_type, b""),
    })
}

struct Parsed {
    /// The bytes without the empty parameters at the end.
    len: usize,
    lacks_charset: bool,
}

/// Reads `media-type`, RFC 9110 §§ 5.6.6 and 8.3.1, which does not end in a blank.
fn parse(media_type: &[u8]) -> Option<Parsed> {
    let (kind, rest) = token(media_type)?;
    let (_, mut rest) = token(rest.strip_prefix(b"/")?)?;
    let mut lacks_charset = is_name(kind, b"text");
    let mut after_last = rest;
    loop {
        rest = match without_blanks(rest) {
            [] => break,
            [b';', rest @ ..] => without_blanks(rest),
            _ => return None,
        };
        if let Some((name, value)) = token(rest) {
            lacks_charset &= !is_name(name, b"charset");
            rest = after_value(value.strip_prefix(b"=")?)?;
            after_last = rest;
        }
    }
    Some(Parsed {
        len: media_type.len().saturating_sub(after_last.len()),
        lacks_charset,
    })
}

/// The type and subtype of a media type, and the text of its parameters.
pub(crate) fn essence(media_type: &[u8]) -> Option<(&[u8], &[u8])> {
    parse(media_type)?;
    let (_, rest) = token(media_type)?;
    let (_, parameters) = token(rest.strip_prefix(b"/")?)?;
    media_type.split_at_checked(media_type.len() - parameters.len())
}

/// The name and the value of the first parameter that is not empty, and the text after it. The
/// text is one of parameters, RFC 9110 § 5.6.6.
pub(crate) fn parameter(parameters: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut rest = parameters;
    loop {
        rest = without_blanks(without_blanks(rest).strip_prefix(b";")?);
        if let Some((name, value)) = token(rest) {
            let value = value.strip_prefix(b"=")?;
            let after = after_value(value)?;
            let (value, _) = value.split_at_checked(value.len() - after.len())?;
            return Some((name, value, after));
        }
    }
}

/// A token, and the text after it.
fn token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let parts = text.split_at_checked(TOKEN.run(text));
    parts.filter(|(token, _)| !token.is_empty())
}

/// The text after a value: a token, or a `quoted-string` of RFC 9110 § 5.6.4.
fn after_value(text: &[u8]) -> Option<&[u8]> {
    let [b'"', rest @ ..] = text else {
        return token(text).map(|(_, rest)| rest);
    };
    let mut rest = rest;
    loop {
        rest = match rest {
            [b'"', rest @ ..] => return Some(rest),
            // No control characters are left.
            [b'\\', _, rest @ ..] => rest,
            [b'\\'] | [] => return None,
            [_, rest @ ..] => rest,
        };
    }
}
