//! Media types, RFC 9110 § 8.3.

use super::line::write_field;
use super::name::HeaderName;
use super::value;
use crate::error::Error;
use crate::write::buf::Buf;

/// The lines of the usual types, by the rule of [`write_content_type`].
pub(crate) const HTML: &[u8; 40] = b"content-type: text/html; charset=utf-8\r\n";
pub(crate) const JSON: &[u8; 32] = b"content-type: application/json\r\n";
pub(crate) const PLAIN: &[u8; 41] = b"content-type: text/plain; charset=utf-8\r\n";

/// Writes the `content-type` line of `media_type`.
///
/// A type that begins with `text/` gets `; charset=utf-8`, unless it names a charset.
pub(crate) fn write_content_type(buf: &mut Buf<'_>, media_type: &str) -> Result<(), Error> {
    write_field(buf, HeaderName::CONTENT_TYPE, media_type)?;
    if lacks_charset(media_type) {
        buf.truncate(buf.len() - 2);
        buf.write_array(CHARSET);
        buf.write_array(b"\r\n");
    }
    Ok(())
}

/// Writes `media_type` as a value, by the same rule.
pub(crate) fn write_value(buf: &mut Buf<'_>, media_type: &str) -> Result<(), Error> {
    value::write_value(buf, media_type)?;
    if lacks_charset(media_type) {
        buf.write_array(CHARSET);
    }
    Ok(())
}

const CHARSET: &[u8; 15] = b"; charset=utf-8";

fn lacks_charset(media_type: &str) -> bool {
    media_type.starts_with("text/") && !names_charset(media_type)
}

fn names_charset(media_type: &str) -> bool {
    const CHARSET: &[u8] = b"charset=";
    media_type
        .as_bytes()
        .windows(CHARSET.len())
        .any(|window| window.eq_ignore_ascii_case(CHARSET))
}
