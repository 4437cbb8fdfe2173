//! Values with a spelling of their own: decimals, integers as text, arrays of any dimension.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

use conformance::pieces::{pieces, whole};
use conformance::random::Random;
use conformance::size;
use replywire::json::{
    AsText, Decimal, Field, Filter, Integer, JsonError, MAX_DEPTH, Model, NdArray, Orjson, Outcome,
    Python, Resumable, Sink, ToJson, Ujson, Value, as_text,
};
use serde::{Serialize, Serializer};

/// Every way to write `value` gives `text`.
fn is_written(value: &(impl Serialize + ToJson + ?Sized), text: &str) {
    let text = Ok(text.as_bytes().to_vec());
    let none = Filter::new();
    assert_eq!(whole(&Python::of(value)), text);
    assert_eq!(whole(&Python::by_hand(value)), text);
    assert_eq!(whole(&Ujson::of(value)), text);
    assert_eq!(whole(&Ujson::by_hand(value)), text);
    assert_eq!(whole(&Orjson::of(value)), text);
    assert_eq!(whole(&Orjson::by_hand(value)), text);
    assert_eq!(whole(&Python::of(value).filtered(&none)), text);
    for size in (16..=40).filter(|size| *size < 20 || size::takes(*size, 5)) {
        assert_eq!(pieces(Python::of(value), || size), text);
        assert_eq!(pieces(Python::by_hand(value), || size), text);
        assert_eq!(pieces(Orjson::of(value), || size), text);
        assert_eq!(pieces(Python::of(value).filtered(&none), || size), text);
    }
}

/// The text of `value` / 10^`scale`, by the string of its digits.
fn decimal(value: i64, scale: u8) -> String {
    let scale = usize::from(scale);
    let mut text = format!("{:0>1$}", i128::from(value).abs(), scale + 1);
    if scale > 0 {
        text.insert(text.len() - scale, '.');
    }
    if value < 0 {
        text.insert(0, '-');
    }
    text
}

fn edges() -> Vec<i64> {
    let mut values = vec![0, i64::MAX, i64::MIN, i64::MIN + 1];
    let mut power = 1_i64;
    loop {
        for value in [power - 1, power, power + 1] {
            values.extend([value, -value]);
        }
        match power.checked_mul(10) {
            Some(next) => power = next,
            None => return values,
        }
    }
}

#[test]
fn decimals_of_every_scale_are_written_with_all_their_digits() {
    let mut source = Random::new(31);
    let mut values = edges();
    values.extend((0..30).map(|_| (source.bits() as i64) >> source.below(64)));
    for value in values {
        for scale in 0..=25 {
            let number = Decimal::new(value, scale);
            let text = decimal(value, scale);
            is_written(&number, &text);
            assert_eq!(number.to_string(), text);
            let read: f64 = serde_json::from_str(&text).unwrap();
            assert_eq!(read, text.parse::<f64>().unwrap());
        }
    }
}

#[test]
fn decimals_of_the_largest_scales_are_written_with_all_their_zeros() {
    for scale in 26..=u8::MAX {
        for value in [0, 5, -5, i64::MAX, i64::MIN] {
            let number = Decimal::new(value, scale);
            let text = decimal(value, scale);
            let expected = Ok(text.as_bytes().to_vec());
            assert_eq!(whole(&Python::of(&number)), expected);
            assert_eq!(whole(&Python::by_hand(&number)), expected);
            assert_eq!(pieces(Python::of(&number), || 16), expected);
            assert_eq!(pieces(Orjson::by_hand(&number), || 17), expected);
            assert_eq!(number.to_string(), text);
        }
    }
    is_written(&Decimal::new(i64::MIN, u8::MAX), &decimal(i64::MIN, 255));
    assert_eq!(decimal(i64::MIN, 255).len(), 258);
}

#[test]
fn random_decimals_in_arrays_are_taken_up_where_they_were() {
    let mut source = Random::new(32);
    for _ in 0..50 {
        let list: Vec<_> = (0..source.below(12))
            .map(|_| ((source.bits() as i64) >> source.below(64), source.bits()))
            .map(|(value, bits)| (value, (bits % 40) as u8))
            .collect();
        let values: Vec<_> = list.iter().map(|(v, s)| Decimal::new(*v, *s)).collect();
        let texts: Vec<_> = list.iter().map(|(v, s)| decimal(*v, *s)).collect();
        is_written(values.as_slice(), &format!("[{}]", texts.join(",")));
    }
}

#[test]
fn a_decimal_is_displayed_as_other_numbers_are() {
    let number = Decimal::new(-2150, 2);
    assert_eq!(format!("{number}"), "-21.50");
    assert_eq!(
        format!("{number:>8}|{number:<8}|{number:08}"),
        "  -21.50|-21.50  |-0021.50"
    );
    assert_eq!(format!("{:+}", Decimal::new(5, 1)), "+0.5");
}

/// A value that has its numbers in every place of a document.
struct Places;

impl Serialize for Places {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Newtype(Decimal);

        #[derive(Serialize)]
        enum Variant {
            One(Decimal),
            Two(Decimal, f32),
            Three { value: Decimal },
        }

        let number = Decimal::new(2150, 2);
        Model::new(serializer, "Places", 6)?
            .field(Field::new("plain"), &number)?
            .field(Field::new("some").alias("option"), &Some(number))?
            .field("newtype", &Newtype(number))?
            .field("keys", &BTreeMap::from([("a", number)]))?
            .field(
                "variants",
                &(
                    Variant::One(number),
                    Variant::Two(number, 0.5),
                    Variant::Three { value: number },
                ),
            )?
            .field("text", &format_args!("{number}"))?
            .end()
    }
}

#[test]
fn a_decimal_is_a_number_wherever_it_stands() {
    let text = concat!(
        r#"{"plain":21.50,"option":21.50,"newtype":21.50,"keys":{"a":21.50},"#,
        r#""variants":[{"One":21.50},{"Two":[21.50,0.5]},{"Three":{"value":21.50}}],"#,
        r#""text":"21.50"}"#,
    );
    let text = Ok(text.as_bytes().to_vec());
    let filter = Filter::new().exclude_none();
    assert_eq!(whole(&Python::of(&Places)), text);
    assert_eq!(whole(&Python::of(&Places).filtered(&filter)), text);
    for size in 16..=40 {
        assert_eq!(pieces(Python::of(&Places), || size), text);
        assert_eq!(pieces(Orjson::of(&Places).filtered(&filter), || size), text);
    }
}

/// A map has no keys but texts, which an ordinary one would sort: one entry.
struct Key<K>(K);

impl<K: Serialize> Serialize for Key<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(&self.0, 1)])
    }
}

#[test]
fn keys_are_the_same_text() {
    let text = Ok(br#"{"-0.05":1}"#.to_vec());
    assert_eq!(whole(&Python::of(&Key(Decimal::new(-5, 2)))), text);
    let text = Ok(br#"{"-5":1}"#.to_vec());
    assert_eq!(whole(&Python::of(&Key(AsText::new(-5)))), text);
}

#[test]
fn other_serializers_get_the_text() {
    let number = Decimal::new(-5, 3);
    assert_eq!(serde_json::to_string(&number).unwrap(), r#""-0.005""#);
    assert_eq!(serde_json::to_string(&AsText::new(7)).unwrap(), r#""7""#);
}

/// The newtype by which a decimal comes, with anything in it.
struct Forged<T>(T);

impl<T: Serialize> Serialize for Forged<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("$replywire::number", &self.0)
    }
}

/// A value that displays as this text, by pieces.
struct Shown<'t>(&'t str);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (first, rest) = self.0.split_at(self.0.len() / 2);
        serializer.collect_str(&format_args!("{first}{rest}"))
    }
}

#[test]
fn a_newtype_of_that_name_cannot_make_the_text_invalid() {
    let long = "1".repeat(258);
    for text in ["0", "-0", "1e5", "-1.25E-7", "18446744073709551615", &long] {
        let expected = Ok(text.as_bytes().to_vec());
        assert_eq!(whole(&Python::of(&Forged(Shown(text)))), expected);
        assert_eq!(pieces(Python::of(&Forged(Shown(text))), || 16), expected);
    }
    let wide = Shown("18446744073709551616");
    assert_eq!(whole(&Orjson::of(&Forged(wide))), Err(JsonError::Integer));
    let longer = "1".repeat(259);
    for text in ["", "x", "01", "1.", ".5", "+1", "1 ", "NaN", "[1]", &longer] {
        let forged = Forged(Shown(text));
        assert_eq!(
            whole(&Python::of(&forged)),
            Err(JsonError::Number),
            "{text}"
        );
        let pieces = pieces(Python::of(&forged), || 16);
        assert_eq!(pieces, Err(JsonError::Number), "{text}");
    }
    // What is not displayed is what it is, unless it has parts.
    assert_eq!(
        whole(&Python::of(&Forged("a\"b"))),
        Ok(br#""a\"b""#.to_vec())
    );
    assert_eq!(whole(&Python::of(&Forged(5))), Ok(b"5".to_vec()));
    let list = Forged([1, 2]);
    assert_eq!(whole(&Python::of(&list)), Err(JsonError::Number));
}

/// The digits of an integer as a string, in every way.
fn is_text<T: Integer + Display + Debug + Serialize + ToJson>(value: T) {
    let text = format!("\"{value}\"");
    is_written(&AsText::new(value), &text);
    is_written(&Some(AsText::new(value)), &text);
    is_written(
        &[AsText::new(value), AsText::new(value)],
        &format!("[{text},{text}]"),
    );
    assert_eq!(serde_json::to_string(&AsText::new(value)).unwrap(), text);
    assert_eq!(
        serde_json::from_str::<String>(&text).unwrap(),
        value.to_string()
    );

    #[derive(Serialize)]
    struct Order<T: Integer> {
        #[serde(serialize_with = "as_text")]
        id: T,
        count: u8,
    }
    let order = Order {
        id: value,
        count: 3,
    };
    let text = format!(r#"{{"id":{text},"count":3}}"#);
    assert_eq!(serde_json::to_string(&order).unwrap(), text);
    assert_eq!(whole(&Orjson::of(&order)), Ok(text.into_bytes()));
}

macro_rules! extremes {
    ($($integer:ty)+) => {
        $(
            for value in [0, 1, 9, 10, 99, 100, <$integer>::MIN, <$integer>::MAX] {
                is_text::<$integer>(value);
                is_text::<$integer>(value / 2);
                is_text::<$integer>(value / 3);
            }
            is_text::<$integer>(<$integer>::MIN + 1);
            is_text::<$integer>(<$integer>::MAX - 1);
        )+
    };
}

#[test]
fn the_extremes_of_every_integer_are_texts() {
    extremes! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }
}

#[test]
fn integers_around_every_power_of_ten_are_texts() {
    let mut power = 1_u128;
    loop {
        for value in [power - 1, power, power + 1] {
            let text = |value: &dyn Display| Ok(format!("\"{value}\"").into_bytes());
            assert_eq!(whole(&Orjson::of(&AsText::new(value))), text(&value));
            if let Ok(value) = u64::try_from(value) {
                assert_eq!(whole(&Orjson::by_hand(&AsText::new(value))), text(&value));
            }
            if let Ok(value) = i128::try_from(value) {
                assert_eq!(whole(&Orjson::of(&AsText::new(-value))), text(&-value));
                assert_eq!(
                    whole(&Python::of(&-value)),
                    Ok((-value).to_string().into_bytes())
                );
            }
            assert_eq!(
                whole(&Python::of(&value)),
                Ok(value.to_string().into_bytes())
            );
        }
        match power.checked_mul(10) {
            Some(next) => power = next,
            None => return,
        }
    }
}

/// The text of an array, by recursion.
fn nested(shape: &[usize], elements: &mut impl Iterator<Item = String>) -> String {
    match shape {
        [] => elements.next().unwrap(),
        [dimension, inner @ ..] => {
            let parts: Vec<_> = (0..*dimension).map(|_| nested(inner, elements)).collect();
            format!("[{}]", parts.join(","))
        }
    }
}

/// Every shape of that many dimensions, none above `most`.
fn shapes(dimensions: usize, most: usize) -> Vec<Vec<usize>> {
    match dimensions {
        0 => vec![vec![]],
        _ => shapes(dimensions - 1, most)
            .into_iter()
            .flat_map(|shape| (0..=most).map(move |last| [shape.as_slice(), &[last]].concat()))
            .collect(),
    }
}

#[test]
fn arrays_of_every_small_shape_are_written() {
    for shape in (1..=3).flat_map(|dimensions| shapes(dimensions, 3)) {
        let len = shape.iter().product();
        let numbers: Vec<u32> = (0..len as u32).map(|n| n * n * n * 37).collect();
        let array = NdArray::new(&shape, &numbers).unwrap();
        let text = nested(&shape, &mut numbers.iter().map(u32::to_string));
        is_written(&array, &text);
        assert_eq!(serde_json::to_string(&array).unwrap(), text);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(array).unwrap(), read);

        let numbers: Vec<_> = (0..len as i64)
            .map(|n| Decimal::new(n * 77 - 9, 2))
            .collect();
        let array = NdArray::new(&shape, &numbers).unwrap();
        let text = nested(&shape, &mut numbers.iter().map(Decimal::to_string));
        is_written(&array, &text);

        let texts: Vec<_> = (0..len).map(|n| "\u{e9}".repeat(n)).collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        let array = NdArray::new(&shape, &texts).unwrap();
        let text = nested(&shape, &mut texts.iter().map(|text| format!("{text:?}")));
        is_written(&array, &text);
        is_written(&Some([array, array]), &format!("[{text},{text}]"));

        for other in (0..=len + 2).filter(|other| *other != len) {
            let result = NdArray::new(&shape, &vec![(); other]).map(|_| ());
            assert_eq!(result, Err(JsonError::Shape), "{shape:?} of {other}");
        }
    }
}

#[test]
fn shapes_that_no_array_has_are_refused() {
    let refused = |shape: &[usize], elements: &[u8]| {
        let result = NdArray::new(shape, elements).map(|_| ());
        assert_eq!(result, Err(JsonError::Shape), "{shape:?}");
    };
    refused(&[], &[]);
    refused(&[], &[1]);
    refused(&[usize::MAX, 2], &[1; 2]);
    refused(&[2, usize::MAX, 0], &[]);
    refused(&[0, 2, usize::MAX], &[]);
    // Wraps around to 4, to 0 and to 1.
    refused(&[usize::MAX / 2 + 3, 2], &[1; 4]);
    refused(&[1 << (usize::BITS / 2), 1 << (usize::BITS / 2)], &[]);
    refused(&[usize::MAX, usize::MAX], &[1]);
    let most = usize::from(MAX_DEPTH);
    refused(&vec![1; most + 1], &[1]);
    let is_allowed = |shape: &[usize]| NdArray::<u8>::new(shape, &[]).is_ok();
    assert!(is_allowed(&[0, usize::MAX]));
    assert!(is_allowed(&[usize::MAX, 0]));
}

#[test]
fn arrays_may_be_as_deep_as_documents() {
    let most = usize::from(MAX_DEPTH);
    let shape = vec![1; most];
    let array = NdArray::new(&shape, &[7]).unwrap();
    is_written(
        &array,
        &format!("{}7{}", "[".repeat(most), "]".repeat(most)),
    );
    assert_eq!(whole(&Python::of(&[array])), Err(JsonError::Depth));
    assert_eq!(whole(&Python::by_hand(&[array])), Err(JsonError::Depth));
    for dimensions in 4..=12 {
        let shape = vec![2; dimensions];
        let numbers: Vec<u32> = (0..1 << dimensions).collect();
        let array = NdArray::new(&shape, &numbers).unwrap();
        let text = nested(&shape, &mut numbers.iter().map(u32::to_string));
        assert_eq!(
            pieces(Python::of(&array), || 31),
            Ok(text.clone().into_bytes())
        );
        assert_eq!(
            pieces(Python::by_hand(&array), || 20),
            Ok(text.into_bytes())
        );
    }
}

/// Counts how often one of the elements is written.
struct Counted<'c>(&'c std::cell::Cell<usize>);

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.set(self.0.get() + 1);
        serializer.serialize_u8(7)
    }
}

impl ToJson for Counted<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        self.0.set(self.0.get() + 1);
        7.to_json(out)
    }
}

#[test]
fn an_array_is_taken_up_at_the_right_element() {
    let count = std::cell::Cell::new(0);
    let elements: Vec<_> = (0..40 * 30 * 20).map(|_| Counted(&count)).collect();
    let array = NdArray::new(&[40, 30, 20], &elements).unwrap();
    let mut fills = 0;
    let mut size = || {
        fills += 1;
        64
    };
    let text = pieces(Python::of(&array), &mut size).unwrap();
    assert_eq!(pieces(Python::by_hand(&array), &mut size).unwrap(), text);
    // At each fill only the element at the place is written again.
    assert!(count.get() <= 2 * elements.len() + fills, "{}", count.get());
    // So a filled buffer late in a large array is as cheap as an early one.
    let most = size::either(300_000, 3_000_000);
    let ones = vec![1_u8; most];
    let shape = [most, 1];
    let array = NdArray::new(&shape, &ones).unwrap();
    let mut document = Resumable::new(Python::of(&array));
    let mut buf = vec![0; 600];
    let mut len = 0;
    loop {
        match document.fill(&mut buf).unwrap() {
            0 => break,
            n => len += n,
        }
    }
    assert_eq!(len, 4 * most + 1);
}
