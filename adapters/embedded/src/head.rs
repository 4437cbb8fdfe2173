//! Request heads: where they end, and what makes one ambiguous.

use httparse::Header;
use replywire::Status;
use replywire::request::Version;

use crate::content::Content;

/// How far a head has come.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Scan {
    /// A line ended without CR, which some recipients take for a line end and others do not
    /// (RFC 9112 § 2.2).
    BareLf,
    /// The head has this many bytes.
    End(usize),
    /// No end yet.
    More,
}

/// Looks for the blank line that ends a head; the first `seen` bytes had none.
pub(crate) fn scan(bytes: &[u8], seen: usize) -> Scan {
    let mut from = seen.saturating_sub(3);
    while let Some(tail) = bytes.get(from..) {
        let Some(offset) = find_lf(tail) else {
            return Scan::More;
        };
        let end = from + offset + 1;
        let line = bytes.get(..end).unwrap_or_default();
        if line.ends_with(b"\r\n\r\n") {
            return Scan::End(end);
        }
        if !line.ends_with(b"\r\n") {
            return Scan::BareLf;
        }
        from = end;
    }
    Scan::More
}

/// What follows the first line.
pub(crate) fn behind_request_line(head: &[u8]) -> &[u8] {
    let lines = find_lf(head).and_then(|lf| head.get(lf + 1..));
    lines.unwrap_or_default()
}

/// Where the first LF is.
#[cfg(target_pointer_width = "64")]
pub(crate) fn find_lf(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let mut rest = bytes;
    // Eight bytes at a time, while none of them is LF.
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        let other = u64::from_le_bytes(*word) ^ (b'\n' as u64 * EACH);
        if other.wrapping_sub(EACH) & !other & (0x80 * EACH) != 0 {
            break;
        }
        rest = tail;
    }
    let offset = rest.iter().position(|byte| *byte == b'\n')?;
    Some(bytes.len() - rest.len() + offset)
}

/// Where the first LF is.
#[cfg(not(target_pointer_width = "64"))]
#[inline(never)]
pub(crate) fn find_lf(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
}

/// Whether a text is `lower`, which is in lower case, in any case.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn is(text: &[u8], lower: &[u8]) -> bool {
    let mut pairs = text.iter().zip(lower);
    text.len() == lower.len() && pairs.all(|(byte, lower)| byte.to_ascii_lowercase() == *lower)
}

/// The fields that the connection acts on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Facts {
    pub(crate) content: Content,
    /// The client waits for `100 Continue` before it sends the content.
    pub(crate) expects_continue: bool,
}

/// Reads the facts, or tells the status of a request that must not be trusted.
pub(crate) fn facts(version: Version, headers: &[Header<'_>]) -> Result<Facts, Status> {
    let mut length = 0;
    let mut has_length = false;
    let mut chunked = false;
    let mut hosts = 0u32;
    let mut expects_continue = false;
    for Header { name, value } in headers {
        let name = name.as_bytes();
        if is(name, b"content-length") {
            // Two lengths are refused even when they agree: whoever sent them is confused.
            length = parse_length(value)?;
            if has_length {
                return Err(Status::BAD_REQUEST);
            }
            has_length = true;
        } else if is(name, b"transfer-encoding") {
            if chunked {
                return Err(Status::BAD_REQUEST);
            }
            chunked = parse_codings(value)?;
        } else if is(name, b"host") {
            hosts += 1;
        } else if is(name, b"expect") {
            if !is(value, b"100-continue") {
                return Err(Status::EXPECTATION_FAILED);
            }
            expects_continue = version == Version::Http11;
        }
    }
    // RFC 9112 §§ 3.2 and 6.1
    let host_is_wrong = hosts > 1 || hosts == 0 && version == Version::Http11;
    if host_is_wrong || chunked && (has_length || version == Version::Http10) {
        return Err(Status::BAD_REQUEST);
    }
    let content = match chunked {
        true => Content::chunked(),
        false => Content::of(length),
    };
    Ok(Facts {
        content,
        expects_continue: expects_continue && !content.is_ended(),
    })
}

/// `1*DIGIT` and nothing else, RFC 9110 § 8.6.
fn parse_length(value: &[u8]) -> Result<u64, Status> {
    if value.is_empty() {
        return Err(Status::BAD_REQUEST);
    }
    let mut length = 0u64;
    for digit in value {
        if !digit.is_ascii_digit() {
            return Err(Status::BAD_REQUEST);
        }
        length = length
            .checked_mul(10)
            .and_then(|length| length.checked_add(u64::from(digit - b'0')))
            .ok_or(Status::CONTENT_TOO_LARGE)?;
    }
    Ok(length)
}

/// `chunked` alone is understood, RFC 9112 § 6.1.
fn parse_codings(value: &[u8]) -> Result<bool, Status> {
    match value.split_last_chunk::<7>() {
        Some((others, last)) if is(last, b"chunked") => match others.trim_ascii_end() {
            [] => Ok(true),
            [.., b','] => Err(Status::NOT_IMPLEMENTED),
            _ => Err(Status::BAD_REQUEST),
        },
        _ => Err(Status::BAD_REQUEST),
    }
}

/// The status that answers a head `httparse` refused.
pub(crate) fn refusal(
    error: httparse::Error,
    parsed: &httparse::Request<'_, '_>,
    head: &[u8],
) -> Status {
    match error {
        httparse::Error::TooManyHeaders => Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
        httparse::Error::Version if has_version(parsed, head) => Status::HTTP_VERSION_NOT_SUPPORTED,
        _ => Status::BAD_REQUEST,
    }
}

/// Whether a request line is one of some version; RFC 9112 §§ 2.3 and 3.
fn has_version(parsed: &httparse::Request<'_, '_>, head: &[u8]) -> bool {
    let method = parsed.method.unwrap_or_default();
    let target = parsed.path.unwrap_or_default();
    match head.get(method.len() + target.len() + "  ".len()..) {
        Some([b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b'\r', ..]) => {
            major.is_ascii_digit() && minor.is_ascii_digit()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_found_at_every_split() {
        let head = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        for split in 0..=head.len() {
            let first = scan(&head[..split], 0);
            if split < head.len() {
                assert_eq!(first, Scan::More);
            }
            assert_eq!(scan(head, split.min(head.len() - 1)), Scan::End(head.len()));
        }
    }

    #[test]
    fn a_line_that_ends_in_lf_alone_is_told() {
        for text in [
            "GET / HTTP/1.1\n",
            "GET / HTTP/1.1\r\nhost: a\n\r\n",
            "\n",
            "a\r\n\n",
        ] {
            assert_eq!(scan(text.as_bytes(), 0), Scan::BareLf, "{text:?}");
        }
    }

    #[test]
    fn only_unambiguous_framing_is_accepted() {
        let host = ("host", "a");
        for (version, fields, want) in [
            (Version::Http11, &[host][..], Ok(Content::of(0))),
            (Version::Http10, &[], Ok(Content::of(0))),
            (Version::Http11, &[], Err(400)),
            (Version::Http11, &[host, host], Err(400)),
            (
                Version::Http11,
                &[host, ("content-length", "5")],
                Ok(Content::of(5)),
            ),
            (
                Version::Http11,
                &[host, ("Content-Length", "05")],
                Ok(Content::of(5)),
            ),
            (Version::Http11, &[host, ("content-length", "")], Err(400)),
            (Version::Http11, &[host, ("content-length", "+5")], Err(400)),
            (
                Version::Http11,
                &[host, ("content-length", "5, 5")],
                Err(400),
            ),
            (Version::Http11, &[host, ("content-length", "-1")], Err(400)),
            (
                Version::Http11,
                &[host, ("content-length", "18446744073709551616")],
                Err(413),
            ),
            (
                Version::Http11,
                &[host, ("content-length", "5"), ("content-length", "5")],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "Chunked")],
                Ok(Content::chunked()),
            ),
            (
                Version::Http10,
                &[host, ("transfer-encoding", "chunked")],
                Err(400),
            ),
            (
                Version::Http11,
                &[
                    host,
                    ("transfer-encoding", "chunked"),
                    ("content-length", "5"),
                ],
                Err(400),
            ),
            (
                Version::Http11,
                &[
                    host,
                    ("transfer-encoding", "chunked"),
                    ("transfer-encoding", "chunked"),
                ],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "gzip, chunked")],
                Err(501),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "chunked, gzip")],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "gzip chunked")],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "gzip ,\tchunked")],
                Err(501),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "identity")],
                Err(400),
            ),
            (
                Version::Http11,
                &[host, ("transfer-encoding", "")],
                Err(400),
            ),
            (Version::Http11, &[host, ("expect", "a miracle")], Err(417)),
        ] {
            let headers: std::vec::Vec<_> = fields
                .iter()
                .map(|(name, value)| Header {
                    name,
                    value: value.as_bytes(),
                })
                .collect();
            let got = facts(version, &headers)
                .map(|facts| facts.content)
                .map_err(Status::code);
            assert_eq!(got, want, "{version:?} {fields:?}");
        }
    }
}
