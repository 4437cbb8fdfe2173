//! The rules of RFC 9110 § 14 for a `range` field, told plainly: lists, sorting and 128 bits.

/// The answer that a `GET` of a file is to get.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// The first byte and the one after the last, in the order of the parts.
    Parts(Vec<(u128, u128)>),
    /// 400 with this text.
    Refused(&'static str),
    Unsatisfiable,
    Whole,
}

/// A member of the set.
enum Member {
    /// Its last bytes, of a file that has none: RFC 9110 § 14.1.2 has all of it chosen.
    AllOfNothing,
    Beyond,
    Inverted,
    NoRange,
    Range(u128, u128),
}

/// The answer for a file of `len` bytes, of which at most `most` ranges are sent.
pub fn answer(field: &[u8], len: u64, most: usize) -> Answer {
    let mut halves = field.splitn(2, |byte| *byte == b'=');
    let (Some(unit), Some(set)) = (halves.next(), halves.next()) else {
        return Answer::Refused("Malformed range header.");
    };
    let blanks = unit.iter().take_while(|byte| is_blank(**byte)).count();
    if !unit[blanks..].eq_ignore_ascii_case(b"bytes") {
        return Answer::Whole;
    }
    let members: Vec<&[u8]> = set.split(|byte| *byte == b',').collect();
    if members.len() > most {
        return Answer::Whole;
    }
    let members: Vec<Member> = members
        .into_iter()
        .map(trimmed)
        .filter(|member| !member.is_empty())
        .map(|text| member(text, u128::from(len)))
        .collect();
    let count = |is: fn(&Member) -> bool| members.iter().filter(|member| is(member)).count();
    let invalid = count(|member| matches!(member, Member::NoRange));
    if invalid == members.len() {
        return Answer::Refused("Range header: range must be requested");
    }
    if invalid > 0 {
        return Answer::Whole;
    }
    if count(|member| matches!(member, Member::Inverted)) > 0 {
        return Answer::Refused("Range header: start must be less than end");
    }
    let ranges: Vec<(u128, u128)> = members
        .iter()
        .filter_map(|member| match member {
            Member::Range(start, end) => Some((*start, *end)),
            _ => None,
        })
        .collect();
    match ranges.is_empty() {
        true if count(|member| matches!(member, Member::AllOfNothing)) > 0 => Answer::Whole,
        true => Answer::Unsatisfiable,
        false => Answer::Parts(joined(&ranges)),
    }
}

fn is_blank(byte: u8) -> bool {
    b" \t\n\r\x0c".contains(&byte)
}

/// A member without optional white space, RFC 9110 § 5.6.3.
fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

fn member(text: &[u8], len: u128) -> Member {
    let Some(dash) = text.iter().position(|byte| *byte == b'-') else {
        return Member::NoRange;
    };
    let (first, last) = (&text[..dash], &text[dash + 1..]);
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if last < first => return Member::Inverted,
        (Some(first), Some(last)) => (first, last + 1),
        (Some(first), None) if last.is_empty() => (first, len.max(first + 1)),
        (None, Some(1..)) if first.is_empty() && len == 0 => return Member::AllOfNothing,
        (None, Some(suffix)) if first.is_empty() => (len - suffix.min(len), len),
        _ => return Member::NoRange,
    };
    match range {
        (start, _) if start >= len => Member::Beyond,
        (start, end) => Member::Range(start, end.min(len)),
    }
}

/// A number, or the largest of 64 bits, which no byte of a file has.
fn number(digits: &[u8]) -> Option<u128> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let largest = u128::from(u64::MAX);
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    let text = std::str::from_utf8(&digits[zeros..]).expect("digits");
    match text.len() {
        0 => Some(0),
        1..=30 => text.parse().ok().map(|number: u128| number.min(largest)),
        _ => Some(largest),
    }
}

/// Joins the ranges that overlap or touch; each stands where the first of its parts stood.
fn joined(ranges: &[(u128, u128)]) -> Vec<(u128, u128)> {
    let mut sorted: Vec<(usize, (u128, u128))> = ranges.iter().copied().enumerate().collect();
    sorted.sort_by_key(|(_, range)| *range);
    let mut groups: Vec<(usize, (u128, u128))> = Vec::new();
    for (place, (start, end)) in sorted {
        match groups.last_mut() {
            Some((first, (_, before))) if start <= *before => {
                *first = place.min(*first);
                *before = end.max(*before);
            }
            _ => groups.push((place, (start, end))),
        }
    }
    groups.sort_by_key(|(place, _)| *place);
    groups.into_iter().map(|(_, range)| range).collect()
}

/// A part of `multipart/byteranges`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    pub content_type: String,
    pub first: u64,
    pub last: u64,
    /// The length of the file.
    pub len: u64,
    pub bytes: Vec<u8>,
}

/// Reads a body as RFC 2046 § 5.1.1 and RFC 9110 § 14.6 say; every byte is accounted for.
///
/// # Errors
///
/// What is wrong, for people.
pub fn parts(mut body: &[u8], boundary: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let delimiter = format!("--{boundary}");
    body = body
        .strip_prefix(delimiter.as_bytes())
        .ok_or("it begins with no boundary")?;
    loop {
        if body == b"--" {
            return Ok(parts);
        }
        body = body.strip_prefix(b"\r\n").ok_or("no line end")?;
        let end = body
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .ok_or("no end of a head")?;
        let head = std::str::from_utf8(&body[..end]).map_err(|error| error.to_string())?;
        body = &body[end + 4..];
        let (mut content_type, mut range) = (None, None);
        for line in head.split("\r\n") {
            match line.split_once(": ") {
                Some(("Content-Type", value)) if content_type.is_none() => {
                    content_type = Some(value.to_owned());
                }
                Some(("Content-Range", value)) if range.is_none() => {
                    range = Some(content_range(value)?);
                }
                _ => return Err(format!("the line {line:?}")),
            }
        }
        let (first, last, len) = range.ok_or("no content-range")?;
        let size = usize::try_from(last - first + 1).map_err(|error| error.to_string())?;
        let bytes = body.get(..size).ok_or("a part is cut short")?.to_vec();
        body = body[size..]
            .strip_prefix(format!("\r\n{delimiter}").as_bytes())
            .ok_or("no boundary after a part")?;
        parts.push(Part {
            content_type: content_type.ok_or("no content-type")?,
            first,
            last,
            len,
            bytes,
        });
    }
}

/// Reads `bytes 0-1/2`.
///
/// # Errors
///
/// What is wrong, for people.
pub fn content_range(value: &str) -> Result<(u64, u64, u64), String> {
    let wrong = || format!("the content-range {value:?}");
    let (range, len) = value
        .strip_prefix("bytes ")
        .and_then(|value| value.split_once('/'))
        .ok_or_else(wrong)?;
    let (first, last) = range.split_once('-').ok_or_else(wrong)?;
    let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
    let (first, last, len) = (number(first)?, number(last)?, number(len)?);
    match first <= last && last < len && value == format!("bytes {first}-{last}/{len}") {
        true => Ok((first, last, len)),
        false => Err(wrong()),
    }
}
