//! The spelling of exponents, in which the dialects differ.

use crate::json::rules::Exponents;
use crate::json::sink::interface::Sink;
use crate::write::decimal::{MAX_DIGITS, decimal};

/// The most that is ever written: a sign, 17 digits, and a point with zeros or an exponent.
const LONGEST: usize = 32;

/// Writes the number that `text` is, with an exponent spelled as the dialect does.
pub(super) fn respell<S: Sink>(sink: S, text: &[u8], exponents: Exponents) -> Result<S, S::Error> {
    let number = Number::read(text);
    let digits = number.digits.get(..number.len).unwrap_or_default();
    let mut out = Text::default();
    if text.first() == Some(&b'-') {
        out.append(b"-");
    }
    let power = number.power;
    let (first, rest) = digits.split_first().unwrap_or((&b'0', &[]));
    if digits.is_empty() {
        out.append(b"0.0");
    } else if power < exponents.least.into() || power >= exponents.most.into() {
        out.append(&[*first]);
        if !rest.is_empty() {
            out.append(b".");
            out.append(rest);
        }
        out.append(if power < 0 { b"e-" } else { b"e+" });
        let mut room = [0; MAX_DIGITS];
        let power = decimal(power.unsigned_abs().into(), &mut room);
        if power.len() < exponents.digits.into() {
            out.append(b"0");
        }
        out.append(power);
    } else if power < 0 {
        out.append(b"0.");
        (power..-1).for_each(|_| out.append(b"0"));
        out.append(digits);
    } else {
        let whole = power.unsigned_abs() as usize + 1;
        let (before, after) = digits.split_at_checked(whole).unwrap_or((digits, &[]));
        out.append(before);
        (before.len()..whole).for_each(|_| out.append(b"0"));
        out.append(b".");
        out.append(if after.is_empty() { b"0" } else { after });
    }
    let len = LONGEST.saturating_sub(out.room);
    sink.write_bytes(out.text.get(..len).unwrap_or_default())
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
    fn append(&mut self, bytes: &[u8]) {
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
