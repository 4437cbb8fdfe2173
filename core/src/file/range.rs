//! Byte ranges, RFC 9110 § 14.

use heapless::VecView;

use crate::field::list::Members;

/// Bytes of a file that follow each other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Span {
    pub(crate) offset: u64,
    pub(crate) len: u64,
}

impl Span {
    pub(crate) const EMPTY: Self = Self { offset: 0, len: 0 };

    /// The place after the last byte.
    pub(crate) const fn end(self) -> u64 {
        self.offset.saturating_add(self.len)
    }

    /// True if no byte lies between the two.
    const fn touches(self, other: Self) -> bool {
        self.len != 0 && self.offset <= other.end() && other.offset <= self.end()
    }

    /// Both, and the bytes between them.
    fn join(self, other: Self) -> Self {
        let offset = self.offset.min(other.offset);
        Self {
            offset,
            len: self.end().max(other.end()).saturating_sub(offset),
        }
    }
}

/// The request of a `range` field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    /// A field that means nothing, for this reason.
    Malformed(&'static str),
    /// The ranges in the store.
    Parts,
    /// Ranges of which none has a byte.
    Unsatisfiable,
    /// The field is ignored.
    Whole,
}

/// Reads the field for a file of `len` bytes. The store gets the ranges that have bytes, in the
/// order of the request; ranges that overlap or touch are one, where the first of them stood. So
/// together they are no longer than the file. More ranges than the store has room for are ignored,
/// and so is the field where it has none.
pub(crate) fn read(field: &[u8], len: u64, spans: &mut VecView<Span>) -> Asked {
    if spans.capacity() == 0 {
        return Asked::Whole;
    }
    let field = field.trim_ascii_start();
    let Some(equals) = field.iter().position(|byte| *byte == b'=') else {
        return Asked::Malformed("Malformed range header.");
    };
    let (unit, set) = field.split_at_checked(equals).unwrap_or_default();
    let set = set.get(1..).unwrap_or_default();
    // RFC 9110 § 14.2: other units are ignored.
    if !unit.eq_ignore_ascii_case(b"bytes") {
        return Asked::Whole;
    }
    let commas = set.iter().filter(|byte| **byte == b',').count();
    if commas >= spans.capacity() {
        return Asked::Whole;
    }
    let (mut valid, mut invalid, mut inverted, mut all) = (false, false, false, false);
    for member in Members(set) {
        let Some((offset, last)) = bounds(member, len) else {
            invalid = true;
            continue;
        };
        valid = true;
        // RFC 9110 § 14.1.2: the last bytes of an empty file are all of it.
        all |= len == 0 && member.first() == Some(&b'-') && offset == 0;
        match last.checked_sub(offset) {
            Some(more) if offset < len => add(
                spans,
                Span {
                    offset,
                    len: more.saturating_add(1).min(len.saturating_sub(offset)),
                },
            ),
            Some(_) => {}
            None => inverted = true,
        }
    }
    match (valid, invalid, spans.is_empty()) {
        (false, ..) => Asked::Malformed("Range header: range must be requested"),
        (true, true, _) => Asked::Whole,
        (true, false, _) if inverted => {
            Asked::Malformed("Range header: start must be less than end")
        }
        (true, false, true) if all => Asked::Whole,
        (true, false, true) => Asked::Unsatisfiable,
        (true, false, false) => Asked::Parts,
    }
}

/// The first and the last byte that a member of the set means, where the file is long enough;
/// RFC 9110 § 14.1.2.
fn bounds(member: &[u8], len: u64) -> Option<(u64, u64)> {
    let dash = member.iter().position(|byte| *byte == b'-')?;
    let (first, last) = member.split_at_checked(dash)?;
    match (first, last.get(1..)?) {
        (b"", suffix) => match number(suffix)? {
            0 => Some((u64::MAX, u64::MAX)),
            suffix => Some((len.saturating_sub(suffix), u64::MAX)),
        },
        (first, b"") => Some((number(first)?, u64::MAX)),
        (first, last) => Some((number(first)?, number(last)?)),
    }
}

/// `1*DIGIT`; what is too large counts as the largest.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, byte| match byte {
        b'0'..=b'9' => Some(
            number
                .saturating_mul(10)
                .saturating_add((byte - b'0').into()),
        ),
        _ => None,
    })
}

/// Adds a range to those that it touches, or after all. The store has room.
fn add(spans: &mut VecView<Span>, span: Span) {
    let mut joined = span;
    let mut place = None;
    while let Some((at, other)) = spans
        .iter_mut()
        .enumerate()
        .find(|(_, other)| other.touches(joined))
    {
        joined = joined.join(*other);
        other.len = 0;
        place = Some(place.map_or(at, |place: usize| place.min(at)));
    }
    match place.and_then(|at| spans.get_mut(at)) {
        Some(place) => *place = joined,
        None => {
            let _ = spans.push(joined);
        }
    }
    spans.retain(|span| span.len != 0);
}
