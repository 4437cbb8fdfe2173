//! Numbers with a fraction against both crates that search for the shortest decimal.
//!
//! The core finds most decimals by itself, on 64-bit targets, and has one of these crates for the
//! others: whichever it is, the digits are those of both.

use conformance::random::Random;
use conformance::size;
use replywire::json::{Orjson, ToJson};

/// A number as a decimal: the sign, the digits without zeros at either end, and the power of ten of
/// the first.
#[derive(Debug, PartialEq)]
struct Decimal {
    is_negative: bool,
    digits: Vec<u8>,
    power: i32,
}

impl Decimal {
    fn read(text: &str) -> Self {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        let significant = digits.trim_start_matches('0');
        let zeros = digits.len() - significant.len();
        let digits = significant.trim_end_matches('0').as_bytes().to_vec();
        let power = match digits.is_empty() {
            true => 0,
            false => whole.len() as i32 - 1 - zeros as i32 + exponent.parse::<i32>().unwrap(),
        };
        Self {
            is_negative,
            digits,
            power,
        }
    }
}

/// Our digits, where there is room for any number and where there is just enough.
fn ours<T: ToJson>(value: &T) -> Decimal {
    let mut room = [0; 64];
    let len = Orjson::by_hand(value).write(&mut room).unwrap();
    let text = str::from_utf8(&room[..len]).unwrap();
    let mut exact = vec![0; len];
    assert_eq!(Orjson::by_hand(value).write(&mut exact), Ok(len));
    assert_eq!(exact, text.as_bytes());
    Decimal::read(text)
}

fn check(value: f64) {
    if value.is_finite() {
        let ours = ours(&value);
        let ryu = Decimal::read(ryu::Buffer::new().format_finite(value));
        let zmij = Decimal::read(zmij::Buffer::new().format_finite(value));
        assert_eq!((&ours, &ours), (&ryu, &zmij), "{value:e}");
    }
}

fn check_single(value: f32) {
    if value.is_finite() {
        let ours = ours(&value);
        let ryu = Decimal::read(ryu::Buffer::new().format_finite(value));
        let zmij = Decimal::read(zmij::Buffer::new().format_finite(value));
        assert_eq!((&ours, &ours), (&ryu, &zmij), "{value:e}");
    }
}

const FRACTION: u64 = (1 << 52) - 1;

/// A fraction of `bits`, with few digits set, or with few that are not, or any.
fn mantissa(bits: u64) -> u64 {
    let at = bits >> 58;
    match bits >> 55 & 7 {
        0 => bits & 0xff,
        1 => FRACTION - (bits & 0xff),
        2 => FRACTION & (u64::MAX << at),
        3 => FRACTION & (bits << (at % 52)),
        4 => 1 << (at % 52),
        _ => bits & FRACTION,
    }
}

#[test]
fn numbers_of_any_bits_have_the_digits_of_both() {
    let mut source = Random::new(0x6669_6e64);
    for _ in 0..size::either(50_000, 1_000_000) {
        check(f64::from_bits(source.bits()));
        check_single(f32::from_bits(source.bits() as u32));
    }
}

#[test]
fn numbers_of_everyday_size_have_the_digits_of_both() {
    let mut source = Random::new(0x7365_6172);
    for _ in 0..size::either(1_000, 40_000) {
        // From 2^-12 to 2^55.
        for exponent in 1023 - 12..=1023 + 55 {
            let bits = source.bits();
            let value = f64::from_bits(bits & 1 << 63 | exponent << 52 | mantissa(bits << 1));
            check(value);
        }
    }
}

#[test]
fn decimals_and_their_neighbours_have_the_digits_of_both() {
    let mut source = Random::new(0x6368_6563);
    for places in 0..=17 {
        let unit = 10_f64.powi(places);
        for _ in 0..size::either(1_000, 40_000) {
            let digits = source.bits() >> (10 + source.below(54));
            let value = digits as f64 / unit;
            for value in [value, -value, value.next_up(), value.next_down()] {
                check(value);
            }
        }
    }
}

#[test]
fn halves_of_a_digit_go_to_the_even_one_as_with_both() {
    let mut source = Random::new(0x7469_6573);
    for shift in 1..=60 {
        for _ in 0..size::either(300, 20_000) {
            // An odd number of quarters, eighths and so on, of any length.
            let odd = (source.bits() >> (11 + source.below(52))) | 1;
            check(odd as f64 / (1_u64 << shift) as f64);
        }
    }
    // The last digit is half-way between 2 and 3, and between 7 and 8.
    for sixteenths in [1.0, 3.0] {
        check(17_592_186_044_416.0 + sixteenths / 16.0);
    }
}

#[test]
fn powers_of_two_and_of_ten_and_their_neighbours_have_the_digits_of_both() {
    for exponent in 0..0x7ff {
        let value = f64::from_bits(exponent << 52);
        for value in [value, value.next_up(), value.next_down(), -value] {
            check(value);
        }
    }
    for exponent in 0..0xff {
        let value = f32::from_bits(exponent << 23);
        for value in [value, value.next_up(), value.next_down(), -value] {
            check_single(value);
        }
    }
    for power in -324..=308 {
        let value: f64 = format!("1e{power}").parse().unwrap();
        for value in [value, value.next_up(), value.next_down(), -value] {
            check(value);
            check_single(value as f32);
        }
    }
}
