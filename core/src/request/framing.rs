//! The framing of a request, RFC 9112 § 6, and what its client expects.

use httparse::Header;

use super::content::BodyDecoder;
use super::refusal::Refusal;
use super::version::Version;
use crate::field::grammar::is_name;

/// Reads the fields that decide where the request ends, or refuses a request that two recipients
/// could read differently.
pub(crate) fn content(version: Version, headers: &[Header<'_>]) -> Result<BodyDecoder, Refusal> {
    let mut length = 0;
    let mut has_length = false;
    let mut chunked = false;
    let mut hosts = 0u32;
    let mut expects_continue = false;
    for Header { name, value } in headers {
        let name = name.as_bytes();
        if is_name(name, b"content-length") {
            // Two lengths are refused even when they agree: whoever sent them is confused.
            length = parse_length(value)?;
            if has_length {
                return Err(Refusal::BadRequest);
            }
            has_length = true;
        } else if is_name(name, b"transfer-encoding") {
            if chunked {
                return Err(Refusal::BadRequest);
            }
            chunked = parse_codings(value)?;
        } else if is_name(name, b"host") {
            hosts += 1;
        } else if is_name(name, b"expect") {
            if !is_name(value, b"100-continue") {
                return Err(Refusal::ExpectationFailed);
            }
            expects_continue = version == Version::Http11;
        }
    }
    // RFC 9112 §§ 3.2 and 6.1
    let host_is_wrong = hosts > 1 || hosts == 0 && version == Version::Http11;
    if host_is_wrong || chunked && (has_length || version == Version::Http10) {
        return Err(Refusal::BadRequest);
    }
    let mut content = match chunked {
        true => BodyDecoder::chunked(),
        false => BodyDecoder::sized(length),
    };
    content.expects_continue = expects_continue && !content.is_ended();
    Ok(content)
}

/// `1*DIGIT` and nothing else, RFC 9110 § 8.6.
fn parse_length(value: &[u8]) -> Result<u64, Refusal> {
    if value.is_empty() {
        return Err(Refusal::BadRequest);
    }
    let mut length = 0u64;
    for digit in value {
        if !digit.is_ascii_digit() {
            return Err(Refusal::BadRequest);
        }
        length = length
            .checked_mul(10)
            .and_then(|length| length.checked_add(u64::from(digit - b'0')))
            .ok_or(Refusal::ContentTooLarge)?;
    }
    Ok(length)
}

/// `chunked` alone is understood, RFC 9112 § 6.1.
fn parse_codings(value: &[u8]) -> Result<bool, Refusal> {
    match value.split_last_chunk::<7>() {
        Some((others, last)) if is_name(last, b"chunked") => match others.trim_ascii_end() {
            [] => Ok(true),
            [.., b','] => Err(Refusal::NotImplemented),
            _ => Err(Refusal::BadRequest),
        },
        _ => Err(Refusal::BadRequest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unambiguous_framing_is_accepted() {
        let host = ("host", "a");
        for (version, fields, want) in [
            (Version::Http11, &[host][..], Ok(BodyDecoder::sized(0))),
            (Version::Http10, &[], Ok(BodyDecoder::sized(0))),
            (Version::Http11, &[], Err(400)),
            (Version::Http11, &[host, host], Err(400)),
            (
                Version::Http11,
                &[host, ("content-length", "5")],
                Ok(BodyDecoder::sized(5)),
            ),
            (
                Version::Http11,
                &[host, ("Content-Length", "05")],
                Ok(BodyDecoder::sized(5)),
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
                Ok(BodyDecoder::chunked()),
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
            let got = content(version, &headers).map_err(|refusal| refusal.status().code());
            assert_eq!(got, want, "{version:?} {fields:?}");
        }
    }
}
