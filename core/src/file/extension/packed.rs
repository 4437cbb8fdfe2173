//! The table as it lies in flash, packed at compile time.

use super::table::TYPES;
use crate::write::bytes::copy_at;

/// The bit of the byte that ends a row of [`KEYS`].
const END: u8 = 0x80;

pub(super) fn is_end(byte: &u8) -> bool {
    *byte & END != 0
}

/// The bytes that end a row: the place of its type in [`TEXT`], seven bits each.
const fn row_end(place: usize) -> [u8; 2] {
    assert!(place >> 14 == 0, "the types are too long");
    [(place & 0x7f) as u8, (place >> 7) as u8 | END]
}

/// The place that a row tells.
pub(super) fn place([low, end]: [u8; 2]) -> usize {
    usize::from(end & !END) << 7 | usize::from(low)
}

/// All extensions in the order of their bytes, each with the place of its type after it.
pub(super) static KEYS: [u8; keys_len()] = keys();
/// All types, each with a blank after it.
pub(super) static TEXT: &str = match str::from_utf8(&TEXT_BYTES) {
    Ok(text) => text,
    Err(_) => "",
};
static TEXT_BYTES: [u8; text_len()] = text();

/// An extension, and the place of its type.
type Row = (&'static [u8], usize);

const ROWS: &[Row; count()] = &rows();

const fn count() -> usize {
    let mut count = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    while let [(_, extensions), tail @ ..] = types {
        let mut words = extensions.as_bytes();
        while let Some((_, rest)) = split_word(words) {
            count += 1;
            words = rest;
        }
        types = tail;
    }
    count
}

/// All rows in the order of the table.
const fn rows<const N: usize>() -> [Row; N] {
    let none: &[u8] = b"";
    let mut rows = [(none, 0); N];
    let mut free: &mut [Row] = &mut rows;
    let mut types: &[(&str, &str)] = &TYPES;
    let mut words: &[u8] = b"";
    let (mut place, mut end) = (0, 0);
    while let [row, others @ ..] = free {
        if words.is_empty()
            && let [(name, extensions), tail @ ..] = types
        {
            (place, end) = (end, end + name.len() + 1);
            (words, types) = (extensions.as_bytes(), tail);
        }
        if let Some((extension, rest)) = split_word(words) {
            *row = (extension, place);
            words = rest;
        }
        free = others;
    }
    rows
}

const fn keys_len() -> usize {
    let mut len = 0;
    let mut rows: &[Row] = ROWS;
    while let [(extension, _), tail @ ..] = rows {
        len += extension.len() + 2;
        rows = tail;
    }
    len
}

const fn text_len() -> usize {
    let mut len = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    while let [(name, _), tail @ ..] = types {
        len += name.len() + 1;
        types = tail;
    }
    len
}

const fn keys<const N: usize>() -> [u8; N] {
    let mut keys = [0; N];
    let mut at = 0;
    let mut last: &[u8] = b"";
    while let Some((extension, place)) = next(last) {
        at = copy_at(&mut keys, at, extension);
        at = copy_at(&mut keys, at, &row_end(place));
        last = extension;
    }
    keys
}

const fn text<const N: usize>() -> [u8; N] {
    let mut text = [0; N];
    let mut at = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    while let [(name, _), tail @ ..] = types {
        at = copy_at(&mut text, at, name.as_bytes());
        at = copy_at(&mut text, at, b" ");
        types = tail;
    }
    text
}

/// The first row after the extension `last` in the order of bytes.
const fn next(last: &[u8]) -> Option<Row> {
    let mut found: Option<Row> = None;
    let mut rows: &[Row] = ROWS;
    while let [row, tail @ ..] = rows {
        let is_first = match found {
            Some((first, _)) => is_less(row.0, first),
            None => true,
        };
        if is_first && is_less(last, row.0) {
            found = Some(*row);
        }
        rows = tail;
    }
    found
}

/// The bytes up to a blank, and those after it.
const fn split_word(words: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = words;
    while let [byte, tail @ ..] = rest {
        if *byte == b' ' {
            break;
        }
        rest = tail;
    }
    match (words.split_at_checked(words.len() - rest.len()), rest) {
        (Some(([], _)) | None, _) => None,
        (Some((word, _)), [_, rest @ ..]) => Some((word, rest)),
        (Some((word, _)), []) => Some((word, b"")),
    }
}

const fn is_less(left: &[u8], right: &[u8]) -> bool {
    let (mut left, mut right) = (left, right);
    while let ([a, rest @ ..], [b, other @ ..]) = (left, right) {
        if *a != *b {
            return *a < *b;
        }
        (left, right) = (rest, other);
    }
    left.len() < right.len()
}
