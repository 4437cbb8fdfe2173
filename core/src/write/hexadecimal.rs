//! Unsigned hexadecimals in lower case.

/// The most digits of a `u64`.
pub(crate) const MAX_DIGITS: usize = 16;

/// The text of `value`, in the last bytes of `room`.
pub(crate) fn hexadecimal(value: u64, room: &mut [u8; MAX_DIGITS]) -> &[u8] {
    let mut start = MAX_DIGITS;
    let mut rest = value;
    for slot in room.iter_mut().rev() {
        let digit = (rest & 15) as u8;
        *slot = match digit {
            0..=9 => b'0' + digit,
            _ => b'a' - 10 + digit,
        };
        start = start.saturating_sub(1);
        rest >>= 4;
        if rest == 0 {
            break;
        }
    }
    room.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn hexadecimals_are_those_of_core_fmt() {
        let shifted = (0..64).map(|by| 1_u64 << by);
        for value in (0..70_000).chain(shifted.flat_map(|bit| [bit - 1, bit, !bit])) {
            let mut room = [0; MAX_DIGITS];
            let text = hexadecimal(value, &mut room);
            assert_eq!(text, format!("{value:x}").as_bytes());
        }
    }
}
