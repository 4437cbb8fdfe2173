//! Numbers, RFC 8259 § 6.

use super::dialect::Exponents;
use super::dialect::sealed::Rules;
#[cfg(target_pointer_width = "64")]
use super::sink::WINDOW;
use super::{JsonError, Sink, leaf};
use crate::write::decimal::{MAX_DIGITS, decimal};

/// The backend that finds the shortest decimal.
#[cfg(not(feature = "zmij"))]
use ryu::Buffer;
#[cfg(feature = "zmij")]
use zmij::Buffer;

pub(super) fn unsigned_128<S: Sink>(sink: S, value: u128) -> Result<S, S::Error> {
    match u64::try_from(value) {
        Ok(value) => leaf::unsigned(sink, value),
        Err(_) => wide(sink, value),
    }
}

pub(super) fn signed_128<S: Sink>(sink: S, value: i128) -> Result<S, S::Error> {
    match i64::try_from(value) {
        Ok(value) => leaf::signed(sink, value),
        Err(_) if value > 0 => unsigned_128(sink, value.unsigned_abs()),
        // Below the least of 64 bits.
        Err(_) => match S::Dialect::WIDE_INTEGERS {
            true => wide(sink.put(b"-")?, value.unsigned_abs()),
            false => Err(sink.fail(JsonError::Integer)),
        },
    }
}

/// Writes an integer beyond 64 bits.
#[cold]
fn wide<S: Sink>(sink: S, value: u128) -> Result<S, S::Error> {
    match S::Dialect::WIDE_INTEGERS {
        true => sink.spill(wide_digits(value, &mut [0; MAX_WIDE_DIGITS])),
        false => Err(sink.fail(JsonError::Integer)),
    }
}

/// The most digits of a `u128`.
const MAX_WIDE_DIGITS: usize = 39;

/// The text of `value`, in the last bytes of `to`.
pub(super) fn wide_digits(value: u128, to: &mut [u8; MAX_WIDE_DIGITS]) -> &[u8] {
    const GROUP: u128 = 10_000_000_000_000_000_000;
    to.fill(b'0');
    let mut rest = value;
    let mut end = MAX_WIDE_DIGITS;
    loop {
        let mut room = [0; MAX_DIGITS];
        let digits = decimal((rest % GROUP) as u64, &mut room);
        let place = to.get_mut(..end).unwrap_or_default();
        for (to, digit) in place.iter_mut().rev().zip(digits.iter().rev()) {
            *to = *digit;
        }
        rest /= GROUP;
        if rest == 0 {
            let start = end.saturating_sub(digits.len());
            return to.get(start..).unwrap_or_default();
        }
        end = end.saturating_sub(19);
    }
}

/// Writes the shortest decimal that is read back as `value`.
#[cfg(target_pointer_width = "64")]
#[inline]
pub(super) fn double<S: Sink>(mut sink: S, value: f64) -> Result<S, S::Error> {
    let mut room = sink.grab();
    if let Some(window) = room.first_chunk_mut() {
        return match leaf::short_decimal(window, value) {
            0 => any_double(sink.give(room, 0)?, value, S::Dialect::EXPONENTS),
            len => sink.give(room, len),
        };
    }
    double_at_end(sink.give(room, 0)?, value)
}

#[cfg(target_pointer_width = "64")]
#[cold]
fn double_at_end<S: Sink>(sink: S, value: f64) -> Result<S, S::Error> {
    let mut window = [0; WINDOW];
    match leaf::short_decimal(&mut window, value) {
        0 => any_double(sink, value, S::Dialect::EXPONENTS),
        len => sink.spill(window.get(..len).unwrap_or_default()),
    }
}

/// Writes the shortest decimal that is read back as `value`.
#[cfg(not(target_pointer_width = "64"))]
#[inline]
pub(super) fn double<S: Sink>(sink: S, value: f64) -> Result<S, S::Error> {
    any_double(sink, value, S::Dialect::EXPONENTS)
}

#[inline(never)]
pub(super) fn any_double<S: Sink>(
    sink: S,
    value: f64,
    exponents: Exponents,
) -> Result<S, S::Error> {
    if !value.is_finite() {
        return not_finite(sink);
    }
    let mut buffer = Buffer::new();
    let text = buffer.format_finite(value).as_bytes();
    match (1e-3..1e16).contains(&value.abs()) {
        true => leaf::short(sink, text),
        false => respell(sink, text, exponents),
    }
}

/// Writes the shortest decimal that is read back as `value`, which is that of an `f32`.
#[inline(never)]
pub(super) fn single<S: Sink>(sink: S, value: f32, exponents: Exponents) -> Result<S, S::Error> {
    if !value.is_finite() {
        return not_finite(sink);
    }
    let mut buffer = Buffer::new();
    let text = buffer.format_finite(value).as_bytes();
    // The backends write an exponent at different powers of ten.
    match (1e-3..1e10).contains(&value.abs()) {
        true => leaf::short(sink, text),
        false => respell(sink, text, exponents),
    }
}

#[cold]
fn not_finite<S: Sink>(sink: S) -> Result<S, S::Error> {
    match S::Dialect::NULL_FOR_NOT_FINITE {
        true => sink.put(b"null"),
        false => Err(sink.fail(JsonError::NotFinite)),
    }
}

/// The most that is ever written: a sign, 17 digits, and a point with zeros or an exponent.
const LONGEST: usize = 32;

/// Writes the number that `text` is, an exponent spelled as the dialect does.
fn respell<S: Sink>(sink: S, text: &[u8], exponents: Exponents) -> Result<S, S::Error> {
    /// From this power of ten on, all dialects write an exponent.
    const MOST: i32 = 16;

    let number = Number::read(text);
    let digits = number.digits.get(..number.len).unwrap_or_default();
    let mut out = Text::default();
    if text.first() == Some(&b'-') {
        out.put(b"-");
    }
    let power = number.power;
    let (first, rest) = digits.split_first().unwrap_or((&b'0', &[]));
    if digits.is_empty() {
        out.put(b"0.0");
    } else if power < exponents.least || power >= MOST {
        out.put(&[*first]);
        if !rest.is_empty() {
            out.put(b".");
            out.put(rest);
        }
        out.put(if power < 0 { b"e-" } else { b"e+" });
        let mut room = [0; MAX_DIGITS];
        let power = decimal(power.unsigned_abs().into(), &mut room);
        if power.len() < exponents.digits {
            out.put(b"0");
        }
        out.put(power);
    } else if power < 0 {
        out.put(b"0.");
        (power..-1).for_each(|_| out.put(b"0"));
        out.put(digits);
    } else {
        let whole = power.unsigned_abs() as usize + 1;
        let (before, behind) = digits.split_at_checked(whole).unwrap_or((digits, &[]));
        out.put(before);
        (before.len()..whole).for_each(|_| out.put(b"0"));
        out.put(b".");
        out.put(if behind.is_empty() { b"0" } else { behind });
    }
    let len = LONGEST.saturating_sub(out.room);
    sink.spill(out.text.get(..len).unwrap_or_default())
}

/// A short text being put together.
struct Text {
    text: [u8; LONGEST],
    room: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            text: [0; LONGEST],
            room: LONGEST,
        }
    }
}

impl Text {
    fn put(&mut self, bytes: &[u8]) {
        let at = LONGEST.saturating_sub(self.room);
        let room = self.text.get_mut(at..).unwrap_or_default();
        for (to, byte) in room.iter_mut().zip(bytes) {
            *to = *byte;
        }
        self.room = self.room.saturating_sub(bytes.len());
    }
}

/// The significant digits of a decimal, and the power of ten of the first.
struct Number {
    digits: [u8; 17],
    len: usize,
    power: i32,
}

impl Number {
    /// Reads what a backend writes, with a point, an exponent, both or neither.
    fn read(text: &[u8]) -> Self {
        let mut number = Self {
            digits: [0; 17],
            len: 0,
            power: -1,
        };
        let mut bytes = text.iter();
        let mut is_whole = true;
        let mut exponent = None;
        let mut is_small = false;
        for byte in &mut bytes {
            match byte {
                b'.' => is_whole = false,
                b'e' => exponent = Some(0_i32),
                b'-' if exponent.is_some() => is_small = true,
                digit @ b'0'..=b'9' => match &mut exponent {
                    Some(exponent) => *exponent = *exponent * 10 + i32::from(digit - b'0'),
                    None => number.push(*digit, is_whole),
                },
                _ => {}
            }
        }
        let exponent = exponent.unwrap_or_default();
        number.power += if is_small { -exponent } else { exponent };
        while number.len > 0 && number.digits.get(number.len - 1) == Some(&b'0') {
            number.len -= 1;
        }
        number
    }

    fn push(&mut self, digit: u8, is_whole: bool) {
        let is_leading_zero = self.len == 0 && digit == b'0';
        match (is_whole, is_leading_zero) {
            (true, false) => self.power += 1,
            (false, true) => self.power -= 1,
            _ => {}
        }
        if !is_leading_zero && let Some(slot) = self.digits.get_mut(self.len) {
            *slot = digit;
            self.len += 1;
        }
    }
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

/// Whether a number is an integer of more than 64 bits.
pub(super) fn is_wide(number: &str) -> bool {
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
