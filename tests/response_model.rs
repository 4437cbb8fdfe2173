//! Values of every shape through filters, against a reference that is as plain as can be.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

use conformance::buffer;
use conformance::filtered::{self, record};
use conformance::meant::{Rules, with_parts};
use conformance::random::{self, Random};
use replywire::json::Part::{self, *};
use replywire::json::{
    Dialect, Field, Filter, JsonError, MAX_DEPTH, Model, Orjson, Pydantic, Python, Resumable,
    Shallow, Ujson,
};
use replywire::request::{Exchange, Version};
use replywire::{Error, Response, Status};
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

/// The text that a filter leaves of `value`.
fn filtered<T: Serialize + ?Sized>(value: &T, filter: &Filter<'_>) -> Result<String, JsonError> {
    let mut buf = buffer(1 << 14);
    match Python::of(value).filtered(filter).write(&mut buf) {
        Ok(len) => Ok(String::from_utf8(buf[..len].to_vec()).unwrap()),
        Err(Error::Json(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

/// As `filtered`, in a dialect.
fn written<D: Dialect>(value: &impl Serialize, filter: &Filter<'_>) -> Result<String, JsonError> {
    let mut buf = buffer(1 << 14);
    match D::of(value).filtered(filter).write(&mut buf) {
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
fn two_things_are_said_of_values_at_any_depth() {
    for depth in [1, 8, 9, 60] {
        let value = (0..depth).fold(serde_json::json!([1, 2]), |value, _| {
            serde_json::json!([value])
        });
        let mut each: &[Part<'_>] = &[At(0)];
        let mut first: &[Part<'_>] = &[At(1)];
        for _ in 0..depth {
            each = Box::leak(Box::new([InEach(each)]));
            first = Box::leak(Box::new([InAt(0, first)]));
        }
        let both: Vec<Part<'_>> = [each, first].concat();
        let want = format!("{}[]{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(excluded(&value, &both).unwrap(), want);
    }
}

#[test]
fn what_is_said_twice_by_one_name_is_said_together() {
    let value = serde_json::json!({"a": {"p": {"x": 1, "y": 2}, "q": 3}});
    for (parts, included_want, excluded_want) in [
        (
            [In("a", &[Name("p")]), In("a", &[Name("q")])],
            r#"{"a":{"p":{"x":1,"y":2},"q":3}}"#,
            r#"{"a":{}}"#,
        ),
        // A part of what is meant as a whole adds nothing.
        (
            [In("a", &[In("p", &[Name("x")])]), In("a", &[Name("p")])],
            r#"{"a":{"p":{"x":1,"y":2}}}"#,
            r#"{"a":{"q":3}}"#,
        ),
        (
            [In("a", &[In("p", &[Name("x")])]), Name("a")],
            r#"{"a":{"p":{"x":1,"y":2},"q":3}}"#,
            "{}",
        ),
        (
            [
                In("a", &[Name("q"), In("p", &[Name("x")])]),
                In("a", &[In("p", &[Name("y")])]),
            ],
            r#"{"a":{"p":{"x":1,"y":2},"q":3}}"#,
            r#"{"a":{"p":{}}}"#,
        ),
    ] {
        let [first, second] = parts;
        for parts in [[first, second], [second, first]] {
            assert_eq!(included(&value, &parts).unwrap(), included_want);
            assert_eq!(excluded(&value, &parts).unwrap(), excluded_want);
        }
    }
}

/// Maps in maps: each has `inner` at its key `a`, and at `x` what no filter names.
struct Nest<'c> {
    depth: usize,
    /// The number of times that a key was written or compared with a name.
    count: &'c Cell<usize>,
}

impl Serialize for Nest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Counted<'c>(&'static str, &'c Cell<usize>);
        impl Serialize for Counted<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.1.set(self.1.get() + 1);
                serializer.serialize_str(self.0)
            }
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(&Counted("x", self.count), &0)?;
        match self.depth.checked_sub(1) {
            None => map.serialize_entry(&Counted("a", self.count), &1)?,
            Some(depth) => {
                let inner = Self { depth, ..*self };
                map.serialize_entry(&Counted("a", self.count), &inner)?;
            }
        }
        map.end()
    }
}

#[test]
fn a_list_is_read_once_for_a_value_however_often_it_is_named() {
    let comparisons = |depth: usize, parts: &[Part<'_>]| {
        let count = Cell::new(0);
        let text = excluded(
            &Nest {
                depth,
                count: &count,
            },
            parts,
        )
        .unwrap();
        let want = r#"{"x":0,"a":"#.repeat(depth);
        assert_eq!(text, format!(r#"{want}{{"x":0}}{}"#, "}".repeat(depth)));
        // Each key but the last is written once.
        count.get() - (2 * depth + 1)
    };
    // Each of the lists names the one below eight times. To `x` all names are compared, and to `a`
    // the first alone.
    const L0: &[Part<'_>] = &[Name("a"); 8];
    const L1: &[Part<'_>] = &[In("a", L0); 8];
    const L2: &[Part<'_>] = &[In("a", L1); 8];
    const L3: &[Part<'_>] = &[In("a", L2); 8];
    const L4: &[Part<'_>] = &[In("a", L3); 8];
    const L5: &[Part<'_>] = &[In("a", L4); 8];
    const L6: &[Part<'_>] = &[In("a", L5); 8];
    const L7: &[Part<'_>] = &[In("a", L6); 8];
    const L8: &[Part<'_>] = &[In("a", L7); 8];
    assert_eq!(comparisons(0, L0), 9);
    assert_eq!(comparisons(1, L1), 18);
    assert_eq!(comparisons(8, L8), 81);

    // Eight lists name the eight below once each; there are as many names as before.
    let mut level = vec![vec![Name("a")]; 8];
    for _ in 0..60 {
        let below: &'static [Vec<Part<'_>>] = level.leak();
        level = vec![below.iter().map(|list| In("a", list)).collect(); 8];
    }
    // 8 names at the top, and in each of the 59 levels below it 64; at last 8.
    assert_eq!(
        comparisons(60, &level[0]),
        (8 + 1) + 59 * (64 + 1) + (8 + 1)
    );
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
    let len = Python::of(&value).write(&mut buf).unwrap();
    assert_eq!(std::str::from_utf8(&buf[..len]).unwrap(), want);
    assert_eq!(filtered(&value, &Filter::new()).unwrap(), want);
    assert_eq!(included(&value, &[Each]).unwrap(), want);
    assert_eq!(excluded(&value, &[InEach(&[])]).unwrap(), want);
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
    let len = Orjson::of(&value)
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
fn a_length_that_was_told_is_only_a_hint() {
    /// A list that says of its length what it likes.
    struct Told(usize, Option<usize>, usize);
    impl Serialize for Told {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Self(way, told, len) = *self;
            macro_rules! list {
                ($list:expr, $method:ident) => {{
                    let mut list = $list?;
                    (0..len).try_for_each(|at| list.$method(&at))?;
                    list.end()
                }};
            }
            match (way, told) {
                (0, told) => list!(serializer.serialize_seq(told), serialize_element),
                (1, Some(told)) => list!(serializer.serialize_tuple(told), serialize_element),
                (2, Some(told)) => {
                    list!(
                        serializer.serialize_tuple_struct("T", told),
                        serialize_field
                    )
                }
                (_, told) => list!(
                    serializer.serialize_tuple_variant("E", 0, "a", told.unwrap_or(9)),
                    serialize_field
                ),
            }
        }
    }
    for way in 0..4 {
        for told in [None, Some(0), Some(1), Some(2), Some(3), Some(4)] {
            for (len, index) in (0..4).flat_map(|len| (-5..5).map(move |index| (len, index))) {
                let value = Told(way, told, len);
                let is_variant = matches!((way, told), (1.., None) | (3, _));
                let at =
                    (0..len).find(|at| index == *at as i32 || index == *at as i32 - len as i32);
                let is_wrong = index < 0 && told != Some(len);
                let want = |is_included: bool| match is_wrong {
                    true => Err(JsonError::Length),
                    false => {
                        let left: Vec<_> = (0..len)
                            .filter(|item| (Some(*item) == at) == is_included)
                            .collect();
                        let text = serde_json::to_string(&left).unwrap();
                        Ok(match is_variant {
                            true => format!(r#"{{"a":{text}}}"#),
                            false => text,
                        })
                    }
                };
                let index = [At(index)];
                let variant = [In("a", &index)];
                let parts = if is_variant { &variant } else { &index };
                assert_eq!(
                    everywhere(&value, &Filter::new().include(parts)),
                    want(true)
                );
                assert_eq!(
                    everywhere(&value, &Filter::new().exclude(parts)),
                    want(false)
                );
                let parts: &[Part<'_>] = if is_variant { &[In("a", &[])] } else { &[] };
                let all = [Filter::new(), Filter::new().exclude(parts)];
                let [all, rest] = all.map(|filter| everywhere(&value, &filter).unwrap());
                let items = serde_json::to_string(&Vec::from_iter(0..len)).unwrap();
                assert_eq!((all.contains(&items), all), (true, rest));
            }
        }
    }
    // The same of an iterator, which tells its length by its size.
    struct Lies;
    impl Iterator for Lies {
        type Item = &'static str;
        fn next(&mut self) -> Option<&'static str> {
            None
        }
        fn size_hint(&self) -> (usize, Option<usize>) {
            (2, Some(2))
        }
    }
    struct Collected;
    impl Serialize for Collected {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(Lies)
        }
    }
    assert_eq!(excluded(&Collected, &[At(-1)]), Err(JsonError::Length));
    assert_eq!(excluded(&Collected, &[At(1)]).unwrap(), "[]");
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
    // A variant names the one value of a map, and a filter that names variants the one that comes.
    // Its fields are those of a model or a list.
    let model = Enum::Struct { a: 1 };
    for parts in [&[Name("Other")][..], &[In("Other", &[Name("a")])]] {
        assert_eq!(excluded(&model, parts), Err(JsonError::UnknownField));
        assert_eq!(included(&model, parts), Err(JsonError::UnknownField));
    }
    assert_eq!(
        excluded(&model, &[Name("Other"), In("Struct", &[])]).unwrap(),
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
    // What has no parts has none to be left out, but for null.
    for parts in [
        &[In("x", &[Name("z")])][..],
        &[In("x", &[At(1)])],
        &[In("x", &[Each])],
    ] {
        assert_eq!(excluded(&POINTS[0], parts), Err(JsonError::NoParts));
        assert_eq!(included(&POINTS[0], parts), Err(JsonError::NoParts));
    }
    assert_eq!(
        excluded(&POINTS[0], &[In("y", &[Name("z"), At(1)])]).unwrap(),
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
    let rest = [Name("Unit"), Name("Newtype"), Name("Struct"), Name("Tuple")];
    for (parts, want) in [
        (
            &[In("Newtype", &[Name("x")])][..],
            concat!(
                r#"["Unit",{"Newtype":{"x":1}},{"Struct":{"a":1,"b":null}},"#,
                r#"{"Tuple":[1,{"x":1,"y":null}]}]"#,
            ),
        ),
        (
            &[In("Struct", &[Name("a")])],
            concat!(
                r#"["Unit",{"Newtype":{"x":1,"y":null}},{"Struct":{"a":1}},"#,
                r#"{"Tuple":[1,{"x":1,"y":null}]}]"#,
            ),
        ),
        (
            &[In("Tuple", &[InAt(-1, &[Name("x")])])],
            concat!(
                r#"["Unit",{"Newtype":{"x":1,"y":null}},{"Struct":{"a":1,"b":null}},"#,
                r#"{"Tuple":[{"x":1}]}]"#,
            ),
        ),
    ] {
        let others = rest
            .iter()
            .filter(|part| !matches!((part, parts), (Name(name), [In(other, _)]) if name == other));
        let parts: Vec<Part<'_>> = parts.iter().chain(others).copied().collect();
        assert_eq!(included(&values, &[InEach(&parts)]).unwrap(), want);
    }
    assert_eq!(included(&values, &[InEach(&[])]).unwrap(), "[{},{},{},{}]");
    for (parts, want) in [
        (
            &[
                In("Unit", &[]),
                Name("Newtype"),
                In("Struct", &[Name("a")]),
                In("Tuple", &[At(0)]),
            ][..],
            r#"["Unit",{},{"Struct":{"b":null}},{"Tuple":[{"x":1,"y":null}]}]"#,
        ),
        (
            &[
                Name("Unit"),
                In("Newtype", &[Name("y")]),
                Name("Struct"),
                Name("Tuple"),
            ],
            r#"[{},{"Newtype":{"x":1}},{},{}]"#,
        ),
    ] {
        assert_eq!(excluded(&values, &[InEach(parts)]).unwrap(), want);
    }
    let unit = [InAt(0, &[Name("Unti")])];
    assert_eq!(excluded(&values, &unit), Err(JsonError::UnknownField));
}

/// A part, and the text that is left where it is included and where it is excluded, or the error.
type Row = (Part<'static>, &'static str, &'static str);

/// Values without parts but null: none can be meant.
const SCALAR: &[Row] = &[
    (Name("a"), "NoParts", "NoParts"),
    (At(0), "NoParts", "NoParts"),
    (At(-1), "NoParts", "NoParts"),
    (Each, "NoParts", "NoParts"),
    (In("a", &[]), "NoParts", "NoParts"),
    (InAt(0, &[]), "NoParts", "NoParts"),
    (InEach(&[]), "NoParts", "NoParts"),
];

const NULL: &[Row] = &[
    (Name("a"), "null", "null"),
    (At(0), "null", "null"),
    (At(-1), "null", "null"),
    (Each, "null", "null"),
    (In("a", &[Each]), "null", "null"),
    (InAt(0, &[]), "null", "null"),
    (InEach(&[]), "null", "null"),
];

/// `[1,2]`
const LIST: &[Row] = &[
    (Name("a"), "NotAModel", "NotAModel"),
    (At(0), "[1]", "[2]"),
    (At(-1), "[2]", "[1]"),
    (At(9), "[]", "[1,2]"),
    (At(-9), "[]", "[1,2]"),
    (Each, "[1,2]", "[]"),
    (In("a", &[]), "NotAModel", "NotAModel"),
    (InAt(0, &[]), "NoParts", "[1,2]"),
    (InAt(-1, &[Each]), "NoParts", "NoParts"),
    (InEach(&[]), "NoParts", "[1,2]"),
    (InEach(&[At(0)]), "NoParts", "NoParts"),
];

/// `{"a":1,"b":2}`
const MAP: &[Row] = &[
    (Name("a"), r#"{"a":1}"#, r#"{"b":2}"#),
    (Name("z"), "{}", r#"{"a":1,"b":2}"#),
    (At(0), "NotAList", "NotAList"),
    (At(-1), "NotAList", "NotAList"),
    (Each, r#"{"a":1,"b":2}"#, "{}"),
    (In("a", &[]), "NoParts", r#"{"a":1,"b":2}"#),
    (In("a", &[Name("z")]), "NoParts", "NoParts"),
    (In("z", &[Each]), "{}", r#"{"a":1,"b":2}"#),
    (InAt(0, &[]), "NotAList", "NotAList"),
    (InEach(&[]), "NoParts", r#"{"a":1,"b":2}"#),
    (InEach(&[Each]), "NoParts", "NoParts"),
];

/// The same, of which the names are known.
const STRUCT: &[Row] = &[
    (Name("a"), r#"{"a":1}"#, r#"{"b":2}"#),
    (Name("z"), "UnknownField", "UnknownField"),
    (At(0), "NotAList", "NotAList"),
    (At(-1), "NotAList", "NotAList"),
    (Each, r#"{"a":1,"b":2}"#, "{}"),
    (In("a", &[]), "NoParts", r#"{"a":1,"b":2}"#),
    (In("a", &[Name("z")]), "NoParts", "NoParts"),
    (In("z", &[Each]), "UnknownField", "UnknownField"),
    (InAt(0, &[]), "NotAList", "NotAList"),
    (InEach(&[]), "NoParts", r#"{"a":1,"b":2}"#),
    (InEach(&[Each]), "NoParts", "NoParts"),
];

/// `"a"`
const UNIT_VARIANT: &[Row] = &[
    (Name("a"), r#""a""#, "{}"),
    (Name("z"), "UnknownField", "UnknownField"),
    (At(0), "NotAList", "NotAList"),
    (At(-1), "NotAList", "NotAList"),
    (Each, r#""a""#, "{}"),
    (In("a", &[]), "NoParts", r#""a""#),
    (In("a", &[Name("z")]), "NoParts", "NoParts"),
    (In("z", &[]), "UnknownField", "UnknownField"),
    (InAt(0, &[]), "NotAList", "NotAList"),
    (InEach(&[]), "NoParts", r#""a""#),
    (InEach(&[Each]), "NoParts", "NoParts"),
];

/// `{"a":[1,2]}`
const LIST_VARIANT: &[Row] = &[
    (Name("a"), r#"{"a":[1,2]}"#, "{}"),
    (Name("z"), "UnknownField", "UnknownField"),
    (At(0), "NotAList", "NotAList"),
    (At(-1), "NotAList", "NotAList"),
    (Each, r#"{"a":[1,2]}"#, "{}"),
    (In("a", &[]), r#"{"a":[]}"#, r#"{"a":[1,2]}"#),
    (In("a", &[At(0)]), r#"{"a":[1]}"#, r#"{"a":[2]}"#),
    (In("a", &[At(-1)]), r#"{"a":[2]}"#, r#"{"a":[1]}"#),
    (In("a", &[Name("z")]), "NotAModel", "NotAModel"),
    (In("z", &[]), "UnknownField", "UnknownField"),
    (InAt(0, &[]), "NotAList", "NotAList"),
    (InEach(&[]), r#"{"a":[]}"#, r#"{"a":[1,2]}"#),
    (InEach(&[Each]), r#"{"a":[1,2]}"#, r#"{"a":[]}"#),
];

/// `{"a":{"a":1,"b":2}}`
const STRUCT_VARIANT: &[Row] = &[
    (Name("a"), r#"{"a":{"a":1,"b":2}}"#, "{}"),
    (Name("z"), "UnknownField", "UnknownField"),
    (At(0), "NotAList", "NotAList"),
    (At(-1), "NotAList", "NotAList"),
    (Each, r#"{"a":{"a":1,"b":2}}"#, "{}"),
    (In("a", &[]), r#"{"a":{}}"#, r#"{"a":{"a":1,"b":2}}"#),
    (
        In("a", &[Name("b")]),
        r#"{"a":{"b":2}}"#,
        r#"{"a":{"a":1}}"#,
    ),
    (In("a", &[Name("z")]), "UnknownField", "UnknownField"),
    (In("a", &[At(0)]), "NotAList", "NotAList"),
    (In("z", &[]), "UnknownField", "UnknownField"),
    (InAt(0, &[]), "NotAList", "NotAList"),
    (InEach(&[]), r#"{"a":{}}"#, r#"{"a":{"a":1,"b":2}}"#),
    (InEach(&[Each]), r#"{"a":{"a":1,"b":2}}"#, r#"{"a":{}}"#),
];

#[test]
fn every_shape_is_filtered_by_each_part_or_refuses_it() {
    fn holds<T: Serialize>(value: T, rows: &[Row]) {
        for (part, included, excluded) in rows {
            for (filter, want) in [
                (Filter::new().include(&[*part]), *included),
                (Filter::new().exclude(&[*part]), *excluded),
            ] {
                let got = everywhere(&value, &filter);
                let got = got.unwrap_or_else(|error| format!("{error:?}"));
                let value = serde_json::to_string(&value);
                assert_eq!(got, want, "{value:?} {:?}", part_text(*part));
            }
        }
    }
    fn part_text(part: Part<'_>) -> String {
        let inner = |parts: &[Part<'_>]| parts.iter().copied().map(part_text).collect::<String>();
        match part {
            At(index) => format!("[{index}]"),
            Each => "*".into(),
            In(name, parts) => format!("{name}({})", inner(parts)),
            InAt(index, parts) => format!("[{index}]({})", inner(parts)),
            InEach(parts) => format!("*({})", inner(parts)),
            Name(name) => name.into(),
            other => format!("{other:?}"),
        }
    }
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    struct Newtype<T>(T);
    #[derive(Serialize)]
    struct Pair(u8, u8);
    #[derive(Serialize)]
    struct Fields {
        a: u8,
        b: u8,
    }
    #[derive(Serialize)]
    struct Flat {
        a: u8,
        #[serde(flatten)]
        rest: BTreeMap<&'static str, u8>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Enum<T> {
        A(T),
    }
    #[derive(Serialize)]
    enum Units {
        #[serde(rename = "a")]
        A,
    }
    #[derive(Serialize)]
    enum Tuple {
        #[serde(rename = "a")]
        A(u8, u8),
    }
    #[derive(Serialize)]
    enum Struct {
        #[serde(rename = "a")]
        A { a: u8, b: u8 },
    }

    holds(true, SCALAR);
    holds(1_i8, SCALAR);
    holds(1_i16, SCALAR);
    holds(1_i32, SCALAR);
    holds(1_i64, SCALAR);
    holds(1_i128, SCALAR);
    holds(1_u8, SCALAR);
    holds(1_u16, SCALAR);
    holds(1_u32, SCALAR);
    holds(1_u64, SCALAR);
    holds(1_u128, SCALAR);
    holds(1.5_f32, SCALAR);
    holds(1.5_f64, SCALAR);
    holds('a', SCALAR);
    holds("a", SCALAR);
    holds(Shown("a"), SCALAR);
    holds(None::<u8>, NULL);
    holds((), NULL);
    holds(Unit, NULL);
    holds(Bytes(&[1, 2]), LIST);
    holds([1, 2], LIST);
    holds((1, 2), LIST);
    holds(Pair(1, 2), LIST);
    holds(vec![1, 2], LIST);
    holds(BTreeMap::from([("a", 1), ("b", 2)]), MAP);
    holds(Fields { a: 1, b: 2 }, STRUCT);
    let rest = BTreeMap::from([("b", 2)]);
    holds(Flat { a: 1, rest }, STRUCT);
    holds(Units::A, UNIT_VARIANT);
    holds(Enum::A([1, 2]), LIST_VARIANT);
    holds(Tuple::A(1, 2), LIST_VARIANT);
    holds(Struct::A { a: 1, b: 2 }, STRUCT_VARIANT);
    holds(Enum::A(Fields { a: 1, b: 2 }), STRUCT_VARIANT);
    // What is around a value changes nothing.
    holds(Some(Newtype(1)), SCALAR);
    holds(Newtype(Some(())), NULL);
    holds(Newtype(Some([1, 2])), LIST);
    holds(Some(Newtype(Fields { a: 1, b: 2 })), STRUCT);
    holds(Newtype(Units::A), UNIT_VARIANT);
}

#[test]
fn nothing_is_meant_of_text_that_is_json_already() {
    let number = serde_json::value::RawValue::from_string("[1]".into()).unwrap();
    assert_eq!(excluded(&number, &[At(0)]), Err(JsonError::NoParts));
    let inside = BTreeMap::from([("a", &number)]);
    assert_eq!(
        included(&inside, &[In("a", &[At(0)])]),
        Err(JsonError::NoParts)
    );
    for filter in [Filter::new().exclude_unset(), Filter::new().by_name()] {
        assert_ne!(filtered(&number, &filter), Err(JsonError::PlainStruct));
    }
}

/// The text that a filter leaves of `value`: the same as a whole, in pieces and in a reply.
fn everywhere<T: Serialize>(value: &T, filter: &Filter<'_>) -> Result<String, JsonError> {
    let whole = filtered(value, filter);
    let document = Python::of(value).filtered(filter);
    assert_eq!(document.measure(), whole.clone().map(|text| text.len()));
    assert_eq!(piecewise(value, filter), whole);
    let mut buf = buffer(256);
    match (
        Response::to(&Exchange::GET, &mut buf, Status::OK).document(document),
        &whole,
    ) {
        (Ok(reply), Ok(text)) => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ";
            let want = format!("{head}{}\r\n\r\n{text}", text.len());
            assert_eq!(reply.as_bytes(), want.as_bytes());
        }
        (result, whole) => {
            let error = whole
                .as_ref()
                .map(|text| text.len())
                .map_err(|error| Error::Json(*error));
            assert_eq!(result.map(|reply| reply.as_bytes().len()), error);
        }
    }
    whole
}

#[test]
fn what_only_a_model_knows_is_not_asked_of_other_structs() {
    #[derive(Serialize)]
    struct Flat<T> {
        #[serde(flatten)]
        inner: T,
        a: u8,
    }
    #[derive(Serialize)]
    struct Skipped {
        #[serde(skip_serializing_if = "Option::is_none")]
        none: Option<u8>,
    }
    #[derive(Serialize)]
    enum Enum {
        Unit,
        Struct { a: u8 },
        Tuple(u8, u8),
    }
    #[derive(Serialize)]
    #[serde(tag = "tag")]
    enum Internal {
        Unit,
        Model(Swapped),
    }
    #[derive(Serialize)]
    #[serde(tag = "tag", content = "content")]
    enum Adjacent {
        Model(Swapped),
    }
    for filter in [
        Filter::new().exclude_unset(),
        Filter::new().exclude_defaults(),
        Filter::new().by_name(),
    ] {
        macro_rules! refused {
            ($($value:expr),+ $(,)?) => {
                $(assert_eq!(everywhere(&$value, &filter), Err(JsonError::PlainStruct));)+
            };
        }
        macro_rules! passed {
            ($($value:expr),+ $(,)?) => {
                $(assert_eq!(
                    everywhere(&$value, &filter).unwrap(),
                    serde_json::to_string(&$value).unwrap(),
                );)+
            };
        }
        refused![
            POINTS[0],
            POINTS,
            Some(&POINTS[0]),
            BTreeMap::from([("a", &POINTS[0])]),
            (1, [Some(&POINTS[0])]),
            Flat {
                inner: BTreeMap::from([("b", 1)]),
                a: 1
            },
            Flat {
                inner: Swapped,
                a: 1
            },
            Enum::Struct { a: 1 },
            Internal::Unit,
            Internal::Model(Swapped),
            Adjacent::Model(Swapped),
            ApartOfUnknown(&["a"]),
        ];
        // What has no fields has none that was not set; nor has a map.
        passed![
            1,
            "a",
            [1, 2],
            (1, "a", None::<u8>),
            Shown("a"),
            BTreeMap::from([("a", Some([1])), ("b", None)]),
            serde_json::json!({"a": null, "b": [{}]}),
            Skipped { none: None },
            [Enum::Unit, Enum::Tuple(1, 2)],
        ];
    }
    let by_name = Filter::new().by_name();
    assert_eq!(
        everywhere(&Some([Swapped]), &by_name).unwrap(),
        r#"[{"a":1,"b":2,"c":3}]"#
    );
}

/// A map that does not tell its length, with its keys apart.
struct ApartOfUnknown<'a>(&'a [&'a str]);

impl Serialize for ApartOfUnknown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for key in self.0 {
            map.serialize_key(key)?;
            map.serialize_value(&())?;
        }
        map.end()
    }
}

#[test]
fn a_struct_with_flatten_is_filtered_like_others() {
    #[derive(Serialize)]
    struct Inner {
        secret: &'static str,
        none: Option<u8>,
    }
    #[derive(Serialize)]
    struct Outer<T> {
        id: u8,
        #[serde(flatten)]
        inner: T,
        list: [u8; 2],
    }
    let inner = Inner {
        secret: "s",
        none: None,
    };
    let value = Outer {
        id: 1,
        inner,
        list: [1, 2],
    };
    for (parts, want) in [
        (
            &[Name("secret"), Name("list")][..],
            r#"{"id":1,"none":null}"#,
        ),
        (
            &[Name("id"), In("list", &[At(-1)])],
            r#"{"secret":"s","none":null,"list":[1]}"#,
        ),
    ] {
        assert_eq!(
            everywhere(&value, &Filter::new().exclude(parts)).unwrap(),
            want
        );
    }
    let none = Filter::new().exclude_none();
    assert_eq!(
        everywhere(&value, &none).unwrap(),
        r#"{"id":1,"secret":"s","list":[1,2]}"#
    );
    for (parts, error) in [
        (&[Name("secrte")][..], JsonError::UnknownField),
        (
            &[Name("secret"), In("lits", &[At(0)])],
            JsonError::UnknownField,
        ),
        (&[At(0)], JsonError::NotAList),
        (&[In("list", &[Name("id")])], JsonError::NotAModel),
    ] {
        assert_eq!(
            everywhere(&value, &Filter::new().exclude(parts)),
            Err(error)
        );
        assert_eq!(
            everywhere(&value, &Filter::new().include(parts)),
            Err(error)
        );
    }
    let many = [Name("id"); 65];
    assert_eq!(excluded(&value, &many), Err(JsonError::TooManyFields));
    // A model keeps its notes where it is flattened into a map.
    struct Maps;
    impl Serialize for Maps {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            #[derive(Serialize)]
            struct Flat {
                #[serde(flatten)]
                model: Swapped,
            }
            Flat { model: Swapped }.serialize(serializer)
        }
    }
    for (filter, want) in [
        (Filter::new(), r#"{"b":1,"a":2,"a":3}"#),
        (Filter::new().by_name(), r#"{"a":1,"b":2,"c":3}"#),
        (Filter::new().exclude(&[Name("a")]), r#"{"a":2,"a":3}"#),
        (Filter::new().include(&[Name("c")]), r#"{"a":3}"#),
    ] {
        assert_eq!(everywhere(&Maps, &filter).unwrap(), want);
    }
    assert_eq!(
        excluded(&Maps, &[Name("secret")]),
        Err(JsonError::UnknownField)
    );
}

#[test]
fn no_piece_leaves_where_a_name_is_wrong_at_the_end() {
    #[derive(Serialize)]
    struct Last {
        secret: &'static str,
    }
    let value = (
        ["a text that takes several pieces"; 3],
        Last { secret: "s3cret" },
    );
    for (parts, error) in [
        (&[InAt(1, &[Name("secrte")])][..], JsonError::UnknownField),
        (&[InAt(1, &[At(0)])], JsonError::NotAList),
        (&[InAt(1, &[In("secret", &[At(0)])])], JsonError::NoParts),
    ] {
        let filter = Filter::new().exclude(parts);
        assert_eq!(piecewise(&value, &filter), Err(error));
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
                let mut map = serializer.serialize_map(Some(1))?;
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
    let document = Python::of(&POINTS).filtered(&FILTER);
    for len in 0..=want.len() + 8 {
        let mut buf = buffer(len);
        match Response::to(&Exchange::GET, &mut buf, Status::OK).document(document) {
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
        .document(document)
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
fn random_filters_leave_what_the_model_leaves() {
    let mut random = Random::new(0x5eed);
    let (mut written, mut refused, mut shortened) = (0, 0, 0);
    let cases = random::filtered_documents();
    for case in 0..cases {
        let value = Any::random(&mut random, 4);
        let whole = record(&value);
        let mut lists = || (random.below(2) == 0).then(|| filtered::lists(&mut random, &whole, 4));
        let (include, exclude) = (lists(), lists());
        let [is_by_name, no_defaults, no_none, no_unset] =
            std::array::from_fn(|_| random.below(if whole.is_plain() { 16 } else { 3 }) == 0);
        let rules = Rules {
            is_by_name,
            no_defaults,
            no_none,
            no_unset,
        };
        let want = rules.left(&whole, include.as_deref(), exclude.as_deref());
        let lists = [&include, &exclude].map(|lists| lists.as_deref().unwrap_or_default());
        with_parts(lists, &mut |parts| {
            let filter = rules.filter(
                include.as_ref().map(|_| parts[0]),
                exclude.as_ref().map(|_| parts[1]),
            );
            let about = || format!("case {case}: {value:?} {rules:?} {include:?} {exclude:?}");
            assert_eq!(filtered(&value, &filter), want, "{}", about());
            assert_eq!(piecewise(&value, &filter), want, "{}", about());
            let measured = Python::of(&value).filtered(&filter).measure();
            assert_eq!(measured, want.clone().map(|text| text.len()), "{}", about());
        });
        match want {
            Ok(text) => {
                written += 1;
                let all = Rules::default().left(&whole, None, None).unwrap();
                shortened += usize::from(text.len() < all.len());
                assert_eq!(filtered(&value, &Filter::new()).unwrap(), all);
                serde_json::from_str::<serde::de::IgnoredAny>(&text).unwrap();
            }
            Err(_) => refused += 1,
        }
    }
    assert!(written > cases / 3, "{written}");
    assert!(refused > cases / 10, "{refused}");
    assert!(shortened > cases / 10, "{shortened}");
}

/// The text that a filter leaves of `value`, through a window that most of it does not fit. What is
/// wrong is known before its first byte.
fn piecewise<T: Serialize>(value: &T, filter: &Filter<'_>) -> Result<String, JsonError> {
    let mut document = Resumable::new(Python::of(value).filtered(filter));
    let mut text = Vec::new();
    let mut window = [0; 24];
    loop {
        match document.fill(&mut window) {
            Ok(0) => return Ok(String::from_utf8(text).unwrap()),
            Ok(len) => text.extend_from_slice(&window[..len]),
            Err(error) => {
                assert_eq!(text, b"", "{error:?}");
                return Err(error);
            }
        }
    }
}

/// The value of a random case.
#[derive(Clone, Debug)]
enum Any {
    Bytes(Vec<u8>),
    Derived(Box<Derived>),
    Int(i32),
    /// A list, with what it says of its length.
    List(Option<usize>, Vec<Any>),
    Map(Option<usize>, Vec<(&'static str, Any)>),
    /// A map whose keys come apart from its values.
    MapApart(Option<usize>, Vec<(&'static str, Any)>),
    Model(Vec<Member>),
    Newtype(Box<Any>),
    Null,
    Slice(Vec<Any>),
    Some(Box<Any>),
    /// A struct, with what it says of its length.
    Struct(usize, Vec<Member>),
    Text(String),
    Tuple(usize, Vec<Any>),
    UnitVariant(&'static str),
    /// A variant, with what it says of its length.
    Variant(&'static str, usize, Box<Any>),
}

/// A value as `serde` derives it: structs that are flattened, and enums of each form.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Derived {
    Adjacent(Adjacent),
    External(External),
    Flat(Flat),
    Internal(Internal),
    Untagged(Untagged),
}

#[derive(Clone, Debug, Serialize)]
enum External {
    Unit,
    One(Any),
    Two(Any, Any),
    Struct { a: Any, b: Any },
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "t")]
enum Internal {
    Unit,
    One(Open),
    Struct { a: Any, b: Any },
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    One(Any),
    Two(Any, Any),
    Struct { a: Any, b: Any },
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Untagged {
    Unit,
    One(Any),
    Two(Any, Any),
    Struct { a: Any, b: Any },
}

#[derive(Clone, Debug, Serialize)]
struct Flat {
    a: Any,
    #[serde(flatten)]
    flat: Open,
    #[serde(skip_serializing_if = "Any::is_null")]
    b: Any,
}

/// A value that can be flattened, or have a tag put into it.
#[derive(Clone, Debug)]
enum Open {
    Map(Vec<(&'static str, Any)>),
    Model(Vec<Member>),
    Struct(usize, Vec<Member>),
    Variant(&'static str, Any),
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

const NAMES: [&str; 6] = ["a", "b", "c", "d", "1", ""];

impl Any {
    fn random(random: &mut Random, depth: usize) -> Self {
        let kinds = if depth == 0 { 5 } else { 22 };
        match random.below(kinds) {
            0 => Self::Null,
            1 => Self::Int(random.bits() as i32),
            2 => Self::Text(random.text(4)),
            3 => Self::Bytes((0..random.below(4)).map(|byte| byte as u8).collect()),
            4 => Self::UnitVariant(NAMES[random.below(6)]),
            5 | 6 => Self::Slice(Self::items(random, depth)),
            7 => {
                let items = Self::items(random, depth);
                let hint = (random.below(2) == 0).then(|| hint(random, items.len()));
                Self::List(hint, items)
            }
            8 => {
                let items = Self::items(random, depth);
                Self::Tuple(hint(random, items.len()), items)
            }
            9 | 10 => {
                let pairs = Self::named(random, depth);
                let hint = (random.below(2) == 0).then(|| hint(random, pairs.len()));
                match random.below(3) {
                    0 => Self::MapApart(hint, pairs),
                    _ => Self::Map(hint, pairs),
                }
            }
            11..=14 => Self::Model(Self::model(random, depth)),
            15 => Self::plain(random, depth),
            16 => Self::Newtype(Box::new(Self::random(random, depth - 1))),
            17 => Self::Some(Box::new(Self::random(random, depth - 1))),
            18 | 19 => {
                let inner = match random.below(3) {
                    0 => {
                        let items = Self::items(random, depth);
                        Self::Tuple(hint(random, items.len()), items)
                    }
                    1 => Self::plain(random, depth),
                    _ => Self::random(random, depth - 1),
                };
                let len = match &inner {
                    Self::Tuple(len, _) => *len,
                    _ => random.below(4),
                };
                Self::Variant(NAMES[random.below(6)], len, Box::new(inner))
            }
            _ => Self::Derived(Box::new(Derived::random(random, depth))),
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

    fn model(random: &mut Random, depth: usize) -> Vec<Member> {
        let members = Self::named(random, depth).into_iter();
        members.map(|pair| Member::random(random, pair)).collect()
    }

    /// The members of a struct that is no model.
    fn members(random: &mut Random, depth: usize) -> Vec<Member> {
        let members = Self::named(random, depth).into_iter();
        let mut member = |(name, value)| Member {
            is_hidden: random.below(8) == 0,
            ..Member::plain(name, value)
        };
        members.map(&mut member).collect()
    }

    fn plain(random: &mut Random, depth: usize) -> Self {
        let members = Self::members(random, depth);
        Self::Struct(hint(random, members.len()), members)
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl Open {
    fn random(random: &mut Random, depth: usize) -> Self {
        match random.below(5) {
            0 => Self::Map(Any::named(random, depth)),
            1 => {
                let members = Any::members(random, depth);
                Self::Struct(hint(random, members.len()), members)
            }
            2 => Self::Variant("d", Any::random(random, depth - 1)),
            _ => Self::Model(Any::model(random, depth)),
        }
    }
}

impl Serialize for Open {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Map(pairs) => {
                serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
            }
            Self::Model(members) => model(members, serializer),
            Self::Struct(len, members) => plain(*len, members, serializer),
            Self::Variant(name, value) => {
                serializer.serialize_newtype_variant("Open", 0, name, value)
            }
        }
    }
}

impl Derived {
    fn random(random: &mut Random, depth: usize) -> Self {
        let form = random.below(6);
        let mut any = || Any::random(random, depth - 1);
        let (a, b) = (any(), any());
        let variant = random.below(4);
        macro_rules! form {
            ($form:ident) => {
                Self::$form(match variant {
                    0 => $form::Unit,
                    1 => $form::One(a),
                    2 => $form::Two(a, b),
                    _ => $form::Struct { a, b },
                })
            };
        }
        match form {
            0 => form!(Adjacent),
            1 => form!(External),
            2 => Self::Internal(match variant {
                0 => Internal::Unit,
                1 | 2 => Internal::One(Open::random(random, depth)),
                _ => Internal::Struct { a, b },
            }),
            3 => form!(Untagged),
            _ => {
                let flat = Open::random(random, depth);
                Self::Flat(Flat { a, flat, b })
            }
        }
    }
}

/// A length, or now and then another.
fn hint(random: &mut Random, len: usize) -> usize {
    match random.below(8) {
        0 => random.below(5),
        _ => len,
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

fn model<S: Serializer>(members: &[Member], serializer: S) -> Result<S::Ok, S::Error> {
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

/// A struct that is no model.
fn plain<S: Serializer>(len: usize, members: &[Member], out: S) -> Result<S::Ok, S::Error> {
    let mut fields = out.serialize_struct("Struct", len)?;
    for member in members {
        match member.is_hidden {
            true => fields.skip_field(member.name)?,
            false => fields.serialize_field(member.name, &member.value)?,
        }
    }
    fields.end()
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::Derived(value) => value.serialize(serializer),
            Self::Int(value) => serializer.serialize_i32(*value),
            Self::List(len, items) => {
                let mut list = serializer.serialize_seq(*len)?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Map(len, pairs) => {
                let mut map = serializer.serialize_map(*len)?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Self::MapApart(len, pairs) => {
                let mut map = serializer.serialize_map(*len)?;
                for (key, value) in pairs {
                    map.serialize_key(key)?;
                    map.serialize_value(value)?;
                }
                map.end()
            }
            Self::Model(members) => model(members, serializer),
            Self::Newtype(value) => serializer.serialize_newtype_struct("Newtype", value),
            Self::Null => serializer.serialize_none(),
            Self::Slice(items) => serializer.collect_seq(items),
            Self::Some(value) => serializer.serialize_some(value),
            Self::Struct(len, members) => plain(*len, members, serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Tuple(len, items) => {
                let mut tuple = serializer.serialize_tuple_struct("Tuple", *len)?;
                for item in items {
                    SerializeTupleStruct::serialize_field(&mut tuple, item)?;
                }
                tuple.end()
            }
            Self::UnitVariant(name) => serializer.serialize_unit_variant("Enum", 3, name),
            Self::Variant(name, len, value) => match &**value {
                Self::Struct(_, members) => {
                    let mut model = serializer.serialize_struct_variant("Enum", 1, name, *len)?;
                    for member in members {
                        match member.is_hidden {
                            true => model.skip_field(member.name)?,
                            false => model.serialize_field(member.name, &member.value)?,
                        }
                    }
                    model.end()
                }
                Self::Tuple(_, items) => {
                    let mut tuple = serializer.serialize_tuple_variant("Enum", 2, name, *len)?;
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

/// A map that tells its length, of one value.
struct One<K>(K);

impl<K: Serialize> Serialize for One<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.0, &1)?;
        map.end()
    }
}

#[test]
fn a_key_is_named_as_its_dialect_writes_it() {
    fn check<D: Dialect>(key: impl Serialize) {
        let map = One(key);
        let Ok(whole) = written::<D>(&map, &Filter::new()) else {
            return;
        };
        let key = whole.strip_prefix("{\"").unwrap();
        let key = key.strip_suffix("\":1}").unwrap();
        for name in ["null", "None", "inf", "-inf", "nan", "true", "bytes"] {
            let left = [whole.as_str(), "{}"];
            let [is_in, is_out] = match key == name {
                true => left,
                false => [left[1], left[0]],
            };
            let parts = [Name(name)];
            let filter = Filter::new().include(&parts);
            assert_eq!(written::<D>(&map, &filter).unwrap(), is_in);
            let filter = Filter::new().exclude(&parts);
            assert_eq!(written::<D>(&map, &filter).unwrap(), is_out);
        }
    }
    fn check_all<D: Dialect>() {
        check::<D>(());
        check::<D>(None::<u8>);
        check::<D>(true);
        check::<D>(Bytes(b"bytes"));
        for value in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1.0] {
            check::<D>(value);
            check::<D>(value as f32);
            check::<D>(Some(value));
        }
    }
    check_all::<Python>();
    check_all::<Ujson>();
    check_all::<Orjson>();
    check_all::<Pydantic>();
    check_all::<Shallow<Pydantic, 3>>();
    let parts = [Name("None")];
    let filter = Filter::new().exclude(&parts);
    assert_eq!(written::<Pydantic>(&One(()), &filter).unwrap(), "{}");
    assert_eq!(
        written::<Python>(&One(()), &filter).unwrap(),
        r#"{"null":1}"#
    );
}

#[test]
fn bytes_have_parts_where_they_are_a_list_and_none_where_they_are_a_text() {
    #[derive(Serialize)]
    struct Data<'a> {
        data: Bytes<'a>,
    }
    let data = Data {
        data: Bytes(b"abc"),
    };
    let at = [In("data", &[At(0)])];
    let exclude = Filter::new().exclude(&at);
    let include = Filter::new().include(&at);
    let nothing = Filter::new().exclude(&[In("data", &[])]);
    let text = r#"{"data":"abc"}"#;
    assert_eq!(
        written::<Pydantic>(&data, &exclude),
        Err(JsonError::NoParts)
    );
    assert_eq!(
        written::<Pydantic>(&data, &include),
        Err(JsonError::NoParts)
    );
    assert_eq!(written::<Pydantic>(&data, &nothing).unwrap(), text);
    let invalid = Data {
        data: Bytes(b"\xff"),
    };
    assert_eq!(
        written::<Pydantic>(&invalid, &nothing),
        Err(JsonError::NotUtf8)
    );
    let refused = written::<Pydantic>(&One(Bytes(b"\xff")), &Filter::new());
    assert_eq!(refused, Err(JsonError::NotUtf8));
    let numbers = written::<Python>(&data, &exclude).unwrap();
    assert_eq!(numbers, r#"{"data":[98,99]}"#);
    assert_eq!(
        written::<Orjson>(&data, &include).unwrap(),
        r#"{"data":[97]}"#
    );
}

#[test]
fn sixteen_lists_are_joined_and_no_more() {
    let names: Vec<String> = (0..2_000).map(|i| format!("k{i}")).collect();
    let lists: Vec<[Part<'_>; 1]> = names.iter().map(|name| [Name(name.as_str())]).collect();
    let within: Vec<Part<'_>> = lists.iter().map(|list| In("a", list)).collect();
    let each: Vec<Part<'_>> = lists.iter().map(|list| InEach(list)).collect();
    let value = BTreeMap::from([("a", BTreeMap::from([("k0", 0), ("k15", 15), ("x", 1)]))]);
    let all = r#"{"a":{"k0":0,"k15":15,"x":1}}"#;
    for parts in [&within, &each] {
        let sixteen = &parts[..16];
        assert_eq!(
            included(&value, sixteen).unwrap(),
            r#"{"a":{"k0":0,"k15":15}}"#
        );
        assert_eq!(excluded(&value, sixteen).unwrap(), r#"{"a":{"x":1}}"#);
        // The same lists do not count again.
        let again: Vec<Part<'_>> = sixteen.repeat(100);
        assert_eq!(excluded(&value, &again).unwrap(), r#"{"a":{"x":1}}"#);
        for count in [17, 1_500, 2_000] {
            for filter in [
                Filter::new().include(&parts[..count]),
                Filter::new().exclude(&parts[..count]),
            ] {
                assert_eq!(everywhere(&value, &filter), Err(JsonError::TooManyLists));
            }
        }
    }
    // Each tree has its own.
    let filter = Filter::new()
        .include(&within[..16])
        .exclude(&within[100..116]);
    assert_eq!(
        filtered(&value, &filter).unwrap(),
        r#"{"a":{"k0":0,"k15":15}}"#
    );
    assert_eq!(filtered(&value, &Filter::new()).unwrap(), all);
}

#[test]
fn lists_are_joined_at_every_depth() {
    static LISTS: [[Part<'static>; 17]; 16] = {
        let mut lists = [[In("a", &[]); 17]; 16];
        let mut at = 0;
        while at < 16 {
            let mut to = 0;
            while to < 16 {
                lists[at][to] = In("a", &LISTS[to]);
                to += 1;
            }
            lists[at][16] = Name("b");
            at += 1;
        }
        lists
    };
    struct Deep(u8);
    impl Serialize for Deep {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(2))?;
            if let Some(depth) = self.0.checked_sub(1) {
                map.serialize_entry("a", &Deep(depth))?;
            }
            map.serialize_entry("b", &1)?;
            map.end()
        }
    }
    let depth = usize::from(MAX_DEPTH) - 1;
    let text = excluded(&Deep(MAX_DEPTH - 1), &LISTS[0]).unwrap();
    assert_eq!(
        text,
        format!("{}{{}}{}", r#"{"a":"#.repeat(depth), "}".repeat(depth))
    );
}

#[test]
fn a_model_is_as_deep_as_a_struct() {
    struct Models(u8);
    impl Serialize for Models {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let model = Model::new(serializer, "Models", 1)?;
            match self.0.checked_sub(1) {
                None => model.field("a", &1)?,
                Some(depth) => model.field(Field::new("a").unset(true), &Models(depth))?,
            }
            .end()
        }
    }
    assert!(Shallow::<Python, 1>::of(&Models(0)).measure().is_ok());
    let most = MAX_DEPTH - 1;
    let len = Python::of(&Models(most)).measure();
    assert_eq!(len, Ok(usize::from(MAX_DEPTH) * r#"{"a":}"#.len() + 1));
    let filter = Filter::new().by_name().exclude_none();
    assert_eq!(Python::of(&Models(most)).filtered(&filter).measure(), len);
    assert_eq!(
        Python::of(&Models(MAX_DEPTH)).measure(),
        Err(JsonError::Depth)
    );
    // Newtypes in a field are counted as elsewhere.
    struct Newtypes(u8);
    impl Serialize for Newtypes {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self.0.checked_sub(1) {
                None => serializer.serialize_unit(),
                Some(depth) => serializer.serialize_some(&Newtypes(depth)),
            }
        }
    }
    struct Field1<T>(T);
    impl<T: Serialize> Serialize for Field1<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Model::new(serializer, "Field1", 1)?
                .field("a", &self.0)?
                .end()
        }
    }
    let value = Field1(Newtypes(MAX_DEPTH));
    assert_eq!(filtered(&value, &Filter::new()).unwrap(), r#"{"a":null}"#);
    assert_eq!(
        filtered(&value, &Filter::new().exclude_none()).unwrap(),
        "{}"
    );
    let value = Field1(Newtypes(MAX_DEPTH.saturating_add(1)));
    assert_eq!(Python::of(&value).measure(), Err(JsonError::Depth));
    // Marks are no way around the limit.
    struct Forged(usize);
    impl Serialize for Forged {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self.0.checked_sub(1) {
                None => serializer.serialize_unit(),
                Some(depth) => {
                    serializer.serialize_newtype_struct("$replywire::field", &Forged(depth))
                }
            }
        }
    }
    assert_eq!(Python::of(&Forged(10_000)).measure(), Err(JsonError::Depth));
}

#[test]
fn a_null_whose_key_is_written_is_not_left_out() {
    struct Null {
        len: Option<usize>,
        is_apart: bool,
    }
    impl Serialize for Null {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(self.len)?;
            match self.is_apart {
                true => {
                    map.serialize_key("a")?;
                    map.serialize_value(&None::<u8>)?;
                }
                false => map.serialize_entry("a", &None::<u8>)?,
            }
            map.end()
        }
    }
    let filter = Filter::new().exclude_none();
    let null = |len, is_apart| everywhere(&Null { len, is_apart }, &filter);
    assert_eq!(null(None, true), Err(JsonError::PlainStruct));
    assert_eq!(null(None, false).unwrap(), "{}");
    assert_eq!(null(Some(1), true).unwrap(), r#"{"a":null}"#);
    assert_eq!(null(Some(1), false).unwrap(), r#"{"a":null}"#);
    let hidden = Filter::new().exclude_none().exclude(&[Name("a")]);
    let apart = Null {
        len: None,
        is_apart: true,
    };
    assert_eq!(everywhere(&apart, &hidden).unwrap(), "{}");
}

#[test]
fn a_null_that_is_text_already_is_none() {
    struct Raw(&'static str);
    impl Serialize for Raw {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            const RAW: &str = "$serde_json::private::RawValue";
            let mut raw = serializer.serialize_struct(RAW, 1)?;
            raw.serialize_field(RAW, self.0)?;
            raw.end()
        }
    }
    #[derive(Serialize)]
    struct Has {
        raw: Option<Raw>,
    }
    let left = |text| {
        let value = Has {
            raw: Some(Raw(text)),
        };
        everywhere(&value, &Filter::new().exclude_none())
    };
    for null in ["null", " null", "null\n", "\t\r\n null "] {
        assert_eq!(left(null).unwrap(), "{}");
    }
    for other in ["\"null\"", "[null]", "0", "false", "{}"] {
        assert_eq!(left(other).unwrap(), format!(r#"{{"raw":{other}}}"#));
    }
    assert_eq!(left("nul"), Err(JsonError::NotJson));
}
