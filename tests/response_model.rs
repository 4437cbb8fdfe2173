//! Values of every shape through filters, against a reference that is as plain as can be.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use conformance::buffer;
use conformance::random::Random;
use conformance::size;
use replywire::json::Part::{self, *};
use replywire::json::{
    Dialect, Document, Field, Filter, JsonError, Lenient, Model, Resumable, Strict,
};
use replywire::request::{Exchange, Version};
use replywire::{Error, Response, Status};
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStructVariant, SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

/// The text that a filter leaves of `value`.
fn filtered<T: Serialize + ?Sized>(value: &T, filter: &Filter<'_>) -> Result<String, JsonError> {
    let mut buf = buffer(1 << 14);
    match Strict::of(value).filtered(filter).write(&mut buf) {
        Ok(len) => Ok(String::from_utf8(buf[..len].to_vec()).unwrap()),
        Err(Error::Json(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

fn included<T: Serialize + ?Sized>(value: &T, parts: &[Part<'_>]) -> Result<String, JsonError> {
    filtered(value, &Filter::new().include(parts))
}

fn excluded<T: Serialize + ?Sized>(value: &T, parts: &[Part<'_>]) -> Result<String, JsonError> {
    filtered(value, &Filter::new().exclude(parts))
}

#[derive(Serialize)]
struct Point {
    x: i32,
    y: Option<i32>,
}

const POINTS: [Point; 3] = [
    Point { x: 1, y: None },
    Point { x: 2, y: Some(3) },
    Point { x: 4, y: None },
];

#[test]
fn a_field_that_a_model_has_twice_does_not_hide_a_name_that_it_has_not() {
    struct Twice;
    impl Serialize for Twice {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Model::new(serializer, "Twice", 2)?
                .field("a", &1)?
                .hidden("a")?
                .field("secret", &2)?
                .end()
        }
    }
    let misspelled = [Name("a"), Name("secrte")];
    assert_eq!(excluded(&Twice, &misspelled), Err(JsonError::UnknownField));
    assert_eq!(
        excluded(&Twice, &[Name("a"), Name("secret")]).unwrap(),
        "{}"
    );
}

#[test]
fn a_model_of_64_fields_is_filtered_by_name_and_not_by_more() {
    #[derive(Serialize)]
    struct One {
        a: u8,
    }
    let parts = [Name("a"); 65];
    assert_eq!(excluded(&One { a: 1 }, &parts[..64]).unwrap(), "{}");
    assert_eq!(
        excluded(&One { a: 1 }, &parts),
        Err(JsonError::TooManyFields)
    );
}

#[test]
fn two_things_are_said_of_eight_values_one_in_another_and_no_more() {
    fn deep<const DEPTH: usize>() -> Result<String, JsonError> {
        let value = (0..DEPTH).fold(serde_json::json!([1, 2]), |value, _| {
            serde_json::json!([value])
        });
        let mut each: &[Part<'_>] = &[At(0)];
        let mut first: &[Part<'_>] = &[At(1)];
        for _ in 0..DEPTH {
            each = Box::leak(Box::new([InEach(each)]));
            first = Box::leak(Box::new([InAt(0, first)]));
        }
        let both: Vec<Part<'_>> = [each, first].concat();
        excluded(&value, &both)
    }
    assert_eq!(deep::<8>().unwrap(), "[[[[[[[[[]]]]]]]]]");
    assert_eq!(deep::<9>(), Err(JsonError::Depth));
    assert_eq!(deep::<60>(), Err(JsonError::Depth));
}

#[test]
fn what_is_not_left_out_is_written_as_it_is() {
    #[derive(Serialize)]
    struct Newtype(i8);
    #[derive(Serialize)]
    struct Pair(u8, &'static str);
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    enum Enum {
        Unit,
        Newtype(Option<u8>),
        Tuple(u8, u16),
        Struct { a: char, b: () },
    }
    #[derive(Serialize)]
    #[serde(tag = "tag")]
    enum Tagged {
        One { a: u8 },
    }
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Untagged {
        Two { b: u8 },
        Text(&'static str),
    }
    #[derive(Serialize)]
    struct All<'a> {
        bool: bool,
        signed: (i8, i16, i32, i64, i128),
        unsigned: (u8, u16, u32, u64, u128),
        float: (f32, f64),
        char: char,
        text: &'a str,
        bytes: Bytes<'a>,
        shown: Shown,
        none: Option<u8>,
        some: Option<Option<u8>>,
        unit: (),
        structs: (Unit, Newtype, Pair),
        variants: [Enum; 4],
        tagged: (Tagged, Untagged, Untagged),
        array: [u8; 3],
        slice: &'a [Point],
        unknown: Unknown<'a, Point>,
        empty: ([u8; 0], BTreeMap<u8, u8>),
        map: BTreeMap<i64, Point>,
        #[serde(flatten)]
        flat: BTreeMap<&'a str, Option<u8>>,
    }
    let value = All {
        bool: true,
        signed: (-1, -2, -3, -4, i128::MIN),
        unsigned: (1, 2, 3, 4, u128::MAX),
        float: (0.1, -1e-5),
        char: '\u{10ffff}',
        text: "a\"\n/é",
        bytes: Bytes(b"\x00\xff"),
        shown: Shown("a\"\\b"),
        none: None,
        some: Some(None),
        unit: (),
        structs: (Unit, Newtype(-1), Pair(1, "b")),
        variants: [
            Enum::Unit,
            Enum::Newtype(None),
            Enum::Tuple(1, 2),
            Enum::Struct { a: 'a', b: () },
        ],
        tagged: (
            Tagged::One { a: 1 },
            Untagged::Two { b: 2 },
            Untagged::Text("t"),
        ),
        array: [1, 2, 3],
        slice: &POINTS,
        unknown: Unknown(&POINTS),
        empty: ([], BTreeMap::new()),
        map: [(-1, Point { x: 1, y: None })].into(),
        flat: [("p", None), ("q", Some(1))].into(),
    };
    let want = "{\"bool\":true,\"signed\":[-1,-2,-3,-4,-170141183460469231731687303715884105728],\
        \"unsigned\":[1,2,3,4,340282366920938463463374607431768211455],\
        \"float\":[0.1,-1e-05],\"char\":\"\u{10ffff}\",\"text\":\"a\\\"\\n/é\",\"bytes\":[0,255],\
        \"shown\":\"<a\\\"\\\\b>\",\"none\":null,\"some\":null,\"unit\":null,\
        \"structs\":[null,-1,[1,\"b\"]],\
        \"variants\":[\"Unit\",{\"Newtype\":null},{\"Tuple\":[1,2]},\
        {\"Struct\":{\"a\":\"a\",\"b\":null}}],\
        \"tagged\":[{\"tag\":\"One\",\"a\":1},{\"b\":2},\"t\"],\"array\":[1,2,3],\
        \"slice\":[{\"x\":1,\"y\":null},{\"x\":2,\"y\":3},{\"x\":4,\"y\":null}],\
        \"unknown\":[{\"x\":1,\"y\":null},{\"x\":2,\"y\":3},{\"x\":4,\"y\":null}],\
        \"empty\":[[],{}],\"map\":{\"-1\":{\"x\":1,\"y\":null}},\"p\":null,\"q\":1}";
    let mut buf = buffer(2048);
    let len = Strict::of(&value).write(&mut buf).unwrap();
    assert_eq!(std::str::from_utf8(&buf[..len]).unwrap(), want);
    assert_eq!(filtered(&value, &Filter::new()).unwrap(), want);
    // What is flattened makes a map of the struct, whose keys are not checked and which has no
    // fields to leave out.
    for filter in [
        Filter::new().include(&[Each]),
        Filter::new().exclude(&[Name("nope")]),
        Filter::new().exclude(&[InEach(&[])]).by_name(),
        Filter::new().exclude_unset().exclude_defaults(),
    ] {
        assert_eq!(filtered(&value, &filter).unwrap(), want);
    }
}

#[test]
fn only_null_fields_of_models_are_none() {
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    struct Wrapped<T>(T);
    #[derive(Serialize)]
    enum Enum {
        Unit,
        Struct { a: Option<u8>, b: u8 },
        Tuple(Option<u8>, u8),
        Newtype(Option<u8>),
    }
    #[derive(Serialize)]
    struct Nulls {
        none: Option<u8>,
        some_none: Option<Option<u8>>,
        wrapped: Wrapped<Option<Wrapped<()>>>,
        unit: Unit,
        zero: Option<u8>,
        list: [Option<u8>; 2],
        map: BTreeMap<u8, Option<u8>>,
        enums: [Enum; 4],
        not_a_number: f64,
    }
    let value = Nulls {
        none: None,
        some_none: Some(None),
        wrapped: Wrapped(Some(Wrapped(()))),
        unit: Unit,
        zero: Some(0),
        list: [None, Some(1)],
        map: [(1, None)].into(),
        enums: [
            Enum::Unit,
            Enum::Struct { a: None, b: 1 },
            Enum::Tuple(None, 1),
            Enum::Newtype(None),
        ],
        not_a_number: f64::NAN,
    };
    let filter = Filter::new().exclude_none();
    let mut buf = buffer(512);
    let len = Lenient::of(&value)
        .filtered(&filter)
        .write(&mut buf)
        .unwrap();
    assert_eq!(
        std::str::from_utf8(&buf[..len]).unwrap(),
        concat!(
            r#"{"zero":0,"list":[null,1],"map":{"1":null},"#,
            r#""enums":["Unit",{"Struct":{"b":1}},{"Tuple":[null,1]},{"Newtype":null}],"#,
            r#""not_a_number":null}"#,
        )
    );
    assert_eq!(filtered(&None::<Point>, &filter).unwrap(), "null");
    assert_eq!(
        filtered(&POINTS, &filter).unwrap(),
        r#"[{"x":1},{"x":2,"y":3},{"x":4}]"#
    );
}

#[test]
fn an_index_counts_from_either_end() {
    let list = [10, 11, 12];
    for (index, want) in [
        (0, "[10]"),
        (1, "[11]"),
        (2, "[12]"),
        (-1, "[12]"),
        (-2, "[11]"),
        (-3, "[10]"),
        (3, "[]"),
        (-4, "[]"),
        (i32::MAX, "[]"),
        (i32::MIN, "[]"),
    ] {
        assert_eq!(included(&list, &[At(index)]).unwrap(), want, "{index}");
        assert_eq!(included(&(10, 11, 12), &[At(index)]).unwrap(), want);
        let rest: Vec<i32> = list
            .into_iter()
            .filter(|item| *want != format!("[{item}]"))
            .collect();
        let rest = serde_json::to_string(&rest).unwrap();
        assert_eq!(excluded(&list, &[At(index)]).unwrap(), rest, "{index}");
    }
    assert_eq!(included(&[0; 0], &[At(0), At(-1)]).unwrap(), "[]");
}

#[test]
fn a_list_of_unknown_length_has_no_end_to_count_from() {
    let list = Unknown(&POINTS);
    let parts = [InAt(1, &[Name("x")])];
    assert_eq!(included(&list, &parts).unwrap(), r#"[{"x":2}]"#);
    let parts = [At(0), InAt(-1, &[Name("x")])];
    assert_eq!(included(&list, &parts), Err(JsonError::Length));
    assert_eq!(excluded(&list, &parts), Err(JsonError::Length));
    // Where it is not reached, nothing is counted.
    assert_eq!(
        excluded(&(1, list), &[At(1), InAt(-1, &[At(-1)])]).unwrap(),
        "[1]"
    );
}

#[test]
fn what_is_said_of_an_element_is_joined_with_what_is_said_of_each() {
    let points = &POINTS[..2];
    for (parts, want) in [
        (
            &[InAt(0, &[Name("x")]), InEach(&[Name("y")])][..],
            r#"[{"x":1,"y":null},{"y":3}]"#,
        ),
        (&[InAt(0, &[Name("x")]), Each], r#"[{"x":1},{"x":2,"y":3}]"#),
        (
            &[At(0), InEach(&[Name("y")])],
            r#"[{"x":1,"y":null},{"y":3}]"#,
        ),
        (
            &[InAt(-2, &[Name("x")]), InAt(0, &[Name("y")])],
            r#"[{"x":1,"y":null}]"#,
        ),
        (
            &[InAt(0, &[]), InEach(&[Name("y")])],
            r#"[{"y":null},{"y":3}]"#,
        ),
        (&[InAt(0, &[])], "[{}]"),
        (&[], "[]"),
    ] {
        assert_eq!(included(points, parts).unwrap(), want, "{parts:?}");
    }
    for (parts, want) in [
        (
            &[InAt(0, &[Name("x")]), InEach(&[Name("y")])][..],
            r#"[{},{"x":2}]"#,
        ),
        (&[InAt(0, &[Name("x")]), Each], r#"[{"y":null}]"#),
        (&[At(0), InEach(&[Name("y")])], r#"[{"x":2}]"#),
        (&[InEach(&[])], r#"[{"x":1,"y":null},{"x":2,"y":3}]"#),
        (&[Each], "[]"),
    ] {
        assert_eq!(excluded(points, parts).unwrap(), want, "{parts:?}");
    }
}

#[test]
fn a_name_that_is_not_there_is_an_error() {
    #[derive(Serialize)]
    struct Skips {
        a: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        b: Option<u8>,
        #[serde(rename = "renamed")]
        c: u8,
    }
    #[derive(Serialize)]
    enum Enum {
        Struct { a: u8 },
        Tuple(u8, u8),
    }
    let skips = Skips {
        a: 1,
        b: None,
        c: 2,
    };
    for parts in [
        &[Name("a"), Name("b"), Name("renamed")][..],
        &[In("b", &[Name("x")])],
    ] {
        assert!(included(&skips, parts).is_ok(), "{parts:?}");
        assert!(excluded(&skips, parts).is_ok(), "{parts:?}");
    }
    for (parts, error) in [
        (&[Name("c")][..], JsonError::UnknownField),
        (&[Name("a"), Name("z")], JsonError::UnknownField),
        (&[In("z", &[])], JsonError::UnknownField),
        (&[Name("")], JsonError::UnknownField),
        (&[Name("*")], JsonError::UnknownField),
        (&[At(0)], JsonError::NotAList),
        (&[InAt(-1, &[])], JsonError::NotAList),
        (&[Name("z"), At(0)], JsonError::NotAList),
    ] {
        assert_eq!(included(&skips, parts), Err(error), "{parts:?}");
        assert_eq!(excluded(&skips, parts), Err(error), "{parts:?}");
        let both = Filter::new().include(&[Each]).exclude(parts);
        assert_eq!(filtered(&skips, &both), Err(error));
    }
    // A list has no names and a map no indices.
    let map: BTreeMap<&str, u8> = [("a", 1)].into();
    assert_eq!(excluded(&map, &[At(0)]), Err(JsonError::NotAList));
    assert_eq!(excluded(&map, &[Name("b")]).unwrap(), r#"{"a":1}"#);
    assert_eq!(excluded(&POINTS, &[Name("x")]), Err(JsonError::NotAModel));
    assert_eq!(excluded(&[0; 0], &[Name("x")]), Err(JsonError::NotAModel));
    // A variant names the one value of a map. Its fields are those of a model or a list.
    let model = Enum::Struct { a: 1 };
    assert_eq!(
        excluded(&model, &[Name("Other")]).unwrap(),
        r#"{"Struct":{"a":1}}"#
    );
    assert_eq!(
        excluded(&model, &[In("Struct", &[Name("b")])]),
        Err(JsonError::UnknownField)
    );
    assert_eq!(excluded(&model, &[At(0)]), Err(JsonError::NotAList));
    let tuple = Enum::Tuple(1, 2);
    assert_eq!(
        excluded(&tuple, &[In("Tuple", &[Name("0")])]),
        Err(JsonError::NotAModel)
    );
    assert_eq!(excluded(&tuple, &[At(0)]), Err(JsonError::NotAList));
    // What has no parts has none to be left out.
    assert_eq!(
        excluded(&POINTS[0], &[In("x", &[Name("z"), At(1)])]).unwrap(),
        r#"{"x":1,"y":null}"#
    );
}

#[test]
fn variants_are_maps_of_one_value() {
    #[derive(Serialize)]
    enum Enum {
        Unit,
        Newtype(Point),
        Struct { a: u8, b: Option<u8> },
        Tuple(u8, Point),
    }
    let values = [
        Enum::Unit,
        Enum::Newtype(Point { x: 1, y: None }),
        Enum::Struct { a: 1, b: None },
        Enum::Tuple(1, Point { x: 1, y: None }),
    ];
    for (parts, want) in [
        (
            &[Name("Newtype")][..],
            r#"["Unit",{"Newtype":{"x":1,"y":null}},{},{}]"#,
        ),
        (
            &[In("Newtype", &[Name("x")])],
            r#"["Unit",{"Newtype":{"x":1}},{},{}]"#,
        ),
        (
            &[In("Struct", &[Name("a")])],
            r#"["Unit",{},{"Struct":{"a":1}},{}]"#,
        ),
        (
            &[In("Tuple", &[InAt(-1, &[Name("x")])])],
            r#"["Unit",{},{},{"Tuple":[{"x":1}]}]"#,
        ),
        (&[], r#"["Unit",{},{},{}]"#),
    ] {
        assert_eq!(included(&values, &[InEach(parts)]).unwrap(), want);
    }
    for (parts, want) in [
        (
            &[
                Name("Newtype"),
                In("Struct", &[Name("a")]),
                In("Tuple", &[At(0)]),
            ][..],
            r#"["Unit",{},{"Struct":{"b":null}},{"Tuple":[{"x":1,"y":null}]}]"#,
        ),
        (
            &[In("Newtype", &[Name("y")]), Name("Struct"), Name("Tuple")],
            r#"["Unit",{"Newtype":{"x":1}},{},{}]"#,
        ),
    ] {
        assert_eq!(excluded(&values, &[InEach(parts)]).unwrap(), want);
    }
}

#[test]
fn a_maps_value_is_named_by_its_key_in_json() {
    #[derive(Serialize)]
    enum Unit {
        Key,
    }
    #[derive(Serialize)]
    struct Wrapped<T>(T);
    fn is<K: Serialize>(key: K, name: &str) {
        struct One<K>(K);
        impl<K: Serialize> Serialize for One<K> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry(&self.0, &1)?;
                map.end()
            }
        }
        let map = One(key);
        let whole = filtered(&map, &Filter::new()).unwrap();
        assert_eq!(whole, format!("{{\"{name}\":1}}"));
        assert_eq!(included(&map, &[Name(name)]).unwrap(), whole);
        assert_eq!(excluded(&map, &[Name(name)]).unwrap(), "{}");
        for other in ["", "-", "0", "00", "+1", "01", "nul", "nulll", "tru"] {
            assert_eq!(
                included(&map, &[Name(other)]).unwrap() == whole,
                other == name
            );
        }
    }
    is("a", "a");
    is('é', "é");
    is(Shown("a"), "<a>");
    is(Unit::Key, "Key");
    is(Wrapped("w"), "w");
    is(Some(1), "1");
    is(None::<u8>, "null");
    is((), "null");
    is(true, "true");
    is(false, "false");
    for value in [0, 1, -1, 9_999, 10_000, -10_001, i64::MIN, i64::MAX] {
        is(value, &value.to_string());
        is(i128::from(value), &value.to_string());
    }
    is(u64::MAX, &u64::MAX.to_string());
    is(u128::from(u64::MAX), &u64::MAX.to_string());
    is(i128::from(u64::MAX), &u64::MAX.to_string());
    is(-7_i8, "-7");
    is(-7_i16, "-7");
    is(-7_i32, "-7");
    is(7_u8, "7");
    is(7_u16, "7");
    is(7_u32, "7");
    // A key that comes before its value is not forgotten.
    let apart = Apart([
        ("a", Point { x: 1, y: None }),
        ("b", Point { x: 2, y: None }),
    ]);
    assert_eq!(
        included(&apart, &[In("a", &[Name("x")]), InEach(&[Name("y")])]).unwrap(),
        r#"{"a":{"x":1,"y":null},"b":{"y":null}}"#
    );
}

#[test]
fn keys_and_values_that_do_not_alternate_are_an_error() {
    struct Wrong(&'static str);
    impl Serialize for Wrong {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            for step in self.0.chars() {
                match step {
                    'k' => map.serialize_key("k")?,
                    _ => map.serialize_value("v")?,
                }
            }
            map.end()
        }
    }
    for filter in [Filter::new(), Filter::new().include(&[])] {
        for steps in ["k", "v", "kk", "kvk", "kvv", "kkv"] {
            assert_eq!(filtered(&Wrong(steps), &filter), Err(JsonError::Custom));
        }
        assert!(filtered(&Wrong("kvkv"), &filter).is_ok());
    }
}

/// A model whose first field is written by the name of its second, and the other way round.
struct Swapped;

impl Serialize for Swapped {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Model::new(serializer, "Swapped", 3)?
            .field(Field::new("a").alias("b"), &1)?
            .field(Field::new("b").alias("a"), &2)?
            .field(Field::new("c").alias("a"), &3)?
            .hidden("secret")?
            .end()
    }
}

#[test]
fn names_are_those_of_fields_and_never_aliases() {
    let all = r#"{"b":1,"a":2,"a":3}"#;
    assert_eq!(filtered(&Swapped, &Filter::new()).unwrap(), all);
    assert_eq!(serde_json::to_string(&Swapped).unwrap(), all);
    let by_name = Filter::new().by_name();
    assert_eq!(
        filtered(&Swapped, &by_name).unwrap(),
        r#"{"a":1,"b":2,"c":3}"#
    );
    assert_eq!(included(&Swapped, &[Name("a")]).unwrap(), r#"{"b":1}"#);
    assert_eq!(
        excluded(&Swapped, &[Name("a")]).unwrap(),
        r#"{"a":2,"a":3}"#
    );
    assert_eq!(
        filtered(&Swapped, &by_name.include(&[Name("a")])).unwrap(),
        r#"{"a":1}"#
    );
    // What is hidden is a field, but never written.
    assert_eq!(
        included(&Swapped, &[Name("secret"), Name("c")]).unwrap(),
        r#"{"a":3}"#
    );
    assert_eq!(
        included(&[Swapped], &[InEach(&[Name("nope")])]),
        Err(JsonError::UnknownField)
    );
}

#[test]
fn marks_are_seen_at_any_depth_and_by_nobody_else() {
    struct Marked(u8);
    impl Serialize for Marked {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let inner = self.0.checked_sub(1).map(Marked);
            Model::new(serializer, "Marked", 4)?
                .field(Field::new("d").default(true), &1)?
                .field(Field::new("u").unset(true), &2)?
                .field(Field::new("ud").unset(true).default(true).alias("UD"), &3)?
                .field("inner", &inner.as_slice())?
                .end()
        }
    }
    let value = Marked(1);
    let want = |inner: &str, own: &str| format!("{{{own}\"inner\":[{{{inner}\"inner\":[]}}]}}");
    for (filter, own) in [
        (Filter::new(), r#""d":1,"u":2,"UD":3,"#),
        (Filter::new().by_name(), r#""d":1,"u":2,"ud":3,"#),
        (Filter::new().exclude_defaults(), r#""u":2,"#),
        (Filter::new().exclude_unset(), r#""d":1,"#),
        (Filter::new().exclude_unset().exclude_defaults(), ""),
        (Filter::new().exclude_none(), r#""d":1,"u":2,"UD":3,"#),
    ] {
        assert_eq!(filtered(&value, &filter).unwrap(), want(own, own));
    }
    assert_eq!(
        serde_json::to_string(&value).unwrap(),
        want(r#""d":1,"u":2,"UD":3,"#, r#""d":1,"u":2,"UD":3,"#)
    );
    let filter = Filter::new()
        .include(&[Name("u"), In("inner", &[InEach(&[Name("ud"), Name("d")])])])
        .exclude_defaults();
    assert_eq!(
        filtered(&value, &filter).unwrap(),
        r#"{"u":2,"inner":[{}]}"#
    );
}

#[test]
fn every_buffer_length_is_all_or_nothing() {
    const FILTER: Filter = Filter::new()
        .include(&[InEach(&[Name("x"), Name("y")])])
        .exclude(&[InAt(1, &[Name("x")])])
        .exclude_none();
    let want = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 25\r\n\r\n\
        [{\"x\":1},{\"y\":3},{\"x\":4}]";
    let document = Strict::of(&POINTS).filtered(&FILTER);
    for len in 0..=want.len() + 8 {
        let mut buf = buffer(len);
        match Response::new(&mut buf, Status::OK).document(&document) {
            Ok(reply) => assert_eq!(reply.as_bytes(), want),
            Err(error) => assert_eq!(
                (error, len < want.len()),
                (Error::Overflow { needed: want.len() }, true)
            ),
        }
    }
    let head = Exchange::new("HEAD", Version::Http11, [("host", "a")]);
    let mut buf = buffer(128);
    let reply = Response::to(&head, &mut buf, Status::OK)
        .document(&document)
        .unwrap();
    assert_eq!(reply.as_bytes(), &want[..want.len() - 25]);
}

#[test]
fn a_filter_adds_no_depth() {
    struct Nest(usize);
    impl Serialize for Nest {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self.0.checked_sub(1) {
                None => serializer.serialize_unit(),
                Some(depth) => serializer.collect_seq([Nest(depth)]),
            }
        }
    }
    let filters = [
        Filter::new(),
        Filter::new().exclude_none(),
        Filter::new().include(&[InEach(&[InAt(0, &[Each])])]),
    ];
    for filter in &filters {
        let text = filtered(&Nest(254), filter).unwrap();
        assert_eq!(text, format!("{}null{}", "[".repeat(254), "]".repeat(254)));
        for depth in [255, 10_000] {
            assert_eq!(filtered(&Nest(depth), filter), Err(JsonError::Depth));
        }
    }
}

#[test]
fn a_value_that_hides_an_error_does_not_hide_the_filters() {
    struct Hides;
    impl Serialize for Hides {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            let _ = map.serialize_entry("a", &POINTS[0]);
            map.end()
        }
    }
    let parts = [In("a", &[Name("nope")])];
    assert_eq!(excluded(&Hides, &parts), Err(JsonError::UnknownField));
}

#[test]
fn random_filters_leave_what_the_plain_reference_leaves() {
    let mut random = Random::new(0x5eed);
    let (mut written, mut refused, mut shortened) = (0, 0, 0);
    let cases = size::either(6000, 60_000);
    for case in 0..cases {
        let value = Any::random(&mut random, 4);
        let include = (random.below(2) == 0).then(|| tree(&mut random, &value, 4));
        let exclude = (random.below(2) == 0).then(|| tree(&mut random, &value, 4));
        let mut rules = Rules::default();
        let mut filter = Filter::new();
        if let Some(tree) = &include {
            filter = filter.include(parts(tree));
        }
        if let Some(tree) = &exclude {
            filter = filter.exclude(parts(tree));
        }
        if random.below(3) == 0 {
            (rules.no_none, filter) = (true, filter.exclude_none());
        }
        if random.below(3) == 0 {
            (rules.no_defaults, filter) = (true, filter.exclude_defaults());
        }
        if random.below(3) == 0 {
            (rules.no_unset, filter) = (true, filter.exclude_unset());
        }
        if random.below(3) == 0 {
            (rules.is_by_name, filter) = (true, filter.by_name());
        }
        let trees = [&include, &exclude].map(|tree| tree.clone().map(|tree| vec![tree]));
        let want = rules.write(&value, trees[0].as_deref(), trees[1].as_deref());
        let got = filtered(&value, &filter);
        assert_eq!(got, want, "case {case}: {value:?} {include:?} {exclude:?}");
        let mut window = [0; 24];
        assert_eq!(
            piecewise(&value, &filter, &mut window),
            want,
            "case {case}: {value:?} {include:?} {exclude:?}"
        );
        match want {
            Ok(text) => {
                written += 1;
                let whole = Rules::default().write(&value, None, None).unwrap();
                shortened += usize::from(text.len() < whole.len());
                assert_eq!(filtered(&value, &Filter::new()).unwrap(), whole);
                let read: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert_eq!(read.is_null(), value.is_null());
            }
            Err(_) => refused += 1,
        }
    }
    assert!(written > cases / 3, "{written}");
    assert!(refused > cases / 60, "{refused}");
    assert!(shortened > cases / 6, "{shortened}");
}

/// The text that a filter leaves of `value`, through a window that most of it does not fit.
fn piecewise(value: &Any, filter: &Filter<'_>, window: &mut [u8]) -> Result<String, JsonError> {
    let mut document = Resumable::new(Strict::of(value).filtered(filter));
    let mut text = Vec::new();
    loop {
        match document.fill(window)? {
            0 => return Ok(String::from_utf8(text).unwrap()),
            len => text.extend_from_slice(&window[..len]),
        }
    }
}

/// The value of a random case.
#[derive(Clone, Debug)]
enum Any {
    Int(i32),
    List(Vec<Any>),
    Map(Vec<(&'static str, Any)>),
    Model(Vec<Member>),
    Newtype(Box<Any>),
    Null,
    Some(Box<Any>),
    Text(String),
    Tuple(Vec<Any>),
    Unknown(Vec<Any>),
    Variant(&'static str, Box<Any>),
}

#[derive(Clone, Debug)]
struct Member {
    name: &'static str,
    alias: &'static str,
    is_default: bool,
    is_hidden: bool,
    is_unset: bool,
    value: Any,
}

impl Member {
    fn is_plain(&self) -> bool {
        self.alias == self.name && !self.is_default && !self.is_unset
    }
}

const NAMES: [&str; 6] = ["a", "b", "c", "d", "1", ""];

impl Any {
    fn random(random: &mut Random, depth: usize) -> Self {
        let kinds = if depth == 0 { 3 } else { 14 };
        match random.below(kinds) {
            0 => Self::Null,
            1 => Self::Int(random.bits() as i32),
            2 => Self::Text(random.text(4)),
            3 | 4 => Self::List(Self::items(random, depth)),
            5 => Self::Tuple(Self::items(random, depth)),
            6 => Self::Unknown(Self::items(random, depth)),
            7 => Self::Map(Self::named(random, depth)),
            8..=10 => {
                let members = Self::named(random, depth).into_iter();
                Self::Model(members.map(|pair| Member::random(random, pair)).collect())
            }
            11 => Self::Newtype(Box::new(Self::random(random, depth - 1))),
            12 => Self::Some(Box::new(Self::random(random, depth - 1))),
            _ => {
                let inner = match random.below(3) {
                    0 => Self::Tuple(Self::items(random, depth)),
                    1 => Self::Model(
                        Self::named(random, depth)
                            .into_iter()
                            .map(|(name, value)| Member::plain(name, value))
                            .collect(),
                    ),
                    _ => Self::random(random, depth - 1),
                };
                Self::Variant(NAMES[random.below(6)], Box::new(inner))
            }
        }
    }

    /// Elements, often of one shape.
    fn items(random: &mut Random, depth: usize) -> Vec<Self> {
        let first = Self::random(random, depth - 1);
        let is_same = random.below(3) != 0;
        (0..random.below(4))
            .map(|_| match is_same {
                true => first.clone(),
                false => Self::random(random, depth - 1),
            })
            .collect()
    }

    fn named(random: &mut Random, depth: usize) -> Vec<(&'static str, Self)> {
        let mut names = NAMES.to_vec();
        (0..random.below(5))
            .map(|_| {
                let name = names.swap_remove(random.below(names.len()));
                (name, Self::random(random, depth - 1))
            })
            .collect()
    }

    fn is_null(&self) -> bool {
        match self {
            Self::Newtype(value) | Self::Some(value) => value.is_null(),
            _ => matches!(self, Self::Null),
        }
    }
}

impl Member {
    const fn plain(name: &'static str, value: Any) -> Self {
        Self {
            name,
            alias: name,
            is_default: false,
            is_hidden: false,
            is_unset: false,
            value,
        }
    }

    fn random(random: &mut Random, (name, value): (&'static str, Any)) -> Self {
        let mut member = Self::plain(name, value);
        if random.below(3) == 0 {
            member.alias = NAMES[random.below(6)];
        }
        member.is_default = random.below(4) == 0;
        member.is_hidden = random.below(8) == 0;
        member.is_unset = random.below(4) == 0;
        member
    }
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(value) => serializer.serialize_i32(*value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(pairs) => {
                serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
            }
            Self::Model(members) => {
                let mut model = Model::new(serializer, "Any", members.len())?;
                for member in members {
                    let field = Field::new(member.name)
                        .alias(member.alias)
                        .default(member.is_default)
                        .unset(member.is_unset);
                    model = match member.is_hidden {
                        true => model.hidden(member.name)?,
                        false => model.field(field, &member.value)?,
                    };
                }
                model.end()
            }
            Self::Newtype(value) => serializer.serialize_newtype_struct("Newtype", value),
            Self::Null => serializer.serialize_none(),
            Self::Some(value) => serializer.serialize_some(value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple_struct("Tuple", items.len())?;
                for item in items {
                    SerializeTupleStruct::serialize_field(&mut tuple, item)?;
                }
                tuple.end()
            }
            Self::Unknown(items) => Unknown(items).serialize(serializer),
            Self::Variant(name, value) => match &**value {
                Self::Model(members) if members.iter().all(Member::is_plain) => {
                    let mut model =
                        serializer.serialize_struct_variant("Enum", 1, name, members.len())?;
                    for member in members {
                        match member.is_hidden {
                            true => model.skip_field(member.name)?,
                            false => model.serialize_field(member.name, &member.value)?,
                        }
                    }
                    model.end()
                }
                Self::Tuple(items) => {
                    let mut tuple =
                        serializer.serialize_tuple_variant("Enum", 2, name, items.len())?;
                    for item in items {
                        SerializeTupleVariant::serialize_field(&mut tuple, item)?;
                    }
                    tuple.end()
                }
                value => serializer.serialize_newtype_variant("Enum", 0, name, value),
            },
        }
    }
}

/// A part, and parts of it where not all of it is meant.
#[derive(Clone, Debug)]
struct Entry(Key, Option<Vec<Entry>>);

#[derive(Clone, Copy, Debug)]
enum Key {
    Each,
    Index(i32),
    Name(&'static str),
}

/// A tree that mostly has a use for `value`.
fn tree(random: &mut Random, value: &Any, depth: usize) -> Vec<Entry> {
    let (keys, values): (Vec<Key>, Vec<&Any>) = match value {
        Any::Newtype(value) | Any::Some(value) => return tree(random, value, depth),
        Any::Int(_) | Any::Null | Any::Text(_) => (Vec::new(), Vec::new()),
        Any::List(items) | Any::Tuple(items) | Any::Unknown(items) => {
            let len = items.len() as i32;
            let from_end = !matches!(value, Any::Unknown(_)) || random.below(20) == 0;
            let back = if from_end { len } else { 0 };
            let keys =
                (0..len).map(|at| Key::Index(if random.below(2) == 0 { at } else { at - back }));
            (keys.collect(), items.iter().collect())
        }
        Any::Map(pairs) => pairs
            .iter()
            .map(|(name, value)| (Key::Name(name), value))
            .unzip(),
        Any::Model(members) => members
            .iter()
            .map(|member| (Key::Name(member.name), &member.value))
            .unzip(),
        Any::Variant(name, value) => (vec![Key::Name(name)], vec![value]),
    };
    (0..random.below(4))
        .map(|_| {
            let at = random.below(values.len().max(1));
            let key = match (random.below(60), keys.get(at)) {
                (0, _) => Key::Name(NAMES[random.below(6)]),
                (1, _) => Key::Index(random.below(10) as i32 - 5),
                (2..20, _) | (_, None) => Key::Each,
                (_, Some(key)) => *key,
            };
            let inner = match values.get(at) {
                Some(value) if depth != 0 && random.below(2) == 0 => {
                    Some(tree(random, value, depth - 1))
                }
                _ => None,
            };
            Entry(key, inner)
        })
        .collect()
}

fn parts(tree: &[Entry]) -> &'static [Part<'static>] {
    let parts: Vec<_> = tree
        .iter()
        .map(|Entry(key, inner)| match (*key, inner) {
            (Key::Each, None) => Each,
            (Key::Each, Some(inner)) => InEach(parts(inner)),
            (Key::Index(index), None) => At(index),
            (Key::Index(index), Some(inner)) => InAt(index, parts(inner)),
            (Key::Name(name), None) => Name(name),
            (Key::Name(name), Some(inner)) => In(name, parts(inner)),
        })
        .collect();
    parts.leak()
}

/// The reference.
#[derive(Default)]
struct Rules {
    is_by_name: bool,
    no_defaults: bool,
    no_none: bool,
    no_unset: bool,
}

/// Trees that are as one; what the first says goes before what the others say.
type Trees = Vec<Vec<Entry>>;

/// The statement of trees about a part.
enum Said {
    Nothing,
    Whole,
    Parts(Trees),
}

/// True if `key` means the part by itself: the one of this name, or at this index of so many.
fn is(key: Key, name: &str, index: Option<(usize, usize)>) -> bool {
    match (key, index) {
        (Key::Name(key), None) => key == name,
        (Key::Index(key), Some((at, len))) => key == at as i32 || key == at as i32 - len as i32,
        _ => false,
    }
}

fn said(trees: &[Vec<Entry>], name: &str, index: Option<(usize, usize)>) -> Said {
    let by = |is: &dyn Fn(Key) -> bool| {
        let about = |tree: &Vec<Entry>| {
            let entries = tree.iter().filter(|Entry(key, _)| is(*key));
            entries.cloned().collect::<Vec<_>>()
        };
        let trees: Vec<Vec<Entry>> = trees.iter().map(about).collect();
        let is_whole = |tree: &Vec<Entry>| tree.iter().any(|Entry(_, inner)| inner.is_none());
        match trees.iter().find(|tree| !tree.is_empty()) {
            None => Said::Nothing,
            Some(first) if is_whole(first) => Said::Whole,
            Some(_) => {
                let entries = trees.into_iter().flatten();
                Said::Parts(entries.filter_map(|Entry(_, inner)| inner).collect())
            }
        }
    };
    let itself = by(&|key| is(key, name, index));
    let each = by(&|key| matches!(key, Key::Each));
    match (itself, each) {
        (Said::Nothing, each) => each,
        (Said::Parts(mut trees), Said::Parts(each)) => {
            trees.extend(each);
            Said::Parts(trees)
        }
        (itself, _) => itself,
    }
}

impl Rules {
    fn write(
        &self,
        value: &Any,
        include: Option<&[Vec<Entry>]>,
        exclude: Option<&[Vec<Entry>]>,
    ) -> Result<String, JsonError> {
        let has = |is: &dyn Fn(Key) -> bool| {
            let trees = include.into_iter().chain(exclude).flatten();
            trees.flatten().any(|Entry(key, _)| is(*key))
        };
        let has_index = has(&|key| matches!(key, Key::Index(_)));
        // The text of a part, if it is not left out.
        let part = |name: &str, index: Option<(usize, usize)>, value: &Any| {
            let include = match include.map(|trees| said(trees, name, index)) {
                None | Some(Said::Whole) => None,
                Some(Said::Nothing) => return Ok(None),
                Some(Said::Parts(trees)) => Some(trees),
            };
            let exclude = match exclude.map(|trees| said(trees, name, index)) {
                None | Some(Said::Nothing) => None,
                Some(Said::Whole) => return Ok(None),
                Some(Said::Parts(trees)) => Some(trees),
            };
            self.write(value, include.as_deref(), exclude.as_deref())
                .map(Some)
        };
        let member = |key: &str, text: String| format!("{}:{text}", json(key));
        match value {
            Any::Int(value) => Ok(value.to_string()),
            Any::Null => Ok("null".into()),
            Any::Text(text) => Ok(json(text)),
            Any::Newtype(value) | Any::Some(value) => self.write(value, include, exclude),
            Any::List(items) | Any::Tuple(items) | Any::Unknown(items) => {
                if has(&|key| matches!(key, Key::Name(_))) {
                    return Err(JsonError::NotAModel);
                }
                let is_unknown = matches!(value, Any::Unknown(_));
                if is_unknown && has(&|key| matches!(key, Key::Index(..0))) {
                    return Err(JsonError::Length);
                }
                let len = items.len();
                let items = items.iter().enumerate();
                let texts = items.map(|(at, item)| part("", Some((at, len)), item));
                let texts: Vec<Option<String>> = texts.collect::<Result<_, _>>()?;
                let texts: Vec<String> = texts.into_iter().flatten().collect();
                Ok(format!("[{}]", texts.join(",")))
            }
            Any::Map(_) | Any::Variant(..) if has_index => Err(JsonError::NotAList),
            Any::Map(pairs) => {
                let mut members = Vec::new();
                for (name, value) in pairs {
                    members.extend(part(name, None, value)?.map(|text| member(name, text)));
                }
                Ok(format!("{{{}}}", members.join(",")))
            }
            Any::Variant(name, value) => {
                let text = part(name, None, value)?.map(|text| member(name, text));
                Ok(format!("{{{}}}", text.unwrap_or_default()))
            }
            Any::Model(fields) => {
                let mut members = Vec::new();
                for field in fields {
                    let is_dropped = field.is_hidden
                        || self.no_none && field.value.is_null()
                        || self.no_defaults && field.is_default
                        || self.no_unset && field.is_unset;
                    if is_dropped {
                        continue;
                    }
                    let key = if self.is_by_name {
                        field.name
                    } else {
                        field.alias
                    };
                    let text = part(field.name, None, &field.value)?;
                    members.extend(text.map(|text| member(key, text)));
                }
                let is_field = |name| fields.iter().any(|field| field.name == name);
                let has_unknown = has(&|key| matches!(key, Key::Name(name) if !is_field(name)));
                match (has_index, has_unknown) {
                    (true, _) => Err(JsonError::NotAList),
                    (false, true) => Err(JsonError::UnknownField),
                    (false, false) => Ok(format!("{{{}}}", members.join(","))),
                }
            }
        }
    }
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

struct Shown(&'static str);

impl Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A list that does not say how long it is.
struct Unknown<'a, T>(&'a [T]);

impl<T: Serialize> Serialize for Unknown<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for item in self.0 {
            seq.serialize_element(item)?;
        }
        seq.end()
    }
}

/// A map whose keys come apart from its values.
struct Apart<T>([(&'static str, T); 2]);

impl<T: Serialize> Serialize for Apart<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        for (key, value) in &self.0 {
            map.serialize_key(key)?;
            map.serialize_value(value)?;
        }
        map.end()
    }
}
