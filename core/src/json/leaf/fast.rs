//! The set for 64-bit targets.

use core::mem::take;

use super::super::Sink;
use super::super::dialect::Dialect;
use super::super::sink::WINDOW;
use crate::write::bytes::copy;

#[inline(always)]
pub(in super::super) fn put<S: Sink, const N: usize>(
    mut sink: S,
    bytes: &[u8; N],
) -> Result<S, S::Error> {
    let mut room = sink.grab();
    if let Some(to) = room.first_chunk_mut::<N>() {
        *to = *bytes;
        return sink.give(room, N);
    }
    sink.give(room, 0)?.spill(bytes)
}

/// Writes a text that has no more than 32 bytes.
#[inline]
pub(in super::super) fn short<S: Sink>(mut sink: S, text: &[u8]) -> Result<S, S::Error> {
    let mut room = sink.grab();
    if let Some(to) = room.get_mut(..text.len()) {
        copy(to, text);
        return sink.give(room, text.len());
    }
    sink.give(room, 0)?.spill(text)
}

#[inline(always)]
pub(in super::super) fn boolean<S: Sink>(mut sink: S, value: bool) -> Result<S, S::Error> {
    let (text, len) = match value {
        true => (b"true\0\0\0\0", 4),
        false => (b"false\0\0\0", 5),
    };
    let mut room = sink.grab();
    if let Some(to) = room.first_chunk_mut::<8>() {
        *to = *text;
        return sink.give(room, len);
    }
    sink.give(room, 0)?
        .spill(text.get(..len).unwrap_or_default())
}

#[inline(always)]
pub(in super::super) fn unsigned_32<S: Sink>(sink: S, value: u32) -> Result<S, S::Error> {
    unsigned(sink, value.into())
}

#[inline(always)]
pub(in super::super) fn signed_32<S: Sink>(sink: S, value: i32) -> Result<S, S::Error> {
    signed(sink, value.into())
}

#[inline(always)]
pub(in super::super) fn unsigned<S: Sink>(sink: S, value: u64) -> Result<S, S::Error> {
    sink.window(|window| digits(window, 0, value))
}

#[inline(always)]
pub(in super::super) fn signed<S: Sink>(sink: S, value: i64) -> Result<S, S::Error> {
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
    } else if value < 100 {
        // 103 / 1024 is a tenth, near enough below 100.
        let tens = (value as u16 * 103) >> 10;
        let ones = value as u16 - tens * 10;
        if let Some(to) = window.get_mut(at..).and_then(|to| to.first_chunk_mut()) {
            *to = (0x3030 + tens + (ones << 8)).to_le_bytes();
        }
        at + 2
    } else if value < 10_000 {
        let text = four_digits(value as u32);
        let len = 3 + usize::from(value >= 1000);
        if let Some(to) = window.get_mut(at..).and_then(|to| to.first_chunk_mut()) {
            *to = (text >> ((4 - len) * 8)).to_le_bytes();
        }
        at + len
    } else if value < EIGHT {
        first_digits(window, at, value)
    } else {
        many_digits(window, at, value)
    }
}

/// The digits of `value`, which is below 10,000, the first in the lowest byte.
#[inline(always)]
const fn four_digits(value: u32) -> u32 {
    let halves = value / 100 + ((value % 100) << 16);
    let tens = ((halves * 103) >> 10) & 0x000f_000f;
    (halves << 8) - tens * (10 * 256 - 1) + 0x3030_3030
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
    /// From here on the last bit of an `f64` is worth 1, so a sum is rounded to a whole number,
    /// which its last bits are.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    let magnitude = value.abs();
    let sum = magnitude * 1e6 + WHOLE;
    let millionths = sum.to_bits() & ((1 << 52) - 1);
    // The bound is one for what is not finite, too.
    let is_exact = magnitude < 1e9 && (sum - WHOLE) / 1e6 == magnitude;
    // Small numbers are spelled as the dialect does.
    if !is_exact || (1..1000).contains(&millionths) {
        return 0;
    }
    window[0] = b'-';
    let whole = millionths / 1_000_000;
    let fraction = millionths % 1_000_000;
    let point = digits(window, usize::from(value.is_sign_negative()), whole) & 15;
    if fraction.is_multiple_of(10_000) {
        // Most have no more than two digits behind the point.
        let two = (fraction / 10_000) as u32;
        let tens = (two * 103) >> 10;
        let ones = two - tens * 10;
        // The point, two digits, and a byte that is written over.
        let text = u32::from_le_bytes(*b".00\0") + (tens << 8) + (ones << 16);
        if let Some(to) = window
            .get_mut(point..)
            .and_then(|to| to.first_chunk_mut::<4>())
        {
            *to = text.to_le_bytes();
        }
        return point + 2 + usize::from(ones != 0);
    }
    if let Some(to) = window.get_mut(point) {
        *to = b'.';
    }
    // Six digits, then "00".
    let digits = eight_digits(fraction * 100);
    put_eight(window, point + 1, digits | ZEROS);
    point + 9 - (digits.trailing_zeros() / 8) as usize
}

/// Writes `separator` and a member's name with its colon. Where the name is known at compile time,
/// so is whether it needs an escape, and its length.
#[inline(always)]
pub(in super::super) fn key<S: Sink>(
    mut sink: S,
    separator: u8,
    name: &str,
) -> Result<S, S::Error> {
    let name_bytes = name.as_bytes();
    let mut room = sink.grab();
    if is_plain::<S::Dialect>(name_bytes)
        && let Some(place) = room.get_mut(..name_bytes.len() + 4)
        && let Some((before, place)) = place.split_first_chunk_mut::<2>()
        && let Some((place, behind)) = place.split_last_chunk_mut::<2>()
        && place.len() == name_bytes.len()
    {
        *before = [separator, b'"'];
        copy(place, name_bytes);
        *behind = *b"\":";
        return sink.give(room, name_bytes.len() + 4);
    }
    any_key(sink.give(room, 0)?, separator, name)
}

#[inline(never)]
fn any_key<S: Sink>(sink: S, separator: u8, name: &str) -> Result<S, S::Error> {
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
                | u64::from(*middle) << (((len / 2) & 7) * 8)
                | u64::from(*last) << ((len.wrapping_sub(1) & 7) * 8)
        } else {
            0
        };
    word | (BLANKS << ((len & 7) * 8))
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
    let mut found = [0; N];
    for (found, byte) in found.iter_mut().zip(bytes) {
        // As in `escapes`.
        *found = u8::from(byte ^ 0x02 < 0x21) | u8::from(*byte == b'\\');
        if D::SLASH {
            *found |= u8::from(*byte == b'/');
        }
    }
    found.iter().fold(0, |all, found| all | found) != 0
}

/// Writes `text` as a string to the front of `to`, if it fits; how many bytes that are.
#[inline(never)]
pub(in super::super) fn string<D: Dialect>(to: &mut [u8], text: &[u8]) -> Option<usize> {
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
fn escaped_string<D: Dialect>(to: &mut [u8], text: &[u8]) -> Option<usize> {
    let (quote, to) = to.split_first_mut()?;
    *quote = b'"';
    let (read, written) = escape::<D>(to, text);
    let end = to.get_mut(written)?;
    *end = b'"';
    (read == text.len()).then_some(written + 2)
}

/// Copies `text` to `to`, which have the same length of up to 64 bytes; whether no byte needs an
/// escape.
#[inline(always)]
fn copy_clean<D: Dialect>(to: &mut [u8], text: &[u8]) -> bool {
    if let Some([first, last]) = copy_ends::<32>(to, text) {
        !(any_escape::<D, 32>(&first) | any_escape::<D, 32>(&last))
    } else if let Some([first, last]) = copy_ends::<16>(to, text) {
        !(any_escape::<D, 16>(&first) | any_escape::<D, 16>(&last))
    } else if let Some([first, last]) = copy_ends::<8>(to, text) {
        let (first, last) = (u64::from_le_bytes(first), u64::from_le_bytes(last));
        let both = u128::from(first) | (u128::from(last) << 64);
        !any_escape::<D, 16>(&both.to_le_bytes())
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

const BLANKS: u64 = 0x2020_2020_2020_2020;

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

/// Writes as much of `text` to `to` as fits, with escapes, of which none is split; how many bytes
/// were read and how many written.
#[inline(never)]
pub(in super::super) fn escape<D: Dialect>(to: &mut [u8], text: &[u8]) -> (usize, usize) {
    let (len, room) = (text.len(), to.len());
    let (mut to, mut text) = (to, text);
    while let Some(window) = to.first_chunk_mut::<AMPLE>() {
        let Some((block, behind)) = text.split_first_chunk::<32>() else {
            let written = escape_end::<D>(window, text);
            return (len, room - to.len() + written);
        };
        let written = match any_escape::<D, 32>(block) {
            false => {
                if let Some(to) = window.first_chunk_mut::<32>() {
                    *to = *block;
                }
                32
            }
            true => escape_some::<D>(window, block),
        };
        to = take(&mut to).get_mut(written..).unwrap_or_default();
        text = behind;
    }
    while let Some((byte, behind)) = text.split_first() {
        if to.len() >= 8
            && let Some((block, behind)) = text.split_first_chunk::<8>()
            && escapes::<D>(u64::from_le_bytes(*block)) == 0
            && let Some((place, room)) = take(&mut to).split_first_chunk_mut::<8>()
        {
            *place = *block;
            (text, to) = (behind, room);
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
        (text, to) = (behind, rest);
    }
    (len - text.len(), room - to.len())
}

/// Writes fewer than 32 bytes; how many bytes that gives.
#[inline(always)]
fn escape_end<D: Dialect>(window: &mut [u8; AMPLE], text: &[u8]) -> usize {
    if let Some(place) = window.get_mut(..text.len())
        && copy_clean::<D>(place, text)
    {
        return text.len();
    }
    escape_some::<D>(window, text)
}

/// Writes up to 32 bytes of which some need an escape; how many bytes that gives.
#[inline(always)]
fn escape_some<D: Dialect>(window: &mut [u8; AMPLE], text: &[u8]) -> usize {
    let mut end = 0;
    let mut text = text;
    while let Some((block, behind)) = text.split_first_chunk::<8>() {
        match escapes::<D>(u64::from_le_bytes(*block)) {
            0 => {
                put_at(window, end, *block);
                end += 8;
            }
            _ => end = escape_few::<D>(window, end, block),
        }
        text = behind;
    }
    escape_few::<D>(window, end, text)
}

#[inline(always)]
fn put_at(window: &mut [u8; AMPLE], at: usize, bytes: [u8; 8]) {
    // At most 31 escapes of six bytes are before the last.
    if let Some(to) = window
        .get_mut(at..)
        .and_then(|to| to.first_chunk_mut::<8>())
    {
        *to = bytes;
    }
}

/// Writes up to eight bytes at `at` without asking which need an escape; where they end.
#[inline(always)]
fn escape_few<D: Dialect>(window: &mut [u8; AMPLE], at: usize, text: &[u8]) -> usize {
    let mut end = at;
    for byte in text {
        let (escaped, written) = escaped_byte::<D>(*byte);
        put_at(window, end, escaped);
        end += written;
    }
    end
}

#[inline(always)]
fn escaped_byte<D: Dialect>(byte: u8) -> ([u8; 8], usize) {
    let escaped = D::ESCAPES
        .get(usize::from(byte))
        .copied()
        .unwrap_or_default();
    (escaped.to_le_bytes(), (escaped >> 56) as usize)
}
