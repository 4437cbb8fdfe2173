//! The hash of a content, for a tag of it.

/// A hash of 64 bits that is the same at compile time and on every target; not a cryptographic one.
///
/// Each 16 bytes are joined to a state of 128 bits, whose halves are multiplied: the difference
/// that a bit makes in it depends on half of the state, so no pattern of other bits takes it back.
/// The state stays beside the product, which forgets it where a half is zero; and the constant
/// keeps zeros from wearing it away.
///
/// The compiler's interpreter takes most of its time for calls, and limits their number, so there
/// is one for each 16 bytes, and else operators, none of which can overflow.
pub(super) const fn hash(bytes: &[u8]) -> u64 {
    const CONSTANT: u128 = 0xa076_1d64_78bd_642f_e703_7ed1_a0b4_28db;
    let mut state = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834;
    macro_rules! join {
        ($word:expr) => {
            state ^= CONSTANT ^ $word;
            state ^= (state as u64 as u128) * (state >> 64);
        };
    }
    let (mut chunks, mut rest) = bytes.as_chunks();
    while let [chunk, others @ ..] = chunks {
        // The second would be two calls.
        join!(match cfg!(target_endian = "little") {
            true => u128::from_ne_bytes(*chunk),
            false => u128::from_le_bytes(*chunk),
        });
        chunks = others;
    }
    let mut last = 0;
    while let [others @ .., byte] = rest {
        last = last << 8 | *byte as u128;
        rest = others;
    }
    join!(last);
    // The length tells zeros at the end from those after it.
    mix(mix(state as u64 ^ bytes.len() as u64) ^ (state >> 64) as u64)
}

/// One of the permutations of 64 bits whose every input bit changes half of the output bits.
const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::vec;
    use std::vec::Vec;

    use super::*;

    /// Contents like those of files: zeros, ones, text, small numbers, and bytes without a pattern.
    fn contents(len: usize) -> [Vec<u8>; 5] {
        let text = b"<p>hello</p>\n".iter().copied().cycle();
        let number = |at: usize| if at.is_multiple_of(4) { at as u8 } else { 0 };
        [
            vec![0; len],
            vec![0xff; len],
            text.take(len).collect(),
            (0..len).map(number).collect(),
            (1..).map(|at| mix(at) as u8).take(len).collect(),
        ]
    }

    /// The contents that differ from this one in a byte, in two bits, in the signs of numbers, or
    /// in the order of two words.
    fn neighbours(content: &[u8], see: &mut impl FnMut(&[u8])) {
        let (len, mut other) = (content.len(), content.to_vec());
        for at in 0..len {
            for value in 0..=255 {
                other[at] = value;
                see(&other);
            }
            other[at] = content[at];
        }
        let bits = (0..len * 8).flat_map(|one| (1..200).map(move |step| [one, one + step, one]));
        let signs = (7..len * 8).step_by(8);
        let signs =
            signs.flat_map(|one| [32, 64, 96].map(|step| [one, one + step, one + 2 * step]));
        for bits in bits
            .chain(signs)
            .filter(|bits| bits.iter().all(|bit| *bit < len * 8))
        {
            bits.iter().for_each(|bit| other[bit / 8] ^= 1 << (bit % 8));
            see(&other);
            other.copy_from_slice(content);
        }
        for size in [1, 2, 4, 8, 16, 32] {
            for [one, two] in (0..len).flat_map(|one| (one + size..len).map(move |two| [one, two]))
            {
                if two + size <= len {
                    (0..size).for_each(|at| other.swap(one + at, two + at));
                    see(&other);
                    other.copy_from_slice(content);
                }
            }
        }
    }

    #[test]
    fn contents_that_are_alike_have_different_hashes() {
        let mut all = HashSet::new();
        for len in (0..20).chain([31, 32, 33, 48, 64, 80]) {
            for content in contents(len) {
                neighbours(&content, &mut |content| {
                    all.insert(content.to_vec());
                });
            }
        }
        let hashes: HashSet<u64> = all.iter().map(|content| hash(content)).collect();
        assert_eq!(hashes.len(), all.len());
        // Half of the bits meet as often as those of chance would.
        let chance = ((all.len() as u64).pow(2) >> 33) as usize;
        assert!(chance > 10, "{}", all.len());
        for half in [0, 32] {
            let halves: HashSet<u32> = hashes.iter().map(|hash| (hash >> half) as u32).collect();
            let met = all.len() - halves.len();
            assert!(
                (chance / 2..chance * 2).contains(&met),
                "{met} for {chance}"
            );
        }
    }

    #[test]
    fn a_long_run_of_one_byte_forgets_nothing() {
        let mut hashes = HashSet::new();
        for (first, run) in (0..=255).flat_map(|first| [0, 0xff, b' '].map(|run| (first, run))) {
            let mut content = vec![run; 50_001];
            content[0] = first;
            hashes.insert(hash(&content));
            content.push(run);
            hashes.insert(hash(&content));
        }
        assert_eq!(hashes.len(), 2 * 3 * 256);
    }

    #[test]
    fn a_bit_of_a_content_changes_each_bit_of_its_hash_as_often_as_not() {
        for len in [1, 15, 16, 17, 48, 100] {
            for content in contents(len) {
                let (plain, mut changes) = (hash(&content), [0; 64]);
                for bit in 0..len * 8 {
                    let mut other = content.clone();
                    other[bit / 8] ^= 1 << (bit % 8);
                    let change = plain ^ hash(&other);
                    assert!((10..=54).contains(&change.count_ones()), "{bit} of {len}");
                    for (at, count) in changes.iter_mut().enumerate() {
                        *count += (change >> at & 1) as usize;
                    }
                }
                // A tenth off the half is more than five deviations of 800 bits.
                let usual = len * 8 * 2 / 5..=len * 8 * 3 / 5;
                assert!(len < 100 || changes.iter().all(|count| usual.contains(count)));
            }
        }
    }

    #[test]
    fn a_hash_is_the_same_at_compile_time_and_on_every_target() {
        const BYTES: [u8; 256] = {
            let (mut bytes, mut at) = ([0; 256], 0);
            while at < 256 {
                bytes[at] = at as u8;
                at += 1;
            }
            bytes
        };
        const LONG: u64 = hash(&BYTES);
        // By an implementation in another language.
        for (content, want) in [
            (&b""[..], 0xcb69_d7c5_461e_49c3),
            (b"\0", 0xc2da_484e_6700_9150),
            (&BYTES[..16], 0xa172_0c5a_9318_00e5),
            (&BYTES, 0x5320_d9e6_36af_4720),
        ] {
            assert_eq!(hash(content), want);
        }
        assert_eq!(LONG, 0x5320_d9e6_36af_4720);
    }
}
