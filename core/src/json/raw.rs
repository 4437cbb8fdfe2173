//! Text that is JSON already, RFC 8259, as somebody else wrote it.

use super::number::syntax::after_number;
use crate::error::JsonError;
#[cfg(test)]
use crate::write::bytes::moves;

/// Checks that `text` is JSON, with at most `depth` arrays and objects one in another.
pub(super) fn check(text: &str, depth: u8) -> Result<(), JsonError> {
    #[cfg(test)]
    moves::add(text.len());
    let mut nesting = Nesting {
        objects: [0; 8],
        level: 0,
        most: depth,
    };
    let mut rest = text.as_bytes();
    loop {
        rest = match after_blanks(rest) {
            [b'[', inside @ ..] => {
                nesting.open(false)?;
                match after_blanks(inside) {
                    [b']', ..] => after_blanks(inside),
                    value => {
                        rest = value;
                        continue;
                    }
                }
            }
            [b'{', inside @ ..] => {
                nesting.open(true)?;
                match after_blanks(inside) {
                    [b'}', ..] => after_blanks(inside),
                    name => {
                        rest = after_name(name)?;
                        continue;
                    }
                }
            }
            scalar => after_scalar(scalar)?,
        };
        rest = loop {
            rest = after_blanks(rest);
            rest = match (nesting.is_in_object(), rest) {
                (None, []) => return Ok(()),
                (Some(false), [b',', next @ ..]) => break next,
                (Some(true), [b',', next @ ..]) => break after_name(next)?,
                (Some(false), [b']', after @ ..]) | (Some(true), [b'}', after @ ..]) => after,
                _ => return Err(JsonError::NotJson),
            };
            nesting.level = nesting.level.wrapping_sub(1);
        };
    }
}

/// Tells whether `text` is null.
#[cfg(feature = "serde")]
pub(super) fn is_null(text: &str) -> bool {
    let rest = after_blanks(text.as_bytes()).strip_prefix(b"null");
    rest.is_some_and(|rest| after_blanks(rest).is_empty())
}

/// The arrays and objects around a value.
struct Nesting {
    /// A bit for each that is an object.
    objects: [u32; 8],
    level: u8,
    most: u8,
}

impl Nesting {
    fn open(&mut self, is_object: bool) -> Result<(), JsonError> {
        if self.level >= self.most {
            return Err(JsonError::Depth);
        }
        let bit = 1 << (self.level & 31);
        if let Some(objects) = self.objects.get_mut(usize::from(self.level >> 5)) {
            *objects = if is_object {
                *objects | bit
            } else {
                *objects & !bit
            };
        }
        self.level = self.level.wrapping_add(1);
        Ok(())
    }

    /// Tells whether the innermost is an object, if there is any.
    fn is_in_object(&self) -> Option<bool> {
        let level = self.level.checked_sub(1)?;
        let objects = self.objects.get(usize::from(level >> 5))?;
        Some(objects >> (level & 31) & 1 != 0)
    }
}

fn after_blanks(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let [b' ' | b'\t' | b'\n' | b'\r', tail @ ..] = rest {
        rest = tail;
    }
    rest
}

/// Goes over the name of a member, and its colon.
fn after_name(text: &[u8]) -> Result<&[u8], JsonError> {
    match after_blanks(text) {
        [b'"', name @ ..] => match after_blanks(after_string(name)?) {
            [b':', value @ ..] => Ok(value),
            _ => Err(JsonError::NotJson),
        },
        _ => Err(JsonError::NotJson),
    }
}

fn after_scalar(text: &[u8]) -> Result<&[u8], JsonError> {
    match text {
        [b'"', string @ ..] => after_string(string),
        [b't', b'r', b'u', b'e', rest @ ..]
        | [b'f', b'a', b'l', b's', b'e', rest @ ..]
        | [b'n', b'u', b'l', b'l', rest @ ..] => Ok(rest),
        _ => after_number(text).ok_or(JsonError::NotJson),
    }
}

/// Goes over a string, of which the first quote was read.
fn after_string(text: &[u8]) -> Result<&[u8], JsonError> {
    let mut rest = text;
    loop {
        rest = match rest {
            [b'"', rest @ ..] => return Ok(rest),
            [b'\\', b'u', a, b, c, d, rest @ ..]
                if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) =>
            {
                rest
            }
            [
                b'\\',
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                rest @ ..,
            ] => rest,
            [b'\\', ..] | [..0x20, ..] | [] => return Err(JsonError::NotJson),
            [_, rest @ ..] => rest,
        };
    }
}
