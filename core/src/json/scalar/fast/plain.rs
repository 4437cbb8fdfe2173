//! Bytes that need no escape, found eight and more at a time.

use crate::json::rules::Rules;

/// Tells whether no byte of `name` needs an escape; without a loop up to 16 bytes, so that the
/// compiler answers for a constant.
#[inline(always)]
pub(super) fn is_plain<D: Rules>(name: &[u8]) -> bool {
    let (Some(first), Some(last)) = (name.first_chunk::<8>(), name.last_chunk::<8>()) else {
        return escapes::<D>(few(name)) == 0;
    };
    let mut found = escapes::<D>(u64::from_le_bytes(*first));
    found |= escapes::<D>(u64::from_le_bytes(*last));
    let mut rest = if name.len() > 16 { name } else { &[] };
    while rest.len() > 8
        && let Some((word, after)) = rest.split_first_chunk::<8>()
    {
        found |= escapes::<D>(u64::from_le_bytes(*word));
        rest = after;
    }
    found == 0
}

/// Reads up to seven bytes, and blanks after them.
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

/// Sets a high bit for each of eight bytes that needs an escape. The lowest is exact; above it may
/// be bits for bytes that need none.
#[inline(always)]
pub(super) const fn escapes<D: Rules>(word: u64) -> u64 {
    // 2 swaps `"` with U+0020, so that one subtraction finds it and the controls.
    let control_or_quote = (word ^ (EACH * 0x02)).wrapping_sub(EACH * 0x21);
    let backslash = (word ^ (EACH * b'\\' as u64)).wrapping_sub(EACH);
    let mut found = control_or_quote | backslash;
    if D::SLASH {
        found |= (word ^ (EACH * b'/' as u64)).wrapping_sub(EACH);
    }
    found & !word & (EACH * 0x80)
}

/// Tells whether one of `N` bytes needs an escape; the compiler makes vectors of it.
#[inline(always)]
pub(super) fn any_escape<D: Rules, const N: usize>(bytes: &[u8; N]) -> bool {
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

/// Eight bytes that need none.
pub(super) const BLANKS: u64 = 0x2020_2020_2020_2020;
