//! The grammar of numbers, RFC 8259 § 6.

/// Tells whether `text` is a number of RFC 8259 § 6.
pub(in crate::json) fn is_number(text: &[u8]) -> bool {
    after_number(text).is_some_and(<[u8]>::is_empty)
}

/// Goes over the number that `text` begins with.
pub(in crate::json) fn after_number(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let rest = match rest {
        [b'0', rest @ ..] => rest,
        [b'1'..=b'9', ..] => after_digits(rest),
        _ => return None,
    };
    let rest = match rest {
        [b'.', fraction @ ..] if starts_with_digit(fraction) => after_digits(fraction),
        [b'.', ..] => return None,
        _ => rest,
    };
    match rest {
        [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] => {
            starts_with_digit(digits).then(|| after_digits(digits))
        }
        _ => Some(rest),
    }
}

/// Tells whether a number is an integer of more than 64 bits.
pub(in crate::json) fn is_wide(number: &str) -> bool {
    let is_integer = !number.contains(['.', 'e', 'E']);
    is_integer && number.parse::<i64>().is_err() && number.parse::<u64>().is_err()
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
