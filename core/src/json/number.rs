//! Numbers, RFC 8259 § 6.

use super::{JsonError, Sink};
use crate::decimal::{MAX_DIGITS, decimal};

pub(super) fn unsigned<S: Sink>(sink: S, value: u64) -> Result<S, JsonError> {
    sink.put(decimal(value, &mut [0; MAX_DIGITS]))
}

pub(super) fn signed<S: Sink>(mut sink: S, value: i64) -> Result<S, JsonError> {
    if value < 0 {
        sink = sink.put_array(b"-")?;
    }
    unsigned(sink, value.unsigned_abs())
}

pub(super) fn unsigned_128<S: Sink>(sink: S, value: u128) -> Result<S, JsonError> {
    const GROUP: u128 = 10_000_000_000_000_000_000;
    match u64::try_from(value) {
        Ok(value) => unsigned(sink, value),
        // At most two groups are left behind the first.
        Err(_) => group(unsigned_128(sink, value / GROUP)?, (value % GROUP) as u64),
    }
}

/// 19 digits.
fn group<S: Sink>(sink: S, value: u64) -> Result<S, JsonError> {
    let mut room = [0; MAX_DIGITS];
    let mut digits = [b'0'; 19];
    let text = decimal(value, &mut room);
    for (to, from) in digits.iter_mut().rev().zip(text.iter().rev()) {
        *to = *from;
    }
    sink.put_array(&digits)
}

pub(super) fn signed_128<S: Sink>(mut sink: S, value: i128) -> Result<S, JsonError> {
    if value < 0 {
        sink = sink.put_array(b"-")?;
    }
    unsigned_128(sink, value.unsigned_abs())
}

pub(super) fn double<S: Sink>(sink: S, value: f64) -> Result<S, JsonError> {
    match value.is_finite() {
        true => style(sink, ryu::Buffer::new().format_finite(value).as_bytes()),
        false => Err(JsonError::NotFinite),
    }
}

/// The shortest decimal that an `f32` is read back from.
pub(super) fn single<S: Sink>(sink: S, value: f32) -> Result<S, JsonError> {
    match value.is_finite() {
        true => style(sink, ryu::Buffer::new().format_finite(value).as_bytes()),
        false => Err(JsonError::NotFinite),
    }
}

/// Writes the shortest decimal that `ryu` found as Python does: an exponent has a sign and at least
/// two digits, and stands below 1e-4 and from 1e16 on.
fn style<S: Sink>(mut sink: S, text: &[u8]) -> Result<S, JsonError> {
    let unsigned = match text.strip_prefix(b"-") {
        Some(unsigned) => {
            sink = sink.put_array(b"-")?;
            unsigned
        }
        None => text,
    };
    if let Some(at) = unsigned.iter().position(|byte| *byte == b'e') {
        let (mantissa, exponent) = unsigned.split_at_checked(at).unwrap_or_default();
        return match exponent {
            // `ryu` writes an `f32` with an exponent from 1e13 on.
            b"e13" => integral(sink, mantissa, b"0000000000000"),
            b"e14" => integral(sink, mantissa, b"00000000000000"),
            b"e15" => integral(sink, mantissa, b"000000000000000"),
            [_, b'-', digits @ ..] => scientific(sink, mantissa, b"e-", digits),
            [_, digits @ ..] => scientific(sink, mantissa, b"e+", digits),
            [] => sink.put(mantissa),
        };
    }
    // `ryu` writes no exponent from 1e-5 on, and for an `f32` from 1e-6 on.
    let (digits, exponent) = match unsigned.strip_prefix(b"0.0000") {
        Some([b'0', digits @ ..]) => (digits, b"06"),
        Some(digits) => (digits, b"05"),
        None => return sink.put(unsigned),
    };
    let (first, rest) = digits.split_at_checked(1).unwrap_or_default();
    sink = sink.put(first)?;
    if !rest.is_empty() {
        sink = sink.put_array(b".")?.put(rest)?;
    }
    scientific(sink, b"", b"e-", exponent)
}

fn scientific<S: Sink>(
    sink: S,
    mantissa: &[u8],
    sign: &[u8; 2],
    digits: &[u8],
) -> Result<S, JsonError> {
    let sink = sink.put(mantissa)?.put_array(sign)?;
    match digits {
        [digit] => sink.put_array(&[b'0', *digit]),
        _ => sink.put(digits),
    }
}

/// Writes `mantissa` times ten to the number of `zeros`, of which it has fewer digits.
fn integral<S: Sink>(sink: S, mantissa: &[u8], zeros: &[u8]) -> Result<S, JsonError> {
    let (first, rest) = mantissa.split_at_checked(1).unwrap_or_default();
    let fraction = rest.get(1..).unwrap_or_default();
    let zeros = zeros.get(fraction.len()..).unwrap_or_default();
    sink.put(first)?.put(fraction)?.put(zeros)?.put_array(b".0")
}

/// Whether `text` is a number of RFC 8259 § 6.
pub(super) fn is_number(text: &[u8]) -> bool {
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let rest = match rest {
        [b'0', rest @ ..] => rest,
        [b'1'..=b'9', ..] => after_digits(rest),
        _ => return false,
    };
    let rest = match rest {
        [b'.', fraction @ ..] if starts_with_digit(fraction) => after_digits(fraction),
        [b'.', ..] => return false,
        _ => rest,
    };
    match rest {
        [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] => {
            starts_with_digit(digits) && after_digits(digits).is_empty()
        }
        _ => rest.is_empty(),
    }
}

fn starts_with_digit(text: &[u8]) -> bool {
    matches!(text, [b'0'..=b'9', ..])
}

fn after_digits(text: &[u8]) -> &[u8] {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}
