//! The hash FNV-1a, with 32 bits: it tells texts apart that nobody chose to look alike.

#[cfg(test)]
use super::bytes::moves;

/// The hash of nothing.
pub(crate) const START: u32 = 0x811c_9dc5;

/// The hash of what has `hash`, with `bytes` behind it.
pub(crate) fn with(hash: u32, bytes: &[u8]) -> u32 {
    #[cfg(test)]
    moves::add(bytes.len());
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}
