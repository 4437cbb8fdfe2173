//! The set for 64-bit targets.

use core::mem::take;

use super::super::dialect::Dialect;
use super::super::sink::WINDOW;
use super::super::{JsonError, Sink};
use crate::bytes::copy;

#[inline(always)]
pub(in super::super) fn put<S: Sink, const N: usize>(
    mut sink: S,
    bytes: &[u8; N],
) -> Result<S, JsonError> {
    if let Some(to) = sink.room().first_chunk_mut::<N>() {
        *to = *bytes;
        return sink.advance(N);
    }
    sink.spill(bytes)
}

/// Writes a text that has no more than 32 bytes.
#[inline]
pub(in super::super) fn short<S: Sink>(mut sink: S, text: &[u8]) -> Result<S, JsonError> {
    if let Some(to) = sink.room().get_mut(..text.len()) {
        copy(to, text);
        return sink.advance(text.len());
    }
    sink.spill(text)
}

#[inline(always)]
pub(in super::super) fn boolean<S: Sink>(mut sink: S, value: bool) -> Result<S, JsonError> {
    let (text, len) = match value {
        true => (b"true\0\0\0\0", 4),
        false => (b"false\0\0\0", 5),
    };
    if let Some(to) = sink.room().first_chunk_mut::<8>() {
        *to = *text;
        return sink.advance(len);
    }
    sink.spill(text.get(..len).unwrap_or_default())
}

#[inline(always)]
pub(in super::super) fn unsigned_32<S: Sink>(sink: S, value: u32) -> Result<S, JsonError> {
    unsigned(sink, value.into())
}

#[inline(always)]
pub(in super::super) fn signed_32<S: Sink>(sink: S, value: i32) -> Result<S, JsonError> {
    signed(sink, value.into())
}

#[inline(always)]
pub(in super::super) fn unsigned<S: Sink>(sink: S, value: u64) -> Result<S, JsonError> {
    sink.window(|window| digits(window, 0, value))
}

#[inline(always)]
pub(in super::super) fn signed<S: Sink>(sink: S, value: i64) -> Result<S, JsonError> {
    sink.window(|window| {
        window[0] = b'-';
        digits(window, usize::from(value < 0), value.unsigned_abs())
    })
}

/// Eight digits of `value`, which is below 10^8, the first in the top byte: two halves, then
/// quarters, then digits, all at once.
#[inline(always)]
const fn eight_digits(value: u64) -> u64 {
    const BY_10_000: u64 = (1 << 32) - 10_000;
    const BY_100: u64 = (1 << 16) - 100;
    const BY_10: u64 = (1 << 8) - 10;
    // In each lane the quotient goes above the remainder: v + q (2^n - d) = q 2^n + (v - q d). The
    // quotients are by multiplication with a scaled reciprocal, exact in the range of the lane.
    let halves =
        value.wrapping_add(BY_10_000.wrapping_mul((value.wrapping_mul(0x068d_b8bb)) >> 40));
    let quarters = halves.wrapping_add(
        BY_100.wrapping_mul((halves.wrapping_mul(0x147b) >> 19) & 0x0000_007f_0000_007f),
    );
    quarters.wrapping_add(
        BY_10.wrapping_mul((quarters.wrapping_mul(0x67) >> 10) & 0x000f_000f_000f_000f),
    )
}

const ZEROS: u64 = 0x3030_3030_3030_3030;
const EIGHT: u64 = 100_000_000;

/// Writes `value` at `at`, which is at most 1; where it ends.
#[inline(always)]
pub(in super::super) fn digits(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    let at = at & 1;
    if value < 10 {
        if let Some(digit) = window.get_mut(at) {
            *digit = b'0' + value as u8;
        }
        at + 1
    } else if value < EIGHT {
        first_digits(window, at, value)
    } else {
        many_digits(window, at, value)
    }
}

/// Writes `value`, which is below 10^8, without leading zeros.
#[inline(always)]
fn first_digits(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    let digits = eight_digits(value);
    let zeros = (digits | 1).leading_zeros() / 8;
    put_eight(window, at, (digits << (zeros * 8)) | ZEROS);
    at + 8 - zeros as usize
}

#[inline(always)]
fn put_eight(window: &mut [u8; WINDOW], at: usize, text: u64) {
    // At most 17, with a sign and 16 digits before.
    if let Some(to) = window
        .get_mut(at & 31..)
        .and_then(|to| to.first_chunk_mut::<8>())
    {
        *to = text.to_be_bytes();
    }
}

#[inline(never)]
fn many_digits(window: &mut [u8; WINDOW], at: usize, value: u64) -> usize {
    let (rest, last) = (value / EIGHT, value % EIGHT);
    let (end, middle) = match rest < EIGHT {
        true => (first_digits(window, at, rest), None),
        false => (first_digits(window, at, rest / EIGHT), Some(rest % EIGHT)),
    };
    let end = match middle {
        Some(middle) => {
            put_eight(window, end, eight_digits(middle) | ZEROS);
            end + 8
        }
        None => end,
    };
    put_eight(window, end, eight_digits(last) | ZEROS);
    end + 8
}

/// Writes `value` as a decimal where at most six digits behind the point say it; its length, or 0.
///
/// `value` times 10^6 is then a whole number below 10^15, so the decimal has at most 15 significant
/// digits. Two such decimals are never read as the same `f64`, so it is the shortest.
#[inline(always)]
pub(in super::super) fn short_decimal(window: &mut [u8; WINDOW], value: f64) -> usize {
    let magnitude = value.abs();
    if !(1e-3..1e9).contains(&magnitude) && magnitude != 0.0 {
        return 0;
    }
    let millionths = (magnitude * 1e6 + 0.5) as u64;
    if millionths as f64 / 1e6 != magnitude {
        return 0;
    }
    window[0] = b'-';
    let whole = millionths / 1_000_000;
    let point = digits(window, usize::from(value.is_sign_negative()), whole) & 15;
    if let Some(to) = window.get_mut(point) {
        *to = b'.';
    }
    // Six digits, then "00"; at least one of them is kept.
    let fraction = eight_digits(millionths % 1_000_000 * 100);
    put_eight(window, point + 1, fraction | ZEROS);
    let zeros = (fraction | 1 << 56).trailing_zeros() / 8;
    point + 9 - zeros as usize
}

/// Writes `separator` and a member's name with its colon. Where the name is known at compile time,
/// so is whether it needs an escape, and its length.
#[inline(always)]
pub(in super::super) fn key<S: Sink>(
    mut sink: S,
    separator: u8,
    name: &str,
) -> Result<S, JsonError> {
    let name_bytes = name.as_bytes();
    if is_plain::<S::Dialect>(name_bytes)
        && let Some(place) = sink.room().get_mut(..name_bytes.len() + 4)
        && let Some((before, place)) = place.split_first_chunk_mut::<2>()
        && let Some((place, behind)) = place.split_last_chunk_mut::<2>()
        && place.len() == name_bytes.len()
    {
        *before = [separator, b'"'];
        place.copy_from_slice(name_bytes);
        *behind = *b"\":";
        return sink.advance(name_bytes.len() + 4);
    }
    any_key(sink, separator, name)
}

#[inline(never)]
fn any_key<S: Sink>(sink: S, separator: u8, name: &str) -> Result<S, JsonError> {
    sink.put(&[separator])?.string(name)?.put(b":")
}

/// Whether no byte of `name` needs an escape; without a loop up to 16 bytes, so that the compiler
/// answers for a constant.
#[inline(always)]
fn is_plain<D: Dialect>(name: &[u8]) -> bool {
    let (Some(first), Some(last)) = (name.first_chunk::<8>(), name.last_chunk::<8>()) else {
        return escapes::<D>(few(name)) == 0;
    };
    let mut found = escapes::<D>(u64::from_le_bytes(*first));
    found |= escapes::<D>(u64::from_le_bytes(*last));
    let mut rest = if name.len() > 16 { name } else { &[] };
    while rest.len() > 8
        && let Some((word, behind)) = rest.split_first_chunk::<8>()
    {
        found |= escapes::<D>(u64::from_le_bytes(*word));
        rest = behind;
    }
    found == 0
}

/// Up to seven bytes, with blanks behind.
#[inline(always)]
fn few(bytes: &[u8]) -> u64 {
    let len = bytes.len();
    let word =
        if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            let first = u64::from(u32::from_le_bytes(*first));
            let last = u64::from(u32::from_le_bytes(*last));
            first | (last << ((len.wrapping_sub(4) & 3) * 8))
        } else if let (Some(first), Some(middle), Some(last)) =
            (bytes.first(), bytes.get(len / 2), bytes.last())
        {
            u64::from(*first)
                | u64::from(*middle) << ((len / 2 & 7) * 8)
                | u64::from(*last) << ((len.wrapping_sub(1) & 7) * 8)
        } else {
            0
        };
    word | (0x2020_2020_2020_2020 << ((len & 7) * 8))
}

const EACH: u64 = 0x0101_0101_0101_0101;

/// A high bit for each of eight bytes that needs an escape. The lowest is exact; above it may be
/// bits for bytes that need none.
#[inline(always)]
const fn escapes<D: Dialect>(word: u64) -> u64 {
    // 2 swaps `"` with U+0020, so that one subtraction finds it and the controls.
    let control_or_quote = (word ^ (EACH * 0x02)).wrapping_sub(EACH * 0x21);
    let backslash = (word ^ (EACH * b'\\' as u64)).wrapping_sub(EACH);
    let mut found = control_or_quote | backslash;
    if D::SLASH {
        found |= (word ^ (EACH * b'/' as u64)).wrapping_sub(EACH);
    }
    found & !word & (EACH * 0x80)
}

/// Whether one of `N` bytes needs an escape; the compiler makes vectors of it.
#[inline(always)]
fn any_escape<D: Dialect, const N: usize>(bytes: &[u8; N]) -> bool {
    bytes.iter().fold(false, |found, byte| {
        found | (*byte < 0x20) | (*byte == b'"') | (*byte == b'\\') | (D::SLASH & (*byte == b'/'))
    })
}

/// Writes `text` as a string to the front of `rest`; what is behind it.
#[inline(never)]
pub(in super::super) fn string<'b, D: Dialect>(
    rest: &'b mut [u8],
    text: &[u8],
) -> Result<&'b mut [u8], JsonError> {
    let len = text.len();
    let mut clean = 0;
    if let Some(place) = rest.get_mut(..len + 2)
        && let Some((first, place)) = place.split_first_mut()
        && let Some((last, place)) = place.split_last_mut()
    {
        *first = b'"';
        *last = b'"';
        clean = copy_clean::<D>(place, text);
        if clean == len {
            return rest.get_mut(len + 2..).ok_or(JsonError::Full);
        }
    }
    escaped_string::<D>(rest, text, clean)
}

/// [`string`], of which the first `done` bytes were copied behind the place of the quote.
#[inline(never)]
fn escaped_string<'b, D: Dialect>(
    rest: &'b mut [u8],
    text: &[u8],
    done: usize,
) -> Result<&'b mut [u8], JsonError> {
    let (quote, rest) = rest.split_first_mut().ok_or(JsonError::Full)?;
    *quote = b'"';
    let rest = rest.get_mut(done..).ok_or(JsonError::Full)?;
    let text = text.get(done..).unwrap_or_default();
    let (read, written) = escape::<D>(rest, text);
    match rest.get_mut(written..).and_then(<[u8]>::split_first_mut) {
        Some((quote, rest)) if read == text.len() => {
            *quote = b'"';
            Ok(rest)
        }
        _ => Err(JsonError::Full),
    }
}

/// Writes a string to `place`, where it fills that and needs no escape.
#[inline(never)]
pub(in super::super) fn is_clean<D: Dialect>(place: &mut [u8], text: &[u8]) -> bool {
    if let Some((first, place)) = place.split_first_mut()
        && let Some((last, place)) = place.split_last_mut()
    {
        *first = b'"';
        *last = b'"';
        return copy_clean::<D>(place, text) == text.len();
    }
    false
}

/// Copies `text` to `to`, which have the same length, while no byte needs an escape; how many bytes
/// are copied for sure.
#[inline(always)]
fn copy_clean<D: Dialect>(to: &mut [u8], text: &[u8]) -> usize {
    let len = text.len();
    if to.len() != len {
        return 0;
    }
    if len >= 16 {
        return copy_clean_long::<D>(to, text);
    }
    let found = if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>())
    {
        if let Some(to) = to.first_chunk_mut::<8>() {
            *to = *first;
        }
        if let Some(to) = to.last_chunk_mut::<8>() {
            *to = *last;
        }
        escapes::<D>(u64::from_le_bytes(*first)) | escapes::<D>(u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        if let Some(to) = to.first_chunk_mut::<4>() {
            *to = *first;
        }
        if let Some(to) = to.last_chunk_mut::<4>() {
            *to = *last;
        }
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        escapes::<D>(u64::from(first) | u64::from(last) << 32)
    } else {
        for (to, byte) in to.iter_mut().zip(text) {
            *to = *byte;
        }
        escapes::<D>(few(text))
    };
    if found == 0 { len } else { 0 }
}

#[inline(never)]
fn copy_clean_long<D: Dialect>(mut to: &mut [u8], text: &[u8]) -> usize {
    let len = text.len();
    if len <= 32 {
        let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) else {
            return 0;
        };
        if let Some(to) = to.first_chunk_mut::<16>() {
            *to = *first;
        }
        if let Some(to) = to.last_chunk_mut::<16>() {
            *to = *last;
        }
        let found = any_escape::<D, 16>(first) | any_escape::<D, 16>(last);
        return if found { 0 } else { len };
    }
    let mut rest = text;
    while rest.len() > 32
        && let Some((block, behind)) = rest.split_first_chunk::<32>()
    {
        if any_escape::<D, 32>(block) {
            return len - rest.len();
        }
        let Some((place, room)) = take(&mut to).split_first_chunk_mut::<32>() else {
            return len - rest.len();
        };
        *place = *block;
        rest = behind;
        to = room;
    }
    // Up to 32 bytes are left: they are the end of the last 32 of all.
    if let Some(last) = text.last_chunk::<32>() {
        if any_escape::<D, 32>(last) {
            return len - rest.len();
        }
        copy(to, rest);
    }
    len
}

/// Writes as much of `text` to `to` as fits, with escapes, of which none is split; how many bytes
/// were read and how many written.
#[inline(never)]
pub(in super::super) fn escape<D: Dialect>(to: &mut [u8], text: &[u8]) -> (usize, usize) {
    let (len, room) = (text.len(), to.len());
    let (mut to, mut text) = (to, text);
    while let (Some((block, behind)), true) = (text.split_first_chunk::<8>(), to.len() >= 72) {
        if let Some((wide, behind)) = text.split_first_chunk::<32>()
            && !any_escape::<D, 32>(wide)
            && let Some((place, room)) = take(&mut to).split_first_chunk_mut::<32>()
        {
            *place = *wide;
            (text, to) = (behind, room);
            continue;
        }
        let mut written = 8;
        if let Some(window) = to.first_chunk_mut::<72>() {
            match escapes::<D>(u64::from_le_bytes(*block)) {
                0 => {
                    if let Some(to) = window.first_chunk_mut::<8>() {
                        *to = *block;
                    }
                }
                _ => written = escape_eight::<D>(window, block),
            }
        }
        to = take(&mut to).get_mut(written..).unwrap_or_default();
        text = behind;
    }
    while let Some((byte, behind)) = text.split_first() {
        let escaped = escaped_byte::<D>(*byte);
        let written = usize::from(escaped[7]);
        if to.len() < written {
            break;
        }
        let (place, rest) = take(&mut to)
            .split_at_mut_checked(written)
            .unwrap_or_default();
        for (to, byte) in place.iter_mut().zip(escaped) {
            *to = byte;
        }
        (text, to) = (behind, rest);
    }
    (len - text.len(), room - to.len())
}

#[inline(always)]
fn escaped_byte<D: Dialect>(byte: u8) -> [u8; 8] {
    D::ESCAPES
        .get(usize::from(byte))
        .copied()
        .unwrap_or_default()
}

/// Writes eight bytes without asking which need an escape; how many bytes that gives.
#[inline(always)]
fn escape_eight<D: Dialect>(window: &mut [u8; 72], block: &[u8; 8]) -> usize {
    let mut end = 0;
    for byte in block {
        let escaped = escaped_byte::<D>(*byte);
        // At most seven escapes of six bytes are before the last.
        if let Some(to) = window
            .get_mut(end & 63..)
            .and_then(|to| to.first_chunk_mut::<8>())
        {
            *to = escaped;
        }
        end += usize::from(escaped[7]);
    }
    end
}
