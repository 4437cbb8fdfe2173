//! JSON against `serde_json`: what it reads back, and how it spells it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

use conformance::buffer;
use conformance::pieces::{pieces, whole};
use conformance::random::{Random, count};
use conformance::reply::strict;
use conformance::sample::{Hand, any_value};
use conformance::spelling::Spelled;
use conformance::tree::Tree;
use replywire::json::{
    Dialect, Document, Filter, JsonError, Orjson, Outcome, Part, Pydantic, Python, Shallow, Sink,
    ToJson, Ujson, Value as ValueSink,
};
use replywire::request::Exchange;
#[cfg(not(target_pointer_width = "64"))]
use replywire::request::{Exchange, Version};
use replywire::{Error, Response, Status};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};

/// The text that `serde` makes of a value.
fn by_serde<T: Serialize + ?Sized>(value: &T) -> Result<String, JsonError> {
    let mut buf = buffer(1 << 14);
    body(Response::to(&Exchange::GET, &mut buf, Status::OK).json(value))
}

fn by_hand<T: ToJson + ?Sized>(value: &T) -> Result<String, JsonError> {
    let mut buf = buffer(1 << 14);
    body(Response::to(&Exchange::GET, &mut buf, Status::OK).json_by_hand(value))
}

fn body(reply: Result<replywire::Reply<'_>, Error>) -> Result<String, JsonError> {
    match reply {
        Ok(reply) => Ok(String::from_utf8(strict(reply.as_bytes(), "GET").unwrap().body).unwrap()),
        Err(Error::Json(error)) => Err(error),
        Err(other) => panic!("{other:?}"),
    }
}

/// A value is what the dialect makes of it, or refused: as a whole and piece by piece.
fn is_spelled<D: Spelled>(value: &Tree, source: &mut Random) {
    let spelling = D::SPELLING;
    let expected = if !spelling.nulls && !value.all(Tree::is_finite) {
        Err(JsonError::NotFinite)
    } else if spelling.bytes && !value.all(Tree::is_no_raw_bytes) {
        Err(JsonError::NotUtf8)
    } else if !spelling.wide && !value.all(Tree::is_narrow) {
        Err(JsonError::Integer)
    } else {
        Ok(spelling.of(value))
    };
    let document = D::of(value);
    let text = whole(&document);
    assert_eq!(text.as_deref().map(lossy), expected.as_deref().map(lossy));
    let size = || source.below(80) + 16;
    assert_eq!(pieces(document, size), expected, "{value:?}");
    if let Ok(text) = text
        && value.all(Tree::has_plain_keys)
        && (!spelling.bytes || value.all(Tree::is_no_bytes))
    {
        let theirs = serde_json::to_vec(value).unwrap();
        let read = |text| serde_json::from_slice::<Json>(text).unwrap();
        assert_eq!(read(&text), read(&theirs));
    }
}

fn lossy(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(text)
}

#[test]
fn a_value_of_any_kind_is_spelled_as_the_dialect_does() {
    let mut source = Random::new(20_261_121);
    for index in 0..count() {
        let value = match source.below(16) {
            0 => {
                let depth = source.below(30);
                Tree::deep(&mut source, depth)
            }
            _ => Tree::any(&mut source, 3),
        };
        match index % 4 {
            0 => is_spelled::<Python>(&value, &mut source),
            1 => is_spelled::<Ujson>(&value, &mut source),
            2 => is_spelled::<Orjson>(&value, &mut source),
            _ => is_spelled::<Pydantic>(&value, &mut source),
        }
    }
}

#[test]
fn a_value_by_hand_is_what_it_is_by_serde() {
    let mut source = Random::new(20_261_122);
    for _ in 0..count() / 4 {
        let value = any_value(&mut source, 3);
        let text = by_serde(&value).unwrap();
        assert_eq!(by_hand(&Hand(&value)).unwrap(), text);
        assert_eq!(text.as_bytes(), Python::SPELLING.of(&value));
        let size = || source.below(80) + 16;
        assert_eq!(
            pieces(Ujson::by_hand(&Hand(&value)), size).unwrap(),
            Ujson::SPELLING.of(&value)
        );
        assert_eq!(
            whole(&Orjson::by_hand(&Hand(&value))).unwrap(),
            Orjson::SPELLING.of(&value)
        );
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
fn keys_are_as_the_dialect_spells_them() {
    fn key<D: Dialect>(key: impl Serialize) -> Result<String, JsonError> {
        whole(&D::of(&Keyed(key))).map(|text| String::from_utf8(text).unwrap())
    }

    for (value, ujson) in [
        (f64::NAN, r#"{"nan":1}"#),
        (f64::INFINITY, r#"{"inf":1}"#),
        (f64::NEG_INFINITY, r#"{"-inf":1}"#),
    ] {
        assert_eq!(key::<Python>(value), Err(JsonError::NotFinite));
        assert_eq!(key::<Ujson>(value).unwrap(), ujson);
        assert_eq!(key::<Ujson>(value as f32).unwrap(), ujson);
        assert_eq!(key::<Orjson>(value).unwrap(), r#"{"null":1}"#);
        assert_eq!(key::<Orjson>(value as f32).unwrap(), r#"{"null":1}"#);
        assert_eq!(key::<Pydantic>(value).unwrap(), ujson);
        assert_eq!(key::<Pydantic>(value as f32).unwrap(), ujson);
    }
    assert_eq!(key::<Python>(1e-5).unwrap(), r#"{"1e-05":1}"#);
    assert_eq!(key::<Ujson>(1e-5).unwrap(), r#"{"1e-05":1}"#);
    assert_eq!(key::<Orjson>(1e-5).unwrap(), r#"{"0.00001":1}"#);
    assert_eq!(key::<Pydantic>(1e-5).unwrap(), r#"{"1e-05":1}"#);
    assert_eq!(
        key::<Orjson>(1.5e13f32).unwrap(),
        r#"{"15000000000000.0":1}"#
    );
    assert_eq!(key::<Ujson>(()).unwrap(), r#"{"null":1}"#);
    assert_eq!(key::<Orjson>(None::<u8>).unwrap(), r#"{"null":1}"#);
    assert_eq!(key::<Pydantic>(()).unwrap(), r#"{"None":1}"#);
    assert_eq!(key::<Pydantic>(None::<u8>).unwrap(), r#"{"None":1}"#);
    assert_eq!(key::<Pydantic>(true).unwrap(), r#"{"true":1}"#);
    assert_eq!(key::<Ujson>("a/b").unwrap(), r#"{"a\/b":1}"#);
    assert_eq!(key::<Ujson>(Bytes(b"a/\n")).unwrap(), r#"{"a\/\n":1}"#);
    assert_eq!(key::<Ujson>(Bytes(b"\xff")), Err(JsonError::NotUtf8));
    assert_eq!(key::<Orjson>(Bytes(b"a")), Err(JsonError::Key));
    assert_eq!(key::<Pydantic>(Bytes(b"a/\n")).unwrap(), r#"{"a/\n":1}"#);
    assert_eq!(key::<Pydantic>(Bytes(b"\xff")), Err(JsonError::NotUtf8));
    assert_eq!(
        key::<Pydantic>(1_u128 << 70).unwrap(),
        r#"{"1180591620717411303424":1}"#
    );
    assert_eq!(key::<Orjson>(u128::MAX), Err(JsonError::Integer));
    assert_eq!(
        key::<Orjson>(u64::MAX).unwrap(),
        r#"{"18446744073709551615":1}"#
    );
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
}

/// Each dialect spells a number as it should, where there is room and where there is just enough.
fn are_spelled(value: f64) {
    fn is_spelled<D: Spelled>(value: f64) {
        if value.is_finite() {
            let text = D::SPELLING.double(value);
            is_written::<D, _>(&value, &text);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        let single = value as f32;
        if single.is_finite() {
            let text = D::SPELLING.single(single);
            is_written::<D, _>(&single, &text);
            assert_eq!(text.parse::<f32>().unwrap().to_bits(), single.to_bits());
        }
    }

    is_spelled::<Python>(value);
    is_spelled::<Ujson>(value);
    is_spelled::<Orjson>(value);
    is_spelled::<Pydantic>(value);
}

fn is_written<D: Dialect, T: Serialize + ToJson>(value: &T, text: &str) {
    let mut buf = [0; 64];
    let len = D::of(value).try_write(&mut buf).unwrap();
    assert_eq!(lossy(&buf[..len]), text);
    let mut buf = vec![0; text.len()];
    assert_eq!(D::by_hand(value).write(&mut buf), Ok(text.len()));
    assert_eq!(lossy(&buf), text);
}

#[test]
fn a_float_of_any_bits_is_spelled_by_each_dialect() {
    let mut source = Random::new(7);
    for _ in 0..count() {
        are_spelled(f64::from_bits(source.bits()));
        are_spelled(f32::from_bits(source.bits() as u32).into());
    }
}

#[test]
fn a_float_of_any_exponent_is_spelled_by_each_dialect() {
    let mut source = Random::new(8);
    for exponent in 0..0x7ff {
        let fractions = [0, 1, (1 << 52) - 1, 1 << 51, source.bits() >> 12];
        for fraction in fractions {
            are_spelled(f64::from_bits(exponent << 52 | fraction));
        }
    }
    for exponent in 0..0xff {
        let fractions = [0, 1, (1 << 23) - 1, 1 << 22, source.bits() as u32 >> 9];
        for fraction in fractions {
            are_spelled(f32::from_bits(exponent << 23 | fraction).into());
        }
    }
    for power in -324..=308 {
        for digits in ["1", "-1", "5", "9.5", "9.999999", "1.2345678901234567"] {
            let value: f64 = format!("{digits}e{power}").parse().unwrap();
            for value in [value, value.next_up(), value.next_down()] {
                are_spelled(value);
            }
        }
    }
}

#[test]
fn a_short_decimal_is_spelled_by_each_dialect() {
    let mut source = Random::new(9);
    for places in 0..=7 {
        let unit = 10f64.powi(places);
        for whole in 0..1000 {
            are_spelled(f64::from(whole) / unit);
        }
        for _ in 0..count() / 50 {
            let digits = source.bits() >> (10 + source.below(54));
            are_spelled(digits as f64 / unit);
            are_spelled(-(digits as f64) / unit);
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

/// The texts are those of orjson 3.13.0, which takes an `f32` as one of numpy 2.4.6.
#[test]
fn an_f32_in_the_dialect_of_orjson_has_an_exponent_below_1e_6_and_from_1e13_on() {
    let spelled: [(f32, &str); 15] = [
        (1.5e-8, "1.5e-8"),
        (1e-7, "1e-7"),
        (9.999e-7, "9.999e-7"),
        (1e-6, "0.000001"),
        (1.5e-6, "0.0000015"),
        (-1.234_567_9e-6, "-0.0000012345679"),
        (1.5e-5, "0.000015"),
        (1.5e-4, "0.00015"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.5e9, "1500000000.0"),
        (1.5e12, "1500000000000.0"),
        (9.999_999e12, "9999999000000.0"),
        (1e13, "1e+13"),
        (-1.5e13, "-1.5e+13"),
    ];
    for (value, want) in spelled {
        is_written::<Orjson, _>(&value, want);
    }
    is_written::<Orjson, _>(&1.5e-6, "1.5e-6");
    is_written::<Orjson, _>(&1.5e13, "15000000000000.0");
}

/// The texts are those of `TypeAdapter(Any).dump_json` of pydantic 2.14.4.
#[test]
fn the_dialect_of_pydantic_writes_what_fastapi_sends() {
    let text = |value: &dyn Fn(&mut [u8]) -> Result<usize, Error>| {
        let mut buf = [0; 256];
        let len = value(&mut buf).unwrap();
        lossy(&buf[..len]).into_owned()
    };
    let value = (
        (1e-5, 1e-6, 1e16, f64::NAN, f64::NEG_INFINITY, -0.0),
        (1_u128 << 70, -(1_i128 << 100), u64::MAX),
        (Bytes(b"a/\xc3\xa9\n"), "\u{7f}\u{2028}\u{1f}</", ()),
    );
    assert_eq!(
        text(&|buf| Pydantic::of(&value).write(buf)),
        "[[0.00001,1e-6,1e+16,null,null,-0.0],\
         [1180591620717411303424,-1267650600228229401496703205376,18446744073709551615],\
         [\"a/\u{e9}\\n\",\"\u{7f}\u{2028}\\u001f</\",null]]"
    );
    assert_eq!(
        text(&|buf| Pydantic::by_hand(&[1e-5, f64::INFINITY]).write(buf)),
        "[0.00001,null]"
    );
    assert_eq!(
        whole(&Pydantic::by_hand(&Text("1180591620717411303424"))).unwrap(),
        b"1180591620717411303424"
    );
    assert_eq!(
        whole(&Pydantic::of(&[Bytes(b"\xff")])),
        Err(JsonError::NotUtf8)
    );
}

/// A number by its text.
struct Text<'t>(&'t str);

impl ToJson for Text<'_> {
    fn to_json<S: Sink>(&self, out: ValueSink<S>) -> Outcome<S> {
        out.number(self.0)
    }
}

#[test]
fn an_integer_by_its_text_has_64_bits_in_the_dialect_of_orjson() {
    let refused = [
        "18446744073709551616",
        "-9223372036854775809",
        "-18446744073709551615",
        "340282366920938463463374607431768211456",
    ];
    for text in refused {
        assert_eq!(
            whole(&Orjson::by_hand(&Text(text))),
            Err(JsonError::Integer)
        );
        assert_eq!(
            whole(&Ujson::by_hand(&Text(text))).unwrap(),
            text.as_bytes()
        );
        assert_eq!(by_hand(&Text(text)).unwrap(), text);
    }
    let written = [
        "18446744073709551615",
        "-9223372036854775808",
        "-0",
        "18446744073709551616.0",
        "1e400",
        "18446744073709551616E0",
    ];
    for text in written {
        assert_eq!(
            whole(&Orjson::by_hand(&Text(text))).unwrap(),
            text.as_bytes()
        );
    }
}

#[test]
fn a_number_by_its_text_is_a_number_or_refused() {
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

/// Newtypes of one kind, nested so deep.
struct Wrapped {
    depth: u32,
    kind: u8,
}

impl Serialize for Wrapped {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return serializer.serialize_u8(1);
        };
        let inner = Self { depth, ..*self };
        match (self.kind, depth % 2) {
            (0, _) | (2, 0) => serializer.serialize_some(&inner),
            (1, _) | (2, _) => serializer.serialize_newtype_struct("n", &inner),
            (3, _) => serializer.serialize_newtype_struct("$replywire::number", &inner),
            _ => serializer.serialize_newtype_struct("$replywire::field", &inner),
        }
    }
}

impl ToJson for Wrapped {
    fn to_json<S: Sink>(&self, out: ValueSink<S>) -> Outcome<S> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return out.unsigned(1);
        };
        Some(Self { depth, ..*self }).to_json(out)
    }
}

/// A document is refused for its depth in whatever way it leaves.
fn is_too_deep(document: impl Document + Copy) {
    assert_eq!(whole(&document), Err(JsonError::Depth));
    assert_eq!(pieces(document, || 16), Err(JsonError::Depth));
}

#[test]
fn newtypes_beyond_the_limit_are_an_error_and_not_an_overflow_of_the_stack() {
    for kind in 0..5 {
        // A mark of a field is in no other.
        let depth = if kind == 4 { 1 } else { 254 };
        let most = Wrapped { depth, kind };
        assert_eq!(by_serde(&most).as_deref(), Ok("1"));
        assert_eq!(by_hand(&most).as_deref(), Ok("1"));
        assert_eq!(
            by_serde(&BTreeMap::from([("k", &most)])).unwrap(),
            r#"{"k":1}"#
        );
        for depth in [255, 256, 300_000, u32::MAX] {
            let value = Wrapped { depth, kind };
            let include = [Part::Name("k")];
            let filters = [
                Filter::new(),
                Filter::new().exclude_none(),
                Filter::new().include(&include),
            ];
            is_too_deep(Python::of(&value));
            is_too_deep(Python::by_hand(&value));
            is_too_deep(Python::of(&[Some(&value)]));
            // A newtype in a mark tells the name of a field, which is then another.
            let names = if kind == 4 { 2 } else { 3 };
            for filter in &filters[..names] {
                let map = BTreeMap::from([("k", &value)]);
                is_too_deep(Python::of(&map).filtered(filter));
                is_too_deep(Python::of(&Field { k: &value }).filtered(filter));
            }
            // A key of a map, which is written, and compared with a name.
            is_too_deep(Python::of(&Keyed(&value)));
            for filter in &filters[..2] {
                is_too_deep(Python::of(&Keyed(&value)).filtered(filter));
            }
            let text = whole(&Python::of(&Keyed(&value)).filtered(&filters[2]));
            assert!(matches!(text.as_deref(), Ok(b"{}") | Err(_)), "{text:?}");
        }
    }
}

#[derive(Serialize)]
struct Field<T> {
    k: T,
}

/// So many of a newtype around so many lists.
struct Both(u32, u32);

impl Serialize for Both {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.0.checked_sub(1), self.1.checked_sub(1)) {
            (Some(newtypes), _) => serializer.serialize_some(&Self(newtypes, self.1)),
            (None, Some(lists)) => serializer.collect_seq([Self(0, lists)]),
            (None, None) => serializer.serialize_unit(),
        }
    }
}

impl ToJson for Both {
    fn to_json<S: Sink>(&self, out: ValueSink<S>) -> Outcome<S> {
        match (self.0.checked_sub(1), self.1.checked_sub(1)) {
            (Some(newtypes), _) => Some(Self(newtypes, self.1)).to_json(out),
            (None, Some(lists)) => out.array()?.item(&Self(0, lists))?.end(),
            (None, None) => out.null(),
        }
    }
}

#[test]
fn the_caller_says_how_deep_arrays_objects_and_newtypes_nest() {
    fn limit<const N: u8>() {
        let most = u32::from(N.min(254));
        for newtypes in [0, most.saturating_sub(1), most, most + 1] {
            for lists in [0, most.saturating_sub(1), most, most + 1] {
                let value = Both(newtypes, lists);
                let want = match newtypes <= most && lists <= most {
                    true => Ok(4 + 2 * lists as usize),
                    false => Err(JsonError::Depth),
                };
                assert_eq!(Shallow::<Python, N>::of(&value).measure(), want);
                assert_eq!(Shallow::<Orjson, N>::by_hand(&value).measure(), want);
                let text = pieces(Shallow::<Ujson, N>::of(&value), || 16);
                assert_eq!(text.map(|text| text.len()), want);
                let none = Filter::new();
                let document = Shallow::<Python, N>::of(&value).filtered(&none);
                assert_eq!(document.measure(), want);
            }
        }
    }
    limit::<0>();
    limit::<1>();
    limit::<2>();
    limit::<9>();
    limit::<254>();
    limit::<255>();
    // A deeper one within does not give more.
    type Shallower = Shallow<Shallow<Python, 2>, 9>;
    assert_eq!(Shallower::of(&[[[0]]]).measure(), Err(JsonError::Depth));
    // All else is as in the dialect.
    let value = ("a/b", 1e-5, f32::NAN);
    let within = whole(&Shallow::<Orjson, 9>::of(&value));
    assert_eq!(within, whole(&Orjson::of(&value)));
    let within = whole(&Shallow::<Ujson, 9>::of(&("a/b", 1e-5)));
    assert_eq!(within, whole(&Ujson::of(&("a/b", 1e-5))));
}

#[cfg(not(target_pointer_width = "64"))]
#[test]
#[ignore = "without optimization it takes minutes; `.ci/long` runs it"]
fn a_reply_of_more_than_4_gib_tells_no_wrong_length() {
    // Each character takes six bytes.
    let text = "\u{1}".repeat(1 << 24);
    let value = vec![text.as_str(); 43];
    let document = Python::of(&value);
    let too_long = Error::Json(JsonError::TooLong);
    assert_eq!(document.write(&mut [0; 8]), Err(too_long));
    let exchange = Exchange::new("GET", Version::Http10, [("", ""); 0]);
    let mut buf = buffer(256);
    let reply = Response::to(&exchange, &mut buf, Status::OK).document(document);
    assert_eq!(reply.map(|_| ()), Err(too_long));
    let sized = Response::to(&exchange, &mut buf, Status::OK).document_stream(document);
    assert_eq!(sized.map(|_| ()).unwrap_err(), too_long);
    // Chunks tell their own.
    let mut transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .document_stream(document)
        .unwrap();
    assert_ne!(transfer.step().unwrap().bytes(), b"");
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
        fn to_json<S: Sink>(&self, out: ValueSink<S>) -> Outcome<S> {
            let letters = self.0.borrow_mut().next().unwrap_or(0);
            out.string(&"x".repeat(letters))
        }
    }

    for lengths in [[19, 1, 23], [34, 4, 12], [40, 5, 3]] {
        for room in 0..120 {
            let value = Changing(Vec::from(lengths).into_iter().into());
            let mut buf = vec![b'#'; room];
            match Response::to(&Exchange::GET, &mut buf, Status::OK).json_by_hand(&value) {
                Ok(reply) => {
                    let body = "x".repeat(lengths[0]);
                    assert!(
                        reply
                            .as_bytes()
                            .ends_with(format!("\r\n\r\n\"{body}\"").as_bytes())
                    );
                    assert!(!reply.as_bytes().contains(&b'#'));
                }
                Err(Error::Overflow { .. } | Error::Json(JsonError::LengthChanged)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}
