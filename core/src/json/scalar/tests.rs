//! Both sets write the same.

use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use super::{compact, fast};
use crate::json::escape::escape as escape_byte;
use crate::json::rules::{Python, Rules, Ujson};
use crate::json::sink::slice::Slice;

/// Writes to a buffer of `$room` bytes; `None` where it does not fit.
macro_rules! written {
    ($dialect:ty, $room:expr, $sink:ident => $write:expr) => {{
        let mut buf = vec![0xee; $room];
        let $sink = Slice::<$dialect>::new(&mut buf);
        let left = $write.map(|sink| sink.rest.len());
        left.ok().map(|left| buf[..$room - left].to_vec())
    }};
}

/// Both sets write `$expected` where there is much room or just enough, and nothing in too little.
macro_rules! check {
    ($dialect:ty, $expected:expr, $scalar:ident($($arg:expr),*)) => {{
        let expected = $expected;
        for spare in [0, 1, 7, 8, 31, 32, 72, 200] {
            let room = expected.len() + spare;
            let fast = written!($dialect, room, sink => fast::$scalar(sink, $($arg),*));
            let compact = written!($dialect, room, sink => compact::$scalar(sink, $($arg),*));
            assert_eq!(fast.as_ref(), Some(&expected));
            assert_eq!(compact.as_ref(), Some(&expected));
        }
        let room = expected.len() - 1;
        assert_eq!(written!($dialect, room, sink => fast::$scalar(sink, $($arg),*)), None);
        assert_eq!(written!($dialect, room, sink => compact::$scalar(sink, $($arg),*)), None);
    }};
}

/// Writes `text` as a string, byte by byte.
fn plain<D: Rules>(text: &str) -> Vec<u8> {
    let mut out = vec![b'"'];
    for byte in text.bytes() {
        let (escaped, len) = escape_byte(byte, D::SLASH);
        out.extend(&escaped[..len]);
    }
    out.push(b'"');
    out
}

fn check_text<D: Rules>(text: &str) {
    let string = plain::<D>(text);
    for spare in [0, 1, 8, 300] {
        let mut buf = vec![0xee; string.len() + spare];
        for write in [fast::string::<D>, compact::string::<D>] {
            buf.fill(0xee);
            let written = write(&mut buf, text.as_bytes());
            assert_eq!(written, Some(string.len()));
            assert_eq!(buf[..string.len()], string);
        }
    }
    for room in 0..string.len() {
        let mut buf = vec![0; room];
        assert!(fast::string::<D>(&mut buf, text.as_bytes()).is_none());
        assert!(compact::string::<D>(&mut buf, text.as_bytes()).is_none());
    }
    check!(
        D,
        [b"," as &[u8], &string, b":"].concat(),
        begin(b',', Some(text))
    );
    for room in 0..string.len() {
        let mut ends = [vec![0; room], vec![0; room]];
        let [a, b] = &mut ends;
        let end = fast::escape::<D>(a, text.as_bytes());
        assert_eq!(end, compact::escape::<D>(b, text.as_bytes()));
        assert_eq!(a[..end.1], b[..end.1]);
    }
}

#[test]
fn both_sets_write_every_string() {
    for len in (0..35).chain([63, 64, 65]) {
        for at in 0..len {
            for byte in [9, 0x1f, b' ', b'"', b'/', b'\\'] {
                let mut text = vec![b'x'; len];
                text[at] = byte;
                let text = String::from_utf8(text).unwrap();
                check_text::<Python>(&text);
                check_text::<Ujson>(&text);
            }
        }
    }
    check_text::<Python>("");
    check_text::<Python>("\u{feff}H\u{f539d}\u{8}\u{103b76}\u{dfe6e}");
    for byte in 0..=0x7f_u8 {
        for other in [0, 8, 0x1f, b'"', b'a', 0x7f] {
            let units = [char::from(byte), '\u{e9}', char::from(other)];
            check_text::<Ujson>(&units.iter().cycle().take(21).collect::<String>());
        }
    }
}

#[test]
fn both_sets_write_integers_of_every_length() {
    let mut power = 1_i64;
    while let Some(next) = power.checked_mul(10) {
        for value in [power - 1, power, power + 1, i64::MAX - power] {
            for value in [value, -value, i64::MIN + value] {
                check!(Python, format!("{value}").into_bytes(), signed(value));
                let value = value.cast_unsigned();
                check!(Python, format!("{value}").into_bytes(), unsigned(value));
            }
            if let Ok(value) = i32::try_from(value) {
                check!(
                    Python,
                    format!("{}", -value).into_bytes(),
                    signed_32(-value)
                );
                let value = value.cast_unsigned();
                check!(Python, format!("{value}").into_bytes(), unsigned_32(value));
            }
        }
        power = next;
    }
}

#[test]
fn both_sets_write_what_is_short() {
    for value in [false, true] {
        check!(Python, format!("{value}").into_bytes(), boolean(value));
    }
    check!(Python, b"null".to_vec(), write_array(b"null"));
    check!(Python, b"[".to_vec(), begin(b'[', None));
    for len in 1..=32 {
        check!(Python, vec![b'7'; len], short(&vec![b'7'; len]));
    }
}
