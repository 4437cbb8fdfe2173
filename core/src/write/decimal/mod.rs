//! Unsigned decimals, through `itoa` in `fast` where words have 64 bits, else by hand in `compact`.

#[cfg(any(test, not(target_pointer_width = "64")))]
pub(crate) mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;
mod max;
mod wide;

#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::compact::{decimal, digits, write};
#[cfg(target_pointer_width = "64")]
pub(crate) use self::fast::{decimal, digits, four_digits, write};
pub(crate) use self::max::MAX_DIGITS;
pub(crate) use self::wide::{MAX_WIDE_DIGITS, wide_digits};

// A host of 64 bits has both.
#[cfg(target_pointer_width = "64")]
#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;
    use crate::write::buf::Buf;

    #[test]
    fn every_length_of_number_is_written_in_full() {
        let mut power = 1u64;
        loop {
            for value in [
                power - 1,
                power,
                power + 1,
                power.saturating_mul(9),
                u64::MAX - power,
            ] {
                let text = value.to_string();
                for decimal in [fast::decimal, compact::decimal] {
                    let mut room = [0; MAX_DIGITS];
                    assert_eq!(decimal(value, &mut room), text.as_bytes());
                    assert!(room.ends_with(text.as_bytes()));
                }
                let mut bytes = [0; MAX_DIGITS];
                for write in [fast::write, compact::write] {
                    let mut buf = Buf::new(&mut bytes);
                    write(&mut buf, value);
                    let len = buf.len();
                    assert_eq!(&bytes[..len], text.as_bytes());
                }
                assert_eq!(fast::digits(value as usize), text.len());
                if u32::try_from(value).is_ok() {
                    assert_eq!(compact::digits(value as usize), text.len());
                }
            }
            match power.checked_mul(10) {
                Some(next) => power = next,
                None => return,
            }
        }
    }
}
