//! The hash of a content, for a tag of it.

/// A hash of 64 bits that is the same at compile time and on every target.
pub(super) const fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0x9e37_79b9_7f4a_7c15_u64;
    let mut rest = bytes;
    while let Some((word, others)) = rest.split_first_chunk() {
        hash = mix(hash ^ u64::from_le_bytes(*word));
        rest = others;
    }
    while let [byte, others @ ..] = rest {
        // The bit above tells a zero from nothing.
        hash = mix(hash ^ (*byte as u64 | 256));
        rest = others;
    }
    hash
}

/// One of the permutations of 64 bits whose every input bit changes half of the output bits.
const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
