//! Request targets, and the authority in them and in `host`; RFC 9112 § 3.2.

use core::ops::Range;

use super::method::Method;
use crate::field::grammar::is_name;
use crate::field::octets::has_byte;
use crate::field::set::CharSet;

/// Tells if a target has a form that its method takes.
pub(super) fn is_target(method: Method, target: &[u8]) -> bool {
    let Range { start, end } = authority(target);
    let rest = target.get(end..).unwrap_or_default();
    match (method, rest) {
        // A fragment is never sent; RFC 9110 § 7.1.
        _ if has_byte(target, b'#') => false,
        // RFC 9110 § 9.3.6: the port is not optional.
        (Method::Connect, []) => {
            start == 0 && has_byte(target, b':') && target.last().is_some_and(u8::is_ascii_digit)
        }
        (Method::Connect, _) => false,
        (Method::Options, b"*") if end == 0 => true,
        (_, [b'/', ..]) if end == 0 => true,
        (_, [] | [b'/' | b'?', ..]) => start > 0 && end > start,
        _ => false,
    }
}

/// Tells if a value of `host` is empty, or the authority of an `http` URI.
pub(super) fn is_host(value: &[u8]) -> bool {
    authority_len(value) == value.len()
}

/// The place of the authority in a target: after the scheme of absolute form, or all of authority
/// form. In the other forms it is empty.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(super) fn authority(target: &[u8]) -> Range<usize> {
    let has_scheme = |scheme: &[u8]| {
        let start = target.get(..scheme.len());
        start.is_some_and(|start| is_name(start, scheme))
    };
    let start = match target {
        [b'/', ..] | b"*" => return 0..0,
        _ if has_scheme(b"http://") => 7,
        _ if has_scheme(b"https://") => 8,
        _ => 0,
    };
    start..start + authority_len(target.get(start..).unwrap_or_default())
}

/// The length of `uri-host [ ":" port ]` at the start of a text. It is zero where the host is empty
/// (RFC 9110 § 4.2.1) and where the port is above 65,535.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn authority_len(text: &[u8]) -> usize {
    let host = match text {
        [b'[', literal @ ..] => literal_len(literal),
        _ => name_len(text),
    };
    let mut len = host;
    if host > 0
        && let Some([b':', port @ ..]) = text.get(host..)
    {
        len += 1;
        let mut number = 0;
        for digit in port {
            if !digit.is_ascii_digit() {
                break;
            }
            number = number * 10 + u32::from(digit - b'0');
            if number > 65_535 {
                return 0;
            }
            len += 1;
        }
    }
    len
}

/// The length of `IP-literal`, RFC 3986 § 3.2.2, without its first bracket, or zero. The order of
/// groups and colons is not looked at, and no `IPvFuture` is known.
fn literal_len(text: &[u8]) -> usize {
    const ADDRESS: &CharSet = &CharSet::of(b"0123456789:.abcdefABCDEF");
    match ADDRESS.run(text) {
        len @ 1.. if text.get(len) == Some(&b']') => len + 2,
        _ => 0,
    }
}

/// The length of `reg-name`, RFC 3986 § 3.2.2.
fn name_len(text: &[u8]) -> usize {
    /// `unreserved / sub-delims`, but for the comma: it joins the values of two lines.
    const NAME: &CharSet = &CharSet::of(
        b"-._~!$&'()*+;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    );
    const HEXDIG: &CharSet = &CharSet::of(b"0123456789ABCDEFabcdef");
    let mut len = NAME.run(text);
    while let Some([b'%', digits @ ..]) = text.get(len..)
        && HEXDIG.run(digits) >= 2
    {
        len += 3;
        len += NAME.run(text.get(len..).unwrap_or_default());
    }
    len
}
