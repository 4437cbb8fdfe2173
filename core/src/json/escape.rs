//! Escapes of strings, RFC 8259 § 7.

/// The spelling of each byte in a string: up to six bytes, the first in the lowest byte, and in the
/// highest how many they are.
pub(crate) type Escapes = [u64; 256];

pub(super) static ESCAPES: Escapes = escapes(false);
pub(super) static SLASH_ESCAPES: Escapes = escapes(true);

/// Spells `byte` as in a string, RFC 8259 § 7, and tells the length.
pub(super) const fn escape(byte: u8, slash: bool) -> ([u8; 6], usize) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'/' if slash => byte,
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        0..=0x1f => return ([b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), hex(byte)], 6),
        _ => return ([byte, 0, 0, 0, 0, 0], 1),
    };
    ([b'\\', short, 0, 0, 0, 0], 2)
}

/// The last hexadecimal digit of `byte`.
pub(super) const fn hex(byte: u8) -> u8 {
    match byte & 15 {
        digit @ 0..=9 => b'0' + digit,
        digit => b'a' - 10 + digit,
    }
}

#[expect(clippy::indexing_slicing, reason = "at compile time")]
const fn escapes(slash: bool) -> Escapes {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let ([a, b, c, d, e, f], len) = escape(byte as u8, slash);
        escapes[byte] = u64::from_le_bytes([a, b, c, d, e, f, 0, len as u8]);
        byte += 1;
    }
    escapes
}
