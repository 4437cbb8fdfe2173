//! Media types, RFC 9110 § 8.3.

use crate::Error;
use crate::buf::Buf;
use crate::header::private::{Put, Value as _};

pub(crate) const HTML: &str = "text/html";
pub(crate) const JSON: &str = "application/json";
pub(crate) const PLAIN: &str = "text/plain";

/// Writes the `content-type` line of `media_type`.
///
/// A type that begins with `text/` gets `; charset=utf-8`, unless it names a charset.
#[inline]
pub(crate) fn put_content_type(buf: &mut Buf<'_>, media_type: &str) -> Result<(), Error> {
    buf.put_array(b"content-type: ");
    media_type.put(&mut Put(buf))?;
    if media_type.starts_with("text/") && !names_charset(media_type) {
        buf.put_array(b"; charset=utf-8");
    }
    buf.put_array(b"\r\n");
    Ok(())
}

#[inline]
fn names_charset(media_type: &str) -> bool {
    const CHARSET: &[u8] = b"charset=";
    media_type
        .as_bytes()
        .windows(CHARSET.len())
        .any(|window| window.eq_ignore_ascii_case(CHARSET))
}
