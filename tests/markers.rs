//! Markers: types that tell a serializer, by a name, that their text is to be written as it is.

use std::collections::BTreeMap;

use conformance::pieces::{pieces, whole};
use conformance::size;
use replywire::body::{Chunk, Event, JsonLine};
use replywire::json::{
    AsText, Decimal, Document, Filter, JsonError, NdArray, Orjson, Outcome, Part, Python, Shallow,
    Sink, ToJson, Ujson, Value,
};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{json, to_string};

const RAW: &str = "$serde_json::private::RawValue";
const NUMBER: &str = "$serde_json::private::Number";

/// A text that is marked by the name of a struct and of its field, as those of `serde_json` are.
#[derive(Clone, Copy)]
struct Marked<'t>(&'static str, &'t str);

impl Serialize for Marked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct(self.0, 1)?;
        out.serialize_field(self.0, self.1)?;
        out.end()
    }
}

const fn raw(text: &str) -> Marked<'_> {
    Marked(RAW, text)
}

/// A text that is JSON already, by hand.
struct Raw<'t>(&'t str);

impl ToJson for Raw<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        out.raw(self.0)
    }
}

/// Every way to write a document gives this.
fn comes_as(document: impl Document + Copy, want: &Result<Vec<u8>, JsonError>) {
    assert_eq!(&whole(&document), want);
    for size in (16..=60).filter(|size| *size < 20 || size::takes(*size, 7)) {
        assert_eq!(&pieces(document, || size), want, "pieces of {size}");
    }
}

/// Every way to serialize a value gives this text.
#[track_caller]
fn is_written(value: &impl Serialize, text: &str) {
    let want = Ok(text.as_bytes().to_vec());
    let none = Filter::new();
    comes_as(Python::of(value), &want);
    comes_as(Ujson::of(value), &want);
    comes_as(Orjson::of(value), &want);
    comes_as(Python::of(value).filtered(&none), &want);
}

#[track_caller]
fn is_refused(value: &impl Serialize, error: JsonError) {
    let none = Filter::new();
    comes_as(Python::of(value), &Err(error));
    comes_as(Ujson::of(value), &Err(error));
    comes_as(Orjson::of(value), &Err(error));
    comes_as(Python::of(value).filtered(&none), &Err(error));
}

#[test]
fn a_raw_value_of_serde_json_is_its_text() {
    for text in [
        "[1, 2]",
        "{ \"a\" :\t[ ] , \"b\\/\": {\"c\":\n-1.5E+3 } }",
        "1.50",
        "1e400",
        "123456789012345678901234567890123456789012345678901234567890",
        "\"\\ud800 \\u0000 caf\u{e9} \\/ /\"",
        "null",
    ] {
        let owned = RawValue::from_string(text.into()).unwrap();
        is_written(&owned, text);
        is_written(&&*owned, text);
        is_written(
            &(1, &owned, [Some(&owned)]),
            &format!("[1,{text},[{text}]]"),
        );
        let map = BTreeMap::from([("a", &owned), ("b", &owned)]);
        is_written(&map, &format!(r#"{{"a":{text},"b":{text}}}"#));
        let want = Ok(text.as_bytes().to_vec());
        comes_as(Python::by_hand(&Raw(text)), &want);
        comes_as(Ujson::by_hand(&Raw(text)), &want);
        comes_as(Orjson::by_hand(&Raw(text)), &want);
    }
}

#[test]
fn a_number_of_arbitrary_precision_is_its_text_or_refused() {
    for text in ["1.5", "0", "-0", "1e400", "1.10", "18446744073709551615"] {
        is_written(&Marked(NUMBER, text), text);
        is_written(&[Some(Marked(NUMBER, text))], &format!("[{text}]"));
    }
    for text in [
        "", "01", "1.", "+1", " 1", "1 ", "NaN", "[1]", "\"1\"", "1,2",
    ] {
        is_refused(&Marked(NUMBER, text), JsonError::Number);
    }
    let wide = Marked(NUMBER, "18446744073709551616");
    comes_as(Python::of(&wide), &Ok(b"18446744073709551616".to_vec()));
    comes_as(Orjson::of(&wide), &Err(JsonError::Integer));
}

/// All texts of up to `len` of these pieces.
fn texts(pieces: &[&str], len: usize) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut last = texts.clone();
    for _ in 0..len {
        last = last
            .iter()
            .flat_map(|text| pieces.iter().map(move |piece| format!("{text}{piece}")))
            .collect();
        texts.extend(last.iter().cloned());
    }
    texts
}

#[test]
fn a_text_under_the_name_of_a_raw_value_is_json_or_refused() {
    let structure = texts(&["[", "]", "{", "}", ",", ":", "\"a\"", "1", " "], 6);
    let strings = texts(
        &[
            "\"", "\\", "u", "12", "aF", "g", "n", "/", "\u{1}", "\u{7f}", "\u{e9}",
        ],
        5,
    );
    let scalars = texts(
        &[
            "tru", "e", "fals", "nul", "l", "-", "0", "1", ".", "\n", "\u{c}",
        ],
        4,
    );
    let quoted = strings.iter().map(|text| format!("\"{text}"));
    let mut written = 0;
    for text in structure.iter().chain(&scalars).cloned().chain(quoted) {
        let is_json = serde_json::from_str::<&RawValue>(&text).is_ok();
        let want = match is_json {
            true => Ok(text.len()),
            false => Err(JsonError::NotJson),
        };
        assert_eq!(Python::of(&raw(&text)).measure(), want, "{text:?}");
        assert_eq!(Python::by_hand(&Raw(&text)).measure(), want, "{text:?}");
        written += usize::from(is_json);
    }
    assert!(written > 1000, "{written}");
    for text in ["", "[", "1 2", "{\"a\":1,}", "nan"] {
        is_refused(&raw(text), JsonError::NotJson);
        is_refused(&(["x"; 9], raw(text)), JsonError::NotJson);
    }
}

#[test]
fn the_depth_of_a_raw_value_counts_with_what_is_around_it() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |depth| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let most = nested(254);
        assert!(Python::of(&raw(&most)).measure().is_ok());
        is_refused(&raw(&nested(255)), JsonError::Depth);
        is_refused(&raw(&nested(100_000)), JsonError::Depth);
        is_refused(&[[raw(&nested(253))]], JsonError::Depth);
        assert!(Python::of(&[[raw(&nested(252))]]).measure().is_ok());
        let document = Shallow::<Python, 3>::of(&[[()]]);
        assert_eq!(document.measure(), Ok(8));
        let two = nested(2);
        let (fits, deep) = ([raw(&two)], [[raw(&two)]]);
        assert!(Shallow::<Python, 3>::of(&fits).measure().is_ok());
        let document = Shallow::<Python, 3>::of(&deep);
        assert_eq!(document.measure(), Err(JsonError::Depth));
    }
    // A text without arrays and objects is none itself.
    let scalar = raw("1");
    assert_eq!(Shallow::<Python, 1>::of(&[scalar]).measure(), Ok(3));
}

#[test]
fn a_long_raw_value_goes_on_in_the_middle_of_its_text() {
    let text = to_string(&vec![json!({"a": [1, "caf\u{e9}", null]}); 20_000]).unwrap();
    let want = Ok(format!("[{text},7]").into_bytes());
    let value = (raw(&text), 7);
    assert_eq!(pieces(Python::of(&value), || 32), want);
}

#[test]
fn a_raw_value_that_changes_between_pieces_is_told() {
    use std::cell::Cell;

    struct Changing<'t>([&'t str; 2], Cell<usize>, usize);

    impl Serialize for Changing<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let turn = self.1.replace(self.1.get() + 1);
            raw(self.0[usize::from(turn >= self.2)]).serialize(serializer)
        }
    }

    let list = |number: &str| format!("[{}0]", format!("{number},").repeat(50));
    let (ones, twos) = (list("1"), list("2"));
    // It begins as before, and is no JSON any more.
    let broken = format!("{}}}", &ones[..ones.len() - 1]);
    let shorter = &ones[..20];
    let string = format!("\"{}\"", "x".repeat(99));
    for other in [&*twos, &*broken, shorter, "1", &*string] {
        for turn in 1..3 {
            let result = pieces(
                Python::of(&Changing([&ones, other], Cell::new(0), turn)),
                || 32,
            );
            let changed = [JsonError::TextChanged, JsonError::NotJson];
            assert!(changed.contains(&result.clone().unwrap_err()), "{result:?}");
        }
    }
}

#[test]
fn a_struct_that_is_more_than_its_marker_is_refused() {
    /// A struct of this name with these fields.
    struct Forged(&'static str, &'static [(&'static str, &'static str)]);

    impl Serialize for Forged {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut out = serializer.serialize_struct(self.0, self.1.len())?;
            for (key, value) in self.1 {
                out.serialize_field(key, value)?;
            }
            out.end()
        }
    }

    for name in [RAW, NUMBER] {
        for fields in [
            &[][..],
            &[("a", "1")],
            &[(RAW, "1"), (RAW, "2")],
            &[(NUMBER, "1"), (NUMBER, "2")],
            &[(RAW, "1"), (NUMBER, "2")],
            &[(RAW, "1"), ("a", "2")],
            &[("a", "2"), (RAW, "1")],
            &[(NUMBER, "1"), ("a", "2")],
            &[("a", "2"), (NUMBER, "1")],
            &[("$", "1")],
        ] {
            let whole = whole(&Python::of(&Forged(name, fields)));
            assert_eq!(whole, Err(JsonError::NotJson), "{name} {fields:?}");
            is_refused(&[Forged(name, fields)], JsonError::NotJson);
        }
    }
    // The name alone, or the field's alone, is like any other.
    is_written(
        &Forged("A", &[(RAW, "1")]),
        r#"{"$serde_json::private::RawValue":"1"}"#,
    );
    is_written(
        &Forged("$", &[("$", "1"), ("b", "")]),
        r#"{"$":"1","b":""}"#,
    );
    // Data cannot mark anything.
    is_written(
        &BTreeMap::from([(RAW, "[1]")]),
        r#"{"$serde_json::private::RawValue":"[1]"}"#,
    );

    /// A marker around something that is no text.
    struct Odd<T>(&'static str, T);

    impl<T: Serialize> Serialize for Odd<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut out = serializer.serialize_struct(self.0, 1)?;
            out.serialize_field(self.0, &self.1)?;
            out.end()
        }
    }

    for (name, error) in [(RAW, JsonError::NotJson), (NUMBER, JsonError::Number)] {
        is_refused(&Odd(name, 1), error);
        is_refused(&Odd(name, true), error);
        is_refused(&Odd(name, ()), error);
        is_refused(&Odd(name, 'a'), error);
        is_refused(&Odd(name, [1]), error);
        is_refused(&Odd(name, BTreeMap::from([(1, 1)])), error);
        is_refused(&Odd(name, raw("1")), error);
    }
}

/// Each form in which a type may have another within it.
#[derive(Serialize)]
struct Newtype<T>(T);

#[derive(Serialize)]
struct Struct<T> {
    v: T,
}

#[derive(Serialize)]
struct Flat<T> {
    #[serde(flatten)]
    v: T,
}

#[derive(Serialize)]
enum External<T> {
    Newtype(T),
    Tuple(T, u8),
    Struct { v: T },
}

#[derive(Serialize)]
#[serde(tag = "t")]
enum Internal<T> {
    Newtype(Struct<T>),
    Struct { v: T },
    Nested(External<T>),
}

#[derive(Serialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent<T> {
    Newtype(T),
    Tuple(T, u8),
    Struct { v: T },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Untagged<T> {
    Newtype(T),
    Tuple(T, u8),
    Struct { v: T },
}

/// A value has this text in every form.
#[track_caller]
fn in_every_form<T: Serialize + Clone>(value: T, text: &str) {
    let v = || value.clone();
    let is = |value: &dyn Fn() -> String, template: &str| {
        assert_eq!(value(), template.replace('#', text), "{template}");
    };
    macro_rules! is {
        ($($value:expr => $text:expr;)+) => {
            $(
                let value = $value;
                is(&|| {
                    let text = whole(&Python::of(&value)).unwrap();
                    assert_eq!(pieces(Python::of(&value), || 17), Ok(text.clone()));
                    let none = Filter::new();
                    assert_eq!(whole(&Python::of(&value).filtered(&none)), Ok(text.clone()));
                    String::from_utf8(text).unwrap()
                }, $text);
            )+
        };
    }
    is! {
        v() => "#";
        Some(v()) => "#";
        Box::new(v()) => "#";
        [v()] => "[#]";
        (v(), 1) => "[#,1]";
        BTreeMap::from([("k", v())]) => r#"{"k":#}"#;
        Newtype(v()) => "#";
        Struct { v: v() } => r#"{"v":#}"#;
        External::Newtype(v()) => r#"{"Newtype":#}"#;
        External::Tuple(v(), 1) => r#"{"Tuple":[#,1]}"#;
        External::Struct { v: v() } => r#"{"Struct":{"v":#}}"#;
        Internal::Newtype(Struct { v: v() }) => r#"{"t":"Newtype","v":#}"#;
        Internal::Struct { v: v() } => r#"{"t":"Struct","v":#}"#;
        Internal::Nested(External::Newtype(v())) => r#"{"t":"Nested","Newtype":#}"#;
        Internal::Nested(External::Tuple(v(), 1)) => r#"{"t":"Nested","Tuple":[#,1]}"#;
        Internal::Nested(External::Struct { v: v() }) => r#"{"t":"Nested","Struct":{"v":#}}"#;
        Adjacent::Newtype(v()) => r#"{"t":"Newtype","c":#}"#;
        Adjacent::Tuple(v(), 1) => r#"{"t":"Tuple","c":[#,1]}"#;
        Adjacent::Struct { v: v() } => r#"{"t":"Struct","c":{"v":#}}"#;
        Untagged::Newtype(v()) => "#";
        Untagged::Tuple(v(), 1) => "[#,1]";
        Untagged::Struct { v: v() } => r#"{"v":#}"#;
        Flat { v: Struct { v: v() } } => r#"{"v":#}"#;
        Flat { v: Some(Struct { v: v() }) } => r#"{"v":#}"#;
        Flat { v: BTreeMap::from([("k", v())]) } => r#"{"k":#}"#;
        Flat { v: External::Newtype(v()) } => r#"{"Newtype":#}"#;
        Flat { v: External::Tuple(v(), 1) } => r#"{"Tuple":[#,1]}"#;
        Flat { v: External::Struct { v: v() } } => r#"{"Struct":{"v":#}}"#;
        Flat { v: External::Struct { v: Some(Newtype([v()])) } } => r#"{"Struct":{"v":[#]}}"#;
        Flat { v: Internal::Struct { v: v() } } => r#"{"t":"Struct","v":#}"#;
        Flat { v: Internal::Nested(External::Tuple(v(), 1)) }
            => r#"{"t":"Nested","Tuple":[#,1]}"#;
        Flat { v: Adjacent::Tuple(v(), 1) } => r#"{"t":"Tuple","c":[#,1]}"#;
        Flat { v: Adjacent::Struct { v: v() } } => r#"{"t":"Struct","c":{"v":#}}"#;
        Flat { v: Untagged::Struct { v: v() } } => r#"{"v":#}"#;
        Flat { v: Flat { v: External::Struct { v: v() } } } => r#"{"Struct":{"v":#}}"#;
    }
}

#[test]
fn a_marker_survives_every_form_of_struct_and_enum() {
    in_every_form(Decimal::new(2150, 2), "21.50");
    in_every_form(Decimal::new(-5, 0), "-5");
    in_every_form(AsText::new(u64::MAX), r#""18446744073709551615""#);
    in_every_form(NdArray::new(&[2, 1], &[1.5, 2.0]).unwrap(), "[[1.5],[2.0]]");
    in_every_form(raw("[1, 2]"), "[1, 2]");
    in_every_form(
        RawValue::from_string("{\"a\": 1}".into()).unwrap(),
        "{\"a\": 1}",
    );
    in_every_form(Marked(NUMBER, "1.50"), "1.50");
    in_every_form(
        json!({"b": [1, 2.5, "x"], "a": null}),
        r#"{"a":null,"b":[1,2.5,"x"]}"#,
    );
}

#[test]
fn a_filter_with_parts_of_a_raw_value_is_an_error() {
    let value = Struct {
        v: raw(r#"{"a": 1, "b": 2}"#),
    };
    let document = Python::of(&value);
    for parts in [[Part::Name("a")], [Part::At(0)], [Part::At(-1)]] {
        let parts = [Part::In("v", &parts)];
        for filter in [Filter::new().include(&parts), Filter::new().exclude(&parts)] {
            let result = whole(&document.filtered(&filter));
            assert!(result.is_err(), "{parts:?} {result:?}");
        }
    }
    // The text has no part, so nothing is left of it without all of them.
    for parts in [[Part::Each], [Part::Name(RAW)]] {
        let parts = [Part::In("v", &parts)];
        let filter = Filter::new().exclude(&parts);
        let result = whole(&document.filtered(&filter));
        assert_eq!(result, Err(JsonError::NoParts));
    }
    let parts = [Part::Name("v")];
    let filter = Filter::new().include(&parts);
    let text = whole(&Python::of(&value).filtered(&filter)).unwrap();
    assert_eq!(text, br#"{"v":{"a": 1, "b": 2}}"#);
    let filter = Filter::new().exclude(&parts);
    assert_eq!(whole(&Python::of(&value).filtered(&filter)).unwrap(), b"{}");
}

#[test]
fn a_raw_value_with_line_breaks_is_one_line_where_it_must_be() {
    let text = "{\"a\":\r\n[1,\n\n2]}";
    let line = "{\"a\":  [1,  2]}";
    fn all(mut chunk: impl Chunk, size: usize) -> String {
        let mut text = Vec::new();
        let mut room = vec![0; size];
        while !chunk.is_done() {
            let n = chunk.fill(&mut room).unwrap();
            text.extend_from_slice(&room[..n]);
        }
        String::from_utf8(text).unwrap()
    }
    for size in 24..60 {
        assert_eq!(
            all(JsonLine::new(Python::of(&raw(text))), size),
            format!("{line}\n")
        );
        let raw = Raw(text);
        let event = Event::new().json(Python::by_hand(&raw));
        assert_eq!(all(event, size), format!("data: {line}\n\n"));
    }
}

#[test]
fn a_number_with_parts_is_no_number() {
    struct Parts;
    impl Serialize for Parts {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_newtype_struct("$replywire::number", &[1])
        }
    }
    assert_eq!(Python::of(&Parts).measure(), Err(JsonError::Number));
}
