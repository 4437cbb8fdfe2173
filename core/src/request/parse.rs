//! The lines of a head, RFC 9112 §§ 3 and 5, as `httparse` reads them.

use core::mem::MaybeUninit;

use httparse::{Error, Request, Status};

use super::refusal::Refusal;
use super::version::Version;
use super::whole;

/// A request line, RFC 9112 § 3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct RequestLine<'h> {
    pub(super) method: &'h [u8],
    /// UTF-8.
    pub(super) target: &'h [u8],
    pub(super) version: Version,
    /// The length of the head.
    pub(super) len: usize,
}

/// Reads a head, which has at most `FIELDS` fields. They take four words of the stack each. It is
/// all of `head`, or the first in it where no end `is_found` yet.
#[inline(always)]
pub(super) fn parse<'h, const FIELDS: usize>(
    head: &'h [u8],
    is_found: bool,
    mut field: impl FnMut(&'h [u8], &'h [u8]),
) -> Result<RequestLine<'h>, Refusal> {
    let mut headers = [const { MaybeUninit::uninit() }; FIELDS];
    let mut parsed = Request::new(&mut []);
    let outcome = parsed.parse_with_uninit_headers(head, &mut headers);
    let method = parsed.method.unwrap_or_default().as_bytes();
    let target = parsed.path.unwrap_or_default().as_bytes();
    let len = match outcome {
        Ok(Status::Complete(_)) if is_found => head.len(),
        Ok(Status::Complete(len)) => {
            whole::len(head, len, parsed.headers).ok_or(Refusal::BadRequest)?
        }
        Ok(Status::Partial) => return Err(Refusal::BadRequest),
        Err(Error::TooManyHeaders) => return Err(Refusal::FieldsTooLarge),
        Err(Error::Version) if is_version(head.get(method.len() + target.len() + 2..)) => {
            return Err(Refusal::VersionNotSupported);
        }
        Err(_) => return Err(Refusal::BadRequest),
    };
    for header in &*parsed.headers {
        field(header.name.as_bytes(), header.value);
    }
    Ok(RequestLine {
        method,
        target,
        version: match parsed.version {
            Some(0) => Version::Http10,
            _ => Version::Http11,
        },
        len,
    })
}

/// Tells if the end of a request line is some version; RFC 9112 §§ 2.3 and 3.
fn is_version(end: Option<&[u8]>) -> bool {
    match end {
        Some([b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b'\r', ..]) => {
            major.is_ascii_digit() && minor.is_ascii_digit()
        }
        _ => false,
    }
}
