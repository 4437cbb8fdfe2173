//! Sets of octets that every byte of a text is in, and one octet that a text has: eight bytes at
//! once in `fast` where words have 64 bits, else one after another in `compact`.

// A host of 64 bits tests both.
#[cfg(any(test, not(target_pointer_width = "64")))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(all(feature = "request", not(target_pointer_width = "64")))]
pub(crate) use self::compact::has_byte;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) use self::compact::{all_attribute_octets, all_cookie_octets, find, is_plain};
#[cfg(all(feature = "request", target_pointer_width = "64"))]
pub(crate) use self::fast::has_byte;
#[cfg(target_pointer_width = "64")]
pub(crate) use self::fast::{
    all_attribute_octets, all_cookie_octets, find, is_plain, is_plain_word_pair,
};

#[cfg(test)]
mod tests {
    use super::*;

    // A host of 64 bits has both.
    const ATTRIBUTE_OCTETS: &[fn(&[u8]) -> bool] = &[
        compact::all_attribute_octets,
        #[cfg(target_pointer_width = "64")]
        fast::all_attribute_octets,
    ];
    const COOKIE_OCTETS: &[fn(&[u8]) -> bool] = &[
        compact::all_cookie_octets,
        #[cfg(target_pointer_width = "64")]
        fast::all_cookie_octets,
    ];
    const HAS_BYTE: &[fn(&[u8], u8) -> bool] = &[
        compact::has_byte,
        #[cfg(target_pointer_width = "64")]
        fast::has_byte,
    ];
    type Find = fn(&[u8], u8) -> Option<usize>;
    const FIND: &[Find] = &[
        compact::find,
        #[cfg(target_pointer_width = "64")]
        fast::find,
    ];
    const PLAIN: &[fn(&[u8]) -> bool] = &[
        compact::is_plain,
        #[cfg(target_pointer_width = "64")]
        fast::is_plain,
    ];

    #[test]
    fn cookie_octets_are_those_of_rfc_6265_at_every_place_of_every_length() {
        for len in 1..20 {
            for at in 0..len {
                for byte in 0..=255u8 {
                    let mut value = [b'~'; 20];
                    value[at] = byte;
                    let octet = byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
                    for all in COOKIE_OCTETS {
                        assert_eq!(all(&value[..len]), octet, "{byte:#x} at {at}");
                    }
                    let av_octet = matches!(byte, b' '..=b'~') && byte != b';';
                    for all in ATTRIBUTE_OCTETS {
                        assert_eq!(all(&value[..len]), av_octet, "{byte:#x} at {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_byte_is_found_at_every_place_of_every_length_among_those_next_to_it() {
        for len in 0..20 {
            for at in 0..=len {
                for byte in 0..=255u8 {
                    for other in [
                        byte ^ 1,
                        byte ^ 0x80,
                        byte.wrapping_add(1),
                        byte.wrapping_sub(1),
                    ] {
                        let mut text = [other; 20];
                        if let Some(place) = text.get_mut(at) {
                            *place = byte;
                        }
                        for has_byte in HAS_BYTE {
                            let has = has_byte(&text[..len], byte);
                            assert_eq!(has, at < len, "{byte:#x} at {at} of {len}");
                        }
                        let want = (at < len).then_some(at);
                        for again in [at, 19] {
                            text[again.min(19)] = match at < 20 {
                                true => byte,
                                false => other,
                            };
                            for find in FIND {
                                assert_eq!(find(&text[..len], byte), want, "{byte:#x} at {at}");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn plain_means_printable_at_every_place_of_every_length() {
        for len in 1..40 {
            for at in 0..len {
                for byte in 0..=255u8 {
                    let mut value = [b'a'; 40];
                    value[at] = byte;
                    let blank_end = byte == b' ' && (at == 0 || at + 1 == len);
                    let want = matches!(byte, 0x20..=0x7e) && !blank_end;
                    for is_plain in PLAIN {
                        assert_eq!(is_plain(&value[..len]), want, "{byte:#x} at {at} of {len}");
                    }
                }
            }
        }
        assert!(PLAIN.iter().all(|is_plain| is_plain(b"")));
    }
}
