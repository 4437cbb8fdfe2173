//! Strings, with escapes where they are needed.

use core::mem::take;

use super::plain::{BLANKS, any_escape, escapes};
use crate::json::rules::Rules;

/// A string is tried at once, before it is written in fragments.
pub(in crate::json) const STRING_AT_ONCE: bool = true;

/// Writes `text` as a string to the front of `to`, if it fits, and counts the bytes.
#[inline(never)]
pub(in crate::json) fn string<D: Rules>(to: &mut [u8], text: &[u8]) -> Option<usize> {
    // No call but the last: so little is saved on the stack.
    if text.len() <= 64
        && let Some(place) = to.get_mut(..text.len() + 2)
        && let Some((first, place)) = place.split_first_mut()
        && let Some((last, place)) = place.split_last_mut()
    {
        *first = b'"';
        *last = b'"';
        if copy_clean::<D>(place, text) {
            return Some(text.len() + 2);
        }
    }
    escaped_string::<D>(to, text)
}

#[inline(never)]
fn escaped_string<D: Rules>(to: &mut [u8], text: &[u8]) -> Option<usize> {
    let (quote, to) = to.split_first_mut()?;
    *quote = b'"';
    let (read, written) = escape::<D>(to, text);
    let end = to.get_mut(written)?;
    *end = b'"';
    (read == text.len()).then_some(written + 2)
}

/// Copies `text` to `to`, which have the same length of up to 64 bytes, and tells whether no byte
/// needs an escape.
#[inline(always)]
fn copy_clean<D: Rules>(to: &mut [u8], text: &[u8]) -> bool {
    if let Some([first, last]) = copy_ends::<32>(to, text) {
        !(any_escape::<D, 32>(&first) | any_escape::<D, 32>(&last))
    } else if let Some([first, last]) = copy_ends::<16>(to, text) {
        !(any_escape::<D, 16>(&first) | any_escape::<D, 16>(&last))
    } else if let Some([first, last]) = copy_ends::<8>(to, text) {
        let (first, last) = (u64::from_le_bytes(first), u64::from_le_bytes(last));
        escapes::<D>(first) | escapes::<D>(last) == 0
    } else if let Some([first, last]) = copy_ends::<4>(to, text) {
        let (first, last) = (u32::from_le_bytes(first), u32::from_le_bytes(last));
        escapes::<D>(u64::from(first) | (u64::from(last) << 32)) == 0
    } else if let Some([first, last]) = copy_ends::<2>(to, text) {
        let (first, last) = (u16::from_le_bytes(first), u16::from_le_bytes(last));
        escapes::<D>(u64::from(first) | (u64::from(last) << 16) | (BLANKS << 32)) == 0
    } else if let Some([byte, _]) = copy_ends::<1>(to, text) {
        escapes::<D>(u64::from(byte[0]) | (BLANKS << 8)) == 0
    } else {
        true
    }
}

/// Copies the first and the last `N` bytes, where there are as many.
#[inline(always)]
fn copy_ends<const N: usize>(to: &mut [u8], text: &[u8]) -> Option<[[u8; N]; 2]> {
    let (first, last) = (*text.first_chunk::<N>()?, *text.last_chunk::<N>()?);
    *to.first_chunk_mut::<N>()? = first;
    *to.last_chunk_mut::<N>()? = last;
    Some([first, last])
}

/// Room for 32 bytes, each escaped, and for what is written over.
const AMPLE: usize = 32 * 6 + 2;

/// Writes as much of `text` to `to` as fits, with escapes, of which none is split, and counts the
/// bytes that were read and those that were written.
#[inline(never)]
pub(in crate::json) fn escape<D: Rules>(to: &mut [u8], text: &[u8]) -> (usize, usize) {
    let (len, room) = (text.len(), to.len());
    let (mut to, mut text) = (to, text);
    while let Some(window) = to.first_chunk_mut::<AMPLE>() {
        let Some((block, after)) = text.split_first_chunk::<32>() else {
            let written = escape_end::<D>(window, text);
            return (len, room - to.len() + written);
        };
        if any_escape::<D, 32>(block) {
            let written = escape_some::<D>(window, block);
            to = take(&mut to).get_mut(written..).unwrap_or_default();
            text = after;
        } else if let Some((place, rest)) = take(&mut to).split_first_chunk_mut::<32>() {
            *place = *block;
            let clean = copy_clean_blocks::<D>(rest, after);
            to = rest.get_mut(clean..).unwrap_or_default();
            text = after.get(clean..).unwrap_or_default();
        }
    }
    while let Some((byte, after)) = text.split_first() {
        if to.len() >= 8
            && let Some((block, after)) = text.split_first_chunk::<8>()
            && escapes::<D>(u64::from_le_bytes(*block)) == 0
            && let Some((place, room)) = take(&mut to).split_first_chunk_mut::<8>()
        {
            *place = *block;
            (text, to) = (after, room);
            continue;
        }
        let (escaped, written) = escaped_byte::<D>(*byte);
        if to.len() < written {
            break;
        }
        let (place, rest) = take(&mut to)
            .split_at_mut_checked(written)
            .unwrap_or_default();
        for (to, byte) in place.iter_mut().zip(escaped) {
            *to = byte;
        }
        (text, to) = (after, rest);
    }
    (len - text.len(), room - to.len())
}

/// Copies the blocks of 32 bytes before the first that has a byte to escape, and counts the bytes.
/// That block is copied, too, and written over.
#[inline(always)]
fn copy_clean_blocks<D: Rules>(to: &mut [u8], text: &[u8]) -> usize {
    let mut clean = 0;
    for (to, block) in to
        .as_chunks_mut::<32>()
        .0
        .iter_mut()
        .zip(text.as_chunks::<32>().0)
    {
        *to = *block;
        if any_escape::<D, 32>(block) {
            break;
        }
        clean += 32;
    }
    clean
}

/// Writes fewer than 32 bytes, and counts those that it wrote.
#[inline(always)]
fn escape_end<D: Rules>(window: &mut [u8; AMPLE], text: &[u8]) -> usize {
    if let Some(place) = window.get_mut(..text.len())
        && copy_clean::<D>(place, text)
    {
        return text.len();
    }
    escape_some::<D>(window, text)
}

/// Writes up to 32 bytes of which some need an escape, and counts those that it wrote.
#[inline(always)]
fn escape_some<D: Rules>(window: &mut [u8; AMPLE], text: &[u8]) -> usize {
    let mut end = 0;
    let mut text = text;
    while let Some((block, after)) = text.split_first_chunk::<8>() {
        match escapes::<D>(u64::from_le_bytes(*block)) {
            0 => {
                write_at(window, end, *block);
                end += 8;
            }
            _ => end = escape_few::<D>(window, end, block),
        }
        text = after;
    }
    escape_few::<D>(window, end, text)
}

#[inline(always)]
fn write_at(window: &mut [u8; AMPLE], at: usize, bytes: [u8; 8]) {
    // At most 31 escapes of six bytes are before the last.
    if let Some(to) = window
        .get_mut(at..)
        .and_then(|to| to.first_chunk_mut::<8>())
    {
        *to = bytes;
    }
}

/// Writes up to eight bytes at `at` without asking which need an escape, and tells where they end.
#[inline(always)]
fn escape_few<D: Rules>(window: &mut [u8; AMPLE], at: usize, text: &[u8]) -> usize {
    let mut end = at;
    for byte in text {
        let (escaped, written) = escaped_byte::<D>(*byte);
        write_at(window, end, escaped);
        end += written;
    }
    end
}

#[inline(always)]
fn escaped_byte<D: Rules>(byte: u8) -> ([u8; 8], usize) {
    let escaped = D::ESCAPES
        .get(usize::from(byte))
        .copied()
        .unwrap_or_default();
    (escaped.to_le_bytes(), (escaped >> 56) as usize)
}
