//! JSON against `serde_json`: what it reads back, and how it spells it.

use std::collections::BTreeMap;
use std::env;
use std::fmt::{self, Display};

use conformance::buffer;
use conformance::random::Random;
use conformance::reply::strict;
use conformance::sample::{Hand, any_value};
use replywire::json::{JsonError, Sink, ToJson, Value as Place, Written};
use replywire::{Error, Response, Status};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Map, Number, Value as Json, json};

/// What `serde` makes of a value.
fn by_serde<T: Serialize + ?Sized>(value: &T) -> Result<String, JsonError> {
    let mut buf = buffer(1 << 14);
    body(Response::new(&mut buf, Status::OK).json(value))
}

fn by_hand<T: ToJson + ?Sized>(value: &T) -> Result<String, JsonError> {
    let mut buf = buffer(1 << 14);
    body(Response::new(&mut buf, Status::OK).json_by_hand(value))
}

fn body(reply: Result<replywire::Reply<'_>, Error>) -> Result<String, JsonError> {
    match reply {
        Ok(reply) => Ok(String::from_utf8(strict(&reply, "GET").unwrap().body).unwrap()),
        Err(Error::Json(error)) => Err(error),
        Err(other) => panic!("{other:?}"),
    }
}

/// The text with every number that is no integer replaced by its bits: how its exponent is spelled
/// is a matter of taste.
fn without_taste(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = match first {
            '"' => {
                let mut end = 1;
                while rest.as_bytes()[end] != b'"' {
                    end += if rest.as_bytes()[end] == b'\\' { 2 } else { 1 };
                }
                end + 1
            }
            '-' | '0'..='9' => {
                let is_number = |char: char| char.is_ascii_digit() || "+-.eE".contains(char);
                rest.find(|char| !is_number(char)).unwrap_or(rest.len())
            }
            _ => first.len_utf8(),
        };
        let (token, tail) = rest.split_at(len);
        match token.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
            && token.contains(['.', 'e', 'E'])
        {
            true => out += &format!("{:016x}", token.parse::<f64>().unwrap().to_bits()),
            false => out += token,
        }
        rest = tail;
    }
    out
}

#[test]
fn random_values_are_read_back_and_spelled_as_serde_json_does() {
    let count = match env::var("REPLYWIRE_JSON_VALUES") {
        Ok(count) => count.parse().unwrap(),
        Err(_) => 100_000,
    };
    let mut source = Random::new(20_261_121);
    for index in 0..count {
        let value = any_value(&mut source, 3);
        let text = by_serde(&value).unwrap();
        assert_eq!(
            serde_json::from_str::<Json>(&text).unwrap(),
            value,
            "value {index}"
        );
        let theirs = serde_json::to_string(&value).unwrap();
        assert_eq!(
            without_taste(&text),
            without_taste(&theirs),
            "value {index}"
        );
        assert_eq!(by_hand(&Hand(&value)).unwrap(), text, "value {index}");
    }
}

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct New(u8);

#[derive(Serialize)]
struct Pair(u8, char);

#[derive(Serialize)]
struct Named<'s> {
    #[serde(rename = "a\"b")]
    first: &'s str,
    second: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    third: Option<u8>,
}

#[derive(Serialize)]
enum Kind {
    Unit,
    New(Pair),
    Tuple(u8, Vec<u8>),
    Struct { x: i8, y: () },
    Empty {},
}

/// A type that is a string by what it displays.
struct Displayed(&'static str);

impl Display for Displayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            write!(f, "{char}")?;
        }
        Ok(())
    }
}

impl Serialize for Displayed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Bytes as `serde` means them.
struct Bytes(&'static [u8]);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

fn is_spelled_alike<T: Serialize + ?Sized>(value: &T, want: &str) {
    assert_eq!(by_serde(value).unwrap(), want);
    assert_eq!(serde_json::to_string(value).unwrap(), want);
}

#[test]
fn every_kind_of_serde_value_is_spelled_as_serde_json_does() {
    is_spelled_alike(&Unit, "null");
    is_spelled_alike(&New(7), "7");
    is_spelled_alike(&Pair(7, '\u{1f600}'), "[7,\"\u{1f600}\"]");
    let named = Named {
        first: "\t",
        second: None,
        third: None,
    };
    is_spelled_alike(&named, r#"{"a\"b":"\t","second":null}"#);
    is_spelled_alike(&Kind::Unit, r#""Unit""#);
    is_spelled_alike(&Kind::New(Pair(1, 'a')), r#"{"New":[1,"a"]}"#);
    is_spelled_alike(&Kind::Tuple(1, vec![2, 3]), r#"{"Tuple":[1,[2,3]]}"#);
    is_spelled_alike(
        &Kind::Struct { x: -1, y: () },
        r#"{"Struct":{"x":-1,"y":null}}"#,
    );
    is_spelled_alike(&Kind::Empty {}, r#"{"Empty":{}}"#);
    is_spelled_alike(&[Some(1), None], "[1,null]");
    is_spelled_alike(
        &((), true, "\u{7f}\u{2028}"),
        "[null,true,\"\u{7f}\u{2028}\"]",
    );
    is_spelled_alike(
        &(i8::MIN, i16::MIN, i32::MIN, i64::MIN),
        "[-128,-32768,-2147483648,-9223372036854775808]",
    );
    is_spelled_alike(
        &(u8::MAX, u16::MAX, u32::MAX, u64::MAX),
        "[255,65535,4294967295,18446744073709551615]",
    );
    is_spelled_alike(&Bytes(b"\x00\xff"), "[0,255]");
    is_spelled_alike(&Displayed("a\"\u{1}\u{e9}"), "\"a\\\"\\u0001\u{e9}\"");
    is_spelled_alike("", "\"\"");
    is_spelled_alike(&[(); 0], "[]");
    is_spelled_alike(&BTreeMap::<u8, u8>::new(), "{}");
}

#[test]
fn the_ends_of_the_128_bit_integers_are_written_in_full() {
    let least = "-170141183460469231731687303715884105728";
    let most = "340282366920938463463374607431768211455";
    assert_eq!(by_serde(&i128::MIN).unwrap(), least);
    assert_eq!(by_serde(&u128::MAX).unwrap(), most);
    assert_eq!(by_hand(&i128::MIN).unwrap(), least);
    assert_eq!(by_hand(&u128::MAX).unwrap(), most);
    let mut power = 1u128;
    for digits in 1..=38 {
        for value in [power - 1, power, power + 1, power * 9] {
            assert_eq!(
                by_hand(&value).unwrap(),
                value.to_string(),
                "{digits} digits"
            );
            let negative = -(value as i128);
            assert_eq!(by_serde(&negative).unwrap(), negative.to_string());
        }
        power *= 10;
    }
}

#[test]
fn keys_that_are_no_strings_are_put_in_quotes() {
    let bools: BTreeMap<bool, u8> = [(true, 1)].into();
    is_spelled_alike(&bools, r#"{"true":1}"#);
    let numbers: BTreeMap<i64, u8> = [(-7, 1), (7, 2)].into();
    is_spelled_alike(&numbers, r#"{"-7":1,"7":2}"#);
    let wide: BTreeMap<u128, u8> = [(u128::MAX, 1)].into();
    is_spelled_alike(&wide, r#"{"340282366920938463463374607431768211455":1}"#);
    let chars: BTreeMap<char, u8> = [('"', 1)].into();
    is_spelled_alike(&chars, r#"{"\"":1}"#);
    let addresses: BTreeMap<std::net::Ipv4Addr, u8> = [(std::net::Ipv4Addr::LOCALHOST, 1)].into();
    is_spelled_alike(&addresses, r#"{"127.0.0.1":1}"#);
    // As Python does it; `serde_json` refuses a null.
    assert_eq!(by_serde(&Keyed(())).unwrap(), r#"{"null":1}"#);
    assert_eq!(by_serde(&Keyed(None::<u8>)).unwrap(), r#"{"null":1}"#);
    assert_eq!(by_serde(&Keyed(Some(1.5f32))).unwrap(), r#"{"1.5":1}"#);
    assert_eq!(by_serde(&Keyed(1e-5)).unwrap(), r#"{"1e-05":1}"#);
    assert_eq!(by_serde(&Keyed(Kind::Unit)).unwrap(), r#"{"Unit":1}"#);
    assert_eq!(by_serde(&Keyed(New(3))).unwrap(), r#"{"3":1}"#);
    assert_eq!(by_serde(&Keyed(Displayed("k\n"))).unwrap(), r#"{"k\n":1}"#);
}

/// A map with one key of any type.
struct Keyed<K>(K);

impl<K: Serialize> Serialize for Keyed<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&self.0, &1)?;
        map.end()
    }
}

#[test]
fn keys_that_are_neither_scalars_nor_strings_are_refused() {
    assert_eq!(by_serde(&Keyed([1])), Err(JsonError::Key));
    assert_eq!(by_serde(&Keyed((1, 2))), Err(JsonError::Key));
    assert_eq!(by_serde(&Keyed(Pair(1, 'a'))), Err(JsonError::Key));
    assert_eq!(by_serde(&Keyed(Keyed(1))), Err(JsonError::Key));
    assert_eq!(by_serde(&Keyed(Bytes(b"k"))), Err(JsonError::Key));
    assert_eq!(
        by_serde(&Keyed(Kind::New(Pair(1, 'a')))),
        Err(JsonError::Key)
    );
    assert_eq!(
        by_serde(&Keyed(Kind::Tuple(1, vec![]))),
        Err(JsonError::Key)
    );
    assert_eq!(
        by_serde(&Keyed(Kind::Struct { x: 1, y: () })),
        Err(JsonError::Key)
    );
    assert_eq!(by_serde(&Keyed(vec![1])), Err(JsonError::Key));
}

#[test]
fn what_is_not_finite_is_refused_wherever_it_stands() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(by_serde(&value), Err(JsonError::NotFinite));
        assert_eq!(by_hand(&value), Err(JsonError::NotFinite));
        assert_eq!(by_serde(&(value as f32)), Err(JsonError::NotFinite));
        assert_eq!(by_hand(&(value as f32)), Err(JsonError::NotFinite));
        assert_eq!(by_serde(&Keyed(value)), Err(JsonError::NotFinite));
        assert_eq!(
            by_serde(&json!([1]).as_array().map(|_| [1.0, value])),
            Err(JsonError::NotFinite)
        );
    }
}

#[test]
fn a_float_of_either_width_is_the_shortest_that_is_read_back() {
    assert_eq!(by_serde(&0.1f32).unwrap(), "0.1");
    assert_eq!(by_serde(&16_777_216f32).unwrap(), "16777216.0");
    assert_eq!(by_serde(&f32::MIN_POSITIVE).unwrap(), "1.1754944e-38");
    assert_eq!(by_serde(&1e-45f32).unwrap(), "1e-45");
    assert_eq!(by_serde(&f64::MAX).unwrap(), "1.7976931348623157e+308");
    assert_eq!(by_serde(&5e-324).unwrap(), "5e-324");
    let mut source = Random::new(7);
    for _ in 0..20_000 {
        let value = f32::from_bits(source.bits() as u32);
        if value.is_finite() {
            let text = by_serde(&value).unwrap();
            assert_eq!(
                text.parse::<f32>().unwrap().to_bits(),
                value.to_bits(),
                "{text}"
            );
            assert_eq!(by_hand(&value).unwrap(), text);
            assert!(text.contains(['.', 'e']), "{text}");
            // Of two shortest ones at the same distance either will do.
            let digits = |text: &str| {
                let mantissa = text.split('e').next().unwrap();
                let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
                digits.trim_matches('0').len()
            };
            assert_eq!(digits(&text), digits(&format!("{value:e}")), "{text}");
        }
    }
}

#[test]
fn a_float_of_either_width_has_an_exponent_below_1e_4_and_from_1e16_on() {
    let spelled = [
        (1e-7, "1e-07"),
        (9.5e-7, "9.5e-07"),
        (1e-6, "1e-06"),
        (1.25e-6, "1.25e-06"),
        (-1.25e-6, "-1.25e-06"),
        (1e-5, "1e-05"),
        (1.25e-5, "1.25e-05"),
        (1e-4, "0.0001"),
        (1.25e-4, "0.000125"),
        (0.125, "0.125"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (1e12, "1000000000000.0"),
        (1e13, "10000000000000.0"),
        (1.5e13, "15000000000000.0"),
        (-1.5e14, "-150000000000000.0"),
        (1e15, "1000000000000000.0"),
        (1.25e15, "1250000000000000.0"),
        (1e16, "1e+16"),
        (1.25e16, "1.25e+16"),
        (1e30, "1e+30"),
    ];
    for (value, want) in spelled {
        assert_eq!(by_serde::<f64>(&value).unwrap(), want);
        assert_eq!(by_hand::<f64>(&value).unwrap(), want);
        assert_eq!(by_serde(&(value as f32)).unwrap(), want, "in 32 bits");
        assert_eq!(by_hand(&(value as f32)).unwrap(), want, "in 32 bits");
    }
}

#[test]
fn a_number_by_its_text_is_a_number_or_refused() {
    struct Text<'t>(&'t str);

    impl ToJson for Text<'_> {
        fn to_json<S: Sink>(&self, out: Place<S>) -> Result<Written<S>, JsonError> {
            out.number(self.0)
        }
    }

    let letters = ["0", "1", "9", "-", "+", ".", "e", "E", " ", "x"];
    let mut texts = vec![String::new()];
    let mut last = texts.clone();
    for _ in 0..5 {
        last = last
            .iter()
            .flat_map(|text| letters.map(|letter| format!("{text}{letter}")))
            .collect();
        texts.extend(last.iter().cloned());
    }
    for text in texts {
        // A reader of JSON allows blanks around a number, which are not part of it.
        let is_number = serde_json::from_str::<&serde_json::value::RawValue>(&text)
            .is_ok_and(|raw| raw.get() == text);
        let want = match is_number {
            true => Ok(text.clone()),
            false => Err(JsonError::Number),
        };
        assert_eq!(by_hand(&Text(&text)), want, "{text:?}");
    }
}

/// Arrays, or enum variants, nested so deep.
struct Deep {
    depth: u32,
    kind: u8,
}

impl Serialize for Deep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return serializer.serialize_u8(1);
        };
        let inner = Self { depth, ..*self };
        match self.kind {
            0 => {
                let mut seq = serializer.serialize_seq(None)?;
                seq.serialize_element(&inner)?;
                seq.end()
            }
            1 => Keyed2(inner).serialize(serializer),
            2 => serializer.serialize_newtype_variant("e", 0, "v", &inner),
            3 => serializer.serialize_some(&(inner,)),
            _ => serializer.serialize_newtype_struct("n", &[inner]),
        }
    }
}

struct Keyed2(Deep);

impl Serialize for Keyed2 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("k", &self.0)?;
        map.end()
    }
}

#[test]
fn nesting_beyond_the_limit_is_an_error_and_not_an_overflow_of_the_stack() {
    for kind in 0..5 {
        assert!(by_serde(&Deep { depth: 254, kind }).is_ok());
        for depth in [255, 256, 1000, u32::MAX] {
            assert_eq!(
                by_serde(&Deep { depth, kind }),
                Err(JsonError::Depth),
                "{kind}"
            );
        }
    }
}

#[test]
fn a_value_that_fails_by_itself_is_a_custom_error() {
    struct Fails;

    impl Serialize for Fails {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }

    assert_eq!(by_serde(&Fails), Err(JsonError::Custom));
    assert_eq!(by_serde(&[Fails]), Err(JsonError::Custom));
    assert_eq!(by_serde(&Keyed(Fails)), Err(JsonError::Custom));
}

#[test]
fn a_string_of_every_character_is_read_back() {
    for plane in 0..0x11 {
        let chars = (plane << 16..(plane + 1) << 16).filter_map(char::from_u32);
        for chunk in chars.collect::<Vec<_>>().chunks(1000) {
            let text: String = chunk.iter().collect();
            let ours = by_serde(&text).unwrap();
            assert_eq!(ours, serde_json::to_string(&text).unwrap());
            assert_eq!(by_hand(text.as_str()).unwrap(), ours);
        }
    }
}

#[test]
fn a_value_that_changes_while_it_is_written_is_an_error_and_no_old_byte_comes_out() {
    /// Writes as many letters as the next number says.
    struct Changing(std::cell::RefCell<std::vec::IntoIter<usize>>);

    impl ToJson for Changing {
        fn to_json<S: Sink>(&self, out: Place<S>) -> Result<Written<S>, JsonError> {
            let letters = self.0.borrow_mut().next().unwrap_or(0);
            out.string(&"x".repeat(letters))
        }
    }

    for lengths in [[19, 1, 23], [34, 4, 12], [40, 5, 3]] {
        for room in 0..120 {
            let value = Changing(Vec::from(lengths).into_iter().into());
            let mut buf = vec![b'#'; room];
            match Response::new(&mut buf, Status::OK).json_by_hand(&value) {
                Ok(reply) => {
                    let body = "x".repeat(lengths[0]);
                    assert!(reply.ends_with(format!("\r\n\r\n\"{body}\"").as_bytes()));
                    assert!(!reply.contains(&b'#'));
                }
                Err(Error::Overflow { .. } | Error::Json(JsonError::Changed)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}
