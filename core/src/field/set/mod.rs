//! Sets of ASCII characters but those of control, and the run of a text that is in one: `fast`, by
//! a table, where words have 64 bits, else `compact`, by bits.

// A host of 64 bits tests both.
#[cfg(any(test, not(target_pointer_width = "64")))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::compact::CharSet;
#[cfg(target_pointer_width = "64")]
pub(crate) use self::fast::CharSet;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_sets_hold_their_characters_and_no_other_byte() {
        for members in [&b""[..], b"a", b" ~", b"0123456789:.abcdefABCDEF", b"!@`_/"] {
            let (set, compact) = (CharSet::of(members), compact::CharSet::of(members));
            for byte in 0..=255 {
                let want = members.contains(&byte);
                assert_eq!(
                    (set.has(byte), compact.has(byte)),
                    (want, want),
                    "{byte:#x}"
                );
                for at in 0..20 {
                    let mut text = [members.first().copied().unwrap_or(b'z'); 20];
                    text[at] = byte;
                    let run = text.iter().position(|byte| !members.contains(byte));
                    let want = run.unwrap_or(text.len());
                    assert_eq!(
                        (set.run(&text), compact.run(&text)),
                        (want, want),
                        "{byte:#x}"
                    );
                }
            }
        }
    }
}
