//! The table as it lies in flash, packed at compile time.

use super::table::TYPES;
use crate::write::bytes::copy_at;

const _: () = assert!(TYPES.len() <= END as usize);

/// The bit of the byte that ends a row of [`KEYS`]; the others are the number of its type.
pub(super) const END: u8 = 0x80;

pub(super) fn is_end(byte: &u8) -> bool {
    *byte & END != 0
}

/// All extensions in the order of their bytes, each with the number of its type after it.
pub(super) static KEYS: [u8; keys_len()] = keys();
/// All types, one after the other.
pub(super) static TEXT: &str = match str::from_utf8(&TEXT_BYTES) {
    Ok(text) => text,
    Err(_) => "",
};
static TEXT_BYTES: [u8; text_len()] = text();
/// The places where types begin, and where the last one ends.
pub(super) static STARTS: [u16; TYPES.len() + 1] = starts();

const fn keys_len() -> usize {
    let mut len = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    while let [(_, extensions), tail @ ..] = types {
        len += extensions.len() + 1;
        types = tail;
    }
    len
}

const fn text_len() -> usize {
    let mut len = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    while let [(name, _), tail @ ..] = types {
        len += name.len();
        types = tail;
    }
    len
}

const fn keys<const N: usize>() -> [u8; N] {
    let mut keys = [0; N];
    let mut at = 0;
    let mut last: &[u8] = b"";
    while let Some((extension, number)) = next(last) {
        at = copy_at(&mut keys, at, extension);
        at = copy_at(&mut keys, at, &[number | END]);
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
        types = tail;
    }
    text
}

const fn starts<const N: usize>() -> [u16; N] {
    let mut starts = [0; N];
    let mut end = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    let all: &mut [u16] = &mut starts;
    let [_, ends @ ..] = all else {
        return starts;
    };
    let mut ends = ends;
    while let ([(name, _), tail @ ..], [to, rest @ ..]) = (types, ends) {
        end += name.len() as u16;
        *to = end;
        (types, ends) = (tail, rest);
    }
    starts
}

/// The first extension after `last` in the order of bytes, and the number of its type.
const fn next(last: &[u8]) -> Option<(&'static [u8], u8)> {
    let mut found: Option<(&[u8], u8)> = None;
    let mut types: &[(&str, &str)] = &TYPES;
    let mut number = 0;
    while let [(_, extensions), tail @ ..] = types {
        let mut words = extensions.as_bytes();
        while let Some((extension, rest)) = split_word(words) {
            let is_first = match found {
                Some((first, _)) => is_less(extension, first),
                None => true,
            };
            if is_first && is_less(last, extension) {
                found = Some((extension, number));
            }
            words = rest;
        }
        number += 1;
        types = tail;
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
